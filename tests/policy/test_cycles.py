from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.cycles import cycle_at
from policy.facts import ProfileKind

DHAKA = ZoneInfo("Asia/Dhaka")
TICK = timedelta(microseconds=1)
MARCH = datetime(2026, 2, 28, 18, tzinfo=UTC)  # midnight of the 1st in Dhaka
APRIL = datetime(2026, 3, 31, 18, tzinfo=UTC)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize("kind", [kind for kind in ProfileKind if kind is not ProfileKind.DAILY])
@pytest.mark.parametrize(
    ("at", "from_on"),
    [
        (MARCH - TICK, date(2026, 2, 1)),
        (MARCH, date(2026, 3, 1)),
        (APRIL - TICK, date(2026, 3, 1)),
        (APRIL, date(2026, 4, 1)),
    ],
)
def test_a_cycle_is_the_month_on_the_isps_clock(
    kind: ProfileKind, at: datetime, from_on: date
) -> None:
    assert cycle_at(kind, DHAKA, at).from_on == from_on


def test_a_month_ends_where_the_next_begins() -> None:
    march = cycle_at(ProfileKind.MONTHLY, DHAKA, NOON)
    assert (march.from_at, march.until) == (MARCH, APRIL)


def test_december_is_followed_by_january() -> None:
    december = cycle_at(ProfileKind.MONTHLY, DHAKA, datetime(2026, 12, 31, 17, 59, tzinfo=UTC))
    assert december.until == datetime(2026, 12, 31, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "begins"),
    [
        (NOON - TICK, NOON - 7 * DAY),
        (NOON - 7 * DAY, NOON - 7 * DAY),
        (NOON - 7 * DAY - TICK, NOON - 14 * DAY),  # paid ahead: the running week stays as it is
        (NOON, NOON),  # expired: what is used then counts in no paid week
        (NOON + 7 * DAY, NOON + 7 * DAY),
    ],
)
def test_the_cycle_of_a_validity_is_its_span_up_to_the_expiry(
    at: datetime, begins: datetime
) -> None:
    cycle = cycle_at(ProfileKind.DAILY, DHAKA, at, expires_at=NOON, validity_days=7)
    assert (cycle.from_at, cycle.until) == (begins, begins + 7 * DAY)
    assert cycle.from_on == begins.astimezone(DHAKA).date()


def test_paying_ahead_changes_nothing_of_the_running_cycle() -> None:
    running = cycle_at(ProfileKind.DAILY, DHAKA, NOON, expires_at=NOON + DAY, validity_days=30)
    renewed = cycle_at(ProfileKind.DAILY, DHAKA, NOON, expires_at=NOON + 31 * DAY, validity_days=30)
    assert running == renewed


def test_paying_late_begins_a_new_cycle_with_the_payment() -> None:
    paid = cycle_at(ProfileKind.DAILY, DHAKA, NOON, expires_at=NOON + 30 * DAY, validity_days=30)
    assert paid.from_at == NOON


def test_what_was_never_valid_has_months() -> None:
    assert cycle_at(ProfileKind.DAILY, DHAKA, NOON).from_on == date(2026, 3, 1)


@given(
    at=st.datetimes(timezones=st.just(UTC)),
    expires_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    days=st.integers(1, 3660),
    kind=st.sampled_from(ProfileKind),
)
def test_an_instant_is_in_its_cycle_at_any_date(
    at: datetime, expires_at: datetime | None, days: int, kind: ProfileKind
) -> None:
    cycle = cycle_at(kind, DHAKA, at, expires_at=expires_at, validity_days=days)
    assert cycle.from_at <= at
    assert at < cycle.until or cycle.until.year == date.max.year
