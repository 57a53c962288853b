"""Payments: money comes in, pays what is owed, and is accounted for whatever happens to it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import text

from billing.access import why
from billing.errors import (
    InvoiceNotFound,
    InvoiceSettled,
    PartialNotAllowed,
    PaymentReversed,
    ReasonMissing,
    TransactionKnown,
)
from billing.invoices import Invoice, InvoiceStatus, get_invoice, void_invoice
from billing.ledger import Account, Balance, Code, balance_of, entries_of
from billing.payments import (
    Payment,
    PaymentId,
    PaymentMethod,
    Use,
    find_payment,
    get_payment,
    payments_of,
    reverse_payment,
    use_credit,
)
from billing.profiles import change_profile
from policy.access import Verdict
from policy.facts import ClientId, Reason
from storage.actors import SYSTEM
from storage.errors import SkyLinkError, ValueRefused
from tests.fixtures.isps import NOON, World

DUE = date(2026, 3, 5)
DAY = timedelta(days=1)


def reverse(isp: World, payment_id: PaymentId, reason: str = "the cheque bounced") -> Payment:
    with isp.transaction() as session:
        return reverse_payment(
            session, isp.tenant_id, payment_id, reason=reason, now=NOON, actor=SYSTEM
        )


def balance(isp: World, client_id: ClientId) -> Balance:
    with isp.transaction() as session:
        return balance_of(session, isp.tenant_id, client_id)


def now(isp: World, invoice: Invoice) -> tuple[InvoiceStatus, int]:
    """How an invoice stands, and what is still due on it."""
    with isp.transaction() as session:
        found = get_invoice(session, isp.tenant_id, invoice.invoice_id)
    return found.status, found.due_minor


def whole_bills_only(isp: World) -> ClientId:
    """A client whose profile asks for bills to be paid whole."""
    profile = isp.profile(allow_partial=False)
    return isp.connection(profile_id=profile.profile_id).client_id


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each of some acts at the same moment comes to: its value, or the code of its refusal."""
    all_are_ready = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        all_are_ready.wait()
        try:
            return act()
        except SkyLinkError as refusal:
            return refusal.code

    with ThreadPoolExecutor(len(acts)) as clerks:
        return list(clerks.map(run, acts))


def test_a_payment_pays_the_oldest_first_and_the_rest_is_credit(isp: World) -> None:
    client_id = isp.client().client_id
    late, early = isp.invoice(client_id, DUE + DAY, 300), isp.invoice(client_id, DUE, 500)
    payment = isp.pay(client_id, 1_000)
    assert payment.uses == (Use(early.invoice_id, 500), Use(late.invoice_id, 300))
    assert payment.unused_minor == 200
    assert balance(isp, client_id) == Balance(0, 200)
    next_month = isp.invoice(client_id, DUE + 30 * DAY, 1_000)
    assert (next_month.status, next_month.due_minor) == (InvoiceStatus.PARTIAL, 800)


def test_a_payment_for_one_invoice_pays_that_first_and_then_the_oldest(isp: World) -> None:
    client_id = isp.client().client_id
    early, late = isp.invoice(client_id, DUE, 500), isp.invoice(client_id, DUE + DAY, 300)
    payment = isp.pay(client_id, 400, invoice_id=late.invoice_id)
    assert payment.uses == (Use(late.invoice_id, 300), Use(early.invoice_id, 100))
    assert now(isp, early) == (InvoiceStatus.PARTIAL, 400)


def test_credit_is_used_in_the_order_in_which_it_was_given(isp: World) -> None:
    client_id = isp.client().client_id
    second = isp.pay(client_id, 300, now=NOON)
    first = isp.pay(client_id, 200, now=NOON - DAY)
    isp.invoice(client_id, DUE, 250)
    with isp.transaction() as session:
        left = [
            get_payment(session, isp.tenant_id, payment.payment_id).unused_minor
            for payment in (first, second)
        ]
    assert left == [0, 250]


def test_each_row_of_a_payment_says_what_when_and_by_whom(isp: World) -> None:
    client_id = isp.client().client_id
    invoice = isp.invoice(client_id, DUE, 500)
    late_evening = NOON.replace(hour=19)  # the 11th has begun in Dhaka
    payment = isp.pay(
        client_id, 600, method=PaymentMethod.BKASH, transaction_ref=" 9hx2k1 ", now=late_evening
    )
    assert (payment.transaction_ref, payment.collected_by) == ("9hx2k1", "system")
    with isp.transaction() as session:
        entries = entries_of(session, isp.tenant_id, client_id)[1:]
    assert [entry.booked_on for entry in entries] == [date(2026, 3, 11)] * 2
    received, used = (entry.posting for entry in entries)
    assert (received.debit, received.credit) == (Account.BKASH, Account.CLIENT_CREDIT)
    assert (received.amount_minor, received.code) == (600, Code.PAYMENT)
    assert (used.debit, used.credit) == (Account.CLIENT_CREDIT, Account.RECEIVABLE)
    assert (used.amount_minor, used.invoice_id) == (500, invoice.invoice_id)
    assert received.credit_id == used.credit_id == payment.payment_id


def test_a_payments_access_is_decided_by_it_alone(isp: World) -> None:
    line = isp.connection("karim")
    isp.invoice(line.client_id, DUE, 500)

    def access() -> tuple[Verdict, Reason]:
        with isp.transaction() as session:
            decision = why(session, isp.tenant_id, "karim", now=NOON)
        return decision.verdict, decision.reason

    assert access() == (Verdict.WALLED, Reason.DUES)
    payment = isp.pay(line.client_id, 500)
    assert access() == (Verdict.ACCEPT, Reason.CURRENT)
    reverse(isp, payment.payment_id)
    assert access() == (Verdict.WALLED, Reason.DUES)


def test_a_reversal_mirrors_each_row_and_what_was_paid_is_owed_again(isp: World) -> None:
    client_id = isp.client().client_id
    invoice = isp.invoice(client_id, DUE, 500)
    payment = isp.pay(client_id, 700)
    reversed_ = reverse(isp, payment.payment_id)
    assert (reversed_.unused_minor, reversed_.uses) == (0, ())
    assert reversed_.reversal_reason == "the cheque bounced"
    assert now(isp, invoice) == (InvoiceStatus.ISSUED, 500)
    with isp.transaction() as session:
        entries = [entry.posting for entry in entries_of(session, isp.tenant_id, client_id)]
    _charged, received, used, released, returned = entries
    assert released == used.mirrored(Code.RELEASE)
    assert returned == received.mirrored(Code.REVERSAL)


def test_other_credit_pays_what_a_reversal_opened(isp: World) -> None:
    client_id = isp.client().client_id
    invoice = isp.invoice(client_id, DUE, 500)
    bad = isp.pay(client_id, 500)
    isp.pay(client_id, 450)
    reverse(isp, bad.payment_id)
    assert now(isp, invoice) == (InvoiceStatus.PARTIAL, 50)


def test_a_reversal_is_not_reversed(isp: World) -> None:
    payment = isp.pay(isp.client().client_id, 500)
    reverse(isp, payment.payment_id)
    with pytest.raises(PaymentReversed):
        reverse(isp, payment.payment_id)


def test_a_reversal_says_why(isp: World) -> None:
    payment = isp.pay(isp.client().client_id, 500)
    with pytest.raises(ReasonMissing):
        reverse(isp, payment.payment_id, reason=" ")


@pytest.mark.parametrize("amount", [0, -1, 0.5, 100.0, 2**63])
def test_what_is_no_amount_is_refused(amount: int, isp: World) -> None:
    with pytest.raises(ValueRefused):
        isp.pay(isp.client().client_id, amount)


@pytest.mark.parametrize("method", list(PaymentMethod))
def test_what_came_through_a_gateway_names_its_transaction(
    method: PaymentMethod, isp: World
) -> None:
    client_id = isp.client().client_id
    if method in {PaymentMethod.CASH, PaymentMethod.BANK}:
        isp.pay(client_id, 500, method=method)
        return
    with pytest.raises(ValueRefused):
        isp.pay(client_id, 500, method=method)


def test_one_transaction_id_pays_once_whatever_its_case_and_even_when_reversed(
    isp: World, other_isp: World
) -> None:
    client_id = isp.client().client_id
    bkash = {"method": PaymentMethod.BKASH, "transaction_ref": "9HX2K1"}
    first = isp.pay(client_id, 500, **bkash)
    for again in ("9HX2K1", "9hx2k1", " 9Hx2K1 "):
        with pytest.raises(TransactionKnown):
            isp.pay(client_id, 500, **{**bkash, "transaction_ref": again})
    reverse(isp, first.payment_id)
    with pytest.raises(TransactionKnown):
        isp.pay(client_id, 500, **bkash)
    isp.pay(client_id, 500, **{**bkash, "method": PaymentMethod.NAGAD})
    other_isp.pay(other_isp.client().client_id, 500, **bkash)
    with isp.transaction() as session:
        found = find_payment(session, isp.tenant_id, PaymentMethod.BKASH, "9hx2k1")
        assert found is not None
        assert found.payment_id == first.payment_id
        assert find_payment(session, isp.tenant_id, PaymentMethod.BKASH, "9hx2k2") is None
    assert balance(isp, client_id) == Balance(0, 500)


def test_of_one_transaction_told_twice_at_once_one_is_taken(isp: World) -> None:
    client_ids = [isp.client().client_id for _ in range(2)]  # so that no client's lock decides

    def pay(client_id: ClientId) -> Callable[[], object]:
        ref = {"method": PaymentMethod.BKASH, "transaction_ref": "9HX2K1"}
        return lambda: isp.pay(client_id, 500, **ref).amount_minor

    came_to = at_once(*(pay(client_id) for client_id in client_ids))
    assert sorted(map(str, came_to)) == ["500", "transaction_known"]


def test_of_two_payments_at_once_for_one_debt_the_second_is_credit(isp: World) -> None:
    client_id = isp.client().client_id
    invoice = isp.invoice(client_id, DUE, 500)
    came_to = at_once(*(lambda: isp.pay(client_id, 500).unused_minor for _ in range(2)))
    assert sorted(map(str, came_to)) == ["0", "500"]
    assert now(isp, invoice) == (InvoiceStatus.PAID, 0)
    assert balance(isp, client_id) == Balance(0, 500)


def test_a_payment_and_the_voiding_of_what_it_pays_come_to_the_same_in_either_order(
    isp: World,
) -> None:
    client_id = isp.client().client_id
    invoice = isp.invoice(client_id, DUE, 500)

    def void() -> object:
        with isp.transaction() as session:
            return void_invoice(
                session, isp.tenant_id, invoice.invoice_id, now=NOON, actor=SYSTEM
            ).due_minor

    at_once(void, lambda: isp.pay(client_id, 500).amount_minor)
    assert now(isp, invoice) == (InvoiceStatus.VOID, 0)
    assert balance(isp, client_id) == Balance(0, 500)


def test_two_reversals_at_once_are_one(isp: World) -> None:
    client_id = isp.client().client_id
    isp.invoice(client_id, DUE, 500)
    payment = isp.pay(client_id, 500)
    came_to = at_once(*(lambda: reverse(isp, payment.payment_id).unused_minor for _ in range(2)))
    assert sorted(map(str, came_to)) == ["0", "payment_reversed"]
    assert balance(isp, client_id) == Balance(500, 0)


def test_a_payment_for_what_is_settled_is_refused_unless_the_money_is_here_already(
    isp: World,
) -> None:
    client_id = isp.client().client_id
    invoice = isp.invoice(client_id, DUE, 500)
    isp.settle(invoice)
    with pytest.raises(InvoiceSettled):
        isp.pay(client_id, 500, invoice_id=invoice.invoice_id)
    came = isp.pay(client_id, 500, invoice_id=invoice.invoice_id, already_received=True)
    assert came.unused_minor == 500


def test_a_payment_is_not_taken_for_somebody_elses_invoice(isp: World) -> None:
    theirs = isp.invoice(isp.client().client_id, DUE, 500)
    with pytest.raises(InvoiceNotFound):
        isp.pay(isp.client().client_id, 500, invoice_id=theirs.invoice_id)


def test_where_bills_are_paid_whole_a_part_is_refused_and_told_what_is_due(isp: World) -> None:
    client_id = whole_bills_only(isp)
    isp.invoice(client_id, DUE, 500)
    with pytest.raises(PartialNotAllowed) as refusal:
        isp.pay(client_id, 499)
    assert (refusal.value.due_minor, refusal.value.have_minor) == (500, 499)
    assert isp.pay(client_id, 500).unused_minor == 0


def test_a_part_that_a_gateway_has_already_waits_as_credit_until_it_is_whole(isp: World) -> None:
    client_id = whole_bills_only(isp)
    invoice = isp.invoice(client_id, DUE, 500)
    assert isp.pay(client_id, 200, already_received=True).unused_minor == 200
    assert now(isp, invoice) == (InvoiceStatus.ISSUED, 500)
    isp.pay(client_id, 300)
    assert now(isp, invoice) == (InvoiceStatus.PAID, 0)


def test_credit_that_may_be_used_since_a_profile_changed_is_used_on_request(isp: World) -> None:
    profile = isp.profile(allow_partial=False)
    client_id = isp.connection(profile_id=profile.profile_id).client_id
    invoice = isp.invoice(client_id, DUE, 500)
    isp.pay(client_id, 200, already_received=True)
    with isp.transaction() as session:
        details = replace(profile.details, allow_partial=True)
        change_profile(session, isp.tenant_id, profile.profile_id, details, actor=SYSTEM)
        use_credit(session, isp.tenant_id, client_id, now=NOON, actor=SYSTEM)
    assert now(isp, invoice) == (InvoiceStatus.PARTIAL, 300)


def test_a_clients_payments_are_listed_the_newest_first(isp: World) -> None:
    client_id = isp.client().client_id
    made = [isp.pay(client_id, amount) for amount in (1, 2, 3)]
    with isp.transaction() as session:
        assert payments_of(session, isp.tenant_id, client_id) == tuple(made[::-1])
        assert payments_of(session, isp.tenant_id, client_id, limit=1) == (made[2],)


@pytest.mark.parametrize(
    "attempt",
    [
        "DELETE FROM ledger_entries",
        "UPDATE ledger_entries SET amount_minor = 1",
        "DELETE FROM payments",
        "UPDATE payments SET transaction_ref = 'x'",
        "UPDATE credits SET amount_minor = 1",
        "DELETE FROM allocations",
        "DELETE FROM invoice_lines",
        "UPDATE invoice_lines SET amount_minor = 1",
        "DELETE FROM ledger_seals",
        "UPDATE ledger_seals SET number = 7",
        "INSERT INTO ledger_entries (xid) VALUES ('1')",
        "INSERT INTO ledger_entries (posted_at) VALUES (now())",
    ],
)
def test_the_application_can_only_add_to_money(attempt: str, isp: World) -> None:
    isp.pay(isp.client().client_id, 500)
    with pytest.raises(Exception, match="permission denied"), isp.transaction() as session:
        session.execute(text(attempt))
