"""RADIUS packets made by hand: for what radclient refuses to send (RFC 2865, RFC 2869)."""

from __future__ import annotations

import hashlib
import hmac
import os
import socket

USER_NAME, USER_PASSWORD, CHAP_PASSWORD = 1, 2, 3
CALLED_STATION_ID, CALLING_STATION_ID, NAS_IDENTIFIER, PROXY_STATE = 30, 31, 32, 33
ACCT_STATUS_TYPE, ACCT_SESSION_ID = 40, 44
REPLY_MESSAGE, MESSAGE_AUTHENTICATOR = 18, 80

ACCESS_REQUEST, ACCESS_ACCEPT, ACCESS_REJECT = 1, 2, 3
ACCOUNTING_REQUEST, ACCOUNTING_RESPONSE, STATUS_SERVER = 4, 5, 12

Attribute = tuple[int, bytes]


def coded(attributes: list[Attribute]) -> bytes:
    """Attributes as they travel: type, length, value."""
    return b"".join(bytes([kind, len(value) + 2]) + value for kind, value in attributes)


def hidden(password: bytes, secret: bytes, authenticator: bytes) -> bytes:
    """User-Password as it travels (RFC 2865, 5.2)."""
    padded = password + bytes(-len(password) % 16) or bytes(16)
    sealed, last = b"", authenticator
    for start in range(0, len(padded), 16):
        pad = hashlib.md5(secret + last, usedforsecurity=False).digest()
        last = bytes(a ^ b for a, b in zip(padded[start : start + 16], pad, strict=True))
        sealed += last
    return sealed


def access_request(
    secret: str,
    password: bytes | None,
    *attributes: Attribute,
    signed: bool = True,
    chap: bool = False,
) -> bytes:
    """An Access-Request with PAP or CHAP, or without any proof; Message-Authenticator comes first.

    The challenge of CHAP is the packet's authenticator (RFC 2865, 2.2).
    """
    authenticator, key = os.urandom(16), secret.encode()
    body = list(attributes)
    if password is not None and chap:
        proof = hashlib.md5(b"\1" + password + authenticator, usedforsecurity=False).digest()
        body.append((CHAP_PASSWORD, b"\1" + proof))
    elif password is not None:
        body.append((USER_PASSWORD, hidden(password, key, authenticator)))
    if signed:
        return _signed(ACCESS_REQUEST, key, authenticator, body)
    return _packet(ACCESS_REQUEST, authenticator, coded(body))


def status_server(secret: str) -> bytes:
    """A Status-Server request (RFC 5997)."""
    return _signed(STATUS_SERVER, secret.encode(), os.urandom(16), [])


def _signed(code: int, key: bytes, authenticator: bytes, body: list[Attribute]) -> bytes:
    packet = _packet(code, authenticator, coded([(MESSAGE_AUTHENTICATOR, bytes(16)), *body]))
    return packet[:22] + hmac.new(key, packet, "md5").digest() + packet[38:]


def accounting_request(secret: str, *attributes: Attribute) -> bytes:
    """An Accounting-Request (RFC 2866, 3)."""
    packet = _packet(ACCOUNTING_REQUEST, bytes(16), coded(list(attributes)))
    proof = hashlib.md5(packet + secret.encode(), usedforsecurity=False).digest()
    return packet[:4] + proof + packet[20:]


def _packet(code: int, authenticator: bytes, body: bytes) -> bytes:
    number = os.urandom(1)
    return bytes([code]) + number + (20 + len(body)).to_bytes(2, "big") + authenticator + body


def sent(packet: bytes, *, source: str, port: int, wait_seconds: float = 3) -> int | None:
    """Send one datagram from `source` to loopback; the code of the answer, None without one."""
    answer = exchanged(packet, source=source, port=port, wait_seconds=wait_seconds)
    return answer[0] if answer else None


def exchanged(packet: bytes, *, source: str, port: int, wait_seconds: float = 3) -> bytes:
    """The same, with all of the answer; empty without one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind((source, 0))
        wire.settimeout(wait_seconds)
        wire.sendto(packet, ("127.0.0.1", port))
        try:
            return wire.recv(4096)
        except (TimeoutError, ConnectionRefusedError):
            return b""


def texts(answer: bytes, kind: int) -> list[str]:
    """The values of all attributes of one kind, as text."""
    found, at = [], 20
    while at < len(answer):
        if answer[at] == kind:
            found.append(answer[at + 2 : at + answer[at + 1]].decode())
        at += answer[at + 1]
    return found
