"""A NAS of a few lines that answers as it is told to, for what no proper NAS would send."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable
from threading import Thread

Answers = Callable[[bytes], list[bytes]]


def answer(request: bytes, code: int, secret: bytes, attributes: bytes = b"") -> bytes:
    """A reply as RFC 5176, 2.3 has it."""
    head = bytes([code, request[1]]) + (20 + len(attributes)).to_bytes(2, "big")
    proof = hashlib.md5(head + request[4:20] + attributes + secret, usedforsecurity=False)
    return head + proof.digest() + attributes


class Responder:
    """Listens on loopback from the start; `heard` holds each datagram."""

    def __init__(self, address: str, answers: Answers) -> None:
        self.heard: list[bytes] = []
        self._answers = answers
        self._wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._wire.bind((address, 0))
        self.port = self._wire.getsockname()[1]
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            datagram, sender = self._wire.recvfrom(4096)
            if not datagram:
                return
            self.heard.append(datagram)
            for reply in self._answers(datagram):
                self._wire.sendto(reply, sender)

    def close(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self._wire.getsockname())
        self._thread.join()
        self._wire.close()
