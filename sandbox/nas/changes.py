"""CoA and Disconnect as a router takes them (RFC 5176), and the ways in which routers do not."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from pyrad.packet import CoANAK, CoARequest, DisconnectNAK, DisconnectRequest

from sandbox.nas.sessions import Session
from sandbox.nas.wire import Packet, change_request, one

UNSUPPORTED_ATTRIBUTE, MISSING_ATTRIBUTE, NAS_MISMATCH, NO_SUCH_SESSION = 401, 402, 403, 503
IDENTIFIERS_MIN = 2  # User-Name alone is not enough for some builds, so for none here
ANSWERS_KEPT = 256  # a repeated request gets its answer again (RFC 5176, 2.3)

TELLS_SESSION: dict[str, Callable[[Session], str]] = {
    "User-Name": lambda session: session.dial.username,
    "Acct-Session-Id": lambda session: session.session_id,
    "Framed-IP-Address": lambda session: session.address,
    "Calling-Station-Id": lambda session: session.dial.mac,
}
TELLS_NAS = {"NAS-IP-Address", "NAS-Identifier"}
CHANGEABLE = {  # MikroTik's manual, "RADIUS"; that a list can be moved, other vendors rely on
    *("Mikrotik-Group", "Mikrotik-Rate-Limit", "Mikrotik-Recv-Limit", "Mikrotik-Xmit-Limit"),
    *("Mikrotik-Mark-Id", "Mikrotik-Address-List", "Filter-Id", "Session-Timeout"),
    *("Idle-Timeout", "Port-Limit"),
}
NEITHER = {"Event-Timestamp", "Message-Authenticator"}


class Manner(StrEnum):
    """How a router answers what it is told."""

    ACK = "ack"  # does it, and says so
    NAK = "nak"  # refuses all, with the Error-Cause it was given
    SILENT = "silent"
    NO_EFFECT = "ack_without_effect"
    FORGED = "forged"  # an ACK that somebody without the secret has signed; without effect
    CLOSED = "closed"  # nobody listens: the kernel tells the asker


class Kind(StrEnum):
    COA = "coa"
    DISCONNECT = "disconnect"


@dataclass(frozen=True, slots=True)
class Heard:
    """One genuine datagram from outside, repeated ones too. `at`: POSIX seconds.

    `answer`: "ack", "nak 503", "forged" or "nothing".
    """

    at: float
    kind: Kind
    attributes: dict[str, list[object]]
    session: Session | None
    answer: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a router judges by. `refuses`: attributes that this build does not support."""

    address: str
    identity: str
    refuses: frozenset[str] = frozenset()

    def judge(self, request: Packet, live: Mapping[str, Session]) -> Session | int:
        """The only session of `live` (by id) that is meant, or the Error-Cause of a NAK."""
        names = set(request.keys())
        told = {name for name in TELLS_SESSION if name in names}
        known = {*TELLS_SESSION, *TELLS_NAS, *NEITHER, *CHANGEABLE} - self.refuses
        if request.code == CoARequest and names - known:
            return UNSUPPORTED_ATTRIBUTE
        if one(request, "NAS-IP-Address") not in {None, self.address}:
            return NAS_MISMATCH
        if one(request, "NAS-Identifier") not in {None, self.identity}:
            return NAS_MISMATCH
        if not told or len(told | names & TELLS_NAS) < IDENTIFIERS_MIN:
            return MISSING_ATTRIBUTE
        exact = live.get(one(request, "Acct-Session-Id") or "")
        meant = [
            session
            for session in ([exact] if exact else live.values())
            if all(TELLS_SESSION[name](session) == one(request, name) for name in told)
        ]
        return meant[0] if len(meant) == 1 else NO_SUCH_SESSION


class Listener(asyncio.DatagramProtocol):
    """The port of `/radius incoming`."""

    def __init__(
        self,
        secret: str,
        knowledge: Knowledge,
        live: Mapping[str, Session],
        do: Callable[[Packet, Session], None],
    ) -> None:
        self.manner, self.error_cause = Manner.ACK, NO_SUCH_SESSION
        self.heard: list[Heard] = []
        self.strangers = 0  # datagrams that nobody with the secret sent
        self._secret, self._knowledge, self._live, self._do = secret, knowledge, live, do
        self._answered: OrderedDict[tuple[object, bytes], bytes] = OrderedDict()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    @property
    def port(self) -> int:
        return int(self._transport.get_extra_info("sockname")[1])

    def close(self) -> None:
        self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        request = change_request(data, self._secret)
        if request is None or request.code not in {CoARequest, DisconnectRequest}:
            self.strangers += 1
            return
        judged = self._knowledge.judge(request, self._live)
        repeated = self._answered.get((addr, data[:20]))
        reply = repeated or self._reply(request, judged)
        self._note(request, judged, reply)
        if reply:
            self._answered[addr, data[:20]] = reply
            if len(self._answered) > ANSWERS_KEPT:
                self._answered.popitem(last=False)
            self._transport.sendto(reply, addr)
        if self.manner is Manner.ACK and not repeated and isinstance(judged, Session):
            self._do(request, judged)

    def _reply(self, request: Packet, judged: Session | int) -> bytes:
        """Empty where there is none."""
        if self.manner is Manner.SILENT:
            return b""
        reply = request.CreateReply()
        if request.message_authenticator:
            reply.message_authenticator = True
        refused = self.error_cause if self.manner is Manner.NAK else judged
        if isinstance(refused, int):
            reply.code = CoANAK if request.code == CoARequest else DisconnectNAK
            reply["Error-Cause"] = refused
        if self.manner is Manner.FORGED:
            reply.secret = b"a guess"
        return bytes(reply.ReplyPacket())

    def _note(self, request: Packet, judged: Session | int, reply: bytes) -> None:
        answer = "nothing" if not reply else "ack"
        if reply and reply[0] in {CoANAK, DisconnectNAK}:
            answer = f"nak {int.from_bytes(reply[-4:], 'big')}"
        if reply and self.manner is Manner.FORGED:
            answer = "forged"
        self.heard.append(
            Heard(
                at=time.time(),
                kind=Kind.COA if request.code == CoARequest else Kind.DISCONNECT,
                attributes={name: request[name] for name in list(request.keys())},
                session=judged if isinstance(judged, Session) else None,
                answer=answer,
            )
        )
