"""Routers that listen for CoA and agree to everything: what reached which of them, and when.

The instant is the kernel's, of the datagram's arrival; on loopback that is when it was sent. So
a busy bench measures itself late by nothing.
"""

from __future__ import annotations

import hashlib
import selectors
import socket
import struct
from collections import deque
from dataclasses import dataclass
from threading import Event, Thread

from storage.secrets import Secret

KEY = Secret("Bench-Router-1")
COA_REQUEST, DISCONNECT_REQUEST = 43, 40  # RFC 5176, 2.1; an ACK is one more
USER_NAME = 1
HEADER_BYTES = 20
DATAGRAM_BYTES_MAX = 4096
ROOM_BYTES = 1 << 20  # of a socket: a burst waits here, not with the sender
LOOK_SECONDS = 0.1
TIMESTAMPNS = 35  # SO_TIMESTAMPNS, socket(7); Python has no name for it
NANOSECONDS = 10**9


@dataclass(frozen=True, slots=True)
class Told:
    """One genuine request as it arrived. `at`: POSIX seconds; `router` counts from 0."""

    at: float
    router: int
    code: int
    username: str


def address_of(router: int) -> str:
    """Of loopback, and each router's own."""
    return f"127.20.{router // 250}.{router % 250 + 1}"


class Routers:
    """Listening inside `with`; `told` grows meanwhile."""

    def __init__(self, number: int) -> None:
        self.told: list[Told] = []
        self.strangers = 0  # datagrams that nobody with the secret sent
        self._stopping = Event()
        self._wires = [self._listening(router) for router in range(number)]
        self.ports = [wire.getsockname()[1] for wire in self._wires]
        self._thread = Thread(target=self._listen, name="bench-routers")

    @staticmethod
    def _listening(router: int) -> socket.socket:
        wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM_BYTES)
        wire.setsockopt(socket.SOL_SOCKET, TIMESTAMPNS, 1)
        wire.setblocking(False)
        wire.bind((address_of(router), 0))
        return wire

    def __enter__(self) -> Routers:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        for wire in self._wires:
            wire.close()

    def _listen(self) -> None:
        with selectors.DefaultSelector() as selector:
            for router, wire in enumerate(self._wires):
                selector.register(wire, selectors.EVENT_READ, router)
            while not self._stopping.is_set():
                for chosen, _ in selector.select(LOOK_SECONDS):
                    self._read(chosen.data)

    def _read(self, router: int) -> None:
        wire = self._wires[router]
        while True:
            try:
                request, said, _, sender = wire.recvmsg(DATAGRAM_BYTES_MAX, 64)
            except BlockingIOError:
                return
            if not is_genuine(request):
                self.strangers += 1
                continue
            wire.sendto(acknowledgement(request), sender)
            seconds, nanoseconds = struct.unpack("qq", said[0][2])
            at = seconds + nanoseconds / NANOSECONDS
            self.told.append(Told(at, router, request[0], username_of(request)))


def is_genuine(request: bytes) -> bool:
    """Whether who has the secret signed it (RFC 5176, 2.3)."""
    if len(request) < HEADER_BYTES or request[0] not in {COA_REQUEST, DISCONNECT_REQUEST}:
        return False
    return request[4:20] == _md5(request[:4] + bytes(16) + request[20:] + KEY.encode())


def acknowledgement(request: bytes) -> bytes:
    head = bytes([request[0] + 1, request[1]]) + HEADER_BYTES.to_bytes(2, "big")
    return head + _md5(head + request[4:20] + KEY.encode())


def username_of(request: bytes) -> str:
    at = HEADER_BYTES
    while at + 2 <= len(request) and request[at + 1] >= 2:
        if request[at] == USER_NAME:
            return request[at + 2 : at + request[at + 1]].decode()
        at += request[at + 1]
    return ""


def most_in_a_second(told: list[Told], seconds: float) -> int:
    """The most that one router was told within `seconds`, wherever they begin."""
    most, recent = 0, dict[int, deque[float]]()
    for each in sorted(told, key=lambda one: one.at):
        times = recent.setdefault(each.router, deque())
        times.append(each.at)
        while each.at - times[0] >= seconds:
            times.popleft()
        most = max(most, len(times))
    return most


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()
