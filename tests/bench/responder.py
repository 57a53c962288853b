"""A RADIUS server of a few lines, which answers right, or wrong in the ways a test asks for."""

from __future__ import annotations

import hashlib
import hmac
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Thread
from types import TracebackType

SECRET = b"testing123"
ACCEPT, REJECT = 2, 3
USER_NAME, USER_PASSWORD, MESSAGE_AUTHENTICATOR = 1, 2, 80
HEADER = 20


def md5(data: bytes) -> bytes:
    """What RFC 2865 is built on."""
    return hashlib.md5(data, usedforsecurity=False).digest()


@dataclass(frozen=True)
class Request:
    """One Access-Request as it came."""

    raw: bytes
    attributes: dict[int, bytes]

    @classmethod
    def parse(cls, raw: bytes) -> Request:
        attributes, at = {}, HEADER
        while at < len(raw):
            kind, size = raw[at], raw[at + 1]
            assert kind not in attributes, "none of the attributes may come twice"
            attributes[kind] = raw[at + 2 : at + size]
            at += size
        return cls(raw, attributes)

    @property
    def authenticator(self) -> bytes:
        return self.raw[4:20]

    @property
    def username(self) -> str:
        return self.attributes[USER_NAME].decode()

    @property
    def password(self) -> str:
        """RFC 2865, 5.2."""
        hidden, before, plain = self.attributes[USER_PASSWORD], self.authenticator, b""
        for at in range(0, len(hidden), 16):
            block = hidden[at : at + 16]
            key = md5(SECRET + before)
            plain += bytes(a ^ b for a, b in zip(block, key, strict=True))
            before = block
        return plain.rstrip(b"\0").decode()

    @property
    def is_signed(self) -> bool:
        """RFC 2869, 5.14."""
        claimed = self.attributes[MESSAGE_AUTHENTICATOR]
        blank = self.raw.replace(claimed, bytes(16))
        return hmac.compare_digest(hmac.digest(SECRET, blank, "md5"), claimed)


def reply(
    request: Request, code: int = ACCEPT, *, secret: bytes = SECRET, signed: bool = True
) -> bytes:
    """A reply with both of its authenticators; `signed` False leaves Message-Authenticator out."""
    signature = bytes([MESSAGE_AUTHENTICATOR, 18]) + bytes(16) if signed else b""
    head = bytes([code, request.raw[1]]) + (HEADER + len(signature)).to_bytes(2, "big")
    if signed:
        body = hmac.digest(secret, head + request.authenticator + signature, "md5")
        signature = signature[:2] + body
    proof = md5(head + request.authenticator + signature + secret)
    return head + proof + signature


Answers = Callable[[Request], list[bytes]]


@dataclass
class Responder:
    """Answers on a port of its own, inside `with`, until it ends; keeps what it was asked."""

    answers: Answers = lambda request: [reply(request)]
    asked: list[Request] = field(default_factory=list)
    sources: Counter[int] = field(default_factory=Counter)

    def __enter__(self) -> Responder:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bell:
            bell.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()

    @property
    def port(self) -> int:
        port: int = self._socket.getsockname()[1]
        return port

    def _serve(self) -> None:
        while raw := self._socket.recvfrom(4096):
            packet, source = raw
            if not packet:
                return
            request = Request.parse(packet)
            self.asked.append(request)
            self.sources[source[1]] += 1
            for answer in self.answers(request):
                self._socket.sendto(answer, source)
