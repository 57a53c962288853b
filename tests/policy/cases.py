"""Cases that tables and properties start from: one ordinary client of one ordinary ISP."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from policy.access import Decision, decide_access
from policy.facts import (
    AccessRequest,
    ClientId,
    ConnectionFacts,
    ConnectionId,
    Facts,
    IspFacts,
    PackageFacts,
    PackageId,
    ProfileFacts,
    ProfileId,
    ProfileKind,
    Reason,
    Restriction,
    RestrictionAction,
    Service,
    Speed,
    Status,
    TenantId,
    Window,
)

DHAKA = ZoneInfo("Asia/Dhaka")  # UTC+6, no summer time
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")

TICK = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

NOW = datetime(2025, 11, 19, 6, tzinfo=UTC)  # a Wednesday, noon in Dhaka
EVERY_DAY = frozenset(range(1, 8))
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(1, 8)

GB = 10**9
MAC, OTHER_MAC = "AABBCCDDEEFF", "001122334455"
SOLD = Speed(down_kbps=20_000, up_kbps=10_000)
SLOW = Speed(down_kbps=1_000, up_kbps=512)
FAST = Speed(down_kbps=50_000, up_kbps=50_000)
GARDEN = Restriction(
    RestrictionAction.WALLED, pool="expired", address_list="walled", speed=Speed(256, 128)
)
REFUSAL = Restriction(RestrictionAction.REJECT)
NIGHT = Window(start_minute=23 * 60, end_minute=6 * 60, weekdays=EVERY_DAY)
MORNING = Window(start_minute=8 * 60, end_minute=10 * 60, weekdays=EVERY_DAY)
NO_REQUEST = AccessRequest()

CONNECTION = ConnectionFacts(
    tenant_id=TenantId(1),
    connection_id=ConnectionId(11),
    client_id=ClientId(111),
    username="rahim",
    service=Service.PPPOE,
    connection_status=Status.ACTIVE,
    client_status=Status.ACTIVE,
    vip=False,
    profile_id=ProfileId(2),
    package_id=PackageId(3),
)
FACTS = Facts(
    connection=CONNECTION,
    package=PackageFacts(package_id=PackageId(3), name="Home 20", speed=SOLD),
    profile=ProfileFacts(profile_id=ProfileId(2), name="Monthly", kind=ProfileKind.MONTHLY),
    isp=IspFacts(tenant_id=TenantId(1), slug="demo", name="Demo", zone=DHAKA),
)
GARDENS = dict.fromkeys(Reason, GARDEN)

Changes = dict[str, Any]


def facts(
    start: Facts = FACTS,
    *,
    connection: Changes | None = None,
    package: Changes | None = None,
    profile: Changes | None = None,
    isp: Changes | None = None,
) -> Facts:
    """`start` with some fields changed."""
    return Facts(
        connection=replace(start.connection, **(connection or {})),
        package=replace(start.package, **(package or {})),
        profile=replace(start.profile, **(profile or {})),
        isp=replace(start.isp, **(isp or {})),
    )


def decide(
    case: Facts | None, now: datetime = NOW, request: AccessRequest = NO_REQUEST
) -> Decision:
    return decide_access(case, request, now)


def at(text: str, zone: ZoneInfo = DHAKA) -> datetime:
    """The instant at which the clock in `zone` shows `text` (the first, where twice)."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def on(text: str) -> date:
    return date.fromisoformat(text)
