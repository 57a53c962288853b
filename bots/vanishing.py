"""Deletes messages when their time is over; what a stop interrupts, the next start takes up."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from telegram import Bot
from telegram.error import BadRequest, Forbidden, TelegramError

from bots.deletions import Deletion, forget_deletion, note_deletion, noted_deletions
from storage.database import Database

TRY_AGAIN_SECONDS = 30
DELETABLE_FOR = timedelta(hours=48)  # core.telegram.org/bots/api#deletemessage
log = logging.getLogger(__name__)


class Vanishing:
    """Its tasks live as long as the bot."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._bot: Bot | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, bot: Bot) -> None:
        """From now on, and what was noted before."""
        self._bot = bot
        for deletion in await self._database.run(None, noted_deletions):
            self._watch(deletion)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def later(self, chat_id: int, message_id: int, delete_at: datetime) -> None:
        deletion = Deletion(chat_id, message_id, delete_at)
        await self._database.run(None, note_deletion, deletion)
        self._watch(deletion)

    def _watch(self, deletion: Deletion) -> None:
        task = asyncio.ensure_future(self._delete(deletion))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _delete(self, deletion: Deletion) -> None:
        left = (deletion.delete_at - datetime.now(UTC)).total_seconds()
        await asyncio.sleep(max(0.0, left))
        while not await self._gone(deletion):
            await asyncio.sleep(TRY_AGAIN_SECONDS)
        await self._database.run(None, forget_deletion, deletion)

    async def _gone(self, deletion: Deletion) -> bool:
        """Whether it is, or can no longer be helped."""
        assert self._bot is not None, "started"
        try:
            await self._bot.delete_message(deletion.chat_id, deletion.message_id)
        except (BadRequest, Forbidden) as error:
            log.info("Telegram: a message that shows a secret: %s", error)
            return True
        except TelegramError:
            return datetime.now(UTC) > deletion.delete_at + DELETABLE_FOR
        return True
