"""Which days a bill charges: first bills, ends of months, who came, left, paused or paid ahead."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.due import FirstBill, Service, Stretch, Terms, stretch_now, stretches_due
from policy.facts import ProfileKind
from policy.periods import Period, cycle_of, next_month

FULL, MONTH_END, PAYMENT_DAY = FirstBill
APRIL = date(2026, 4, 1)
LONG_AGO = date(2024, 5, 17)


def monthly(first_bill: FirstBill = MONTH_END, kind: ProfileKind = ProfileKind.MONTHLY) -> Terms:
    return Terms(kind, first_bill, payment_day=10)


def span(text: str) -> Period:
    """03-20..04-01 of 2026."""
    ends = [date.fromisoformat(f"2026-{end}") for end in text.split("..")]
    return Period(*ends)


def due(terms: Terms, month_on: date = APRIL, **service: date | None) -> list[Period]:
    known = {"began_on": LONG_AGO, "billed_until_on": APRIL, **service}
    return [part.days for part in stretches_due(terms, Service(**known), month_on)]


@pytest.mark.parametrize(
    ("service", "charged"),
    [
        ({}, ["04-01..05-01"]),
        ({"billed_until_on": date(2026, 5, 1)}, []),  # paid in advance
        ({"billed_until_on": date(2026, 4, 11)}, ["04-11..05-01"]),
        ({"billed_until_on": date(2026, 1, 1)}, ["04-01..05-01"]),  # what was left out stays out
        ({"ended_on": date(2026, 4, 1)}, []),
        ({"ended_on": date(2026, 4, 2)}, ["04-01..04-02"]),
        ({"resumed_on": date(2026, 4, 12)}, ["04-12..05-01"]),
        ({"resumed_on": date(2026, 3, 12)}, ["04-01..05-01"]),
        ({"resumed_on": date(2026, 5, 1)}, []),
        ({"billed_until_on": None}, ["04-01..05-01"]),
        (
            {"billed_until_on": None, "began_on": date(2026, 3, 20)},
            ["03-20..04-01", "04-01..05-01"],
        ),
        (
            {"billed_until_on": None, "began_on": date(2026, 3, 31)},
            ["03-31..04-01", "04-01..05-01"],
        ),
        ({"billed_until_on": None, "began_on": date(2026, 4, 30)}, ["04-30..05-01"]),
        ({"billed_until_on": None, "began_on": date(2026, 5, 1)}, []),
    ],
)
def test_a_monthly_bill_charges_the_days_of_its_month_that_nobody_has_paid_yet(service, charged):
    assert due(monthly(), **service) == [span(part) for part in charged]


@pytest.mark.parametrize(
    ("service", "charged"),
    [
        ({"billed_until_on": date(2026, 3, 1)}, ["03-01..04-01"]),
        ({"billed_until_on": APRIL}, []),
        ({"billed_until_on": date(2026, 3, 1), "ended_on": date(2026, 3, 8)}, ["03-01..03-08"]),
        ({"billed_until_on": None, "began_on": date(2026, 3, 20)}, ["03-20..04-01"]),
        ({"billed_until_on": None, "began_on": APRIL}, []),
    ],
)
def test_a_postpaid_bill_charges_the_month_that_has_passed(service, charged):
    terms = monthly(kind=ProfileKind.POSTPAID)
    assert due(terms, **service) == [span(part) for part in charged]


def test_cycles_from_payment_day_to_payment_day_are_charged_in_the_month_they_begin_in():
    terms = monthly(PAYMENT_DAY)
    assert due(terms, billed_until_on=date(2026, 4, 10)) == [span("04-10..05-10")]
    began = {"billed_until_on": None, "began_on": date(2026, 3, 31)}
    assert due(terms, **began) == [span("03-31..04-10"), span("04-10..05-10")]
    postpaid = monthly(PAYMENT_DAY, ProfileKind.POSTPAID)
    assert due(postpaid, billed_until_on=None) == [span("02-10..03-10")]


@pytest.mark.parametrize("kind", [ProfileKind.FREE, ProfileKind.DAILY])
def test_who_is_free_or_pays_by_validity_gets_no_monthly_bill(kind):
    assert due(monthly(kind=kind)) == []
    assert stretch_now(monthly(kind=kind), Service(APRIL), APRIL) is None


@pytest.mark.parametrize(
    ("first_bill", "charged", "minor"),
    [
        (FULL, "03-20..04-01", 31_000),
        (MONTH_END, "03-20..04-01", 12_000),
        (PAYMENT_DAY, "03-20..04-10", 21_000),
    ],
)
def test_a_first_bill_is_a_whole_month_or_the_days_to_the_end_agreed(first_bill, charged, minor):
    began = date(2026, 3, 20)
    stretch = stretch_now(monthly(first_bill), Service(began), began)
    assert stretch is not None
    assert (stretch.days, stretch.price_minor(31_000)) == (span(charged), minor)


def test_a_connection_made_and_closed_on_one_day_costs_nothing():
    service = Service(APRIL, ended_on=APRIL)
    assert stretch_now(monthly(FULL), service, APRIL) is None
    assert stretches_due(monthly(FULL), service, APRIL) == ()


def test_the_first_bill_made_by_the_run_asks_what_one_made_at_once_would_have_asked():
    began, terms = date(2026, 3, 20), monthly(FULL)
    now = stretch_now(terms, Service(began), began)
    assert stretches_due(terms, Service(began), APRIL)[0] == now
    assert stretches_due(terms, Service(began), APRIL)[1].price_minor(500) == 500


kinds = st.sampled_from([ProfileKind.MONTHLY, ProfileKind.POSTPAID, ProfileKind.VIP])
some_terms = st.builds(Terms, kinds, st.sampled_from(FirstBill), st.integers(1, 28))


@given(some_terms, st.dates(date(2023, 1, 1), date(2027, 1, 1)), st.integers(1, 30))
def test_month_after_month_each_day_is_charged_once(terms, began, months):
    service, charged = Service(began), []
    month = began.replace(day=1)
    for _ in range(months):
        parts = stretches_due(terms, service, month)
        charged += [part.days for part in parts]
        if parts:
            service = Service(began, billed_until_on=parts[-1].days.until_on)
        month = next_month(month)
    for earlier, later in itertools.pairwise(charged):
        assert earlier.until_on == later.from_on
    if charged:
        assert charged[0].from_on == began


@given(some_terms, st.dates(date(2023, 1, 1), date(2027, 1, 1)), st.integers(0, 62))
def test_nothing_is_charged_after_the_end(terms, began, lasted):
    ended = began + timedelta(days=lasted)
    parts: tuple[Stretch, ...] = ()
    month = began.replace(day=1)
    service = Service(began, ended_on=ended)
    for _ in range(5):
        parts = stretches_due(terms, service, month)
        if parts:
            assert parts[-1].days.until_on <= ended
            service = Service(began, parts[-1].days.until_on, ended_on=ended)
        month = next_month(month)
    assert service.billed_until_on == (ended if lasted else None)


@given(st.dates(date(2023, 1, 1), date(2027, 1, 1)), st.integers(1, 28))
def test_the_rest_of_a_cycle_is_never_longer_than_the_cycle(today, payment_day):
    terms = Terms(ProfileKind.MONTHLY, PAYMENT_DAY, payment_day)
    stretch = stretch_now(terms, Service(today), today)
    assert stretch is not None
    assert stretch.cycle == cycle_of(today, payment_day)
    assert 1 <= stretch.days.days <= stretch.cycle.days
