"""One client's bill made by a person, and what the next one will be."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from billing.errors import MonthAhead, NothingToBill
from billing.extra_charges import add_extra_charge, pending_lines
from billing.invoices import InvoiceStatus, void_invoice
from billing.single_bills import BillPreview, bill_at_once, bill_client, preview_bill
from policy.due import FirstBill
from policy.facts import ClientId, ProfileKind
from policy.tariffs import GB, BillingMode, Tariff
from storage.actors import SYSTEM
from storage.errors import ValueRefused
from tests.fixtures.bills import (
    APRIL,
    MARCH,
    PRICE,
    bills,
    books_hold,
    count,
    line,
    run,
    settings,
    totals,
)
from tests.fixtures.isps import NOON, World


def make(isp: World, client_id: ClientId, month_on: date = MARCH) -> int:
    with isp.transaction() as session:
        bill = bill_client(session, isp.tenant_id, client_id, month_on, now=NOON, actor=SYSTEM)
    return bill.total_minor


def first(isp: World, client_id: ClientId) -> int:
    with isp.transaction() as session:
        return bill_at_once(session, isp.tenant_id, client_id, now=NOON, actor=SYSTEM).total_minor


def preview(isp: World, client_id: ClientId) -> BillPreview:
    with isp.transaction() as session:
        return preview_bill(session, isp.tenant_id, client_id, now=NOON)


def charge(isp: World, client_id: ClientId, amount_minor: int) -> None:
    with isp.transaction() as session:
        add_extra_charge(
            session, isp.tenant_id, client_id, description="router", amount_minor=amount_minor,
            actor=SYSTEM,
        )  # fmt: skip


def test_a_person_bills_who_is_not_billed_by_itself(isp: World) -> None:
    one = line(isp, auto_bill=False)
    assert make(isp, one.client_id) == PRICE


def test_a_client_is_not_billed_twice_by_hand_or_by_the_run(isp: World) -> None:
    one = line(isp)
    make(isp, one.client_id)
    with pytest.raises(NothingToBill):
        make(isp, one.client_id)
    run(isp)
    assert totals(isp, one.client_id) == [PRICE]


def test_a_month_that_has_not_begun_is_paid_in_advance_instead(isp: World) -> None:
    with pytest.raises(MonthAhead):
        make(isp, line(isp).client_id, APRIL)


@pytest.mark.parametrize(
    ("first_bill", "total"),
    [
        (FirstBill.FULL_MONTH, 31_000),
        (FirstBill.UNTIL_MONTH_END, 22_000),
        (FirstBill.UNTIL_PAYMENT_DAY, 11_071),  # ten of the 28 days from 20 February on
    ],
)
def test_a_new_connection_is_billed_at_once_for_the_rest_of_its_cycle(
    isp: World, first_bill: FirstBill, total: int
) -> None:
    one = line(
        isp, since=date(2026, 3, 10), price_minor=31_000, first_bill=first_bill, payment_day=20
    )
    assert first(isp, one.client_id) == total
    with pytest.raises(NothingToBill):
        first(isp, one.client_id)


def test_a_first_bill_and_the_run_join_without_a_gap(isp: World) -> None:
    one = line(isp, since=date(2026, 3, 10), price_minor=31_000)
    first(isp, one.client_id)
    run(isp, APRIL, NOON.replace(month=4))
    assert totals(isp, one.client_id) == [22_000, 31_000]


def test_postpaid_has_no_first_bill(isp: World) -> None:
    with pytest.raises(NothingToBill):
        first(isp, line(isp, kind=ProfileKind.POSTPAID).client_id)


def test_a_bill_that_is_void_gives_its_days_back(isp: World) -> None:
    one = line(isp)
    run(isp)
    [bill] = bills(isp, one.client_id)
    with isp.transaction() as session:
        void_invoice(session, isp.tenant_id, bill.invoice_id, now=NOON, actor=SYSTEM)
    assert make(isp, one.client_id) == PRICE
    assert books_hold(isp)


def test_what_stood_on_a_void_bill_waits_for_the_next(isp: World) -> None:
    one = line(isp)
    charge(isp, one.client_id, 5_000)
    run(isp)
    [bill] = bills(isp, one.client_id)
    with isp.transaction() as session:
        void_invoice(session, isp.tenant_id, bill.invoice_id, now=NOON, actor=SYSTEM)
        waiting = pending_lines(session, isp.tenant_id, one.client_id)
    assert [one.amount_minor for one in waiting] == [5_000]


def test_the_next_bill_is_foreseen_with_use_tax_charges_and_credit(isp: World) -> None:
    settings(isp, vat_points=1_000)
    tariff = Tariff(free_bytes=10 * GB, per_gb_minor=1_000)
    one = line(isp, mode=BillingMode.VOLUME, package={"tariff": tariff})
    run(isp)
    charge(isp, one.client_id, 5_000)
    with isp.transaction() as session:
        session.execute(
            text("""INSERT INTO connection_usage (tenant_id, connection_id, cycle_from_on,
                        cycle_until, used_bytes)
                    VALUES (:isp, :line, '2026-03-01', '2026-04-01T00:00+06', :used)"""),
            {"isp": isp.tenant_id, "line": one.connection_id, "used": 12 * GB},
        )
    isp.pay(one.client_id, 100_000)  # March asks 88,000
    before = count(isp, "audit_log")
    seen = preview(isp, one.client_id)
    assert seen.bill is not None
    assert [(part.kind.value, part.amount_minor) for part in seen.bill.lines] == [
        ("base", 80_000), ("overage", 2_000), ("extra", 5_000), ("vat", 8_700),
    ]  # fmt: skip
    assert (seen.credit_minor, seen.to_pay_minor) == (12_000, 83_700)
    assert (count(isp, "audit_log"), count(isp, "invoices")) == (before, 1)


def test_who_is_billed_nothing_has_nothing_to_foresee(isp: World) -> None:
    seen = preview(isp, line(isp, kind=ProfileKind.FREE).client_id)
    assert (seen.bill, seen.to_pay_minor) == (None, 0)


@pytest.mark.parametrize("amount_minor", [-1, 0, 0.5, 10**19])
def test_a_charge_of_nothing_of_less_or_of_a_fraction_is_refused(
    isp: World, amount_minor: int
) -> None:
    with pytest.raises(ValueRefused):
        charge(isp, line(isp).client_id, amount_minor)


def test_a_charge_without_a_connection_waits_for_a_bill(isp: World) -> None:
    client_id = isp.client().client_id
    charge(isp, client_id, 5_000)
    assert make(isp, client_id) == 5_000
    [bill] = bills(isp, client_id)
    assert (bill.status, bill.lines[0].title) == (InvoiceStatus.ISSUED, "router")
