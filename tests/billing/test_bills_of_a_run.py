"""What a bill of a run asks: of whom, for which days, with which lines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from billing.client_terms import ClientTerms, set_client_terms
from billing.clients import set_client_status
from billing.connections import set_connection_status
from billing.departures import end_connection
from billing.extra_charges import add_extra_charge
from billing.invoices import InvoiceStatus
from billing.settings import set_currency
from policy.bills import LineKind
from policy.due import FirstBill
from policy.facts import ProfileKind, Status
from policy.tariffs import GB, BillingMode, Slab, Tariff
from storage.actors import SYSTEM
from tests.fixtures.bills import (
    APRIL,
    APRIL_BEGINS,
    FEBRUARY,
    MARCH,
    MARCH_BEGINS,
    PRICE,
    bills,
    books_hold,
    line,
    run,
    settings,
    totals,
)
from tests.fixtures.isps import World


def use(isp: World, connection_id: int, used_bytes: int, month_on: date = FEBRUARY) -> None:
    """What was used in the cycle of a month of Dhaka's."""
    until = (month_on + timedelta(days=32)).replace(day=1)
    until_at = datetime(until.year, until.month, 1, tzinfo=UTC) - timedelta(hours=6)
    with isp.transaction() as session:
        session.execute(
            text("""INSERT INTO connection_usage (tenant_id, connection_id, cycle_from_on,
                        cycle_until, used_bytes) VALUES (:isp, :line, :from_on, :until, :used)"""),
            {
                "isp": isp.tenant_id, "line": connection_id, "from_on": month_on,
                "until": until_at, "used": used_bytes,
            },
        )  # fmt: skip


def test_a_bill_has_use_discount_tax_extra_charges_and_rounding(isp: World) -> None:
    settings(isp, vat_points=500, round_to_minor=100)
    tariff = Tariff(free_bytes=100 * GB, per_gb_minor=150)
    metered = line(isp, since=FEBRUARY, mode=BillingMode.VOLUME, package={"tariff": tariff})
    run(isp, FEBRUARY)
    use(isp, metered.connection_id, 101 * GB)
    with isp.transaction() as session:
        terms = ClientTerms(discount_points=1_000)
        set_client_terms(session, isp.tenant_id, metered.client_id, terms, actor=SYSTEM)
        add_extra_charge(
            session, isp.tenant_id, metered.client_id, description="cable", amount_minor=10_000,
            actor=SYSTEM,
        )  # fmt: skip
    run(isp)
    bill = bills(isp, metered.client_id)[-1]
    assert [(one.kind.value, one.amount_minor) for one in bill.lines] == [
        ("base", 80_000),
        ("discount", -8_000),
        ("overage", 150),
        ("extra", 10_000),
        ("vat", 4_108),
        ("rounding", 42),
    ]
    assert bill.lines[2].used_bytes == 101 * GB
    assert books_hold(isp)


def test_use_is_charged_by_slabs_once(isp: World) -> None:
    slabs = Tariff(slabs=(Slab(0, 1_000), Slab(10 * GB, 500)))
    metered = line(isp, since=FEBRUARY, mode=BillingMode.SLABS, package={"tariff": slabs})
    run(isp, FEBRUARY)
    use(isp, metered.connection_id, 12 * GB)
    run(isp)
    run(isp, APRIL, APRIL_BEGINS)
    assert totals(isp, metered.client_id) == [PRICE, PRICE + 11_000, PRICE]


def test_who_is_billed_follows_profile_status_and_settings(isp: World) -> None:
    free, daily, by_hand = (
        line(isp, kind=ProfileKind.FREE), line(isp, kind=ProfileKind.DAILY),
        line(isp, auto_bill=False),
    )  # fmt: skip
    suspended, gone, vip = line(isp), line(isp), line(isp, kind=ProfileKind.VIP)
    with isp.transaction() as session:
        for whose, status in ((suspended, Status.SUSPENDED), (gone, Status.INACTIVE)):
            set_client_status(session, isp.tenant_id, whose.client_id, status, actor=SYSTEM)
    settings(isp, bill_suspended=False, bill_inactive=False)
    run(isp)
    everybody = (free, daily, by_hand, suspended, gone, vip)
    assert [totals(isp, one.client_id) for one in everybody] == [[], [], [], [], [], [PRICE]]


def test_the_suspended_and_the_inactive_are_billed_where_the_isp_says_so(isp: World) -> None:
    suspended, inactive = line(isp), line(isp)
    with isp.transaction() as session:
        for whose, status in ((suspended, Status.SUSPENDED), (inactive, Status.INACTIVE)):
            set_connection_status(session, isp.tenant_id, whose.connection_id, status, actor=SYSTEM)
    settings(isp, bill_suspended=True, bill_inactive=True)
    run(isp)
    assert totals(isp, suspended.client_id) == totals(isp, inactive.client_id) == [PRICE]


def test_postpaid_pays_for_the_month_that_has_passed(isp: World) -> None:
    later = line(isp, kind=ProfileKind.POSTPAID)
    run(isp)
    assert totals(isp, later.client_id) == []
    run(isp, APRIL, APRIL_BEGINS)
    [bill] = bills(isp, later.client_id)
    assert bill.lines[0].period is not None
    assert (bill.total_minor, bill.lines[0].period.from_on) == (PRICE, MARCH)


def test_one_bill_has_all_connections_and_a_fixed_discount_once(isp: World) -> None:
    first = line(isp)
    line(isp, first.client_id, price_minor=50_000)
    with isp.transaction() as session:
        terms = ClientTerms(discount_minor=10_000)
        set_client_terms(session, isp.tenant_id, first.client_id, terms, actor=SYSTEM)
    run(isp)
    assert totals(isp, first.client_id) == [PRICE + 50_000 - 10_000]


def test_a_discount_over_the_price_makes_it_cost_nothing_and_no_less(isp: World) -> None:
    cheap = line(isp)
    with isp.transaction() as session:
        terms = ClientTerms(discount_minor=10 * PRICE)
        set_client_terms(session, isp.tenant_id, cheap.client_id, terms, actor=SYSTEM)
    run(isp)
    [bill] = bills(isp, cheap.client_id)
    assert (bill.total_minor, bill.status) == (0, InvoiceStatus.PAID)
    assert books_hold(isp)


@pytest.mark.parametrize(("inclusive", "total"), [(False, 2 * PRICE), (True, PRICE)])
def test_vat_of_a_hundred_percent_doubles_a_bill_or_is_half_of_it(
    isp: World, inclusive: bool, total: int
) -> None:
    settings(isp, vat_points=10_000, vat_inclusive=inclusive)
    taxed = line(isp)
    run(isp)
    [bill] = bills(isp, taxed.client_id)
    assert (bill.total_minor, bill.lines[-1].kind) == (total, LineKind.VAT)
    assert bill.lines[-1].amount_minor == total // 2
    assert books_hold(isp)


@pytest.mark.parametrize(
    ("since", "month_on", "now", "total"),
    [
        (date(2026, 1, 29), FEBRUARY, datetime(2026, 1, 31, 18, tzinfo=UTC), 3 * 1_000 + 31_000),
        (date(2026, 1, 30), FEBRUARY, datetime(2026, 1, 31, 18, tzinfo=UTC), 2 * 1_000 + 31_000),
        (date(2026, 1, 31), FEBRUARY, datetime(2026, 1, 31, 18, tzinfo=UTC), 1 * 1_000 + 31_000),
        (date(2026, 2, 28), MARCH, MARCH_BEGINS, 1_107 + 31_000),
        (date(2028, 2, 29), date(2028, 3, 1), datetime(2028, 3, 1, tzinfo=UTC), 1_069 + 31_000),
    ],
)
def test_who_came_on_the_last_days_of_a_month_pays_for_those_and_the_next(
    isp: World, since: date, month_on: date, now: datetime, total: int
) -> None:
    late = line(isp, since=since, price_minor=31_000)
    run(isp, month_on, now)
    assert totals(isp, late.client_id) == [total]


def test_who_came_and_left_on_one_day_pays_nothing(isp: World) -> None:
    brief = line(isp, since=MARCH)
    with isp.transaction() as session:
        end_connection(session, isp.tenant_id, brief.connection_id, now=MARCH_BEGINS, actor=SYSTEM)
    run(isp)
    run(isp, APRIL, APRIL_BEGINS)
    assert totals(isp, brief.client_id) == []


def test_a_currency_without_a_minor_unit_is_billed_in_whole_ones(isp: World) -> None:
    with isp.transaction() as session:
        set_currency(session, isp.tenant_id, "JPY", actor=SYSTEM)
    settings(isp, vat_points=333)
    yen = line(isp, price_minor=1_001)
    run(isp)
    [bill] = bills(isp, yen.client_id)
    assert (bill.currency, bill.total_minor) == ("JPY", 1_001 + 33)


def test_the_first_cycle_may_reach_to_the_payment_day(isp: World) -> None:
    anchored = line(
        isp, since=date(2026, 3, 5), price_minor=31_000,
        first_bill=FirstBill.UNTIL_PAYMENT_DAY, payment_day=15,
    )  # fmt: skip
    run(isp, MARCH, datetime(2026, 3, 6, tzinfo=UTC))
    [bill] = bills(isp, anchored.client_id)
    ends = [(one.period.from_on, one.period.until_on) for one in bill.lines if one.period]
    assert ends == [
        (date(2026, 3, 5), date(2026, 3, 15)), (date(2026, 3, 15), date(2026, 4, 15)),
    ]  # fmt: skip
