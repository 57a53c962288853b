"""What things cost: days of a cycle, use, tax, discounts, late fees, months paid ahead."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.advance import Tier, advance_points
from policy.late_fees import LateFee, late_fee_minor
from policy.periods import Period, cycle_before, cycle_from, cycle_of, due_on_after
from policy.shares import part_by_days, share
from policy.tariffs import GB, BillingMode, Slab, Tariff, use_minor
from policy.taxes import with_vat

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
STEPS = (Slab(10 * GB, 500), Slab(50 * GB, 1_000))  # 0-10 free, 10-50 at 5, above at 10 taka
GRADUATED, WHOLE = Tariff(slabs=STEPS), Tariff(slabs=STEPS, whole_volume=True)
TIERS = (Tier(2, 200), Tier(3, 500), Tier(6, 750), Tier(12, 1_000))

amounts = st.integers(0, 10**12)
points = st.integers(0, 10_000)
days = st.dates(date(2023, 1, 1), date(2029, 1, 1))
volumes = st.integers(0, 10**15)
slabs = st.lists(
    st.tuples(st.integers(0, 10**13), st.integers(0, 10**6)), max_size=4, unique_by=lambda s: s[0]
).map(lambda steps: tuple(Slab(*step) for step in sorted(steps)))


@pytest.mark.parametrize(
    ("whole", "numerator", "denominator", "part"),
    [(100, 1, 3, 33), (200, 1, 3, 67), (1, 1, 2, 1), (3, 1, 2, 2), (0, 1, 2, 0), (7, 0, 5, 0)],
)
def test_a_share_is_rounded_to_the_nearest_and_halves_go_up(whole, numerator, denominator, part):
    assert share(whole, numerator, denominator) == part


@pytest.mark.parametrize(
    ("from_on", "until_on", "minor"),
    [
        (date(2026, 3, 1), date(2026, 4, 1), 80_000),
        (date(2026, 3, 31), date(2026, 4, 1), 2_581),  # one day of 31
        (date(2026, 3, 17), date(2026, 4, 1), 38_710),
        (date(2026, 3, 31), date(2026, 3, 31), 0),
        (date(2026, 2, 1), date(2026, 3, 2), 2_581),  # days outside of it cost nothing
        (date(2026, 4, 1), date(2026, 5, 1), 0),
    ],
)
def test_a_part_of_a_month_costs_its_days(from_on, until_on, minor):
    assert part_by_days(80_000, MARCH, Period(from_on, until_on)) == minor


@pytest.mark.parametrize(
    ("month", "days_in_it"),
    [
        (date(2026, 2, 1), 28),
        (date(2028, 2, 1), 29),
        (date(2026, 4, 1), 30),
        (date(2026, 12, 1), 31),
    ],
)
def test_a_cycle_has_the_days_of_its_month(month, days_in_it):
    assert cycle_from(month, 1).days == days_in_it


@pytest.mark.parametrize(
    ("day", "anchor", "from_on", "until_on"),
    [
        (date(2026, 3, 9), 10, date(2026, 2, 10), date(2026, 3, 10)),
        (date(2026, 3, 10), 10, date(2026, 3, 10), date(2026, 4, 10)),
        (date(2026, 1, 5), 10, date(2025, 12, 10), date(2026, 1, 10)),
        (date(2025, 12, 31), 28, date(2025, 12, 28), date(2026, 1, 28)),
        (date(2028, 2, 29), 1, date(2028, 2, 1), date(2028, 3, 1)),
    ],
)
def test_each_day_lies_in_one_cycle(day, anchor, from_on, until_on):
    assert cycle_of(day, anchor) == Period(from_on, until_on)


@pytest.mark.parametrize(
    ("issued_on", "due_on"),
    [
        (date(2026, 3, 1), date(2026, 3, 10)),
        (date(2026, 3, 10), date(2026, 3, 10)),
        (date(2026, 3, 11), date(2026, 4, 10)),
        (date(2026, 12, 31), date(2027, 1, 10)),
    ],
)
def test_a_bill_is_due_on_the_next_payment_day(issued_on, due_on):
    assert due_on_after(issued_on, 10) == due_on


@given(whole=amounts, start=days, length=st.integers(1, 400), cuts=st.lists(st.integers(0, 400)))
def test_however_a_period_is_cut_its_parts_sum_to_the_whole(whole, start, length, cuts):
    period = Period(start, start + timedelta(days=length))
    edges = sorted({0, length, *(cut for cut in cuts if cut < length)})
    on = [start + timedelta(days=edge) for edge in edges]
    parts = [part_by_days(whole, period, Period(*ends)) for ends in itertools.pairwise(on)]
    assert sum(parts) == whole
    assert all(part >= 0 for part in parts)


@given(day=days, anchor=st.integers(1, 28))
def test_cycles_follow_each_other_without_gap_or_overlap(day, anchor):
    cycle = cycle_of(day, anchor)
    assert cycle.from_on <= day < cycle.until_on
    assert cycle_before(cycle).until_on == cycle.from_on
    assert 28 <= cycle.days <= 31


@pytest.mark.parametrize(
    ("used", "graduated", "whole"),
    [
        (0, 0, 0),
        (10 * GB, 0, 0),
        (10 * GB + GB // 2, 250, 5_250),
        (50 * GB, 20_000, 25_000),
        (50 * GB + 1, 20_000, 50_000),
        (60 * GB, 30_000, 60_000),
    ],
)
def test_slabs_are_graduated_unless_the_whole_volume_pays_the_slab_it_reaches(
    used, graduated, whole
):
    assert use_minor(GRADUATED, BillingMode.SLABS, used) == graduated
    assert use_minor(WHOLE, BillingMode.SLABS, used) == whole


@pytest.mark.parametrize(
    ("used", "minor"), [(0, 0), (100 * GB, 0), (100 * GB + GB // 3, 100), (103 * GB, 900)]
)
def test_overage_is_what_was_used_above_the_free_volume(used, minor):
    tariff = Tariff(free_bytes=100 * GB, per_gb_minor=300)
    assert use_minor(tariff, BillingMode.VOLUME, used) == minor


def test_a_flat_price_asks_nothing_for_use():
    assert use_minor(GRADUATED, BillingMode.FLAT, 10**15) == 0
    assert use_minor(Tariff(), BillingMode.SLABS, 10**15) == 0


@given(steps=slabs, free=volumes, per_gb=amounts, used=volumes, more=volumes)
def test_more_use_never_costs_less_unless_the_whole_volume_pays_one_price(
    steps, free, per_gb, used, more
):
    tariff = Tariff(free, per_gb, steps)
    for mode in BillingMode:
        less, much = use_minor(tariff, mode, used), use_minor(tariff, mode, used + more)
        assert 0 <= less <= much


@pytest.mark.parametrize(
    ("amount", "points_", "inclusive", "taxed"),
    [
        (80_000, 500, False, (80_000, 4_000)),
        (80_000, 500, True, (76_190, 3_810)),
        (80_000, 0, True, (80_000, 0)),
        (80_000, 10_000, False, (80_000, 80_000)),  # VAT of 100 %
        (80_000, 10_000, True, (40_000, 40_000)),
        (1, 10_000, True, (1, 0)),
        (0, 500, False, (0, 0)),
    ],
)
def test_vat_stands_on_top_of_a_price_or_inside_it(amount, points_, inclusive, taxed):
    assert with_vat(amount, points_, inclusive=inclusive) == taxed


@given(amount=amounts, rate=points)
def test_vat_inside_a_price_and_the_rest_sum_to_the_price(amount, rate):
    taxed = with_vat(amount, rate, inclusive=True)
    assert taxed.net_minor + taxed.vat_minor == amount
    again = with_vat(taxed.net_minor, rate, inclusive=False).vat_minor
    assert abs(again - taxed.vat_minor) <= 1


DUE = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("today", "minor"),
    [
        (DUE, 0),
        (DUE + timedelta(days=4), 0),
        (DUE + timedelta(days=5), 6_600),
        (DUE + timedelta(days=500), 6_600),
    ],
)
def test_a_late_fee_comes_so_many_days_after_the_due_day(today, minor):
    rule = LateFee(after_days=5, fixed_minor=5_000, percent_points=200)
    assert late_fee_minor(rule, due_on=DUE, today=today, unpaid_minor=80_000) == minor
    assert late_fee_minor(rule, due_on=DUE, today=today, unpaid_minor=0) == 0


@pytest.mark.parametrize(
    ("months", "off"), [(1, 0), (2, 200), (4, 500), (6, 750), (11, 750), (60, 1_000)]
)
def test_months_ahead_get_the_best_tier_that_they_reach(months, off):
    assert advance_points(TIERS, months) == off
    assert advance_points((), months) == 0


@given(st.lists(st.builds(Tier, st.integers(1, 60), points)), st.integers(1, 59))
def test_one_month_more_never_lowers_the_discount(tiers, months):
    assert advance_points(tiers, months) <= advance_points(tiers, months + 1)
