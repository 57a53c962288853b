"""What the bot has yet to hear: kept until it says that it has, by asking for what comes after."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram import limits
from sandbox.telegram.refusals import conflict

Json = dict[str, Any]

KINDS = (
    *("message", "edited_message", "callback_query", "inline_query", "chosen_inline_result"),
    *("my_chat_member", "chat_member", "message_reaction"),
)
NOT_UNLESS_ASKED = {"chat_member", "message_reaction"}
OTHER_POLLER = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
WEBHOOK_IS_SET = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook "
    "first"
)


@dataclass
class Hook:
    """Where updates are posted, and how that went."""

    url: str
    secret_token: str = ""
    max_connections: int = 40
    last_error_date: int | None = None
    last_error: str = ""


@dataclass
class Updates:
    """`allowed` is remembered from one call to the next, as Telegram does."""

    last_id: int = 0
    waiting: deque[tuple[float, Json]] = field(default_factory=deque)
    allowed: list[str] = field(default_factory=list)
    latest: Json | None = None
    hook: Hook | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    poller: asyncio.Future[None] | None = None

    def wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in NOT_UNLESS_ASKED

    def push(self, kind: str, content: Json, now: float) -> int | None:
        """Numbers an update and keeps it; None where the bot did not ask for its kind."""
        if not self.wanted(kind):
            return None
        self.last_id += 1
        self.latest = {"update_id": self.last_id, kind: content}
        self.waiting.append((now, self.latest))
        self.arrived.set()
        return self.last_id

    def push_again(self, now: float) -> None:
        """The latest update once more, as after a lost confirmation."""
        if self.latest:
            self.waiting.appendleft((now, self.latest))
            self.arrived.set()

    def allow(self, kinds: list[str] | None) -> None:
        if kinds is not None:
            self.allowed = [kind for kind in kinds if kind in KINDS]

    def confirm(self, offset: int, now: float) -> None:
        """Drops what is below `offset`; a negative one leaves that many of the latest."""
        while self.waiting and now - self.waiting[0][0] > limits.UPDATE_SECONDS_MAX:
            self.waiting.popleft()
        if offset < 0:
            while len(self.waiting) > -offset:
                self.waiting.popleft()
        while self.waiting and self.waiting[0][1]["update_id"] < offset:
            self.waiting.popleft()

    def drop(self, update: Json) -> None:
        """Takes out one that was delivered, if it is still the first."""
        if self.waiting and self.waiting[0][1] is update:
            self.waiting.popleft()

    def batch(self, limit: int) -> list[Json]:
        size = min(limit, len(self.waiting))
        return [self.waiting[at][1] for at in range(size)]

    async def poll(self, limit: int, seconds: float) -> list[Json]:
        """What waits, or what comes within `seconds`. Another call of it ends this one: 409."""
        if self.hook:
            raise conflict(WEBHOOK_IS_SET)
        if self.poller and not self.poller.done():
            self.poller.set_exception(conflict(OTHER_POLLER))
        mine = self.poller = asyncio.get_running_loop().create_future()
        try:
            await self.wait(mine, seconds)
            return self.batch(limit)
        finally:
            if self.poller is mine:
                self.poller = None

    async def wait(self, ended: asyncio.Future[None], seconds: float) -> None:
        if self.waiting or not seconds:
            return
        self.arrived.clear()
        arrival = asyncio.ensure_future(self.arrived.wait())
        try:
            either: list[asyncio.Future[Any]] = [arrival, ended]
            await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            arrival.cancel()
        if ended.done():
            ended.result()
