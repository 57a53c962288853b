"""RADIUS packets made by hand: for what radclient refuses to send (RFC 2865, RFC 2869)."""

from __future__ import annotations

import hashlib
import hmac
import os
import socket

USER_NAME, USER_PASSWORD = 1, 2
CALLED_STATION_ID, CALLING_STATION_ID, NAS_IDENTIFIER, PROXY_STATE = 30, 31, 32, 33
ACCT_STATUS_TYPE, ACCT_SESSION_ID = 40, 44
MESSAGE_AUTHENTICATOR = 80

ACCESS_REQUEST, ACCESS_ACCEPT, ACCESS_REJECT = 1, 2, 3
ACCOUNTING_REQUEST, ACCOUNTING_RESPONSE = 4, 5

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
    secret: str, password: bytes | None, *attributes: Attribute, signed: bool = True
) -> bytes:
    """An Access-Request with PAP, or without any proof; Message-Authenticator first if `signed`."""
    authenticator, key = os.urandom(16), secret.encode()
    body = list(attributes)
    if password is not None:
        body.append((USER_PASSWORD, hidden(password, key, authenticator)))
    if signed:
        body.insert(0, (MESSAGE_AUTHENTICATOR, bytes(16)))
    packet = _packet(ACCESS_REQUEST, authenticator, coded(body))
    if signed:
        proof = hmac.new(key, packet, "md5").digest()
        packet = packet[:22] + proof + packet[38:]
    return packet


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
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind((source, 0))
        wire.settimeout(wait_seconds)
        wire.sendto(packet, ("127.0.0.1", port))
        try:
            return wire.recv(4096)[0]
        except TimeoutError:
            return None
