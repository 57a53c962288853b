"""Windows of the day: every edge, midnight, the day a window starts on, and summer time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from policy.facts import Window
from policy.windows import coverage, earliest, in_utc, local, next_span
from tests.policy.cases import (
    BERLIN,
    DAY,
    DHAKA,
    EVERY_DAY,
    FRIDAY,
    HOUR,
    MINUTE,
    MONDAY,
    NEW_YORK,
    NOW,
    SATURDAY,
    SUNDAY,
    THURSDAY,
    TICK,
    at,
)

EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


def window(start: str, end: str, *weekdays: int) -> Window:
    return Window(minute(start), minute(end), frozenset(weekdays) or EVERY_DAY)


def minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


@pytest.mark.parametrize(
    ("start", "end", "now", "holds", "until"),
    [
        ("08:00", "10:00", "2025-11-19T07:59:59.999999", False, "2025-11-19T08:00"),
        ("08:00", "10:00", "2025-11-19T08:00", True, "2025-11-19T10:00"),
        ("08:00", "10:00", "2025-11-19T09:59:59.999999", True, "2025-11-19T10:00"),
        ("08:00", "10:00", "2025-11-19T10:00", False, "2025-11-20T08:00"),
        ("23:00", "06:00", "2025-11-19T22:59:59.999999", False, "2025-11-19T23:00"),
        ("23:00", "06:00", "2025-11-19T23:00", True, "2025-11-20T06:00"),
        ("23:00", "06:00", "2025-11-20T00:00", True, "2025-11-20T06:00"),
        ("23:00", "06:00", "2025-11-20T05:59:59.999999", True, "2025-11-20T06:00"),
        ("23:00", "06:00", "2025-11-20T06:00", False, "2025-11-20T23:00"),
        ("18:00", "00:00", "2025-11-19T23:59:59.999999", True, "2025-11-20T00:00"),
        ("18:00", "00:00", "2025-11-20T00:00", False, "2025-11-20T18:00"),
        ("00:00", "23:59", "2025-11-19T23:59", False, "2025-11-20T00:00"),
    ],
)
def test_a_window_holds_from_its_first_minute_to_before_its_last(start, end, now, holds, until):
    assert coverage([window(start, end)], DHAKA, at(now)) == (holds, at(until))


@pytest.mark.parametrize(
    ("weekdays", "now", "holds", "until"),
    [
        ((FRIDAY,), "2025-11-21T22:59", False, "2025-11-21T23:00"),  # that Friday
        ((FRIDAY,), "2025-11-21T23:00", True, "2025-11-22T06:00"),
        ((FRIDAY,), "2025-11-22T05:59", True, "2025-11-22T06:00"),  # Saturday, but begun on Friday
        ((FRIDAY,), "2025-11-22T06:00", False, "2025-11-28T23:00"),
        ((FRIDAY,), "2025-11-21T05:59", False, "2025-11-21T23:00"),  # begun on Thursday: not held
        ((FRIDAY, THURSDAY), "2025-11-21T05:59", True, "2025-11-21T06:00"),
        ((SUNDAY,), "2025-11-24T03:00", True, "2025-11-24T06:00"),  # Monday morning
        ((MONDAY,), "2025-11-24T03:00", False, "2025-11-24T23:00"),
    ],
)
def test_a_window_over_midnight_belongs_to_the_day_it_starts_on(weekdays, now, holds, until):
    night = window("23:00", "06:00", *weekdays)
    assert coverage([night], DHAKA, at(now)) == (holds, at(until))


def test_equal_ends_are_the_whole_day_from_there():
    whole = window("05:00", "05:00", FRIDAY)
    assert coverage([whole], DHAKA, at("2025-11-21T05:00") - TICK).holds is False
    assert coverage([whole], DHAKA, at("2025-11-21T05:00")) == (True, at("2025-11-22T05:00"))
    assert coverage([whole], DHAKA, at("2025-11-22T05:00")).holds is False


def test_windows_that_meet_or_overlap_are_one_stretch():
    parts = [window("22:00", "02:00"), window("02:00", "04:00"), window("03:00", "06:30")]
    assert coverage(parts, DHAKA, at("2025-11-19T23:00")) == (True, at("2025-11-20T06:30"))
    apart = [window("22:00", "02:00"), window("02:01", "04:00")]
    assert coverage(apart, DHAKA, at("2025-11-19T23:00")) == (True, at("2025-11-20T02:00"))


def test_windows_that_fill_the_week_never_end():
    for parts in (
        [window("00:00", "00:00")],
        [window("05:00", "05:00")],
        [window("00:00", "12:00"), window("12:00", "00:00")],
    ):
        for zone in (DHAKA, BERLIN, NEW_YORK):
            assert coverage(parts, zone, NOW) == (True, None)


def test_windows_that_fill_all_but_a_day_end_there():
    week = [window("00:00", "00:00", *(EVERY_DAY - {SATURDAY}))]
    assert coverage(week, DHAKA, NOW) == (True, at("2025-11-22T00:00"))
    assert coverage(week, DHAKA, at("2025-11-22T00:00")) == (False, at("2025-11-23T00:00"))


@pytest.mark.parametrize(
    "absurd",
    [
        Window(-1, 60, EVERY_DAY),
        Window(0, 1440, EVERY_DAY),
        Window(5000, 60, EVERY_DAY),
        Window(10**30, -(10**30), EVERY_DAY),
        Window(60, 120, frozenset()),
        Window(60, 120, frozenset({0, 8, -1, 99})),
    ],
)
def test_an_absurd_window_never_holds(absurd):
    for now in (NOW, EARLIEST, LATEST):
        assert coverage([absurd], DHAKA, now) == (False, None)


SUMMER_TIME = [
    # (zone, start, end, starts_at, ends_at in UTC): the window on the day the clock changes.
    # Berlin, 30 March 2025: 02:00 is 03:00, at 01:00 UTC.
    (BERLIN, "01:00", "02:30", "2025-03-30T00:00Z", "2025-03-30T01:00Z"),
    (BERLIN, "02:30", "04:00", "2025-03-30T01:00Z", "2025-03-30T02:00Z"),
    (BERLIN, "01:00", "04:00", "2025-03-30T00:00Z", "2025-03-30T02:00Z"),
    # Berlin, 26 October 2025: 03:00 is 02:00 once more, at 01:00 UTC.
    (BERLIN, "01:00", "02:30", "2025-10-25T23:00Z", "2025-10-26T01:30Z"),
    (BERLIN, "02:30", "04:00", "2025-10-26T00:30Z", "2025-10-26T03:00Z"),
    (BERLIN, "02:00", "03:00", "2025-10-26T00:00Z", "2025-10-26T02:00Z"),
    # New York, 9 March and 2 November 2025.
    (NEW_YORK, "01:30", "02:15", "2025-03-09T06:30Z", "2025-03-09T07:00Z"),
    (NEW_YORK, "01:30", "02:15", "2025-11-02T05:30Z", "2025-11-02T07:15Z"),
]


@pytest.mark.parametrize(("zone", "start", "end", "starts", "ends"), SUMMER_TIME)
def test_a_window_is_one_stretch_where_the_clock_changes(zone, start, end, starts, ends):
    starts_at, ends_at = datetime.fromisoformat(starts), datetime.fromisoformat(ends)
    one = [window(start, end)]
    assert coverage(one, zone, starts_at - TICK) == (False, starts_at)
    assert coverage(one, zone, starts_at) == (True, ends_at)
    assert coverage(one, zone, ends_at - TICK) == (True, ends_at)
    assert coverage(one, zone, ends_at).holds is False


def test_a_window_inside_the_skipped_hour_does_not_happen_that_day():
    skipped = [window("02:10", "02:50")]
    before = datetime(2025, 3, 30, 0, 30, tzinfo=UTC)
    assert coverage(skipped, BERLIN, before) == (False, datetime(2025, 3, 31, 0, 10, tzinfo=UTC))


def test_a_gap_in_the_hours_that_summer_time_hides_is_found_in_a_later_week():
    most = [
        window("00:00", "00:00", *(EVERY_DAY - {SUNDAY})),
        window("00:00", "02:00", SUNDAY),
        window("03:00", "00:00", SUNDAY),
    ]
    saturday = datetime(2025, 3, 29, 12, tzinfo=UTC)
    assert coverage(most, BERLIN, saturday) == (True, datetime(2025, 4, 6, 0, tzinfo=UTC))


def test_a_clock_that_falls_back_over_midnight_keeps_the_window_of_the_day_before():
    # St John's went from 00:01 on 7 November 2010 back to 23:01 on the 6th, at 02:31 UTC.
    zone = ZoneInfo("America/St_Johns")
    late = window("23:00", "23:30")
    first = datetime(2010, 11, 7, 1, 30, tzinfo=UTC)
    last = datetime(2010, 11, 7, 3, 0, tzinfo=UTC)
    for now in (first, datetime(2010, 11, 7, 2, 30, 30, tzinfo=UTC), last - TICK):
        assert coverage([late], zone, now) == (True, last)
    assert coverage([late], zone, last).holds is False
    from_friday = window("23:45", "23:30", FRIDAY)  # so it ends on that Saturday, the 6th
    assert coverage([from_friday], zone, datetime(2010, 11, 7, 2, 30, 30, tzinfo=UTC)).until == last


def test_the_ends_of_the_calendar_are_no_error():
    for zone in (DHAKA, NEW_YORK, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))):
        for night in (window("23:00", "06:00"), window("00:00", "00:00"), window("01:00", "02:00")):
            for now in (EARLIEST, EARLIEST + DAY, LATEST - DAY, LATEST):
                covered = coverage([night], zone, now)
                assert covered.until is None or covered.until > now


def test_a_span_may_begin_later_than_now():
    span = next_span(window("08:00", "10:00", FRIDAY), DHAKA, NOW)
    assert span == (at("2025-11-21T08:00"), at("2025-11-21T10:00"))


def test_the_earlier_of_two_instants_where_none_is_never():
    assert earliest(None, None) is None
    assert earliest(NOW, None) == earliest(None, NOW) == NOW
    assert earliest(NOW, NOW + MINUTE) == earliest(NOW + MINUTE, NOW) == NOW


def test_instants_beyond_the_calendar_are_shown_as_they_stand():
    early = datetime.min.replace(tzinfo=timezone(HOUR))
    assert in_utc(early) == EARLIEST
    assert in_utc(NOW.replace(tzinfo=None)) == NOW
    assert local(LATEST, DHAKA).replace(tzinfo=UTC) == LATEST
