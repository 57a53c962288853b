"""One MikroTik: clients dial, traffic is counted, RADIUS is told, and may say otherwise."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from pyrad.packet import AccessAccept, DisconnectRequest

from sandbox.nas.changes import Heard, Knowledge, Listener, Manner
from sandbox.nas.sessions import Dial, Service, Session
from sandbox.nas.wire import (
    Exchange,
    Packet,
    Patience,
    access_request,
    accounting_request,
    fill,
    one,
)

START, STOP, INTERIM, ACCOUNTING_ON, ACCOUNTING_OFF = 1, 2, 3, 7, 8  # RFC 2866, 5.1
USER_REQUEST, ADMIN_RESET = 1, 6  # RFC 2866, 5.10
BY_RADIUS = 1  # Acct-Authentic
FROM_THE_POOL = ("127.", "255.")  # values that mean: the router is to choose
PREFIXES = {Service.PPPOE: "81", Service.HOTSPOT: "80"}


class Refused(Exception):
    """An Access-Reject; the message is its Reply-Message."""


class Unanswered(Exception):
    """No answer that could be believed came within the router's patience."""


@dataclass(frozen=True, slots=True)
class Setup:
    """`address` is one of loopback, the router's own: RADIUS tells routers apart by it.

    `stop_patience` is for what ends sessions; see Patience.rounds.
    """

    address: str
    secret: str
    auth_port: int
    acct_port: int
    identity: str = "tower-1"
    server: str = "127.0.0.1"
    coa_port: int = 0  # 0: any free one
    patience: Patience = field(default_factory=Patience)
    stop_patience: Patience = field(default_factory=lambda: Patience(rounds=None))
    refuses: frozenset[str] = frozenset()  # attributes of a CoA that this build does not support


@dataclass(frozen=True, slots=True)
class Login:
    """One dial. `accepted` None: nobody answered. `at`: POSIX seconds."""

    at: float
    username: str
    accepted: bool | None
    seconds: float


class Router:
    """Use as `async with`, or `open` and `close` it."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.sessions: list[Session] = []  # of all boots, ended ones too, in order
        self.logins: list[Login] = []
        self._live: dict[str, Session] = {}
        self._boot = self._serial = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        knowledge = Knowledge(setup.address, setup.identity, setup.refuses)
        self._listener = Listener(setup.secret, knowledge, self._live, self._obey)

    async def open(self) -> None:
        loop, setup = asyncio.get_running_loop(), self.setup
        self._auth, self._acct = Exchange(), Exchange()
        for exchange, port in ((self._auth, setup.auth_port), (self._acct, setup.acct_port)):
            await loop.create_datagram_endpoint(
                lambda exchange=exchange: exchange,  # type: ignore[misc]
                local_addr=(setup.address, 0),
                remote_addr=(setup.server, port),
            )
        await self._listen(setup.coa_port)

    async def _listen(self, port: int) -> None:
        where = (self.setup.address, port)
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self._listener, local_addr=where)
        self.coa_port = self._listener.port

    async def settle(self) -> None:
        """Until what was begun from outside is done: Stops, and clients who dial again."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for each in (self._auth, self._acct, self._listener):
            each.close()

    async def __aenter__(self) -> Router:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.close()

    # --- what it knows -------------------------------------------------------------------------

    @property
    def live(self) -> list[Session]:
        return list(self._live.values())

    def session_of(self, username: str) -> Session | None:
        """The client's latest live session."""
        mine = [session for session in self.live if session.dial.username == username]
        return mine[-1] if mine else None

    @property
    def heard(self) -> list[Heard]:
        """CoA- and Disconnect-Requests, in the order in which they came."""
        return self._listener.heard

    @property
    def datagrams_sent(self) -> int:
        """Logins and records, every try."""
        return self._auth.datagrams_sent + self._acct.datagrams_sent

    async def answer_changes(self, manner: Manner, error_cause: int = 503) -> None:
        """From now on, CoA and Disconnect are answered so; `error_cause` is that of NAK."""
        if manner is Manner.CLOSED:
            self._listener.close()
        elif self._listener.manner is Manner.CLOSED:
            await self._listen(self.coa_port)
        self._listener.manner, self._listener.error_cause = manner, error_cause

    # --- what clients do -----------------------------------------------------------------------

    async def dial(self, dial: Dial) -> Session:
        """A session that RADIUS let in, its Start sent. Raises Refused, Unanswered."""
        began = time.time()
        self._serial += 1
        session = Session(
            dial=dial,
            session_id=f"{PREFIXES[dial.service]}{self._boot & 255:02x}{self._serial:04x}",
            port=15_728_640 + self._serial,
            address=f"100.64.{self._serial >> 8 & 255}.{self._serial & 255}",
            since=began,
        )
        answer = await self._auth.ask(lambda _late: self._login(session), self.setup.patience)
        accepted = None if answer is None else answer.code == AccessAccept
        self.logins.append(Login(began, dial.username, accepted, time.time() - began))
        if answer is None:
            raise Unanswered(dial.username)
        if not accepted:
            raise Refused(one(answer, "Reply-Message") or "")
        session.obey(answer)
        session.since = time.time()
        if (given := one(answer, "Framed-IP-Address")) and not given.startswith(FROM_THE_POOL):
            session.address = given
        self.sessions.append(session)
        self._live[session.session_id] = session
        await self._tell(session, START, {}, self.setup.patience)
        return session

    async def interim(self, session: Session) -> bool:
        """Tell RADIUS the session's use so far; whether it was acknowledged."""
        return await self._tell(session, INTERIM, session.counters, self.setup.patience)

    async def hang_up(self, session: Session, cause: int = USER_REQUEST) -> bool:
        """End the session; whether its Stop was acknowledged within `stop_patience`."""
        self._end(session)
        said = {**session.counters, "Acct-Terminate-Cause": cause}
        session.stop_acknowledged = await self._tell(session, STOP, said, self.setup.stop_patience)
        return session.stop_acknowledged

    def lose_power(self) -> None:
        """All sessions are gone, and nobody is told."""
        for session in self.live:
            self._end(session)

    async def boot(self) -> bool:
        """Come up, after a loss of power or for the first time; whether that was acknowledged."""
        self.lose_power()
        self._boot += 1
        self._serial = 0
        return await self._announce(ACCOUNTING_ON)

    async def shut_down(self) -> bool:
        """An orderly end, as before an upgrade: one record for all sessions."""
        self.lose_power()
        return await self._announce(ACCOUNTING_OFF)

    # --- what is said --------------------------------------------------------------------------

    @property
    def _identity(self) -> dict[str, object]:
        return {"NAS-Identifier": self.setup.identity, "NAS-IP-Address": self.setup.address}

    def _login(self, session: Session) -> Packet:
        packet, password = access_request(self.setup.secret), session.dial.password.encode()
        fill(packet, session.identity | self._identity)
        if session.dial.service is Service.HOTSPOT:
            packet["Framed-IP-Address"] = packet["Mikrotik-Host-IP"] = session.address
        if session.dial.chap:
            number, challenge = b"\1", os.urandom(16)
            proof = hashlib.md5(number + password + challenge, usedforsecurity=False).digest()
            packet["CHAP-Password"], packet["CHAP-Challenge"] = number + proof, challenge
        else:
            packet["User-Password"] = packet.PwCrypt(password)
        return packet

    async def _tell(
        self, session: Session, status: int, counters: dict[str, object], patience: Patience
    ) -> bool:
        said = {
            **session.identity,
            "Framed-IP-Address": session.address,
            "Acct-Authentic": BY_RADIUS,
            "Class": session.class_,
            **counters,
        }
        if status != START:
            said["Acct-Session-Time"] = int(time.time() - session.since)
        use = session.use
        if not await self._account(status, said, patience):
            return False
        session.acknowledged = use if status != START else session.acknowledged or use
        return True

    async def _announce(self, status: int) -> bool:
        return await self._account(status, {}, self.setup.stop_patience)

    async def _account(self, status: int, said: dict[str, object], patience: Patience) -> bool:
        said = {
            "Acct-Status-Type": status,
            **said,
            **self._identity,
            "Event-Timestamp": int(time.time()),
        }

        def record(late: float) -> Packet:
            packet = fill(accounting_request(self.setup.secret), said)
            packet["Acct-Delay-Time"] = int(late)
            return packet

        return await self._acct.ask(record, patience) is not None

    # --- what it is told -----------------------------------------------------------------------

    def _obey(self, request: Packet, session: Session) -> None:
        if request.code == DisconnectRequest:
            self._end(session)
            self._spawn(self._end_and_redial(session))
        else:
            session.obey(request)

    def _end(self, session: Session) -> None:
        session.is_live = False
        self._live.pop(session.session_id, None)

    async def _end_and_redial(self, session: Session) -> None:
        self._spawn(self.hang_up(session, ADMIN_RESET))
        if session.dial.redial_seconds is None:
            return
        while True:  # as modems do, until the router is closed
            await asyncio.sleep(session.dial.redial_seconds)
            try:
                await self.dial(session.dial)
            except (Refused, Unanswered):
                continue
            return

    def _spawn(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
