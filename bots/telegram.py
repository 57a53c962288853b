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
from datetime import UTC
from typing import Any

from telegram import (
    Bot,
    InlineQuery,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Update,
)
from telegram.ext import BaseUpdateProcessor

from bots.door import Door, Heard
from bots.files import fetch, received
from bots.sending import Sending, quietly, toast
from bots.views import Answer
from bots.words import Words

AT_ONCE = 32
QUEUE_MAX = 10  # updates of one person that wait; a tenth tap in a row says nothing new
PEOPLE_KNOWN = 10_000
ALLOWED_UPDATES = ["message", "callback_query", "inline_query"]
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

    def __init__(self, door: Door, sending: Sending) -> None:
        self._door = door
        self._sending = sending

    async def handle(self, update: Update, _context: Any) -> None:
        """The outermost place: what is wrong is logged by a number, which the person is told.

        Once the door has answered, what it did is committed: a screen that cannot be shown is
        logged alone, for nobody may be told that nothing was changed.
        """
        try:
            answer = await self._answer(update)
        except Exception:
            number = f"E-{secrets.token_hex(3).upper()}"
            log.exception("%s: an update could not be handled", number)
            await self._say_busy(update, number)
            return
        try:
            if answer is not None:
                await self._give(update, answer)
        except Exception:
            log.exception("an answer could not be shown")

    async def _answer(self, update: Update) -> Answer | None:
        """What the door says; None where there is nobody to say it to."""
        person, chat = update.effective_user, update.effective_chat
        if person is not None and not person.is_bot and update.inline_query:
            await self._offer(update.inline_query)
            return None
        if person is None or chat is None or person.is_bot:
            return None
        query, message, language = update.callback_query, update.message, person.language_code or ""
        if chat.type != chat.PRIVATE:
            if query:
                words = _words(update).plain("private-only")
                await toast(query.get_bot(), query.id, words)
            return None
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
            return None
        answer = await asyncio.to_thread(self._door.answer, heard)
        if answer.fetches and message and heard.received:
            fetched = replace(heard.received, data=await fetch(message))
            answer = await asyncio.to_thread(self._door.answer, replace(heard, received=fetched))
        return answer

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
        await quietly(
            query.answer(results, cache_time=0, is_personal=True, next_offset=offers.more)
        )

    async def _give(self, update: Update, answer: Answer) -> None:
        query, message, bot = update.callback_query, update.effective_message, update.get_bot()
        assert message is not None, "a private chat's update has one"
        calls = [self._show(bot, message.chat.id, answer, message.message_id if query else None)]
        if query:
            calls.append(toast(bot, query.id, answer.toast))
        elif answer.forget:
            calls.append(quietly(bot.delete_message(message.chat.id, message.message_id)))
        await asyncio.gather(*calls)  # nobody waits for the one before the other

    async def _show(self, bot: Bot, chat_id: int, answer: Answer, edits: int | None) -> None:
        if answer.view:
            await self._sending.show(bot, chat_id, answer.view, edits)
        if answer.aside:
            await self._sending.show(bot, chat_id, answer.aside, None)

    async def _say_busy(self, update: Update, number: str) -> None:
        words, query = _words(update).plain("busy", error=number), update.callback_query
        if query:
            await quietly(update.get_bot().answer_callback_query(query.id, words, show_alert=True))
        elif update.effective_chat:
            await quietly(update.get_bot().send_message(update.effective_chat.id, words))


def _called(update: Update) -> str:
    name: str = update.get_bot().username
    return name


def _words(update: Update) -> Words:
    person = update.effective_user
    return Words((person.language_code if person else None) or "", UTC)
