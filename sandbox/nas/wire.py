"""Packets of a NAS, and getting one answered as RouterOS does: the same datagram a few times."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pyrad.dictionary import Dictionary
from pyrad.packet import AcctPacket, AuthPacket, CoAPacket, PacketError

DICTIONARY = Dictionary(str(Path(__file__).with_name("dictionary")))
IDENTIFIERS = 256  # of open requests a socket (RFC 2865, 3)

Packet = Any  # pyrad has no types: a mapping of an attribute's name to the list of its values


@dataclass(frozen=True, slots=True)
class Patience:
    """RouterOS sends a datagram `tries` times, `timeout_seconds` apart, then drops the request.

    `rounds`: how often it then asks anew, with another identifier. None: until it is answered,
    which is kinder than RouterOS, and lets a fleet know to the octet what was taken.
    """

    timeout_seconds: float = 1.1
    tries: int = 3
    rounds: int | None = 1


def access_request(secret: str) -> Packet:
    """Empty and signed (RouterOS 7.15 and later)."""
    packet = AuthPacket(secret=secret.encode(), dict=DICTIONARY)
    packet.add_message_authenticator()
    return packet


def accounting_request(secret: str) -> Packet:
    return AcctPacket(secret=secret.encode(), dict=DICTIONARY)


def change_request(datagram: bytes, secret: str) -> Packet | None:
    """A CoA- or Disconnect-Request from who knows the secret (RFC 5176, 3.5), else None."""
    try:
        packet = CoAPacket(secret=secret.encode(), dict=DICTIONARY, packet=datagram)
        genuine = packet.VerifyCoARequest() and (
            not packet.message_authenticator or packet.verify_message_authenticator()
        )
    except PacketError:
        return None
    return packet if genuine else None


def fill(packet: Packet, attributes: dict[str, object]) -> Packet:
    """Set each attribute that has a value."""
    for name, value in attributes.items():
        if value is not None:
            packet[name] = value
    return packet


def one(packet: Packet, name: str) -> Any:
    """The first value of an attribute; None where the packet has none."""
    return next(iter(packet.get(name, ())), None)


class Exchange(asyncio.DatagramProtocol):
    """One socket to one port of a server."""

    def __init__(self) -> None:
        self.datagrams_sent = 0
        self.false_answers = 0  # to no open request, or not from who knows the secret
        self._open: dict[int, tuple[Packet, asyncio.Future[Packet]]] = {}
        self._room = asyncio.Semaphore(IDENTIFIERS)
        self._last = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def close(self) -> None:
        self._transport.close()

    async def ask(self, make: Callable[[float], Packet], patience: Patience) -> Packet | None:
        """The genuine answer; None where none came.

        `make` is given the seconds since the first try and called once a round.
        """
        clock = asyncio.get_running_loop().time
        began, done = clock(), 0
        while patience.rounds is None or done < patience.rounds:
            answer = await self._round(make(clock() - began), patience)
            if answer is not None:
                return answer
            done += 1
        return None

    async def _round(self, request: Packet, patience: Patience) -> Packet | None:
        async with self._room:
            request.id = self._free_identifier()
            datagram = request.RequestPacket()
            answer: asyncio.Future[Packet] = asyncio.get_running_loop().create_future()
            self._open[request.id] = request, answer
            try:
                for _ in range(patience.tries):
                    self._transport.sendto(datagram)
                    self.datagrams_sent += 1
                    await asyncio.wait({answer}, timeout=patience.timeout_seconds)
                    if answer.done():
                        return answer.result()
                return None
            finally:
                del self._open[request.id]

    def _free_identifier(self) -> int:
        while True:
            self._last = (self._last + 1) % IDENTIFIERS
            if self._last not in self._open:
                return self._last

    def datagram_received(self, data: bytes, addr: object) -> None:
        request, answer = self._open.get(data[1] if len(data) > 1 else -1, (None, None))
        reply = None if request is None else _genuine(request, data)
        if reply is None:
            self.false_answers += 1
        elif answer is not None and not answer.done():
            answer.set_result(reply)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens at the port just now: to a router the same as silence."""


def _genuine(request: Packet, datagram: bytes) -> Packet | None:
    try:
        reply = request.CreateReply(packet=datagram)
        return reply if request.VerifyReply(reply, datagram, enforce_ma=True) else None
    except PacketError:
        return None
