"""Dues: the due day, grace, promises and no-cut days, to the tick and through summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from policy.access import Verdict
from policy.facts import ProfileKind, Reason
from policy.standing import NO_CUT_DAYS_AT_MOST
from tests.policy.cases import (
    BERLIN,
    DAY,
    DHAKA,
    EVERY_DAY,
    FRIDAY,
    HOUR,
    NEW_YORK,
    NOW,
    SATURDAY,
    THURSDAY,
    TICK,
    at,
    decide,
    facts,
    on,
)

THURSDAY_NOON = at("2025-11-20T12:00")
DUE = on("2025-11-18")  # a Tuesday; with two days of grace the cut is at the start of Friday
CUT = at("2025-11-21T00:00")


def owing(due_on=DUE, grace_days=2, promised_until=None, zone=DHAKA, **isp):
    return facts(
        connection={"due_on": due_on, "due_minor": 50_000, "promised_until": promised_until},
        profile={"grace_days": grace_days},
        isp={"zone": zone, **isp},
    )


@pytest.mark.parametrize(
    ("now", "reason", "changes_at"),
    [
        (at("2025-11-01T00:00"), Reason.CURRENT, at("2025-11-19T00:00")),
        (at("2025-11-19T00:00") - TICK, Reason.CURRENT, at("2025-11-19T00:00")),
        (at("2025-11-19T00:00"), Reason.GRACE, CUT),
        (CUT - TICK, Reason.GRACE, CUT),
        (CUT, Reason.DUES, None),
        (CUT + 1000 * DAY, Reason.DUES, None),
    ],
)
def test_the_due_day_and_the_days_of_grace_are_in_time_to_their_end(now, reason, changes_at):
    decision = decide(owing(), now)
    assert (decision.reason, decision.changes_at) == (reason, changes_at)


@pytest.mark.parametrize("now", [CUT - 3 * DAY, CUT - HOUR, CUT - TICK])
def test_the_session_ends_when_access_does_not_when_grace_begins(now):
    reply = decide(owing(), now).reply
    assert now + timedelta(seconds=reply.session_seconds) - CUT < timedelta(seconds=1)
    assert now + timedelta(seconds=reply.session_seconds) >= CUT


def test_without_grace_the_cut_follows_the_due_day():
    for grace_days in (0, -7):
        case = owing(grace_days=grace_days)
        cut = at("2025-11-19T00:00")
        assert decide(case, cut - TICK).reason is Reason.CURRENT
        assert decide(case, cut).reason is Reason.DUES


@pytest.mark.parametrize(
    ("promised_until", "now", "reason", "changes_at"),
    [
        (CUT + 5 * HOUR, CUT - TICK, Reason.GRACE, CUT),
        (CUT + 5 * HOUR, CUT, Reason.PROMISE, CUT + 5 * HOUR),
        (CUT + 5 * HOUR, CUT + 5 * HOUR - TICK, Reason.PROMISE, CUT + 5 * HOUR),
        (CUT + 5 * HOUR, CUT + 5 * HOUR, Reason.DUES, None),
        (CUT, CUT, Reason.DUES, None),
        (CUT - TICK, CUT, Reason.DUES, None),
        (CUT + TICK, CUT, Reason.PROMISE, CUT + TICK),
    ],
)
def test_a_promise_moves_the_cut_only_if_it_ends_later(promised_until, now, reason, changes_at):
    decision = decide(owing(promised_until=promised_until), now)
    assert (decision.reason, decision.changes_at) == (reason, changes_at)


def test_a_promise_counts_in_whatever_offset_it_was_stored():
    promised = (CUT + HOUR).astimezone(timezone(timedelta(hours=-9)))
    decision = decide(owing(promised_until=promised), CUT)
    assert (decision.reason, decision.changes_at) == (Reason.PROMISE, CUT + HOUR)
    assert decision.changes_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("calendar", "cut"),
    [
        ({}, at("2025-11-21T00:00")),
        ({"no_cut_weekdays": frozenset({FRIDAY})}, at("2025-11-22T00:00")),
        ({"no_cut_weekdays": frozenset({THURSDAY})}, at("2025-11-21T00:00")),
        ({"no_cut_weekdays": frozenset({FRIDAY, SATURDAY})}, at("2025-11-23T00:00")),
        ({"no_cut_dates": frozenset({on("2025-11-21")})}, at("2025-11-22T00:00")),
        ({"no_cut_dates": frozenset({on("2025-11-22")})}, at("2025-11-21T00:00")),
        (
            {
                "no_cut_weekdays": frozenset({FRIDAY, SATURDAY}),
                "no_cut_dates": frozenset({on("2025-11-23"), on("2025-11-25")}),
            },
            at("2025-11-24T00:00"),
        ),
    ],
)
def test_a_cut_that_falls_on_no_cut_days_waits_for_their_end(calendar, cut):
    case = owing(**calendar)
    before = decide(case, cut - TICK)
    assert before.reason is (Reason.NO_CUT_DAY if cut > CUT else Reason.GRACE)
    assert before.changes_at == cut
    assert decide(case, cut).reason is Reason.DUES
    assert decide(case, CUT - TICK).reason is Reason.GRACE


def test_who_was_cut_before_a_no_cut_day_stays_cut_on_it():
    case = owing(no_cut_weekdays=frozenset({SATURDAY}))
    for hours in range(0, 72, 5):
        assert decide(case, CUT + hours * HOUR).reason is Reason.DUES


def test_a_promise_that_ends_on_a_no_cut_day_holds_to_the_end_of_that_day():
    noon = at("2025-11-21T12:00")
    case = owing(promised_until=noon, no_cut_weekdays=frozenset({FRIDAY}))
    assert decide(case, noon - TICK).reason is Reason.PROMISE
    assert decide(case, noon).reason is Reason.NO_CUT_DAY
    assert decide(case, at("2025-11-22T00:00") - TICK).reason is Reason.NO_CUT_DAY
    assert decide(case, at("2025-11-22T00:00")).reason is Reason.DUES


def test_a_calendar_of_nothing_but_no_cut_days_never_cuts():
    decision = decide(owing(no_cut_weekdays=EVERY_DAY), CUT + 10_000 * DAY)
    assert (decision.reason, decision.changes_at) == (Reason.NO_CUT_DAY, None)
    assert decision.reply.session_seconds is None


@pytest.mark.parametrize(
    ("days", "reason"),
    [(NO_CUT_DAYS_AT_MOST - 1, Reason.DUES), (NO_CUT_DAYS_AT_MOST, Reason.NO_CUT_DAY)],
)
def test_more_no_cut_days_in_a_row_than_the_limit_never_end(days, reason):
    dates = frozenset(date(2025, 11, 21) + n * DAY for n in range(days))
    assert decide(owing(no_cut_dates=dates), CUT + 1000 * DAY).reason is reason


@pytest.mark.parametrize("kind", [ProfileKind.MONTHLY, ProfileKind.POSTPAID, ProfileKind.DAILY])
def test_an_unpaid_invoice_counts_for_every_kind_of_billing(kind):
    case = facts(owing(), connection={"expires_at": CUT + 100 * DAY}, profile={"kind": kind})
    assert decide(case, CUT).reason is Reason.DUES


def test_an_unpaid_invoice_never_restricts_without_automatic_suspension():
    case = facts(owing(), profile={"auto_suspend": False})
    decision = decide(case, CUT + 100 * DAY)
    assert (decision.reason, decision.changes_at) == (Reason.CURRENT, None)


# Where summer time moves midnight or the day: the cut is where the local day begins.
MIDNIGHTS = [
    (BERLIN, "2025-03-29", datetime(2025, 3, 29, 23, tzinfo=UTC)),
    (BERLIN, "2025-03-30", datetime(2025, 3, 30, 22, tzinfo=UTC)),  # a day of 23 hours
    (BERLIN, "2025-10-25", datetime(2025, 10, 25, 22, tzinfo=UTC)),
    (BERLIN, "2025-10-26", datetime(2025, 10, 26, 23, tzinfo=UTC)),  # a day of 25 hours
    (NEW_YORK, "2025-03-09", datetime(2025, 3, 10, 4, tzinfo=UTC)),
    (NEW_YORK, "2025-11-02", datetime(2025, 11, 3, 5, tzinfo=UTC)),
    # Cairo skipped from 00:00 to 01:00 on 25 April 2025: the day begins at one.
    (ZoneInfo("Africa/Cairo"), "2025-04-24", datetime(2025, 4, 24, 22, tzinfo=UTC)),
    # Havana went from 01:00 back to 00:00 on 2 November 2025: the first midnight counts.
    (ZoneInfo("America/Havana"), "2025-11-01", datetime(2025, 11, 2, 4, tzinfo=UTC)),
    # Toronto skipped from 23:30 on 30 March 1919 to 00:30 on the 31st, which began there.
    (ZoneInfo("America/Toronto"), "1919-03-30", datetime(1919, 3, 31, 4, 30, tzinfo=UTC)),
    # Apia had no 30 December 2011 at all: what was to begin then began with the 31st.
    (ZoneInfo("Pacific/Apia"), "2011-12-29", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    (ZoneInfo("Pacific/Apia"), "2011-12-30", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    (timezone(timedelta(hours=-12)), "2025-11-18", datetime(2025, 11, 19, 12, tzinfo=UTC)),
]


@pytest.mark.parametrize(("zone", "due_on", "cut"), MIDNIGHTS)
def test_the_cut_is_at_the_start_of_a_day_on_the_isps_own_clock(zone, due_on, cut):
    case = owing(due_on=on(due_on), grace_days=0, zone=zone)
    assert decide(case, cut - TICK).reason is Reason.CURRENT
    assert decide(case, cut - TICK).changes_at == cut
    assert decide(case, cut).reason is Reason.DUES


def test_a_no_cut_day_that_the_calendar_skips_cuts_nobody_on_the_next():
    dates = frozenset({on("2011-12-30"), on("2011-12-31")})
    case = owing(
        due_on=on("2011-12-28"), grace_days=1, zone=ZoneInfo("Pacific/Apia"), no_cut_dates=dates
    )
    new_year = datetime(2011, 12, 31, 10, tzinfo=UTC)
    assert decide(case, new_year - TICK).reason is Reason.NO_CUT_DAY
    assert decide(case, new_year).reason is Reason.DUES


@pytest.mark.parametrize("zone", [DHAKA, NEW_YORK, timezone(timedelta(hours=14))])
def test_the_ends_of_the_calendar_are_no_error(zone):
    ends = [datetime.min.replace(tzinfo=UTC), NOW, datetime.max.replace(tzinfo=UTC)]
    for due_on in (date.min, date.max):
        for grace_days in (-(10**12), 0, 10**12):
            for calendar in (frozenset(), frozenset({FRIDAY}), EVERY_DAY):
                case = owing(due_on, grace_days, zone=zone, no_cut_weekdays=calendar)
                verdicts = [decide(case, now).verdict for now in ends]
                assert verdicts == sorted(verdicts, key=list(Verdict).index)


def test_a_grace_beyond_the_calendar_never_ends():
    decision = decide(owing(grace_days=10**9), CUT)
    assert (decision.reason, decision.changes_at) == (Reason.GRACE, None)
    assert decision.reply.session_seconds is None


def test_a_due_day_at_the_end_of_the_calendar_is_never_past():
    decision = decide(owing(due_on=date.max), datetime.max.replace(tzinfo=UTC))
    assert (decision.reason, decision.changes_at) == (Reason.CURRENT, None)
