"""Months paid in advance: each a bill of its own, paid at once, never billed again."""

from __future__ import annotations

from datetime import date

import pytest

from billing.advance import AdvanceQuote, pay_advance, quote_advance
from billing.advance_tiers import advance_tiers, set_advance_tiers
from billing.connections import Connection
from billing.errors import MonthsRefused, NothingToBill, PaidInPart
from billing.invoices import Invoice, InvoiceStatus
from billing.payments import NewPayment, PaymentMethod
from policy.advance import Tier
from policy.facts import ProfileKind
from storage.actors import SYSTEM
from storage.errors import ValueRefused
from tests.fixtures.bills import (
    APRIL,
    APRIL_BEGINS,
    FEBRUARY,
    MARCH,
    PRICE,
    bills,
    books_hold,
    line,
    run,
    totals,
)
from tests.fixtures.isps import NOON, World


def tiers(isp: World, *wanted: Tier) -> None:
    with isp.transaction() as session:
        set_advance_tiers(session, isp.tenant_id, wanted, actor=SYSTEM)


def quote(isp: World, one: Connection, months: int) -> AdvanceQuote:
    with isp.transaction() as session:
        return quote_advance(session, isp.tenant_id, one.client_id, months, now=NOON)


def pay(isp: World, one: Connection, months: int, amount_minor: int) -> tuple[Invoice, ...]:
    money = NewPayment(method=PaymentMethod.CASH, amount_minor=amount_minor)
    payment = money if amount_minor else None
    with isp.transaction() as session:
        made, _paid = pay_advance(
            session, isp.tenant_id, one.client_id, months, payment, now=NOON, actor=SYSTEM
        )
    return made


def test_each_month_ahead_is_a_bill_that_is_paid_and_marked(isp: World) -> None:
    one = line(isp)
    run(isp)
    made = pay(isp, one, 3, 4 * PRICE)  # with March, which is owed
    months = [bill.lines[0].period for bill in made]
    assert [month and month.from_on for month in months] == [
        APRIL, date(2026, 5, 1), date(2026, 6, 1),
    ]  # fmt: skip
    assert {(bill.status, bill.in_advance) for bill in made} == {(InvoiceStatus.PAID, True)}
    assert [bill.in_advance for bill in bills(isp, one.client_id)] == [False, True, True, True]
    assert books_hold(isp)


def test_what_is_paid_in_advance_is_not_billed_again(isp: World) -> None:
    one = line(isp)
    run(isp)
    pay(isp, one, 1, 2 * PRICE)
    run(isp, APRIL, APRIL_BEGINS)
    assert totals(isp, one.client_id) == [PRICE, PRICE]


def test_the_month_that_runs_is_the_first_where_it_is_not_billed(isp: World) -> None:
    one = line(isp)
    [bill] = quote(isp, one, 1).bills
    assert bill.claims[0].from_on == MARCH


@pytest.mark.parametrize(
    ("months", "points"), [(1, 0), (2, 200), (3, 200), (5, 200), (6, 500), (12, 1_500), (60, 1_500)]
)
def test_the_best_tier_that_is_reached_is_off_each_month(
    isp: World, months: int, points: int
) -> None:
    tiers(isp, Tier(12, 1_500), Tier(2, 200), Tier(6, 500), Tier(2, 100))
    found = quote(isp, line(isp), months)
    assert (found.discount_points, len(found.bills)) == (points, months)
    assert found.total_minor == found.to_pay_minor == months * PRICE * (10_000 - points) // 10_000


def test_tiers_are_kept_as_they_were_set(isp: World) -> None:
    tiers(isp, Tier(12, 1_500), Tier(2, 200))
    with isp.transaction() as session:
        assert advance_tiers(session, isp.tenant_id) == (Tier(2, 200), Tier(12, 1_500))
    with pytest.raises(ValueRefused):
        tiers(isp, Tier(3, 10_001))


def test_what_a_client_has_and_owes_counts(isp: World) -> None:
    one = line(isp)
    isp.pay(one.client_id, 30_000)
    assert quote(isp, one, 2).to_pay_minor == 2 * PRICE - 30_000
    isp.invoice(one.client_id, date(2026, 2, 5), 50_000)
    assert quote(isp, one, 2).to_pay_minor == 2 * PRICE + 20_000


def test_credit_alone_may_pay_it(isp: World) -> None:
    one = line(isp)
    isp.pay(one.client_id, 2 * PRICE)
    assert len(pay(isp, one, 2, 0)) == 2
    assert books_hold(isp)


def test_less_than_is_asked_is_refused_and_nothing_is_made(isp: World) -> None:
    one = line(isp)
    with pytest.raises(PaidInPart) as refusal:
        pay(isp, one, 2, 2 * PRICE - 1)
    assert refusal.value.missing_minor == 1
    assert bills(isp, one.client_id) == []


@pytest.mark.parametrize("months", [-1, 0, 61])
def test_no_months_and_too_many_are_refused(isp: World, months: int) -> None:
    with pytest.raises(MonthsRefused):
        quote(isp, line(isp), months)


def test_who_is_not_billed_by_the_month_has_no_months_to_pay(isp: World) -> None:
    with pytest.raises(NothingToBill):
        quote(isp, line(isp, since=FEBRUARY, kind=ProfileKind.DAILY), 1)
