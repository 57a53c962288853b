"""`./skylink bot`: the process that chats with staff; `up` starts it where a token is set."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import closing

import click
import psycopg2
from telegram.error import InvalidToken

from bots.process import BotSettings, run, wait
from bots.webhook import Hook
from commands.dsn import role_dsn
from commands.processes import STOPPED_BY
from commands.settings import Settings
from sql.migrate import APP
from storage.database import Database
from storage.secrets import KeyRing, Secret

LOG_FORMAT = "%(asctime)s %(message)s"
CONNECTIONS = 16
LOCAL_TOKEN = Secret("4200000001:local-telegram-of-the-sandbox")  # what a local one takes
ONLY_ONE = 0x534B59_424F54  # an advisory lock's number: Telegram ends one of two that poll
ASK_AGAIN_SECONDS = 2

log = logging.getLogger(__name__)


@click.command("bot")
def bot() -> None:
    """Answer staff in Telegram until stopped. `up` runs this; of two, the second waits."""
    settings = Settings.from_environ(os.environ)
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT, stream=sys.stdout)
    asyncio.run(serve(settings, bot_settings(settings)))


def bot_settings(settings: Settings) -> BotSettings:
    """Which bot, and where Telegram is: without a token, the local one."""
    if settings.telegram_token:
        url, port = settings.telegram_webhook, settings.telegram_webhook_port
        hook = Hook(url, port) if url else None
        return BotSettings(settings.telegram_token, settings.telegram_api, hook=hook)
    return BotSettings(LOCAL_TOKEN, settings.telegram_api or settings.local_telegram)


async def serve(settings: Settings, said: BotSettings) -> None:
    stop = asyncio.Event()
    for number in STOPPED_BY:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    dsn = role_dsn(settings, APP)
    keys = KeyRing.load(settings.keys_file)
    with (
        closing(psycopg2.connect(dsn)) as lock,
        closing(Database(dsn, connections=CONNECTIONS)) as database,
    ):
        lock.autocommit = True
        while not stop.is_set() and not holds(lock):
            await wait(stop, ASK_AGAIN_SECONDS)
        try:
            await run(said, database, keys, stop)
        except InvalidToken:
            # Ending would stop `up` from starting all the rest.
            log.error("Telegram does not know this token: set TELEGRAM_BOT_TOKEN anew.")  # noqa: TRY400
            await stop.wait()


def holds(lock: psycopg2.extensions.connection) -> bool:
    """Whether we are the one that polls, for as long as the connection lasts."""
    with lock.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", (ONLY_ONE,))
        return bool(cursor.fetchone() == (True,))


COMMAND = bot
