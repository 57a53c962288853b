"""Staff with phones at the local Telegram: they tap, search, and see when their chat changes."""

from __future__ import annotations

import asyncio
import json
import random
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from aiohttp import ClientSession, ClientTimeout, TCPConnector

from bots import codec
from sandbox.telegram.keyboards import buttons

Json = dict[str, Any]

PATIENCE_SECONDS = 20.0  # who has seen nothing by then was not answered
LINE_BYTES_MAX = 2**20
CONNECTIONS = 400
# What staff look at all day: reads that are one screen each.
READ = frozenset(
    {
        *("home", "card", "why", "acts", "line", "found", "clients", "sessions", "problems"),
        *("packages", "invoices", "payments", "ledger", "routers", "me", "search", "staff"),
    }
)


@dataclass(frozen=True, slots=True)
class Took:
    """`seconds` None: nothing came."""

    is_search: bool
    seconds: float | None
    what: str


@dataclass
class Staffer:
    """One of the staff. `screen` is the message that they look at."""

    chatting: Chatting
    account: int
    chance: random.Random
    screen: Json = field(default_factory=dict)
    tapped: str = ""
    change: asyncio.Future[None] | None = None

    async def taps(self) -> Took:
        """Something that leads to another screen than the one before."""
        asked = self._choice()
        if asked is None:
            return await self._waits("/start", self._says("/start"), is_search=False)
        number, self.tapped = asked
        body = {"message_id": self.screen["message_id"], "button": number}
        return await self._waits(self.tapped, self._acts("taps", body), is_search=False)

    async def looks_for(self, words: str) -> Took:
        """By a message; the answer is a new one."""
        self.tapped = ""
        return await self._waits(words, self._says(words), is_search=True)

    async def types(self, words: str) -> Took:
        """After the bot's name; what fits is offered."""
        began = time.monotonic()
        asked = await self._acts("types", {"query": words, "offset": ""})
        path = f"/people/{self.account}/queries/{asked['query_id']}"
        answer = (await self.chatting.get(path))["answer"]
        return Took(True, None if answer is None else time.monotonic() - began, words)

    def _choice(self) -> tuple[int, str] | None:
        """Refreshing what did not change would change nothing, so that is left out."""
        leads = []
        for number, button in enumerate(buttons(self.screen.get("reply_markup"))):
            data = "" if button["text"].startswith("🔄") else str(button.get("callback_data", ""))
            tap = codec.read(data)
            if isinstance(tap, codec.Visit) and tap.route in READ and data != self.tapped:
                leads.append((number, data))
        return self.chance.choice(leads) if leads else None

    async def _waits(self, what: str, act: Any, *, is_search: bool) -> Took:
        self.change = asyncio.get_running_loop().create_future()
        began = time.monotonic()
        await act
        try:
            await asyncio.wait_for(self.change, PATIENCE_SECONDS)
        except TimeoutError:
            return Took(is_search, None, what)
        return Took(is_search, time.monotonic() - began, what)

    def sees(self, message: Json) -> None:
        """A message of the bot's that came or changed."""
        self.screen = message
        if self.change and not self.change.done():
            self.change.set_result(None)

    async def _says(self, said: str) -> Json:
        return await self._acts("says", {"text": said})

    async def _acts(self, act: str, body: Json) -> Json:
        return await self.chatting.post(f"/people/{self.account}/chats/{self.account}/{act}", body)


class Chatting:
    """All of them at one local Telegram; what changes comes by its one stream of events."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._staff: dict[int, Staffer] = {}
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Chatting:
        self._session = await self._open.enter_async_context(
            ClientSession(
                self._address,
                connector=TCPConnector(limit=CONNECTIONS),
                timeout=ClientTimeout(total=None),
                read_bufsize=LINE_BYTES_MAX,
            )
        )
        following = asyncio.ensure_future(self._follow())
        self._open.callback(following.cancel)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self._open.aclose()

    async def join(self, account: int) -> Staffer:
        """Somebody whose account is linked; they say /start and see the home screen."""
        await self.post("/people", {"first_name": f"Staff {account}", "person_id": account})
        joined = self._staff[account] = Staffer(self, account, random.Random(account))
        await joined.taps()
        return joined

    async def _follow(self) -> None:
        async with self._session.get("/events") as stream:
            async for line in stream.content:
                if not line.startswith(b"data: "):
                    continue
                event = json.loads(line[6:])
                if event["kind"] == "message" and event["message"]["from"]["is_bot"]:
                    staffer = self._staff.get(event["chat_id"])
                    if staffer:
                        staffer.sees(event["message"])

    async def get(self, path: str) -> Json:
        async with self._session.get(path) as answer:
            said: Json = await answer.json()
            return said

    async def post(self, path: str, body: Json) -> Json:
        async with self._session.post(path, json=body) as answer:
            said: Json = await answer.json()
            return said
