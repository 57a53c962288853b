"""Who looks on learns of changes: the pages by a stream each, waiting tests by a chat's version."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

BACKLOG_MAX = 1000  # an onlooker so far behind is told to look anew


@dataclass
class Changes:
    """`version` counts all changes; each is told to every stream that is open."""

    version: int = 0
    streams: set[asyncio.Queue[str]] = field(default_factory=set)
    waiting: set[asyncio.Future[None]] = field(default_factory=set)

    def tell(self, kind: str, **facts: Any) -> None:
        self.version += 1
        for waiter in self.waiting:
            if not waiter.done():
                waiter.set_result(None)
        self.waiting.clear()
        if not self.streams:
            return
        event = json.dumps({"kind": kind, **facts}, ensure_ascii=False)
        for stream in self.streams:
            if stream.qsize() >= BACKLOG_MAX:
                while not stream.empty():
                    stream.get_nowait()
                event = json.dumps({"kind": "anew"})
            stream.put_nowait(event)

    async def next(self, seconds: float) -> None:
        """Returns at the next change, or after `seconds`."""
        waiter = asyncio.get_running_loop().create_future()
        self.waiting.add(waiter)
        await asyncio.wait([waiter], timeout=seconds)
        self.waiting.discard(waiter)

    @contextmanager
    def stream(self) -> Iterator[asyncio.Queue[str]]:
        queue: asyncio.Queue[str] = asyncio.Queue()
        self.streams.add(queue)
        try:
            yield queue
        finally:
            self.streams.discard(queue)


async def events(queue: asyncio.Queue[str], alive_seconds: float) -> AsyncIterator[str]:
    """The changes as they come; an empty one where nothing did for `alive_seconds`."""
    while True:
        try:
            yield await asyncio.wait_for(queue.get(), alive_seconds)
        except TimeoutError:
            yield ""
