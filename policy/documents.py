"""Facts from what a database gives: rows of native values, and documents of JSON.

Everything is checked here, once, so that a decision need not doubt its facts. Unknown keys are
left alone (a newer schema may have more), absent optional ones take the default of the fact, and
anything wrong is one error that names it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from policy.facts import (
    Burst,
    FairUseStep,
    IspFacts,
    PackageFacts,
    PackageId,
    ProfileFacts,
    ProfileId,
    ProfileKind,
    QuotaAction,
    Reason,
    Restriction,
    RestrictionAction,
    Speed,
    SpeedWindow,
    TenantId,
    Window,
)
from policy.reading import BadFacts, Document
from policy.rows import BIG_AT_MOST, CONNECTION_COLUMNS, SESSIONS_AT_MOST, connection_from_row

__all__ = [
    "CONNECTION_COLUMNS",
    "BadFacts",
    "connection_from_row",
    "isp_from_document",
    "package_from_document",
    "profile_from_document",
]

KBPS_AT_MOST: Final = 100_000_000  # 100 Gbit/s
SECONDS_AT_MOST: Final = 2**31 - 1
BURST_SECONDS_AT_MOST: Final = 3_599
INTERIM_AT_LEAST: Final = 60  # RFC 2869, 5.16
INTERIM_AT_MOST: Final = 86_400
GRACE_DAYS_AT_MOST: Final = 3_660
LAST_MINUTE: Final = 24 * 60 - 1
WORST_PRIORITY: Final = 8

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

_CURRENCY = re.compile("[A-Z]{3}")


def package_from_document(document: Mapping[str, Any]) -> PackageFacts:
    """A package from its JSON document, `package_id` included. Raises BadFacts."""
    read = Document("package", document)
    burst, throttle = read.part("burst"), read.part("throttle")
    steps = [_step(part) for part in read.parts("fair_use")]
    return PackageFacts(
        package_id=PackageId(read.number("package_id", 1, BIG_AT_MOST)),
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
    read = Document("profile", document)
    return ProfileFacts(
        profile_id=ProfileId(read.number("profile_id", 1, BIG_AT_MOST)),
        name=read.text("name"),
        kind=read.member("kind", ProfileKind),
        grace_days=read.number("grace_days", 0, GRACE_DAYS_AT_MOST, default=0),
        auto_suspend=read.truth("auto_suspend", default=True),
    )


def isp_from_document(document: Mapping[str, Any]) -> IspFacts:
    """An ISP's rules from their JSON document, `tenant_id` included. Raises BadFacts.

    `restrictions` for reasons that never restrict, or that are not known here, are left alone.
    """
    read = Document("isp", document)
    return IspFacts(
        tenant_id=TenantId(read.number("tenant_id", 1, BIG_AT_MOST)),
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


def _speed(read: Document) -> Speed:
    return Speed(
        down_kbps=read.number("down_kbps", 1, KBPS_AT_MOST),
        up_kbps=read.number("up_kbps", 1, KBPS_AT_MOST),
    )


def _burst(read: Document) -> Burst:
    return Burst(
        down_kbps=read.number("down_kbps", 1, KBPS_AT_MOST),
        up_kbps=read.number("up_kbps", 1, KBPS_AT_MOST),
        threshold_down_kbps=read.number("threshold_down_kbps", 1, KBPS_AT_MOST),
        threshold_up_kbps=read.number("threshold_up_kbps", 1, KBPS_AT_MOST),
        seconds=read.number("seconds", 1, BURST_SECONDS_AT_MOST),
    )


def _window(read: Document) -> Window:
    return Window(
        start_minute=read.number("start_minute", 0, LAST_MINUTE),
        end_minute=read.number("end_minute", 0, LAST_MINUTE),
        weekdays=read.weekdays("weekdays"),
    )


def _speed_window(read: Document) -> SpeedWindow:
    return SpeedWindow(_window(read.required("window")), _speed(read.required("speed")))


def _step(read: Document) -> FairUseStep:
    above_bytes = read.number("above_bytes", 0, BIG_AT_MOST)
    return FairUseStep(above_bytes, _speed(read.required("speed")))


def _restrictions(read: Document) -> dict[Reason, Restriction]:
    given = read.named_parts("restrictions")
    return {
        reason: _restriction(Document("isp", given[reason.value], f"restrictions.{reason}"))
        for reason in RESTRICTABLE
        if given.get(reason.value) is not None
    }


def _restriction(read: Document) -> Restriction:
    speed = read.part("speed")
    return Restriction(
        action=read.member("action", RestrictionAction),
        pool=read.optional_text("pool"),
        address_list=read.optional_text("address_list"),
        speed=None if speed is None else _speed(speed),
        session_seconds=read.number("session_seconds", 1, SECONDS_AT_MOST, default=600),
    )


def _zone(read: Document) -> ZoneInfo:
    name = read.text("zone")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # the name is looked up as a path
        raise read.wrong("zone", name) from None


def _currency(read: Document) -> str:
    code = read.text("currency", default="BDT")
    if _CURRENCY.fullmatch(code):
        return code
    raise read.wrong("currency", code)
