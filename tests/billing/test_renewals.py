"""Days bought one after the other, for who pays by the day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from billing.connections import Connection, get_connection
from billing.errors import NotByDay, PaidInPart
from billing.invoices import Invoice, InvoiceStatus, void_invoice
from billing.payments import NewPayment, PaymentMethod, reverse_payment
from billing.renewals import quote_renewal, renew
from policy.facts import ProfileKind
from storage.actors import SYSTEM
from tests.fixtures.bills import PRICE, bills, books_hold, line, settings
from tests.fixtures.isps import NOON, World

DAYS = timedelta(days=30)


def cash(amount_minor: int) -> NewPayment:
    return NewPayment(method=PaymentMethod.CASH, amount_minor=amount_minor)


def daily(isp: World) -> Connection:
    return line(isp, kind=ProfileKind.DAILY)


def buy(isp: World, one: Connection, payment: NewPayment | None, now: datetime = NOON) -> Invoice:
    with isp.transaction() as session:
        made, _paid = renew(
            session, isp.tenant_id, one.connection_id, payment, now=now, actor=SYSTEM
        )
    return made


def expires_at(isp: World, one: Connection) -> datetime | None:
    with isp.transaction() as session:
        return get_connection(session, isp.tenant_id, one.connection_id).expires_at


def test_days_that_are_paid_for_begin_now_and_then_where_the_last_end(isp: World) -> None:
    one = daily(isp)
    made = buy(isp, one, cash(PRICE))
    assert (made.status, expires_at(isp, one)) == (InvoiceStatus.PAID, NOON + DAYS)
    buy(isp, one, cash(PRICE), NOON + timedelta(days=3))
    assert expires_at(isp, one) == NOON + 2 * DAYS
    assert books_hold(isp)


def test_what_is_paid_for_is_never_shortened_by_paying_late(isp: World) -> None:
    one = daily(isp)
    buy(isp, one, cash(PRICE))
    late = NOON + timedelta(days=40)
    buy(isp, one, cash(PRICE), late)
    assert expires_at(isp, one) == late + DAYS


def test_less_than_the_price_buys_no_days_and_takes_no_money(isp: World) -> None:
    one = daily(isp)
    with pytest.raises(PaidInPart) as refusal:
        buy(isp, one, cash(PRICE - 1))
    assert refusal.value.missing_minor == 1
    assert (expires_at(isp, one), bills(isp, one.client_id)) == (None, [])


def test_credit_buys_days_without_a_payment(isp: World) -> None:
    one = daily(isp)
    isp.pay(one.client_id, PRICE)
    assert buy(isp, one, None).status is InvoiceStatus.PAID


def test_what_is_owed_already_is_paid_with_it(isp: World) -> None:
    one = daily(isp)
    isp.invoice(one.client_id, date(2026, 3, 5), 10_000)
    with isp.transaction() as session:
        quote = quote_renewal(session, isp.tenant_id, one.connection_id, now=NOON)
    assert (quote.total_minor, quote.to_pay_minor) == (PRICE, PRICE + 10_000)
    with pytest.raises(PaidInPart):
        buy(isp, one, cash(PRICE))
    assert buy(isp, one, cash(PRICE + 10_000)).status is InvoiceStatus.PAID


def test_days_are_taxed_as_bills_are(isp: World) -> None:
    settings(isp, vat_points=500)
    assert buy(isp, daily(isp), cash(2 * PRICE)).total_minor == 84_000


def test_days_are_taken_back_with_the_payment_or_the_bill(isp: World) -> None:
    one = daily(isp)
    buy(isp, one, cash(PRICE))
    with isp.transaction() as session:
        made, paid = renew(
            session, isp.tenant_id, one.connection_id, cash(PRICE), now=NOON, actor=SYSTEM
        )
        assert paid is not None
        reverse_payment(
            session, isp.tenant_id, paid.payment_id, reason="bounced", now=NOON, actor=SYSTEM
        )
        void_invoice(session, isp.tenant_id, made.invoice_id, now=NOON, actor=SYSTEM)
    assert expires_at(isp, one) == NOON + DAYS
    assert books_hold(isp)


def test_who_is_billed_by_the_month_buys_no_days(isp: World) -> None:
    with pytest.raises(NotByDay):
        buy(isp, line(isp), cash(PRICE))
