"""What is said of a package, as a frozen value and as rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from billing.rows import (
    FairUseStepRow,
    PackagePart,
    PackageRow,
    SlabRow,
    SpeedWindowRow,
    UncountedWindowRow,
)
from policy.facts import (
    Burst,
    FairUseStep,
    QuotaAction,
    Service,
    Speed,
    SpeedWindow,
    Window,
)
from policy.tariffs import FREE_OF_USE, Slab, Tariff
from storage.rows import columns

Part = TypeVar("Part", bound=PackagePart)
Whole = TypeVar("Whole", Speed, Burst)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageDetails:
    """What `policy.facts.PackageFacts` says of access, and what it costs for how long."""

    name: str
    service: Service
    price_minor: int  # for `validity_days`, in the ISP's currency
    speed: Speed
    validity_days: int = 30
    burst: Burst | None = None
    priority: int = 8
    pool: str | None = None
    ipv6_pool: str | None = None
    delegated_ipv6_pool: str | None = None
    router_profile: str | None = None
    address_list: str | None = None
    data_limit_bytes: int | None = None
    quota_action: QuotaAction = QuotaAction.THROTTLE
    throttle: Speed | None = None
    session_limit: int | None = None
    idle_timeout_seconds: int | None = None
    interim_seconds: int | None = None
    fair_use: tuple[FairUseStep, ...] = ()
    speed_windows: tuple[SpeedWindow, ...] = ()
    uncounted_windows: tuple[Window, ...] = ()
    tariff: Tariff = FREE_OF_USE  # for profiles that bill use


NESTED = {"speed", "burst", "throttle", "fair_use", "speed_windows", "uncounted_windows", "tariff"}
PRICES_OF_USE = ("free_bytes", "per_gb_minor", "whole_volume")
PLAIN = {part.name for part in fields(PackageDetails)} - NESTED


def fill(row: PackageRow, details: PackageDetails) -> None:
    """Give the package's own row what `details` say."""
    for name in PLAIN:
        setattr(row, name, getattr(details, name))
    for prefix, kind, part in (
        ("", Speed, details.speed),
        ("throttle_", Speed, details.throttle),
        ("burst_", Burst, details.burst),
    ):
        for field in fields(kind):
            setattr(row, prefix + field.name, part and getattr(part, field.name))
    for name in PRICES_OF_USE:
        setattr(row, name, getattr(details.tariff, name))


def part_rows(row: PackageRow, details: PackageDetails) -> list[PackagePart]:
    """The rows beside the package's own."""
    key = {"tenant_id": row.tenant_id, "package_id": row.id}
    return [
        *(
            FairUseStepRow(**key, above_bytes=step.above_bytes, **columns(step.speed))
            for step in details.fair_use
        ),
        *(
            SpeedWindowRow(**key, position=n, **_span(part.window), **columns(part.speed))
            for n, part in enumerate(details.speed_windows, start=1)
        ),
        *(
            UncountedWindowRow(**key, position=n, **_span(window))
            for n, window in enumerate(details.uncounted_windows, start=1)
        ),
        *(SlabRow(**key, **columns(slab)) for slab in details.tariff.slabs),
    ]


def details_of(session: Session, row: PackageRow) -> PackageDetails:
    """What a package's rows say."""
    return details_of_all(session, [row])[0]


def details_of_all(session: Session, rows: Sequence[PackageRow]) -> list[PackageDetails]:
    """The same of several packages of one ISP, in their order."""
    steps = _parts(session, rows, FairUseStepRow, FairUseStepRow.above_bytes)
    fast = _parts(session, rows, SpeedWindowRow, SpeedWindowRow.position)
    free = _parts(session, rows, UncountedWindowRow, UncountedWindowRow.position)
    slabs = _parts(session, rows, SlabRow, SlabRow.above_bytes)
    return [_details(row, steps[row.id], fast[row.id], free[row.id], slabs[row.id]) for row in rows]


def _details(
    row: PackageRow,
    steps: list[FairUseStepRow],
    fast: list[SpeedWindowRow],
    free: list[UncountedWindowRow],
    slabs: list[SlabRow],
) -> PackageDetails:
    plain = {name: getattr(row, name) for name in PLAIN}
    plain |= {"service": Service(row.service), "quota_action": QuotaAction(row.quota_action)}
    return PackageDetails(
        **plain,
        speed=Speed(row.down_kbps, row.up_kbps),
        burst=_whole(Burst, row, "burst_"),
        throttle=_whole(Speed, row, "throttle_"),
        fair_use=tuple(FairUseStep(p.above_bytes, Speed(p.down_kbps, p.up_kbps)) for p in steps),
        speed_windows=tuple(SpeedWindow(_window(p), Speed(p.down_kbps, p.up_kbps)) for p in fast),
        uncounted_windows=tuple(_window(part) for part in free),
        tariff=Tariff(
            slabs=tuple(Slab(slab.above_bytes, slab.per_gb_minor) for slab in slabs),
            **{name: getattr(row, name) for name in PRICES_OF_USE},
        ),
    )


def _parts(
    session: Session,
    rows: Sequence[PackageRow],
    kind: type[Part],
    order: InstrumentedAttribute[int],
) -> dict[int, list[Part]]:
    """Of each package by its id, in order."""
    found: dict[int, list[Part]] = defaultdict(list)
    if not rows:
        return found
    ids = [row.id for row in rows]
    mine = kind.tenant_id == rows[0].tenant_id, kind.package_id.in_(ids)
    for part in session.scalars(select(kind).where(*mine).order_by(order)):
        found[part.package_id].append(part)
    return found


def _whole(kind: type[Whole], row: PackageRow, prefix: str) -> Whole | None:
    """A value kept in columns of its own; the schema holds that all are there or none."""
    parts = [getattr(row, prefix + field.name) for field in fields(kind)]
    return None if parts[0] is None else kind(*parts)


def _window(part: SpeedWindowRow | UncountedWindowRow) -> Window:
    return Window(part.start_minute, part.end_minute, frozenset(part.weekdays))


def _span(window: Window) -> dict[str, object]:
    return {**columns(window), "weekdays": sorted(window.weekdays)}
