"""When a job is due, as functions of a schedule, a time zone and instants: no clock is looked at.

A time of day that a change of clocks skips is due when the skipped hour ends; one that comes twice
is due the first time. So each date has each of its times once, and in their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import TypeAlias
from zoneinfo import ZoneInfo

from policy.windows import minute_starts_at

ONE_DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_DATE = date(9999, 1, 1)  # no occurrence is looked for beyond it


@dataclass(frozen=True, slots=True)
class Monthly:
    """Once a month, on a day that every month has, at a time of the zone's clock."""

    day: int
    at: time

    def __post_init__(self) -> None:
        if not 1 <= self.day <= 28:
            raise ValueError("every month has the days 1 to 28")


@dataclass(frozen=True, slots=True)
class Daily:
    """Once on each date, at a time of the zone's clock."""

    at: time


@dataclass(frozen=True, slots=True)
class Every:
    """At each whole multiple of an interval since 1970, whatever the zone."""

    interval: timedelta

    def __post_init__(self) -> None:
        if self.interval < timedelta(seconds=1):
            raise ValueError("an interval is a second or more")


Schedule: TypeAlias = Monthly | Daily | Every


def due(
    schedule: Schedule, done_until: datetime, now: datetime, zone: ZoneInfo
) -> tuple[datetime, ...]:
    """The occurrences after `done_until` and not after `now`, in order; all instants aware UTC.

    Of an interval only the last one: what is done each minute is not done a thousand times after a
    day's downtime.
    """
    if isinstance(schedule, Every):
        last = now - (now - EPOCH) % schedule.interval
        return (last,) if last > done_until else ()
    return tuple(takewhile(lambda at: at <= now, occurrences(schedule, done_until, zone)))


def next_after(schedule: Schedule, instant: datetime, zone: ZoneInfo) -> datetime | None:
    """The first occurrence after an instant; None where the calendar ends."""
    return next(occurrences(schedule, instant, zone), None)


def occurrences(schedule: Schedule, after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """All occurrences after an instant, in order."""
    if isinstance(schedule, Every):
        at = after - (after - EPOCH) % schedule.interval
        while True:
            at += schedule.interval
            yield at
    on = after.astimezone(zone).date() - ONE_DAY  # a gap may have moved yesterday's behind `after`
    while on < LAST_DATE:
        if isinstance(schedule, Daily) or on.day == schedule.day:
            at = instant_of(on, schedule.at, zone)
            if at > after:
                yield at
        on += ONE_DAY


def instant_of(on: date, at: time, zone: ZoneInfo) -> datetime:
    """When it is `at` on a date: the first time of two, the end of the gap where there is none."""
    instant = minute_starts_at(on.toordinal(), at.hour * 60 + at.minute, zone)
    assert instant is not None, "no date beyond LAST_DATE is asked for"
    return instant
