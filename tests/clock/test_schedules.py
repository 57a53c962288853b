from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clock.schedules import Daily, Every, Monthly, Schedule, due, instant_of, next_after

DHAKA, BERLIN, CAIRO = ZoneInfo("Asia/Dhaka"), ZoneInfo("Europe/Berlin"), ZoneInfo("Africa/Cairo")
HALF_PAST_TWO = Daily(time(2, 30))
TICK = timedelta.resolution
DAY = timedelta(days=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_daily_job_is_due_at_its_time_on_the_isps_clock() -> None:
    at = utc("2026-03-09 20:30")  # 02:30 of the 10th in Dhaka
    assert due(HALF_PAST_TWO, at - DAY, at - TICK, DHAKA) == ()
    assert due(HALF_PAST_TWO, at - DAY, at, DHAKA) == (at,)
    assert due(HALF_PAST_TWO, at, at + DAY - TICK, DHAKA) == ()
    assert next_after(HALF_PAST_TWO, at - TICK, DHAKA) == at
    assert next_after(HALF_PAST_TWO, at, DHAKA) == at + DAY


def test_a_monthly_job_is_due_on_the_first_where_the_isp_is() -> None:
    bill_run = Monthly(1, time(0, 5))
    march, april = utc("2026-02-28 18:05"), utc("2026-03-31 18:05")
    assert due(bill_run, utc("2026-02-15 00:00"), utc("2026-04-15 00:00"), DHAKA) == (march, april)
    assert next_after(bill_run, utc("2026-12-31 18:04"), DHAKA) == utc("2026-12-31 18:05")


def test_what_was_missed_is_due_in_order() -> None:
    missed = due(HALF_PAST_TWO, utc("2026-03-01 00:00"), utc("2026-03-04 23:00"), DHAKA)
    assert missed == tuple(utc(f"2026-03-0{day} 20:30") for day in (1, 2, 3, 4))


def test_of_an_interval_only_the_last_is_due_after_downtime() -> None:
    minute = Every(timedelta(minutes=1))
    assert due(minute, utc("2026-03-01 00:00"), utc("2026-03-04 23:00:59"), DHAKA) == (
        utc("2026-03-04 23:00"),
    )
    assert due(minute, utc("2026-03-04 23:00"), utc("2026-03-04 23:00:59"), DHAKA) == ()
    assert next_after(minute, utc("2026-03-04 23:00"), DHAKA) == utc("2026-03-04 23:01")


def test_a_clock_that_was_set_back_makes_nothing_due() -> None:
    assert due(HALF_PAST_TWO, utc("2026-03-10 00:00"), utc("2026-03-01 00:00"), DHAKA) == ()
    assert due(Every(DAY), utc("2026-03-10 00:00"), utc("2026-03-01 00:00"), DHAKA) == ()


def test_a_time_that_is_skipped_is_due_when_the_gap_ends() -> None:
    # Berlin, 29 March 2026: 01:59:59 is followed by 03:00:00, at 01:00 UTC.
    assert instant_of(date(2026, 3, 29), time(2, 30), BERLIN) == utc("2026-03-29 01:00")
    assert instant_of(date(2026, 3, 29), time(2), BERLIN) == utc("2026-03-29 01:00")
    assert instant_of(date(2026, 3, 29), time(3), BERLIN) == utc("2026-03-29 01:00")
    assert instant_of(date(2026, 3, 29), time(1, 59), BERLIN) == utc("2026-03-29 00:59")


def test_a_time_that_comes_twice_is_due_the_first_time_only() -> None:
    # Berlin, 25 October 2026: 02:30 is at 00:30 UTC, and again at 01:30 UTC.
    around = utc("2026-10-24 12:00"), utc("2026-10-25 12:00")
    assert due(HALF_PAST_TWO, *around, BERLIN) == (utc("2026-10-25 00:30"),)
    first = utc("2026-10-25 00:30")
    assert due(HALF_PAST_TWO, first, first + timedelta(hours=12), BERLIN) == ()


def test_a_gap_at_midnight_moves_nothing_to_another_day() -> None:
    # Cairo, 24 April 2026: the day begins at 01:00, at 22:00 UTC.
    assert instant_of(date(2026, 4, 24), time(0, 5), CAIRO) == utc("2026-04-23 22:00")


def test_a_date_that_a_country_left_out_is_not_lost() -> None:
    samoa = ZoneInfo("Pacific/Apia")  # went from 29 to 31 December 2011, at 10:00 UTC
    assert instant_of(date(2011, 12, 30), time(2, 30), samoa) == utc("2011-12-30 10:00")
    assert instant_of(date(2011, 12, 31), time(2, 30), samoa) == utc("2011-12-30 12:30")


@pytest.mark.parametrize("zone", [DHAKA, BERLIN, CAIRO], ids=str)
def test_in_fourteen_months_each_date_has_its_time_once(zone: ZoneInfo) -> None:
    start, end = utc("2026-01-01 12:00"), utc("2027-03-01 12:00")
    all_due = due(HALF_PAST_TWO, start, end, zone)
    dates = [at.astimezone(zone).date() for at in all_due]
    assert dates == sorted(set(dates))
    assert len(dates) == (end - start).days


times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
schedules = st.one_of(
    st.builds(Daily, times),
    st.builds(Monthly, st.integers(1, 28), times),
    st.builds(Every, st.timedeltas(timedelta(minutes=1), 3 * DAY)),
)
instants = st.timedeltas(0 * DAY, 1000 * DAY).map(lambda span: utc("2025-01-01 00:00") + span)


@given(
    schedules, instants, st.timedeltas(0 * DAY, 90 * DAY), st.sampled_from([DHAKA, BERLIN, CAIRO])
)
def test_looking_often_or_seldom_finds_the_same_occurrences(
    schedule: Schedule, start: datetime, span: timedelta, zone: ZoneInfo
) -> None:
    end, middle = start + span, start + span / 2
    at_once = due(schedule, start, end, zone)
    early = due(schedule, start, middle, zone)
    done_until = early[-1] if early else start
    late = due(schedule, done_until, end, zone)
    if not isinstance(schedule, Every):
        assert early + late == at_once
    assert (early + late)[-1:] == at_once[-1:]
