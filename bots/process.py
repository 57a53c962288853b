"""The process: one bot, from the first word with Telegram to the last."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from telegram import BotCommand, Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, TypeHandler

from bots.contents import COMMANDS
from bots.door import Door
from bots.notices import Notices
from bots.sending import Sending
from bots.telegram import ALLOWED_UPDATES, InOrder, Telegram
from bots.vanishing import Vanishing
from bots.webhook import Hook, hook_secret, listening
from bots.wire import Wire
from bots.words import LANGUAGES, Words
from storage.database import Database
from storage.secrets import KeyRing, Secret

TELEGRAM = "https://api.telegram.org"
POLL_SECONDS = 30
TIMEOUT_SECONDS = 15  # mobile uplinks of Bangladesh
TRY_AGAIN_SECONDS = 5
SWITCH_SECONDS = 0.0005  # a thread that reads is not kept waiting by one that counts
STOP_SECONDS = 15  # for what is being answered to come to its end
LISTED = ("home", "find", "problems", "me")
Bot = Application[Any, Any, Any, Any, Any, Any]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BotSettings:
    """`api`: where Telegram is; empty for the real one, an address for a local one."""

    token: Secret
    api: str = ""
    timeout_seconds: float = TIMEOUT_SECONDS
    hook: Hook | None = None  # where Telegram brings updates; None: it is asked for them


def build(settings: BotSettings, handle: Any) -> Bot:
    builder = ApplicationBuilder().token(str(settings.token)).job_queue(None)
    if settings.api:
        builder = builder.base_url(f"{settings.api}/bot").base_file_url(f"{settings.api}/file/bot")
    wires = [Wire(settings.api or TELEGRAM, settings.timeout_seconds) for _ in range(2)]
    builder = builder.request(wires[0]).get_updates_request(wires[1])
    bot: Bot = builder.concurrent_updates(InOrder()).build()
    bot.add_handler(TypeHandler(Update, handle))
    return bot


async def run(
    settings: BotSettings, database: Database, keys: KeyRing, stop: asyncio.Event
) -> None:
    """Answer people until `stop` is set. Telegram may come and go meanwhile."""
    quiet_libraries()
    sys.setswitchinterval(SWITCH_SECONDS)
    vanishing = Vanishing(database)
    sending = Sending(vanishing)
    bot = build(settings, Telegram(Door(database, keys), sending).handle)
    if not await reach(bot, stop):
        return
    await bot.start()
    await vanishing.start(bot.bot)
    notices = Notices(database, keys, sending)
    notices.start(bot.bot)
    hearing = taken(settings, bot, database, stop) if settings.hook else polled(bot)
    async with hearing:
        log.info("The bot @%s listens.", bot.bot.username)
        await stop.wait()
    await notices.stop()
    await vanishing.stop()
    await sending.stop()
    try:
        await asyncio.wait_for(bot.stop(), STOP_SECONDS)
    except TimeoutError:
        log.warning("An answer is cut short.")
    await bot.shutdown()


@asynccontextmanager
async def polled(bot: Bot) -> AsyncIterator[None]:
    """Telegram is asked for updates; a webhook that was set before is taken away."""
    assert bot.updater is not None, "the builder makes one"
    await bot.updater.start_polling(
        allowed_updates=ALLOWED_UPDATES, timeout=POLL_SECONDS, bootstrap_retries=-1
    )
    try:
        yield
    finally:
        await bot.updater.stop()


@asynccontextmanager
async def taken(
    settings: BotSettings, bot: Bot, database: Database, stop: asyncio.Event
) -> AsyncIterator[None]:
    """Telegram brings updates. What comes while we are down waits there."""
    assert settings.hook is not None, "asked by run"
    secret = hook_secret(settings.token)
    async with listening(settings.hook, bot, database, secret):
        while not stop.is_set():
            try:
                await bot.bot.set_webhook(
                    settings.hook.url, allowed_updates=ALLOWED_UPDATES, secret_token=str(secret)
                )
            except TelegramError as error:
                log.warning("Telegram does not take the webhook: %s", error)
                await wait(stop, TRY_AGAIN_SECONDS)
            else:
                break
        yield


async def reach(bot: Bot, stop: asyncio.Event) -> bool:
    """Say the first words, again until Telegram answers; False where stopped before.

    A token that Telegram does not know raises InvalidToken.
    """
    while not stop.is_set():
        try:
            await bot.initialize()
            await list_commands(bot)
        except InvalidToken:
            raise
        except TelegramError as error:
            log.warning("Telegram does not answer: %s", error)
            await wait(stop, TRY_AGAIN_SECONDS)
        else:
            return True
    return False


async def list_commands(bot: Bot) -> None:
    """The menu beside the text field, in both languages."""
    for language in LANGUAGES:
        words = Words(language, ZoneInfo("UTC"))
        listed = [BotCommand(name, words.plain(f"command-{name}")) for name in LISTED]
        assert set(LISTED) <= set(COMMANDS), "what is listed is there"
        code = language if language != LANGUAGES[0] else None
        await bot.bot.set_my_commands(listed, language_code=code)


async def wait(stop: asyncio.Event, seconds: float) -> None:
    """Until then, or until stopped."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


def quiet_libraries() -> None:
    """httpx writes every address it asks, and the token is part of Telegram's.

    Telegram's own library is told to give spans of time as such, as its next version always does.
    """
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
