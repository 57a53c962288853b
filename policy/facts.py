"""What a decision is made from: frozen facts of billing state, and what the router asked.

Nothing here is secret: a password is never a fact, so no decision, reply or explanation can hold
one. Instants are aware UTC; ends named `_until` or `_at` are exclusive; speeds are in kilobit per
second (1 kbps = 1000 bit/s); volumes in bytes; day numbers are ISO (Monday 1 .. Sunday 7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import NewType

TenantId = NewType("TenantId", int)
ClientId = NewType("ClientId", int)
ConnectionId = NewType("ConnectionId", int)
PackageId = NewType("PackageId", int)
ProfileId = NewType("ProfileId", int)
NasId = NewType("NasId", int)


class Status(StrEnum):
    """What an operator said of a client or a connection; "expired" is derived, never stored."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    INACTIVE = "inactive"


class Service(StrEnum):
    """How a connection reaches the network."""

    PPPOE = "pppoe"
    HOTSPOT = "hotspot"
    STATIC = "static"


class MacMode(StrEnum):
    """OFF: any device. LEARN: the first device that logs in is kept. ENFORCE: only kept devices."""

    OFF = "off"
    LEARN = "learn"
    ENFORCE = "enforce"


class ProfileKind(StrEnum):
    """How a connection is billed. DAILY is by validity (`expires_at`), the others by invoice."""

    MONTHLY = "monthly"
    DAILY = "daily"
    FREE = "free"
    POSTPAID = "postpaid"
    VIP = "vip"


class QuotaAction(StrEnum):
    """What happens when the data limit is used up.

    THROTTLE goes on at `throttle`; BLOCK follows the ISP's restriction for "quota" (walled garden
    or refusal); DISCONNECT always refuses.
    """

    THROTTLE = "throttle"
    BLOCK = "block"
    DISCONNECT = "disconnect"


class Reason(StrEnum):
    """The rule that decided. The first group lets through, the second restricts or refuses."""

    CURRENT = "current"  # nothing owed past its day
    GRACE = "grace"  # owed and past due, inside the days of grace
    PROMISE = "promise"  # would be cut, but a promise to pay runs
    NO_CUT_DAY = "no_cut_day"  # would be cut today, but nobody is newly cut today
    VIP = "vip"
    FREE = "free"
    THROTTLED = "throttled"  # data limit used up, the package slows down instead of stopping

    UNKNOWN = "unknown"
    INACTIVE = "inactive"
    WRONG_DEVICE = "wrong_device"
    SUSPENDED = "suspended"
    DUES = "dues"
    EXPIRED = "expired"
    QUOTA = "quota"
    SESSION_LIMIT = "session_limit"


@dataclass(frozen=True, slots=True)
class Speed:
    """What a client gets, from the client's side: `down` is towards the client. All > 0."""

    down_kbps: int
    up_kbps: int


@dataclass(frozen=True, slots=True)
class Burst:
    """A short spell above the base speed, as queues of routers know it."""

    down_kbps: int
    up_kbps: int
    threshold_down_kbps: int
    threshold_up_kbps: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Window:
    """Part of a day in the ISP's zone: minutes since midnight, start inclusive, end exclusive.

    `start_minute` > `end_minute` crosses midnight and belongs to the day it starts on; equal ends
    mean the whole day. `weekdays` holds the ISO days on which it starts.
    """

    start_minute: int
    end_minute: int
    weekdays: frozenset[int]


@dataclass(frozen=True, slots=True)
class FairUseStep:
    """From `above_bytes` (inclusive) used in the cycle on, `speed` instead of the package's."""

    above_bytes: int
    speed: Speed


@dataclass(frozen=True, slots=True)
class SpeedWindow:
    """During `window`, `speed` instead of the package's (happy hours)."""

    window: Window
    speed: Speed


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """What was sold. `fair_use` ascends by `above_bytes`; the first window that holds wins."""

    package_id: PackageId
    name: str
    speed: Speed
    burst: Burst | None = None
    priority: int = 8  # 1 best .. 8 worst, RouterOS's order
    pool: str | None = None
    ipv6_pool: str | None = None
    delegated_ipv6_pool: str | None = None
    router_profile: str | None = None
    address_list: str | None = None
    data_limit_bytes: int | None = None
    quota_action: QuotaAction = QuotaAction.THROTTLE
    throttle: Speed | None = None  # None: policy's slowest speed
    session_limit: int | None = None  # None: any number of sessions at once
    idle_timeout_seconds: int | None = None
    interim_seconds: int | None = None  # None: the ISP's
    fair_use: tuple[FairUseStep, ...] = ()
    speed_windows: tuple[SpeedWindow, ...] = ()
    uncounted_windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """The part of a billing profile that decides access."""

    profile_id: ProfileId
    name: str
    kind: ProfileKind
    grace_days: int = 0
    auto_suspend: bool = True  # False: unpaid invoices never restrict


class RestrictionAction(StrEnum):
    REJECT = "reject"
    WALLED = "walled"


@dataclass(frozen=True, slots=True)
class Restriction:
    """What an ISP does for one reason: refuse, or accept into a walled garden of this shape."""

    action: RestrictionAction
    pool: str | None = None
    address_list: str | None = None
    speed: Speed | None = None  # when walled; None: policy's slowest speed
    session_seconds: int = 600  # a walled session is short, so that paying is noticed anyway


@dataclass(frozen=True, slots=True)
class IspFacts:
    """The rules of one ISP. A reason without a restriction is refused; UNKNOWN always is."""

    tenant_id: TenantId
    slug: str
    name: str
    zone: tzinfo
    currency: str = "BDT"
    language: str = "bn"
    interim_seconds: int = 300
    no_cut_weekdays: frozenset[int] = frozenset()
    no_cut_dates: frozenset[date] = frozenset()
    restrictions: Mapping[Reason, Restriction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConnectionFacts:
    """One connection of one client, with what its client owes. About 600 bytes in memory."""

    tenant_id: TenantId
    connection_id: ConnectionId
    client_id: ClientId
    username: str
    service: Service
    connection_status: Status
    client_status: Status
    vip: bool
    profile_id: ProfileId
    package_id: PackageId
    mac_mode: MacMode = MacMode.OFF
    macs: tuple[str, ...] = ()  # 12 upper-case hex digits each
    due_on: date | None = None  # due date of the oldest unpaid invoice; the day itself is in time
    due_minor: int = 0  # all that is unpaid, in the ISP's currency
    promised_until: datetime | None = None
    expires_at: datetime | None = None  # end of paid validity; decides for DAILY profiles only
    used_bytes: int = 0  # counted use in the cycle that ends at cycle_until
    cycle_until: datetime | None = None  # use counts as 0 from this instant on
    ipv4_address: str | None = None
    ipv6_prefix: str | None = None
    delegated_ipv6_prefix: str | None = None
    pool: str | None = None  # instead of the package's
    session_limit: int | None = None  # instead of the package's


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known about one connection at login."""

    connection: ConnectionFacts
    package: PackageFacts
    profile: ProfileFacts
    isp: IspFacts


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """What a router asked, as far as it decides."""

    mac: str | None = None  # 12 upper-case hex digits; None where the NAS sent none
    other_sessions: int = 0  # live sessions of this connection from other devices or ports
