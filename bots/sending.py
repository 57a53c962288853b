"""Messages out: a screen is edited in place, or sent once, whatever the network does meanwhile.

To edit a screen twice is no harm, so an edit is tried again. A message whose arrival is not known
is never sent again: it may be a receipt. Where Telegram asks for patience, nobody waits for long:
the screen follows when its time has come, the latest of each message alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any

from telegram import (
    Bot,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bots.pages import pages
from bots.vanishing import Vanishing
from bots.views import Button, View

FLOOD_SECONDS_MAX = 5  # whoever waits for an answer does not wait for longer
LATER_SECONDS_MAX = 300  # a screen that comes after that is no answer any more
EDITS_TRIED = 3
TOAST_MAX = 200  # core.telegram.org/bots/api#answercallbackquery
GONE = ("message to edit not found", "message can't be edited", "there is no text in the message")
Key = tuple[int, int | None]
log = logging.getLogger(__name__)


class Sending:
    """Its tasks, of what waits for Telegram's patience, live as long as the bot."""

    def __init__(self, vanishing: Vanishing) -> None:
        self._vanishing = vanishing
        self._later: dict[Key, asyncio.Task[None]] = {}

    async def stop(self) -> None:
        waiting = list(self._later.values())
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    async def show(self, bot: Bot, chat_id: int, view: View, message_id: int | None) -> None:
        """In place of the message, or as a new one; what is too long for one goes on in others."""
        for number, part in enumerate(pages(view)):
            await self._show(bot, chat_id, part, message_id if number == 0 else None)

    async def tell(self, bot: Bot, chat_id: int, view: View) -> bool:
        """A message of our own accord; whether it was sent, or may have been.

        Raises RetryAfter where Telegram wants patience.
        """
        try:
            return await _send(bot, chat_id, view) is not None
        except BadRequest as error:
            log.warning("Telegram: %s cannot be told: %s", chat_id, error)
            return False

    async def _show(self, bot: Bot, chat_id: int, view: View, message_id: int | None) -> None:
        former = self._later.pop((chat_id, message_id), None) if message_id else None
        if former:
            former.cancel()
        try:
            await self._once(bot, chat_id, view, message_id)
        except RetryAfter as wait:
            seconds = _seconds(wait)
            if seconds > LATER_SECONDS_MAX:
                log.warning("Telegram wants %s s of patience: a screen is left out.", seconds)
                return
            if seconds <= FLOOD_SECONDS_MAX:
                await self._after(seconds, bot, chat_id, view, message_id)
                return
            work = self._after(seconds, bot, chat_id, view, message_id)
            key = (chat_id, message_id)
            self._later[key] = task = asyncio.ensure_future(work)
            task.add_done_callback(lambda done: self._forget(key, done))

    def _forget(self, key: Key, done: asyncio.Task[None]) -> None:
        if self._later.get(key) is done:
            del self._later[key]

    async def _after(
        self, seconds: float, bot: Bot, chat_id: int, view: View, message_id: int | None
    ) -> None:
        await asyncio.sleep(seconds)
        try:
            await self._once(bot, chat_id, view, message_id)
        except TelegramError as error:
            log.warning("Telegram: a screen is left out: %s", error)

    async def _once(self, bot: Bot, chat_id: int, view: View, message_id: int | None) -> None:
        edits = message_id is not None and view.lasts is None and view.file is None
        if edits and message_id and await _edit(bot, chat_id, view, message_id):
            return
        sent = await _send(bot, chat_id, view)
        if sent and view.lasts is not None:
            await self._vanishing.later(chat_id, sent.message_id, datetime.now(UTC) + view.lasts)


async def toast(bot: Bot, query_id: str, text: str) -> None:
    """Longer than a glance is shown until it is closed. Too late is no harm."""
    await quietly(
        bot.answer_callback_query(query_id, text[:TOAST_MAX] or None, show_alert=len(text) > 40)
    )


async def quietly(call: Awaitable[Any]) -> None:
    """For what nobody waits for."""
    try:
        await call
    except TelegramError as error:
        log.info("Telegram: %s", error)


def _seconds(wait: RetryAfter) -> float:
    span = wait.retry_after
    return span.total_seconds() if isinstance(span, timedelta) else float(span)


async def _edit(bot: Bot, chat_id: int, view: View, message_id: int) -> bool:
    """Whether there is nothing left to do; False where it is gone and a new one must be sent."""
    for _ in range(EDITS_TRIED):
        try:
            await bot.edit_message_text(
                view.text,
                chat_id,
                message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard(view),
            )
        except BadRequest as error:
            said = str(error).lower()
            if "not modified" in said:
                return True
            if any(gone in said for gone in GONE):
                return False
            raise
        except RetryAfter:
            raise
        except NetworkError as error:
            log.info("Telegram: an edit is tried again: %s", error)
        else:
            return True
    log.warning("Telegram: a screen of %s stays as it was.", chat_id)
    return True


async def _send(bot: Bot, chat_id: int, view: View) -> Message | None:
    """None where nobody is there any more, or where it is not known whether it arrived."""
    try:
        return await _sending(bot, chat_id, view)
    except Forbidden:
        log.info("Telegram: account %s cannot be written to", chat_id)
    except BadRequest:
        raise
    except NetworkError as error:
        log.warning("Telegram: no word whether a message to %s arrived: %s", chat_id, error)
    return None


def _sending(bot: Bot, chat_id: int, view: View) -> Awaitable[Message]:
    more: dict[str, Any] = {
        "parse_mode": ParseMode.HTML,
        "reply_markup": keyboard(view),
        "protect_content": view.lasts is not None,
    }
    file = view.file
    if file is None:
        return bot.send_message(chat_id, view.text, **more)
    if file.picture:
        return bot.send_photo(chat_id, file.data, view.text, filename=file.name, **more)
    return bot.send_document(chat_id, file.data, view.text, filename=file.name, **more)


def keyboard(view: View) -> InlineKeyboardMarkup | None:
    if not view.rows:
        return None
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in view.rows])


def _button(button: Button) -> InlineKeyboardButton:
    if button.copies:
        return InlineKeyboardButton(button.words, copy_text=CopyTextButton(button.copies))
    if button.searches:
        return InlineKeyboardButton(button.words, switch_inline_query_current_chat="")
    style = button.style.value or None
    return InlineKeyboardButton(button.words, callback_data=button.data, style=style)
