"""A local Telegram, somebody in it, and a real python-telegram-bot application that talks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from telegram import Update
from telegram.ext import Application, ApplicationBuilder

from sandbox.telegram.people import People, Person
from sandbox.telegram.server import LocalTelegram

Bot = Application[Any, Any, Any, Any, Any, Any]
StartBot = Callable[..., Awaitable[Bot]]


@pytest.fixture(autouse=True)
def _spans_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """PTB gives durations as timedelta, as it always will from its next major version on."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def telegram() -> AsyncIterator[LocalTelegram]:
    async with LocalTelegram() as running:
        yield running


@pytest.fixture
async def people(telegram: LocalTelegram) -> AsyncIterator[People]:
    async with People(telegram.address) as people:
        yield people


@pytest.fixture
async def rahim(people: People) -> Person:
    return await people.add("Rahim", username="rahim", phone="+8801711000001")


@pytest.fixture
async def start_bot(telegram: LocalTelegram) -> AsyncIterator[StartBot]:
    """Builds, starts and at the end stops a bot of the given handlers."""
    async with AsyncExitStack() as running:

        async def start(*handlers: Any, poll: bool = True) -> Bot:
            builder = ApplicationBuilder().token(telegram.token).job_queue(None)
            builder = builder.base_url(telegram.base_url).base_file_url(telegram.base_file_url)
            bot = builder.build()
            bot.add_handlers(handlers)
            await bot.initialize()
            running.push_async_callback(bot.shutdown)
            await bot.start()
            running.push_async_callback(bot.stop)
            if poll and bot.updater:
                await bot.updater.start_polling(allowed_updates=Update.ALL_TYPES, timeout=10)
                running.push_async_callback(bot.updater.stop)
            return bot

        yield start
