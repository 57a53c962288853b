"""Updates by webhook: in order, with the secret, again until they are taken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, Conflict

from sandbox.telegram.people import People, Person
from tests.sandbox.telegram.conftest import StartBot


@dataclass
class Hook:
    """A bot's web server that answers with `statuses`, then 200; `reply` is its body."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    heard: list[tuple[str, str]] = field(default_factory=list)
    reply: dict[str, Any] = field(default_factory=dict)

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        self.heard.append((update["message"]["text"], secret))
        status = self.statuses.pop(0) if self.statuses else 200
        return web.json_response(self.reply if status == 200 else {}, status=status)


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook, application = Hook(), web.Application()
    application.router.add_post("/updates", hook.take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/updates"
    yield hook
    await runner.cleanup()


@pytest.fixture
async def bot(start_bot: StartBot) -> Bot:
    application = await start_bot(poll=False)
    bot: Bot = application.bot
    return bot


async def test_updates_come_in_order_and_again_until_they_are_taken(
    bot: Bot, hook: Hook, people: People, rahim: Person
) -> None:
    hook.statuses = [503]
    hook.reply = {"method": "sendMessage", "chat_id": rahim.chat_id, "text": "taken"}
    await bot.set_webhook(hook.url, secret_token="canary_7")
    await rahim.says("first")
    await rahim.says("second")
    await rahim.until(
        lambda seen: [one.text for one in seen.messages].count("taken") == 2, "two answers"
    )
    secret = "canary_7"
    assert hook.heard == [("first", secret), ("first", secret), ("second", secret)]
    info = await bot.get_webhook_info()
    assert info.pending_update_count == 0
    assert info.last_error_message == "Wrong response from the webhook: 503"


async def test_polling_is_refused_while_a_webhook_is_set(
    bot: Bot, hook: Hook, rahim: Person
) -> None:
    await bot.set_webhook(hook.url)
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook(drop_pending_updates=True)
    await rahim.says("by polling")
    [update] = await bot.get_updates(timeout=5)
    assert update.message and update.message.text == "by polling"


@pytest.mark.parametrize("url", ["http://example.com/hook", "http://10.0.0.7/hook", "nowhere"])
async def test_updates_never_leave_the_machine(bot: Bot, url: str) -> None:
    with pytest.raises(BadRequest):
        await bot.set_webhook(url)
