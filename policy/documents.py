"""Facts from what a database gives: rows of native values, and documents of JSON.

Everything is checked here, once, so that a decision need not doubt its facts. Unknown keys are
left alone (a newer schema may have more), absent optional ones take the default of the fact, and
anything wrong is one error that names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from socket import AF_INET, AF_INET6, inet_pton  # they parse; ipaddress takes 50 times as long
from sys import intern
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from policy.facts import (
    Burst,
    ConnectionFacts,
    FairUseStep,
    IspFacts,
    MacMode,
    PackageFacts,
    PackageId,
    ProfileFacts,
    ProfileId,
    ProfileKind,
    QuotaAction,
    Reason,
    Restriction,
    RestrictionAction,
    Service,
    Speed,
    SpeedWindow,
    Status,
    TenantId,
    Window,
)
from policy.macs import normalise_mac

ID_AT_MOST: Final = 2**63 - 1  # bigint, as the bytes and minor units below
BIG_AT_MOST: Final = 2**63 - 1
KBPS_AT_MOST: Final = 100_000_000  # 100 Gbit/s
SECONDS_AT_MOST: Final = 2**31 - 1
BURST_SECONDS_AT_MOST: Final = 3_599
INTERIM_AT_LEAST: Final = 60  # RFC 2869, 5.16
INTERIM_AT_MOST: Final = 86_400
GRACE_DAYS_AT_MOST: Final = 3_660
SESSIONS_AT_MOST: Final = 1_000_000
TEXT_AT_MOST: Final = 1_000
PARTS_AT_MOST: Final = 64  # windows or fair-use steps of one package: each costs time at login
DATES_AT_MOST: Final = 10_000
MACS_AT_MOST: Final = 64
LAST_MINUTE: Final = 24 * 60 - 1
SUNDAY: Final = 7
WORST_PRIORITY: Final = 8

CONNECTION_COLUMNS: Final = tuple(column.name for column in fields(ConnectionFacts))

RESTRICTABLE: Final = frozenset(
    {
        Reason.INACTIVE,
        Reason.WRONG_DEVICE,
        Reason.SUSPENDED,
        Reason.DUES,
        Reason.EXPIRED,
        Reason.QUOTA,
        Reason.SESSION_LIMIT,
    }
)

_STORED_MAC = re.compile("[0-9A-F]{12}").fullmatch
_CURRENCY = re.compile("[A-Z]{3}")
_IPV6_BITS = 128

_Member = TypeVar("_Member", bound=StrEnum)
_Part = TypeVar("_Part")


class BadFacts(Exception):
    """Stored state that is no fact: `kind` of thing, path of the `field`, and the `value` there."""

    code = "bad_facts"

    def __init__(self, kind: str, field: str, value: object) -> None:
        super().__init__(f"{kind}: {field} cannot be {value!r:.80}")
        self.kind = kind
        self.field = field
        self.value = value


def connection_from_row(row: Sequence[Any]) -> ConnectionFacts:
    """A connection from a row of exactly CONNECTION_COLUMNS, in psycopg2's native types.

    Raises BadFacts. Values that many rows have in common become one object.
    """
    try:
        return ConnectionFacts(*[read(v) for read, v in zip(_READERS, row, strict=True)])
    except (KeyError, TypeError, ValueError, OSError):
        raise _first_wrong(row) from None


def package_from_document(document: Mapping[str, Any]) -> PackageFacts:
    """A package from its JSON document, `package_id` included. Raises BadFacts."""
    read = _Document("package", document)
    burst, throttle = read.part("burst"), read.part("throttle")
    steps = [_step(part) for part in read.parts("fair_use")]
    return PackageFacts(
        package_id=PackageId(read.number("package_id", 1, ID_AT_MOST)),
        name=read.text("name"),
        speed=_speed(read.required("speed")),
        burst=None if burst is None else _burst(burst),
        priority=read.number("priority", 1, WORST_PRIORITY, default=WORST_PRIORITY),
        pool=read.optional_text("pool"),
        ipv6_pool=read.optional_text("ipv6_pool"),
        delegated_ipv6_pool=read.optional_text("delegated_ipv6_pool"),
        router_profile=read.optional_text("router_profile"),
        address_list=read.optional_text("address_list"),
        data_limit_bytes=read.optional_number("data_limit_bytes", 1, BIG_AT_MOST),
        quota_action=read.member("quota_action", QuotaAction, default=QuotaAction.THROTTLE),
        throttle=None if throttle is None else _speed(throttle),
        session_limit=read.optional_number("session_limit", 1, SESSIONS_AT_MOST),
        idle_timeout_seconds=read.optional_number("idle_timeout_seconds", 1, SECONDS_AT_MOST),
        interim_seconds=read.optional_number("interim_seconds", INTERIM_AT_LEAST, INTERIM_AT_MOST),
        fair_use=tuple(sorted(steps, key=lambda step: step.above_bytes)),
        speed_windows=tuple(_speed_window(part) for part in read.parts("speed_windows")),
        uncounted_windows=tuple(_window(part) for part in read.parts("uncounted_windows")),
    )


def profile_from_document(document: Mapping[str, Any]) -> ProfileFacts:
    """A billing profile from its JSON document, `profile_id` included. Raises BadFacts."""
    read = _Document("profile", document)
    return ProfileFacts(
        profile_id=ProfileId(read.number("profile_id", 1, ID_AT_MOST)),
        name=read.text("name"),
        kind=read.member("kind", ProfileKind),
        grace_days=read.number("grace_days", 0, GRACE_DAYS_AT_MOST, default=0),
        auto_suspend=read.truth("auto_suspend", default=True),
    )


def isp_from_document(document: Mapping[str, Any]) -> IspFacts:
    """An ISP's rules from their JSON document, `tenant_id` included. Raises BadFacts.

    `restrictions` for reasons that never restrict, or that are not known here, are left alone.
    """
    read = _Document("isp", document)
    return IspFacts(
        tenant_id=TenantId(read.number("tenant_id", 1, ID_AT_MOST)),
        slug=read.text("slug"),
        name=read.text("name"),
        zone=_zone(read),
        currency=_currency(read),
        language=read.text("language", default="bn"),
        interim_seconds=read.number(
            "interim_seconds", INTERIM_AT_LEAST, INTERIM_AT_MOST, default=300
        ),
        no_cut_weekdays=read.weekdays("no_cut_weekdays", default=frozenset()),
        no_cut_dates=read.dates("no_cut_dates"),
        restrictions=_restrictions(read),
    )


class _Document:
    """A JSON object, and where it stands in the whole, so that an error can say so.

    A null is an absent key. Each method returns a checked value or raises BadFacts.
    """

    def __init__(self, kind: str, value: object, path: str = "") -> None:
        self._kind, self._path = kind, path
        if not isinstance(value, Mapping):
            raise BadFacts(kind, path or "document", value)
        self._values: Mapping[object, Any] = value

    def get(self, field: str) -> Any:
        return self._values.get(field)

    def wrong(self, field: str, value: object) -> BadFacts:
        return BadFacts(self._kind, self._where(field), value)

    def number(self, field: str, low: int, high: int, default: int | None = None) -> int:
        value = self.optional_number(field, low, high)
        if value is not None:
            return value
        if default is None:
            raise self.wrong(field, None)
        return default

    def optional_number(self, field: str, low: int, high: int) -> int | None:
        value = self.get(field)
        if value is None or (type(value) is int and low <= value <= high):
            return value
        raise self.wrong(field, value)

    def text(self, field: str, default: str | None = None) -> str:
        value = self.optional_text(field)
        if value is not None:
            return value
        if default is None:
            raise self.wrong(field, None)
        return default

    def optional_text(self, field: str) -> str | None:
        value = self.get(field)
        if value is None:
            return None
        if isinstance(value, str) and 0 < len(value) <= TEXT_AT_MOST:
            return intern(str(value))
        raise self.wrong(field, value)

    def truth(self, field: str, *, default: bool) -> bool:
        value = self.get(field)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        raise self.wrong(field, value)

    def member(self, field: str, enum: type[_Member], default: _Member | None = None) -> _Member:
        value = self.get(field)
        if value is None and default is not None:
            return default
        if isinstance(value, str):
            for member in enum:
                if member == value:
                    return member
        raise self.wrong(field, value)

    def required(self, field: str) -> _Document:
        return _Document(self._kind, self.get(field), self._where(field))

    def part(self, field: str) -> _Document | None:
        return None if self.get(field) is None else self.required(field)

    def parts(self, field: str) -> list[_Document]:
        return [
            _Document(self._kind, value, f"{self._where(field)}[{index}]")
            for index, value in enumerate(self._list(field, PARTS_AT_MOST))
        ]

    def named_parts(self, field: str) -> Mapping[object, Any]:
        part = self.part(field)
        return {} if part is None else part._values

    def weekdays(self, field: str, default: frozenset[int] | None = None) -> frozenset[int]:
        if self.get(field) is None and default is not None:
            return default
        days = self._list(field, SUNDAY, required=True)
        if all(type(day) is int and 1 <= day <= SUNDAY for day in days):
            return frozenset(days)
        raise self.wrong(field, days)

    def dates(self, field: str) -> frozenset[date]:
        texts = self._list(field, DATES_AT_MOST)
        try:
            return frozenset(date.fromisoformat(text) for text in texts)
        except (TypeError, ValueError):
            raise self.wrong(field, texts) from None

    def _list(self, field: str, at_most: int, *, required: bool = False) -> list[Any]:
        value = self.get(field)
        if value is None and not required:
            return []
        if isinstance(value, list | tuple) and len(value) <= at_most:
            return list(value)
        raise self.wrong(field, value)

    def _where(self, field: str) -> str:
        return f"{self._path}.{field}" if self._path else field


def _speed(read: _Document) -> Speed:
    return Speed(
        down_kbps=read.number("down_kbps", 1, KBPS_AT_MOST),
        up_kbps=read.number("up_kbps", 1, KBPS_AT_MOST),
    )


def _burst(read: _Document) -> Burst:
    return Burst(
        down_kbps=read.number("down_kbps", 1, KBPS_AT_MOST),
        up_kbps=read.number("up_kbps", 1, KBPS_AT_MOST),
        threshold_down_kbps=read.number("threshold_down_kbps", 1, KBPS_AT_MOST),
        threshold_up_kbps=read.number("threshold_up_kbps", 1, KBPS_AT_MOST),
        seconds=read.number("seconds", 1, BURST_SECONDS_AT_MOST),
    )


def _window(read: _Document) -> Window:
    return Window(
        start_minute=read.number("start_minute", 0, LAST_MINUTE),
        end_minute=read.number("end_minute", 0, LAST_MINUTE),
        weekdays=read.weekdays("weekdays"),
    )


def _speed_window(read: _Document) -> SpeedWindow:
    return SpeedWindow(_window(read.required("window")), _speed(read.required("speed")))


def _step(read: _Document) -> FairUseStep:
    above_bytes = read.number("above_bytes", 0, BIG_AT_MOST)
    return FairUseStep(above_bytes, _speed(read.required("speed")))


def _restrictions(read: _Document) -> dict[Reason, Restriction]:
    given = read.named_parts("restrictions")
    return {
        reason: _restriction(_Document("isp", given[reason.value], f"restrictions.{reason}"))
        for reason in RESTRICTABLE
        if given.get(reason.value) is not None
    }


def _restriction(read: _Document) -> Restriction:
    speed = read.part("speed")
    return Restriction(
        action=read.member("action", RestrictionAction),
        pool=read.optional_text("pool"),
        address_list=read.optional_text("address_list"),
        speed=None if speed is None else _speed(speed),
        session_seconds=read.number("session_seconds", 1, SECONDS_AT_MOST, default=600),
    )


def _zone(read: _Document) -> ZoneInfo:
    name = read.text("zone")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # the name is looked up as a path
        raise read.wrong("zone", name) from None


def _currency(read: _Document) -> str:
    code = read.text("currency", default="BDT")
    if _CURRENCY.fullmatch(code):
        return code
    raise read.wrong("currency", code)


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
