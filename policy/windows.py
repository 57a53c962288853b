"""The ISP's clock: instants of local days, and windows of the day in a zone with summer time.

A local time that the clock skips is taken as the instant of the skip. Of a local time that the
clock shows twice, a day or window begins at the first and a window ends at the last, so that a
client never gets less than the clock on the wall promises. Nothing here raises for any date.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from policy.facts import Window

DAY_MINUTES = 24 * 60
FIRST_INSTANT = datetime.min.replace(tzinfo=UTC)
LAST_INSTANT = datetime.max.replace(tzinfo=UTC)
LAST_DAY = date.max.toordinal()
SEARCH_DAYS = 16  # two weeks and both neighbours: a weekly window, though summer time skips one


class Span(NamedTuple):
    """One occurrence of a window: starts_at inclusive, ends_at exclusive; None is never."""

    starts_at: datetime
    ends_at: datetime | None


class Coverage(NamedTuple):
    """Whether any window holds, and the next instant at which that differs; None is never."""

    holds: bool
    until: datetime | None


NO_COVERAGE = Coverage(holds=False, until=None)


def earliest(first: datetime | None, second: datetime | None) -> datetime | None:
    """The earlier of two instants, where None is never."""
    if first is None:
        return second
    if second is None or first <= second:
        return first
    return second


def in_utc(instant: datetime) -> datetime:
    """The same instant in UTC. A naive one is read as UTC, and so is one beyond the calendar."""
    if instant.tzinfo is UTC:
        return instant
    if instant.tzinfo is None:
        return instant.replace(tzinfo=UTC)
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        return instant.replace(tzinfo=UTC)


def local(instant: datetime, zone: tzinfo) -> datetime:
    """`instant` (UTC) as the clock in `zone` shows it; at the calendar's ends, as UTC shows it."""
    try:
        return instant.astimezone(zone)
    except OverflowError:
        return instant.replace(tzinfo=zone)


def day_starts_at(day: int, zone: tzinfo) -> datetime | None:
    """First instant of the local day `day` (`date.toordinal`); None past the year 9999."""
    return _instant(day, 0, zone, last=False)


def minute_starts_at(day: int, minute: int, zone: tzinfo) -> datetime | None:
    """When the clock in `zone` first shows `minute` of the local day `day`; None past year 9999."""
    return _instant(day, minute, zone, last=False)


def coverage(windows: Sequence[Window], zone: tzinfo, now: datetime) -> Coverage:
    """Whether `now` (UTC) lies in any of `windows`, taken together, and until when that is so."""
    if not windows:
        return NO_COVERAGE
    horizon = local(now, zone).toordinal() + SEARCH_DAYS
    at, holds = now, False
    while True:
        spans = [span for w in windows if (span := next_span(w, zone, at)) is not None]
        holding = [span.ends_at for span in spans if span.starts_at <= at]
        if not holding:
            opens_at = min((span.starts_at for span in spans), default=None)
            return Coverage(holds, at if holds else opens_at)
        holds = True
        ends = [end for end in holding if end is not None]
        if len(ends) < len(holding) or max(ends).toordinal() > horizon:
            return Coverage(holds=True, until=None)
        at = max(ends)


def next_span(window: Window, zone: tzinfo, now: datetime) -> Span | None:
    """The first span of `window` that ends after `now` (UTC); None if there is none.

    A window whose minutes are no minutes of a day never holds.
    """
    start, end = window.start_minute, window.end_minute
    if not (0 <= start < DAY_MINUTES and 0 <= end < DAY_MINUTES):
        return None
    crosses = 1 if end <= start else 0
    # Two days back: where the clock falls back over midnight, the date of `now` is a day ahead.
    first_day = local(now, zone).toordinal() - 2
    for day in range(first_day, first_day + 2 + SEARCH_DAYS):
        if (day - 1) % 7 + 1 not in window.weekdays:  # ordinal 1 was a Monday
            continue
        ends_at = _instant(day + crosses, end, zone, last=True)
        if ends_at is not None and ends_at <= now:
            continue
        starts_at = _instant(day, start, zone, last=False)
        if starts_at is not None and (ends_at is None or starts_at < ends_at):
            return Span(starts_at, ends_at)
    return None


@lru_cache(maxsize=4_096)  # the same few days and hours for every client of an ISP
def _instant(day: int, minute: int, zone: tzinfo, *, last: bool) -> datetime | None:
    """When the clock in `zone` shows `minute` of `day`; None past year 9999."""
    if day < 1:
        return FIRST_INSTANT
    if day > LAST_DAY:
        return None
    midnight = date.fromordinal(day)
    year, month, number = midnight.year, midnight.month, midnight.day
    hour, minute = divmod(minute, 60)
    first = datetime(year, month, number, hour, minute, tzinfo=zone)
    second = datetime(year, month, number, hour, minute, tzinfo=zone, fold=1)
    try:
        # PEP 495: the offsets differ only where the clock skips (shrinks) or repeats (grows).
        if first.utcoffset() == second.utcoffset():
            return first.astimezone(UTC)
        if (second_at := second.astimezone(UTC)) < (first_at := first.astimezone(UTC)):
            return _skip_at(second_at, first_at, zone)
    except OverflowError:
        return FIRST_INSTANT if year == 1 else None
    return second_at if last else first_at


def _skip_at(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The instant in (before, after] at which the offset of `zone` changes, to the second."""
    old = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        offset = (before + timedelta(seconds=middle)).astimezone(zone).utcoffset()
        low, high = (middle, high) if offset == old else (low, middle)
    return before + timedelta(seconds=high)
