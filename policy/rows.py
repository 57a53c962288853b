"""Connections from database rows: a hundred thousand are read at start, while logins run."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from socket import AF_INET, AF_INET6, inet_pton  # they parse; ipaddress takes 50 times as long
from sys import intern
from typing import Any, Final, TypeVar

from policy.facts import ConnectionFacts, MacMode, Service, Status
from policy.macs import normalise_mac
from policy.moulds import mould
from policy.reading import TEXT_AT_MOST, BadFacts

BIG_AT_MOST: Final = 2**63 - 1  # bigint
SESSIONS_AT_MOST: Final = 1_000_000
MACS_AT_MOST: Final = 64

CONNECTION_COLUMNS: Final = tuple(column.name for column in fields(ConnectionFacts))

_connection = mould(ConnectionFacts)
_STORED_MAC = re.compile("[0-9A-F]{12}").fullmatch
_IPV6_BITS = 128

_Member = TypeVar("_Member", bound=StrEnum)
_Part = TypeVar("_Part")


def connection_from_row(row: Sequence[Any]) -> ConnectionFacts:
    """A connection from a row of exactly CONNECTION_COLUMNS, in psycopg2's native types.

    Raises BadFacts. Values that many rows have in common become one object.
    """
    try:
        return _connection(*[read(v) for read, v in zip(_READERS, row, strict=True)])
    except (KeyError, TypeError, ValueError, OSError):
        raise _first_wrong(row) from None


def _first_wrong(row: object) -> BadFacts:
    """What made the fast path fail, found slowly."""
    if not isinstance(row, Sequence) or len(row) != len(CONNECTION_COLUMNS):
        return BadFacts("connection", "row", row)
    for column, read, value in zip(CONNECTION_COLUMNS, _READERS, row, strict=True):
        try:
            read(value)
        except (KeyError, TypeError, ValueError, OSError):
            return BadFacts("connection", column, value)
    return BadFacts("connection", "row", row)


def _number(low: int, high: int = BIG_AT_MOST) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if type(value) is int and low <= value <= high:
            return value
        raise ValueError

    return read


def _optional(read: Callable[[Any], _Part]) -> Callable[[Any], _Part | None]:
    def read_optional(value: Any) -> _Part | None:
        return None if value is None else read(value)

    return read_optional


def _members(enum: type[_Member]) -> Callable[[Any], _Member]:
    return {member.value: member for member in enum}.__getitem__


def _text(value: Any) -> str:
    if type(value) is str and 0 < len(value) <= TEXT_AT_MOST:
        return value
    raise ValueError


def _shared_text(value: Any) -> str:
    return intern(_text(value))


def _truth(value: Any) -> bool:
    if value is True or value is False:
        return value
    raise ValueError


def _macs(value: Any) -> tuple[str, ...]:
    if type(value) is not list or len(value) > MACS_AT_MOST:
        raise ValueError
    return tuple([_mac(text) for text in value]) if value else ()


def _mac(value: Any) -> str:
    if _STORED_MAC(value):
        return str(value)
    mac = normalise_mac(value)
    if mac is None:
        raise ValueError
    return mac


@lru_cache(maxsize=4_096)
def _shared_day(value: date) -> date:
    return value


@lru_cache(maxsize=4_096)
def _shared_instant(value: datetime) -> datetime:
    return value


def _day(value: Any) -> date:
    if type(value) is date:
        return _shared_day(value)
    raise ValueError


def _instant(value: Any) -> datetime:
    if type(value) is datetime and value.tzinfo is not None:
        return _shared_instant(value)
    raise ValueError


def _ipv4_address(value: Any) -> str:
    inet_pton(AF_INET, _text(value))
    return str(value)


def _ipv6_prefix(value: Any) -> str:
    address, _, length = _text(value).partition("/")
    host_bits = _IPV6_BITS - int(length)
    if not 0 <= host_bits <= _IPV6_BITS:
        raise ValueError
    if int.from_bytes(inet_pton(AF_INET6, address)) & ((1 << host_bits) - 1):
        raise ValueError
    return str(value)


_READERS: Final[tuple[Callable[[Any], Any], ...]] = (
    _number(1),  # tenant_id
    _number(1),  # connection_id
    _number(1),  # client_id
    _text,  # username
    _members(Service),
    _members(Status),  # of the connection
    _members(Status),  # of the client
    _truth,  # vip
    _number(1),  # profile_id
    _number(1),  # package_id
    _members(MacMode),
    _macs,
    _optional(_day),  # due_on
    _number(0),  # due_minor
    _optional(_instant),  # promised_until
    _optional(_instant),  # expires_at
    _number(0),  # used_bytes
    _optional(_instant),  # cycle_until
    _optional(_ipv4_address),
    _optional(_ipv6_prefix),
    _optional(_ipv6_prefix),  # delegated
    _optional(_shared_text),  # pool
    _optional(_number(1, SESSIONS_AT_MOST)),  # session_limit
)
