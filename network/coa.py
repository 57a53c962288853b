"""CoA- and Disconnect-Requests (RFC 5176): many in flight, from one thread that never waits.

A socket a NAS, connected: the kernel hands on what comes from its address and port alone, and says
when nobody listens there. What comes is believed only with the right authenticator, which nobody
without the secret can make; the rest is counted and changes nothing.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from pyrad.dictionary import Dictionary
from pyrad.packet import (
    CoAACK,
    CoANAK,
    CoAPacket,
    CoARequest,
    DisconnectACK,
    DisconnectNAK,
    DisconnectRequest,
    PacketError,
)

from storage.secrets import Secret

TIMEOUT_SECONDS = 3.0  # for an answer; across a VPN a second may pass
IDENTIFIERS = 256  # in flight to one NAS (RFC 2865, 3)
DATAGRAM_BYTES_MAX = 4096
IDLE_SECONDS = 60.0  # after which the socket of a NAS is given back
DICTIONARY = Dictionary(str(Path(__file__).with_name("dictionary")))


class Means(StrEnum):
    """COA changes a session, DISCONNECT ends it: the client dials again."""

    COA = "coa"
    DISCONNECT = "disconnect"


class Answer(StrEnum):
    """ACK is "accepted", not "done". CLOSED: nobody listens on the port."""

    ACK = "ack"
    NAK = "nak"
    SILENCE = "silence"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a NAS listens, and the secret it shares with us."""

    address: str
    port: int
    secret: Secret


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the request that was sent under `key`."""

    key: Any
    answer: Answer
    error_cause: int | None = None  # of a NAK (RFC 5176, 3.5), where it says one


class NoRoom(Exception):
    """All identifiers of a NAS are in flight, or the system has no socket: send it later."""


CODES = {Means.COA: CoARequest, Means.DISCONNECT: DisconnectRequest}
ACKS = {CoARequest: CoAACK, DisconnectRequest: DisconnectACK}
NAKS = {CoARequest: CoANAK, DisconnectRequest: DisconnectNAK}


class _Line:
    """The socket to one NAS and what is in flight on it."""

    def __init__(self, wire: socket.socket, secret: bytes) -> None:
        self.wire, self.secret = wire, secret
        self.in_flight: dict[int, tuple[Any, Any, float]] = {}  # request, key, until when
        self.last_identifier = -1
        self.used_at = 0.0

    def free_identifier(self) -> int:
        """The one that was used longest ago: a late answer is not taken for another's."""
        for step in range(1, IDENTIFIERS + 1):
            identifier = (self.last_identifier + step) % IDENTIFIERS
            if identifier not in self.in_flight:
                self.last_identifier = identifier
                return identifier
        raise NoRoom

    def first_end(self) -> float:
        """When the oldest in flight is given up: all wait equally long, so it came first."""
        return next(iter(self.in_flight.values()))[2]


class CoaClient:
    """Sends requests and reports outcomes. Not for several threads."""

    def __init__(self, source: str | None = None, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        """`source` is the address that NAS devices know as their RADIUS server; None: any."""
        self._source, self._timeout_seconds = source, timeout_seconds
        self._selector = selectors.DefaultSelector()
        self._lines: dict[tuple[str, int], _Line] = {}
        self.disbelieved = 0  # forged, misshapen, or answers that came too late

    def fileno(self) -> int:
        """Readable when `outcomes` has something to tell: epoll in epoll."""
        return self._selector.fileno()

    def close(self) -> None:
        for place in list(self._lines):
            self._hang_up(place)
        self._selector.close()

    def send(self, key: Any, peer: Peer, means: Means, attributes: Mapping[str, str | int]) -> None:
        """Send one request; its outcome comes under `key`. Raises NoRoom."""
        line, now = self._line_to(peer), time.monotonic()
        request = CoAPacket(CODES[means], line.free_identifier(), line.secret, dict=DICTIONARY)
        for name, value in attributes.items():
            request.AddAttribute(name, value)
        request.AddAttribute("Event-Timestamp", int(time.time()))
        request.add_message_authenticator()
        line.in_flight[request.id] = (request, key, now + self._timeout_seconds)
        line.used_at = now
        packet = request.RequestPacket()
        with suppress(OSError):  # no route, or a full buffer: as if it were lost on the way
            try:
                line.wire.send(packet)
            except ConnectionRefusedError:  # of an earlier one, told only now
                line.wire.send(packet)

    def outcomes(self) -> Iterator[Outcome]:
        """All that is known now: answers that came, and requests whose time is up."""
        for chosen, _ in self._selector.select(0):
            yield from self._read(chosen.data)
        yield from self._expire(time.monotonic())

    def next_expiry_in(self) -> float | None:
        """Seconds until the first request in flight is given up; None where none is."""
        ends = [line.first_end() for line in self._lines.values() if line.in_flight]
        return max(0.0, min(ends) - time.monotonic()) if ends else None

    def _read(self, place: tuple[str, int]) -> Iterator[Outcome]:
        line = self._lines[place]
        while True:
            try:
                datagram = line.wire.recv(DATAGRAM_BYTES_MAX)
            except BlockingIOError:
                return
            except ConnectionRefusedError:  # ICMP: nobody listens there
                yield from self._give_up(line, Answer.CLOSED)
                continue
            except OSError:
                return
            outcome = self._believed(line, datagram)
            if outcome is None:
                self.disbelieved += 1
            else:
                yield outcome

    @staticmethod
    def _believed(line: _Line, datagram: bytes) -> Outcome | None:
        """The outcome that a genuine answer tells; None where it is not one."""
        if len(datagram) < 20 or datagram[1] not in line.in_flight:
            return None
        request, key, _ = line.in_flight[datagram[1]]
        try:
            reply = request.CreateReply(packet=datagram)
            if not request.VerifyReply(reply, datagram):
                return None
        except (PacketError, ValueError, IndexError):
            return None
        if reply.code not in {ACKS[request.code], NAKS[request.code]}:
            return None
        del line.in_flight[request.id]
        if reply.code == ACKS[request.code]:
            return Outcome(key, Answer.ACK)
        return Outcome(key, Answer.NAK, _error_cause(reply))

    @staticmethod
    def _give_up(line: _Line, answer: Answer) -> Iterator[Outcome]:
        given_up, line.in_flight = line.in_flight, {}
        for _, key, _ in given_up.values():
            yield Outcome(key, answer)

    def _expire(self, now: float) -> Iterator[Outcome]:
        for place, line in list(self._lines.items()):
            while line.in_flight and line.first_end() <= now:
                _, key, _ = line.in_flight.pop(next(iter(line.in_flight)))
                yield Outcome(key, Answer.SILENCE)
            if not line.in_flight and now - line.used_at > IDLE_SECONDS:
                self._hang_up(place)

    def _line_to(self, peer: Peer) -> _Line:
        place, secret = (peer.address, peer.port), peer.secret.encode()
        line = self._lines.get(place)
        if line is not None:
            line.secret = secret
            return line
        try:
            wire = self._connected(peer)
        except OSError:
            raise NoRoom from None
        line = self._lines[place] = _Line(wire, secret)
        self._selector.register(wire, selectors.EVENT_READ, place)
        return line

    def _connected(self, peer: Peer) -> socket.socket:
        version = ip_address(peer.address).version
        wire = socket.socket(socket.AF_INET if version == 4 else socket.AF_INET6, socket.SOCK_DGRAM)
        try:
            wire.setblocking(False)
            if self._source is not None and ip_address(self._source).version == version:
                wire.bind((self._source, 0))
            wire.connect((peer.address, peer.port))
        except OSError:
            wire.close()
            raise
        return wire

    def _hang_up(self, place: tuple[str, int]) -> None:
        wire = self._lines.pop(place).wire
        self._selector.unregister(wire)
        wire.close()


def _error_cause(reply: Any) -> int | None:
    """Error-Cause as the NAK has it; None where there is none or it is no number."""
    for value in dict.get(reply, 101, []):
        if isinstance(value, bytes) and len(value) == 4:
            return int.from_bytes(value, "big")
    return None
