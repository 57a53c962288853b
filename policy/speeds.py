"""How fast an accepted connection is: what was sold, fair use, happy hours, a used-up data limit.

More use never gives more speed: of the steps reached and the throttle, the slowest holds. A speed
window was promised for its hours and outranks fair use, but not the throttle. In an uncounted
window use slows nobody.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import reduce
from typing import NamedTuple

from policy.facts import Burst, ConnectionFacts, Facts, Speed
from policy.windows import coverage, earliest, next_span

SLOWEST = Speed(down_kbps=64, up_kbps=64)  # where facts name no speed, or one that is none


class Source(StrEnum):
    """What set the speed."""

    PACKAGE = "package"
    FAIR_USE = "fair_use"
    WINDOW = "window"
    THROTTLE = "throttle"


_PACKAGE = Source.PACKAGE


class Pace(NamedTuple):
    """Speed and burst now, what set them, and the next instant at which that may differ."""

    speed: Speed
    burst: Burst | None
    source: Source
    changes_at: datetime | None


def use_at(connection: ConnectionFacts, now: datetime) -> int:
    """Bytes counted against the cycle that runs at `now`; 0 from `cycle_until` on."""
    cycle_until = connection.cycle_until
    if cycle_until is not None and now >= cycle_until:
        return 0
    return max(0, connection.used_bytes)


def pace_at(facts: Facts, now: datetime, *, throttled: bool) -> Pace:
    """The speed at `now` (UTC). `throttled` is the quota's word, and heeds uncounted windows."""
    package = facts.package
    if not (throttled or package.fair_use or package.speed_windows):
        return Pace(sane(package.speed), sane_burst(package.burst), _PACKAGE, None)
    by_use, slowed, use_changes_at = _by_use(facts, now)
    by_clock, clock_changes_at = _by_clock(facts, now)
    changes_at = earliest(use_changes_at, clock_changes_at)
    if throttled:
        promised = by_use if by_clock is None else slower(by_use, by_clock)
        throttle = sane(package.throttle or SLOWEST)
        return Pace(slower(promised, throttle), None, Source.THROTTLE, changes_at)
    if by_clock is not None:
        return Pace(by_clock, None, Source.WINDOW, changes_at)
    if slowed:
        return Pace(by_use, None, Source.FAIR_USE, changes_at)
    return Pace(by_use, sane_burst(package.burst), _PACKAGE, changes_at)


def _by_use(facts: Facts, now: datetime) -> tuple[Speed, bool, datetime | None]:
    """The package's speed under the fair-use steps reached, whether any was, until when."""
    package = facts.package
    own = sane(package.speed)
    use = use_at(facts.connection, now)
    reached = [sane(step.speed) for step in package.fair_use if use >= step.above_bytes]
    if not reached:
        return own, False, None  # the clock alone only takes use away
    free = coverage(package.uncounted_windows, facts.isp.zone, now)
    if free.holds:
        return own, False, free.until
    renews_at = facts.connection.cycle_until if use > 0 else None
    return reduce(slower, reached, own), True, earliest(renews_at, free.until)


def _by_clock(facts: Facts, now: datetime) -> tuple[Speed | None, datetime | None]:
    """The speed of the first window that holds, if any, and until when that is so."""
    changes_at: datetime | None = None
    for happy in facts.package.speed_windows:
        span = next_span(happy.window, facts.isp.zone, now)
        if span is None:
            continue
        if span.starts_at <= now:
            return sane(happy.speed), earliest(changes_at, span.ends_at)
        changes_at = earliest(changes_at, span.starts_at)
    return None, changes_at


def sane(speed: Speed) -> Speed:
    """`speed`, with SLOWEST in place of what is no speed: a zero would mean "no limit"."""
    if speed.down_kbps > 0 and speed.up_kbps > 0:
        return speed
    down = speed.down_kbps if speed.down_kbps > 0 else SLOWEST.down_kbps
    up = speed.up_kbps if speed.up_kbps > 0 else SLOWEST.up_kbps
    return Speed(down, up)


def sane_burst(burst: Burst | None) -> Burst | None:
    """`burst`, or none at all where a part of it is missing."""
    if burst is None:
        return None
    speeds = min(burst.down_kbps, burst.up_kbps)
    thresholds = min(burst.threshold_down_kbps, burst.threshold_up_kbps)
    return burst if min(speeds, thresholds, burst.seconds) > 0 else None


def slower(first: Speed, second: Speed) -> Speed:
    """The lower of two speeds in each direction; `first` itself where it is."""
    if first.down_kbps <= second.down_kbps and first.up_kbps <= second.up_kbps:
        return first
    return Speed(min(first.down_kbps, second.down_kbps), min(first.up_kbps, second.up_kbps))
