"""Telegram on one side, the door on the other: updates become what was heard, answers are sent.

What one person does is done in its order; what different people do, side by side. Nothing that
goes wrong lets anybody further: an update either has the door's answer or none.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from telegram import (
    Bot,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Message,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError, TimedOut
from telegram.ext import BaseUpdateProcessor

from bots.door import Door, Heard
from bots.files import fetch, received
from bots.vanishing import Vanishing
from bots.views import Answer, Button, View
from bots.words import Words

AT_ONCE = 32
QUEUE_MAX = 10  # updates of one person that wait; a tenth tap in a row says nothing new
PEOPLE_KNOWN = 10_000
FLOOD_SECONDS_MAX = 5  # whoever waits for an answer does not wait for longer
TOAST_MAX = 200  # core.telegram.org/bots/api#answercallbackquery
ALLOWED_UPDATES = ["message", "callback_query", "inline_query"]
GONE = ("message to edit not found", "message can't be edited", "there is no text in the message")
log = logging.getLogger(__name__)


class InOrder(BaseUpdateProcessor):
    """Updates of one person one after another; those of several at once."""

    def __init__(self) -> None:
        super().__init__(AT_ONCE)
        self._locks: OrderedDict[int, asyncio.Lock] = OrderedDict()
        self._waiting: dict[int, int] = {}

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        person = update.effective_user if isinstance(update, Update) else None
        key = person.id if person else 0
        if self._waiting.get(key, 0) >= QUEUE_MAX:
            if asyncio.iscoroutine(coroutine):
                coroutine.close()
            return
        self._waiting[key] = self._waiting.get(key, 0) + 1
        try:
            async with self._lock(key):
                await coroutine
        finally:
            self._waiting[key] -= 1
            if not self._waiting[key]:
                del self._waiting[key]

    def _lock(self, key: int) -> asyncio.Lock:
        lock = self._locks.pop(key, None) or asyncio.Lock()
        self._locks[key] = lock
        if len(self._locks) > PEOPLE_KNOWN:
            oldest = next(iter(self._locks))
            if not self._locks[oldest].locked():
                del self._locks[oldest]
        return lock


class Telegram:
    """What is done with one update."""

    def __init__(self, door: Door, vanishing: Vanishing) -> None:
        self._door = door
        self._vanishing = vanishing

    async def handle(self, update: Update, _context: Any) -> None:
        """The outermost place: what is wrong is logged by a number, which the person is told."""
        try:
            await self._handle(update)
        except Exception:
            number = f"E-{secrets.token_hex(3).upper()}"
            log.exception("%s: an update could not be handled", number)
            await self._say_busy(update, number)

    async def _handle(self, update: Update) -> None:
        person, chat = update.effective_user, update.effective_chat
        if person is not None and not person.is_bot and update.inline_query:
            await self._offer(update.inline_query)
            return
        if person is None or chat is None or person.is_bot:
            return
        query, message, language = update.callback_query, update.message, person.language_code or ""
        if chat.type != chat.PRIVATE:
            if query:
                await _toast(query.get_bot(), query.id, _words(update).plain("private-only"))
            return
        if query:
            heard = Heard(person.id, language, data=query.data or "", bot=_called(update))
        elif message:
            text = message.contact.phone_number if message.contact else message.text
            heard = Heard(
                person.id,
                language,
                bot=_called(update),
                text=text or message.caption or "",
                received=received(message),
            )
        else:
            return
        answer = await asyncio.to_thread(self._door.answer, heard)
        if answer.fetches and message and heard.received:
            fetched = replace(heard.received, data=await fetch(message))
            answer = await asyncio.to_thread(self._door.answer, replace(heard, received=fetched))
        await self._give(update, answer)

    async def _offer(self, query: InlineQuery) -> None:
        """Each person's own, and not kept by Telegram: rights and clients change."""
        person = query.from_user
        heard = Heard(person.id, person.language_code or "", text=query.query)
        offers = await asyncio.to_thread(self._door.offer, heard, query.offset)
        results = [
            InlineQueryResultArticle(
                one.key, one.title, InputTextMessageContent(one.says), description=one.detail
            )
            for one in offers.found
        ]
        await _quietly(
            query.answer(results, cache_time=0, is_personal=True, next_offset=offers.more)
        )

    async def _give(self, update: Update, answer: Answer) -> None:
        query, message, bot = update.callback_query, update.effective_message, update.get_bot()
        assert message is not None, "a private chat's update has one"
        if query:
            await _toast(bot, query.id, answer.toast)
        elif answer.forget:
            await _quietly(bot.delete_message(message.chat.id, message.message_id))
        if answer.view:
            edits = message.message_id if query else None
            await self._show(bot, message.chat.id, answer.view, edits)
        if answer.aside:
            await self._show(bot, message.chat.id, answer.aside, None)

    async def _show(self, bot: Bot, chat_id: int, view: View, message_id: int | None) -> None:
        edits = message_id is not None and view.lasts is None and view.file is None
        if edits and message_id and await _edit(bot, chat_id, view, message_id):
            return
        sent = await _send(bot, chat_id, view)
        if sent and view.lasts is not None:
            await self._vanishing.later(chat_id, sent.message_id, datetime.now(UTC) + view.lasts)

    async def _say_busy(self, update: Update, number: str) -> None:
        words, query = _words(update).plain("busy", error=number), update.callback_query
        if query:
            await _quietly(update.get_bot().answer_callback_query(query.id, words, show_alert=True))
        elif update.effective_chat:
            await _quietly(update.get_bot().send_message(update.effective_chat.id, words))


def _called(update: Update) -> str:
    name: str = update.get_bot().username
    return name


def _words(update: Update) -> Words:
    person = update.effective_user
    return Words((person.language_code if person else None) or "", UTC)


async def _toast(bot: Bot, query_id: str, text: str) -> None:
    """Longer than a glance is shown until it is closed. Too late is no harm."""
    await _quietly(
        bot.answer_callback_query(query_id, text[:TOAST_MAX] or None, show_alert=len(text) > 40)
    )


async def _quietly(call: Awaitable[Any]) -> None:
    """For what nobody waits for."""
    try:
        await call
    except TelegramError as error:
        log.info("Telegram: %s", error)


async def _edit(bot: Bot, chat_id: int, view: View, message_id: int) -> bool:
    """Whether the screen shows it now; False where it is gone and a new one must be sent."""
    try:
        await _patiently(
            lambda: bot.edit_message_text(
                view.text,
                chat_id,
                message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard(view),
            )
        )
    except BadRequest as error:
        said = str(error).lower()
        if "not modified" in said:
            return True
        if any(gone in said for gone in GONE):
            return False
        raise
    return True


async def _send(bot: Bot, chat_id: int, view: View) -> Message | None:
    """None where nobody is there any more, or where it is not known whether it arrived."""
    try:
        sent: Message = await _patiently(lambda: _sending(bot, chat_id, view))
    except Forbidden:
        log.info("Telegram: account %s cannot be written to", chat_id)
        return None
    except TimedOut:
        log.info("Telegram: no word whether a message to %s arrived", chat_id)
        return None
    return sent


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


async def _patiently(call: Any) -> Any:
    """Waits once where Telegram asks for a little patience. Edits and sends alike."""
    try:
        return await call()
    except RetryAfter as wait:
        span = wait.retry_after
        seconds = span.total_seconds() if isinstance(span, timedelta) else span
        if seconds > FLOOD_SECONDS_MAX:
            raise
        await asyncio.sleep(seconds)
        return await call()


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
