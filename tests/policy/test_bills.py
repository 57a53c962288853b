"""Bills line by line: discounts, tax, rounding, use; and what holds for any bill."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.bills import (
    Charge,
    Discount,
    Line,
    LineKind,
    Taxing,
    Use,
    bill_lines,
    charge_lines,
    rounded_minor,
)
from policy.due import Stretch
from policy.periods import Period
from policy.tariffs import GB, BillingMode, Tariff

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
WHOLE = Stretch(MARCH, MARCH)
TEN_DAYS = Stretch(MARCH, Period(date(2026, 3, 22), date(2026, 4, 1)))
PLAIN = Charge(80_000, (WHOLE,))


def amounts(lines: tuple[Line, ...]) -> list[tuple[str, int]]:
    return [(line.kind.value, line.amount_minor) for line in lines]


def test_a_bill_names_price_discount_use_tax_and_rounding():
    charge = replace(
        PLAIN,
        mode=BillingMode.VOLUME,
        tariff=Tariff(free_bytes=100 * GB, per_gb_minor=150),
        uses=(Use(Period(date(2026, 2, 1), date(2026, 3, 1)), 101 * GB),),
        discount=Discount(percent_points=1_000),
    )
    extra = Line(LineKind.EXTRA, 10_000)
    assert amounts(bill_lines([charge], [extra], Taxing(500, round_to_minor=100))) == [
        ("base", 80_000),
        ("discount", -8_000),
        ("overage", 150),
        ("extra", 10_000),
        ("vat", 4_108),
        ("rounding", 42),
    ]


@pytest.mark.parametrize(
    ("discount", "stretch", "off"),
    [
        (Discount(fixed_minor=10_000), WHOLE, 10_000),
        (Discount(fixed_minor=90_000), WHOLE, 80_000),  # never more than the price
        (Discount(percent_points=10_000), WHOLE, 80_000),
        (Discount(fixed_minor=50_000, percent_points=5_000), WHOLE, 80_000),
        (Discount(fixed_minor=31_000), TEN_DAYS, 10_000),
        (Discount(fixed_minor=31_000, until_on=date(2026, 3, 1)), WHOLE, 0),
        (Discount(fixed_minor=31_000, until_on=date(2026, 3, 2)), WHOLE, 1_000),
        (Discount(fixed_minor=31_000, until_on=date(2026, 4, 1)), WHOLE, 31_000),
        (Discount(fixed_minor=31_000), replace(TEN_DAYS, at_full_price=True), 31_000),
    ],
)
def test_a_discount_is_off_the_days_before_its_end_and_never_over_the_price(discount, stretch, off):
    charge = Charge(80_000, (stretch,), discount=discount)
    assert -sum(line.amount_minor for line in charge_lines(charge)[1:]) == off


def test_the_discount_of_months_ahead_is_off_what_is_left_of_the_price():
    charge = replace(PLAIN, discount=Discount(percent_points=5_000), advance_points=1_000)
    assert amounts(charge_lines(charge)) == [("base", 80_000), ("discount", -44_000)]


def test_where_prices_include_the_tax_the_sum_is_the_price():
    lines = bill_lines([PLAIN], [], Taxing(500, inclusive=True))
    assert amounts(lines) == [("base", 76_190), ("vat", 3_810)]


def test_a_tax_of_a_hundred_percent_doubles_the_bill():
    assert amounts(bill_lines([PLAIN], [], Taxing(10_000))) == [("base", 80_000), ("vat", 80_000)]


def test_what_is_owed_to_the_client_is_not_taxed():
    owed = Line(LineKind.ADJUSTMENT, -90_000)
    assert amounts(bill_lines([PLAIN], [owed], Taxing(500, round_to_minor=100))) == [
        ("base", 80_000),
        ("adjustment", -90_000),
    ]


@pytest.mark.parametrize(
    ("amount", "step", "rounded"),
    [
        (48_333, 100, 48_300), (48_350, 100, 48_400), (48_349, 100, 48_300), (483, 1, 483),
        (40, 100, 40), (0, 100, 0),
    ],
)  # fmt: skip
def test_a_bill_is_rounded_to_what_can_be_paid_in_notes_but_never_away(amount, step, rounded):
    assert rounded_minor(amount, step) == rounded


some = st.integers(0, 10**9)
points = st.integers(0, 10_000)
discounts = st.none() | st.builds(
    Discount,
    some,
    points,
    st.none() | st.dates(*map(date.fromisoformat, ("2026-02-01", "2026-05-01"))),
)
charges = st.builds(
    Charge,
    some,
    st.lists(
        st.sampled_from([WHOLE, TEN_DAYS, replace(TEN_DAYS, at_full_price=True)]), max_size=2
    ).map(tuple),
    st.sampled_from(BillingMode),
    st.builds(Tariff, st.integers(0, 10**12), st.integers(0, 10**4)),
    st.lists(st.builds(Use, st.just(MARCH), st.integers(0, 10**13)), max_size=1).map(tuple),
    discounts,
    points,
)
extras = st.lists(st.builds(Line, st.just(LineKind.EXTRA), some), max_size=2)
taxings = st.builds(Taxing, points, st.booleans(), st.sampled_from([1, 5, 100]))


@given(st.lists(charges, max_size=3), extras, taxings)
def test_no_bill_is_below_zero_and_a_step_away_from_exact_at_most(parts, more, taxing):
    exact = sum(
        line.amount_minor for line in bill_lines(parts, more, replace(taxing, round_to_minor=1))
    )
    total = sum(line.amount_minor for line in bill_lines(parts, more, taxing))
    assert total >= 0
    assert abs(total - exact) < taxing.round_to_minor
    assert (total == 0) == (exact == 0)


@given(st.lists(charges, max_size=3), extras, points)
def test_a_bill_with_the_tax_included_sums_to_its_prices(parts, more, rate):
    untaxed = bill_lines(parts, more, Taxing())
    taxed = bill_lines(parts, more, Taxing(rate, inclusive=True))
    assert sum(line.amount_minor for line in taxed) == sum(line.amount_minor for line in untaxed)


@given(charges, discounts)
def test_a_discount_never_raises_a_bill_nor_turns_it_around(charge, discount):
    plain = sum(line.amount_minor for line in charge_lines(replace(charge, discount=None)))
    less = sum(line.amount_minor for line in charge_lines(replace(charge, discount=discount)))
    assert 0 <= less <= plain
