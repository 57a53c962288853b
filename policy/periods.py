"""Spans of local days, and the cycles in which a connection is billed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days of the ISP's calendar from `from_on` until `until_on` (exclusive); may be empty."""

    from_on: date
    until_on: date

    @property
    def days(self) -> int:
        """How many days it has; 0 where it is empty."""
        return max(0, (self.until_on - self.from_on).days)

    def meet(self, other: Period) -> Period:
        """The days in both; empty where there are none."""
        from_on = max(self.from_on, other.from_on)
        return Period(from_on, max(from_on, min(self.until_on, other.until_on)))


def cycle_from(month_on: date, anchor_day: int) -> Period:
    """The cycle that begins in the month of `month_on`, on `anchor_day` (1..28)."""
    begins = month_on.replace(day=anchor_day)
    return Period(begins, next_month(begins))


def cycle_of(day: date, anchor_day: int) -> Period:
    """The cycle that `day` lies in."""
    begun = cycle_from(day, anchor_day)
    return begun if begun.from_on <= day else cycle_before(begun)


def cycle_before(cycle: Period) -> Period:
    """The cycle that ends where `cycle` begins."""
    return Period(last_month(cycle.from_on), cycle.from_on)


def next_month(day: date) -> date:
    """The same day (1..28) of the next month."""
    return day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)


def last_month(day: date) -> date:
    """The same day (1..28) of the month before."""
    return day.replace(year=day.year - (day.month == 1), month=(day.month - 2) % 12 + 1)


def due_on_after(issued_on: date, payment_day: int) -> date:
    """The first `payment_day` (1..28) on or after the day of issue."""
    due_on = issued_on.replace(day=payment_day)
    return due_on if due_on >= issued_on else next_month(due_on)
