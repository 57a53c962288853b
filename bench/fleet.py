"""A fleet of routers whose clients come and go, each octet of whose use is known."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from sandbox.nas.router import Login, Refused, Router, Unanswered
from sandbox.nas.sessions import Dial, Session

RECORDS_MAX = 12  # Interim-Updates of a session
OCTETS_MAX = 3_000_000_000  # between two records: often more than a 32-bit counter holds
REDIAL_SECONDS = 1.0
DARK_SECONDS = 3.0  # of a router without power


@dataclass(frozen=True, slots=True)
class Pace:
    """Mean seconds between two records of a session, and between two power cuts of a router."""

    record_seconds: float
    power_cut_seconds: float


@dataclass(slots=True)
class Street:
    """One router and who dials it. No power cut comes while a record is on its way.

    Or else nobody could say what was told: of a Stop, a router knows; of what it took with it into
    the dark, only the server.
    """

    router: Router
    dials: list[Dial]
    chance: random.Random
    _speaking: int = 0
    _is_dark: bool = False
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @asynccontextmanager
    async def speaking(self) -> AsyncIterator[None]:
        """While something is said to RADIUS."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._is_dark)
            self._speaking += 1
        try:
            yield
        finally:
            async with self._changed:
                self._speaking -= 1
                self._changed.notify_all()

    async def cut_power(self) -> None:
        """All sessions end without a Stop, their use told; then the router comes up again."""
        async with self._changed:
            self._is_dark = True
            await self._changed.wait_for(lambda: not self._speaking)
        await asyncio.gather(*(self._tell_whole(session) for session in self.router.live))
        self.router.lose_power()
        await asyncio.sleep(DARK_SECONDS)
        await self.router.boot()
        async with self._changed:
            self._is_dark = False
            self._changed.notify_all()

    async def _tell_whole(self, session: Session) -> None:
        while session.is_live and not await self.router.interim(session):
            pass


class Fleet:
    """Runs from `start` until `finish`."""

    def __init__(self, routers: list[Router], dials: list[Dial], pace: Pace, seed: int) -> None:
        self._pace = pace
        self._streets = [
            Street(router, dials[number :: len(routers)], random.Random(f"{seed} {number}"))
            for number, router in enumerate(routers)
        ]
        self._going_home = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """All routers boot, and all clients dial."""
        for street in self._streets:
            await street.router.open()
            await street.router.boot()
            self._tasks += [asyncio.create_task(self._lives(street, dial)) for dial in street.dials]
            self._tasks.append(asyncio.create_task(self._fails(street)))

    async def finish(self) -> None:
        """All sessions end, their Stops acknowledged."""
        self._going_home.set()
        await asyncio.gather(*self._tasks)
        for street in self._streets:
            await street.router.settle()
            await street.router.close()

    @property
    def sessions(self) -> list[tuple[Router, Session]]:
        return [
            (street.router, session)
            for street in self._streets
            for session in street.router.sessions
        ]

    @property
    def logins(self) -> list[Login]:
        """Of all routers, in the order in which they were dialled."""
        logins = [login for street in self._streets for login in street.router.logins]
        return sorted(logins, key=lambda login: login.at)

    @property
    def changes_heard(self) -> int:
        """CoA- and Disconnect-Requests."""
        return sum(len(street.router.heard) for street in self._streets)

    @property
    def datagrams_sent(self) -> int:
        return sum(street.router.datagrams_sent for street in self._streets)

    async def _pause(self, seconds: float) -> None:
        """That long, or until it is time to go home."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._going_home.wait(), seconds)

    async def _lives(self, street: Street, dial: Dial) -> None:
        await self._pause(street.chance.uniform(0, 2 * self._pace.record_seconds))
        while not self._going_home.is_set():
            try:
                async with street.speaking():
                    session = await street.router.dial(dial)
            except (Refused, Unanswered):
                await self._pause(REDIAL_SECONDS)
                continue
            await self._surfs(street, session)

    async def _surfs(self, street: Street, session: Session) -> None:
        for _ in range(street.chance.randint(0, RECORDS_MAX)):
            await self._pause(street.chance.uniform(0, 2 * self._pace.record_seconds))
            if self._going_home.is_set():
                break
            async with street.speaking():
                if not session.is_live:
                    return
                self._use(street, session)
                await street.router.interim(session)
        async with street.speaking():
            if session.is_live:
                self._use(street, session)
                await street.router.hang_up(session)

    @staticmethod
    def _use(street: Street, session: Session) -> None:
        session.carry(
            upload_bytes=street.chance.randint(0, OCTETS_MAX // 10),
            download_bytes=street.chance.randint(0, OCTETS_MAX),
        )

    async def _fails(self, street: Street) -> None:
        while not self._going_home.is_set():
            await self._pause(street.chance.expovariate(1 / self._pace.power_cut_seconds))
            if not self._going_home.is_set():
                await street.cut_power()
