"""What a client owes and until when that is let through: dues, grace, promises, no-cut days."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from policy.facts import Facts, IspFacts, Reason
from policy.windows import day_starts_at, in_utc, local

NO_CUT_DAYS_AT_MOST = 366  # in a row; a calendar with more means "never cut"

_CURRENT, _GRACE, _PROMISE = Reason.CURRENT, Reason.GRACE, Reason.PROMISE
_NO_CUT_DAY, _DUES = Reason.NO_CUT_DAY, Reason.DUES


class Dues(NamedTuple):
    """Where an unpaid invoice stands: the phase, when the next begins, and when access is cut.

    `cut_at` is None where it never is, and in the past where phase is DUES.
    """

    phase: Reason
    phase_until: datetime | None
    cut_at: datetime | None


def dues_at(facts: Facts, now: datetime) -> Dues | None:
    """The standing at `now` (UTC); None where nothing is unpaid or unpaid invoices never restrict.

    The due day and then `grace_days` whole local days are in time. The cut comes at the start of
    the next local day, or at the end of a later promise; on a no-cut day nobody is newly cut, so
    it moves to the start of the first day on which it may come. It depends on no clock, so who
    was cut before a no-cut day stays cut.
    """
    due_on = facts.connection.due_on
    if due_on is None or not facts.profile.auto_suspend:
        return None
    zone = facts.isp.zone
    day_after = due_on.toordinal() + 1
    due_until = day_starts_at(day_after, zone)
    grace_until = due_until
    if facts.profile.grace_days > 0:
        grace_until = day_starts_at(day_after + facts.profile.grace_days, zone)
    promised_until = facts.connection.promised_until
    owed_until = _latest(grace_until, promised_until)
    cut_at = _first_cut(owed_until, facts.isp)
    if due_until is None or now < due_until:
        return Dues(_CURRENT, due_until, cut_at)
    if grace_until is None or now < grace_until:
        return Dues(_GRACE, grace_until, cut_at)
    if owed_until is None or now < owed_until:
        return Dues(_PROMISE, owed_until, cut_at)
    if cut_at is None or now < cut_at:
        return Dues(_NO_CUT_DAY, cut_at, cut_at)
    return Dues(_DUES, None, cut_at)


def _latest(grace_until: datetime | None, promised_until: datetime | None) -> datetime | None:
    """The later end; a grace of None never ends, a promise of None was never made."""
    if grace_until is None or promised_until is None or promised_until <= grace_until:
        return grace_until
    return in_utc(promised_until)


def _first_cut(owed_until: datetime | None, isp: IspFacts) -> datetime | None:
    """`owed_until`, moved to the start of the first day that is no no-cut day; None is never."""
    weekdays, dates = isp.no_cut_weekdays, isp.no_cut_dates
    if not (weekdays or dates):
        return owed_until
    cut_at = owed_until
    for _ in range(NO_CUT_DAYS_AT_MOST):
        if cut_at is None:
            return None
        day = local(cut_at, isp.zone).date()
        if day.isoweekday() not in weekdays and day not in dates:
            return cut_at
        cut_at = day_starts_at(day.toordinal() + 1, isp.zone)
    return None
