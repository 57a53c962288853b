"""The billing cycle: the span of time whose use counts together against a data limit."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from policy.facts import ProfileKind
from policy.windows import FIRST_INSTANT, LAST_INSTANT, day_starts_at, in_utc, local

DECEMBER = 12


class Cycle(NamedTuple):
    """From `from_at` (inclusive) until `until` (exclusive); `from_on` is its first local day."""

    from_on: date
    from_at: datetime
    until: datetime


def cycle_at(
    kind: ProfileKind,
    zone: tzinfo,
    at: datetime,
    *,
    expires_at: datetime | None = None,
    validity_days: int = 30,
) -> Cycle:
    """The cycle of a connection that `at` (aware UTC) is in.

    Billed by the month, afterwards, free or VIP: the calendar month on the ISP's clock. Billed by
    validity (DAILY): the span of `validity_days` times 24 hours that ends at `expires_at`, and
    those that touch it before and after. So paying ahead leaves the running cycle as it is; who
    pays late begins a new one with the payment, which moves `expires_at`. A connection that was
    never valid has calendar months.
    """
    if kind is not ProfileKind.DAILY or expires_at is None or validity_days < 1:
        return _month_at(zone, at)
    span = timedelta(days=validity_days)
    expires_at = in_utc(expires_at)
    try:
        from_at = expires_at + (at - expires_at) // span * span
        return Cycle(local(from_at, zone).date(), from_at, from_at + span)
    except OverflowError:
        return _month_at(zone, at)


def _month_at(zone: tzinfo, at: datetime) -> Cycle:
    first = local(at, zone).date().replace(day=1)
    begins_at = day_starts_at(first.toordinal(), zone) or LAST_INSTANT
    if first.month == DECEMBER:
        if first.year == date.max.year:
            return Cycle(first, begins_at, LAST_INSTANT)
        after = date(first.year + 1, 1, 1)
    else:
        after = first.replace(month=first.month + 1)
    until = day_starts_at(after.toordinal(), zone) or LAST_INSTANT
    return Cycle(first, max(begins_at, FIRST_INSTANT), until)
