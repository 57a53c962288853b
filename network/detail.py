"""One accounting record as FreeRADIUS writes it into the journal (rlm_detail), read and checked.

    1795638896 146401
            Packet-Src-IP-Address = 127.9.0.2
            Acct-Status-Type = Interim-Update
            User-Name = "o\\"brien"
            ...

A line of two numbers (when it was received: seconds, microseconds), a line an attribute, an empty
line. Control characters and bytes that are no UTF-8 are escaped, so that a value never breaks a
line. The reader is our own: records come by the thousand a second, and pyrad reads packets only.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Network
from typing import NamedTuple

from policy.counting import Reading
from policy.macs import normalise_mac
from policy.readings import NoReading, reading_of

START, INTERIM, STOP, NAS_ON, NAS_OFF = (
    "Start",
    "Interim-Update",
    "Stop",
    "Accounting-On",
    "Accounting-Off",
)
OF_SESSIONS = frozenset({START, INTERIM, STOP})
OF_DEVICES = frozenset({NAS_ON, NAS_OFF})
KINDS = OF_SESSIONS | OF_DEVICES

RECEIVED_AT_LEAST = 1_577_836_800.0  # 2020: a node whose clock was not set yet
TEXT_AT_MOST = 253 * 4  # an attribute, each byte escaped

_ESCAPE = re.compile(r"\\([0-7]{3}|.)", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t"}
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_CLASS_MARK = "0x736c3a"  # sl:


class NotUnderstood(Exception):
    """A record that cannot be counted; the message says why, for who looks into the quarantine."""


class Record(NamedTuple):
    """One record. `source` is the address it came from; `reading` is of a session's records only.

    `login` is (tenant_id, connection_id, granted) of our Class, where the NAS echoed it.
    """

    kind: str
    received_at: float
    source: str
    session_id: str
    username: str
    reading: Reading
    login: tuple[int, int, str | None] | None
    mac: str | None
    framed_ipv4: str | None
    framed_ipv6_prefix: str | None
    delegated_ipv6_prefix: str | None
    nas_port_id: str | None
    terminate_cause: str | None


def read(text: str) -> Record:
    """The record in `text`, without its empty line. Raises NotUnderstood."""
    header, *lines = text.split("\n\t")
    try:
        said = dict([line.split(" = ", 1) for line in lines])
    except ValueError:
        raise NotUnderstood("a line is no attribute: the record is cut or damaged") from None
    kind = said.get("Acct-Status-Type")
    if kind not in KINDS:
        raise NotUnderstood(f"its Acct-Status-Type is {kind}, which is none that is counted")
    received_at = _received_at(header)
    source = said.get("Packet-Src-IP-Address") or said.get("Packet-Src-IPv6-Address") or ""
    try:
        reading = reading_of(said, received_at)
    except NoReading as reason:
        raise NotUnderstood(str(reason)) from None
    if kind in OF_DEVICES:
        return Record(kind, received_at, source, "", "", reading, *_NOTHING)
    session_id = said.get("Acct-Session-Id")
    if not session_id or session_id == '""':
        raise NotUnderstood("it has no Acct-Session-Id")
    mac = said.get("Calling-Station-Id")
    port, ipv4 = said.get("NAS-Port-Id"), said.get("Framed-IP-Address")
    framed, delegated = said.get("Framed-IPv6-Prefix"), said.get("Delegated-IPv6-Prefix")
    return Record(
        kind,
        received_at,
        source,
        text_of(session_id),
        text_of(said.get("User-Name", "")),
        reading,
        _login(said["Class"], lines) if "Class" in said else None,
        _mac(mac) if mac else None,
        _address(ipv4) if ipv4 else None,
        _prefix(framed) if framed else None,
        _prefix(delegated) if delegated else None,
        text_of(port) if port else None,
        said.get("Acct-Terminate-Cause"),
    )


_NOTHING = (None, None, None, None, None, None, None)


def source_of(text: str) -> str:
    """The address that a record came from, where that much can be told of it; else empty."""
    found = re.search(r"\n\tPacket-Src-IP(?:v6)?-Address = (\S+)", text)
    return found[1] if found else ""


def _received_at(header: str) -> float:
    seconds, _, microseconds = header.partition(" ")
    try:
        at = int(seconds) + int(microseconds or 0) / 1_000_000
    except ValueError:
        raise NotUnderstood("its first line is no time: the record is cut or damaged") from None
    if at < RECEIVED_AT_LEAST:
        raise NotUnderstood(f"it was received at {seconds}: the clock of the node was not set")
    return at


def text_of(printed: str) -> str:
    """A string value as it was sent; as it is printed, where a text cannot hold it."""
    inner = printed[1:-1] if printed[:1] == '"' else printed
    if "\\" not in inner:
        return inner if inner.isprintable() else _storable(inner, inner)
    return _storable(_unescaped(inner), inner)


def _storable(text: str, printed: str) -> str:
    kept = text if not _UNSTORABLE.search(text) else printed
    return _UNSTORABLE.sub("?", kept)[:TEXT_AT_MOST]


def _unescaped(inner: str) -> str:
    """What a printed string stands for; bytes that are no UTF-8 as lone surrogates (PEP 383)."""
    parts, last = [], 0
    for found in _ESCAPE.finditer(inner):
        parts.append(inner[last : found.start()].encode("utf-8", "surrogateescape"))
        code = found[1]
        octal = len(code) == 3
        parts.append(bytes([int(code, 8) & 255]) if octal else _PLAIN.get(code, code).encode())
        last = found.end()
    parts.append(inner[last:].encode("utf-8", "surrogateescape"))
    return b"".join(parts).decode("utf-8", "surrogateescape")


@lru_cache(maxsize=65_536)
def _mac(printed: str) -> str | None:
    return normalise_mac(text_of(printed))


@lru_cache(maxsize=65_536)
def _address(printed: str) -> str | None:
    try:
        address = str(IPv4Address(printed))
    except ValueError:
        return None
    return None if address in {"0.0.0.0", "255.255.255.255", "255.255.255.254"} else address  # noqa: S104 none of these is an address


@lru_cache(maxsize=65_536)
def _prefix(printed: str) -> str | None:
    try:
        return str(IPv6Network(printed, strict=False))
    except ValueError:
        return None


def _login(printed: str, lines: list[str]) -> tuple[int, int, str | None] | None:
    """Ours among the Class attributes of a record (RFC 2865, 5.25: there may be several)."""
    if not printed.startswith(_CLASS_MARK):
        ours = [line[8:] for line in lines if line.startswith("Class = " + _CLASS_MARK)]
        if not ours:
            return None
        printed = ours[-1]
    return login_of_class(printed)


@lru_cache(maxsize=131_072)
def login_of_class(printed: str) -> tuple[int, int, str | None] | None:
    """(tenant_id, connection_id, granted) of `sl:tenant:connection:login[:granted]`, as hex."""
    try:
        mark, tenant_id, connection_id, _, *granted = (
            bytes.fromhex(printed[2:]).decode("ascii").split(":", 4)
        )
        if mark != "sl":
            return None
        return int(tenant_id), int(connection_id), granted[0][:200] if granted else None
    except ValueError:
        return None
