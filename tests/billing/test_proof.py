"""The proof of the books: it holds after all that services do, and names what anybody bent."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import text

from billing.credit_notes import NewCreditNote, issue_credit_note
from billing.invoices import void_invoice
from billing.ledger import Account
from billing.payments import reverse_payment
from billing.proof import Claim, Difference, Proof, account_balances, prove, prove_and_tell
from policy.facts import ClientId
from storage.actors import SYSTEM
from tests.fixtures.databases import Connection
from tests.fixtures.isps import NOON, World


@dataclass(frozen=True)
class Books:
    """An ISP whose client has paid one invoice of two, had credit, and a payment reversed."""

    isp: World
    client_id: ClientId
    invoice_id: int
    credit_id: int

    def proof(self) -> Proof:
        with self.isp.transaction() as session:
            return prove(session, self.isp.tenant_id)


@pytest.fixture
def books(isp: World) -> Books:
    client_id = isp.client().client_id
    paid = isp.invoice(client_id)
    credit = isp.pay(client_id, 60_000)
    bounced = isp.pay(client_id, 7_000)
    wrong = isp.invoice(client_id, total_minor=2_000)
    isp.invoice(client_id, total_minor=90_000)
    note = NewCreditNote(amount_minor=300, reason="two hours", invoice_id=paid.invoice_id)
    with isp.transaction() as session:
        ours, now = isp.tenant_id, NOON
        void_invoice(session, ours, wrong.invoice_id, now=now, actor=SYSTEM)
        issue_credit_note(session, ours, client_id, note, now=now, actor=SYSTEM)
        reverse_payment(session, ours, bounced.payment_id, reason="not ours", now=now, actor=SYSTEM)
    return Books(isp, client_id, paid.invoice_id, credit.payment_id)


def test_books_that_only_services_wrote_agree(books: Books) -> None:
    assert books.proof().differences == ()


def test_an_isp_without_books_has_nothing_that_differs(isp: World) -> None:
    with isp.transaction() as session:
        assert prove(session, isp.tenant_id).holds
        assert account_balances(session, isp.tenant_id) == {}


def test_all_accounts_sum_to_zero(books: Books) -> None:
    with books.isp.transaction() as session:
        held = account_balances(session, books.isp.tenant_id)
    assert sum(held.values()) == 0
    assert held[Account.CASH] == 60_000
    assert held[Account.INTERNET] == -140_000  # revenue is negative: it was credited


@pytest.mark.parametrize(
    ("bent", "claims"),
    [
        ("UPDATE invoices SET total_minor = 50001, status = 'partial' WHERE id = {invoice}",
         {Claim.LINES, Claim.CHARGES, Claim.RECEIVABLE}),
        ("UPDATE invoice_lines SET amount_minor = 1 WHERE invoice_id = {invoice}", {Claim.LINES}),
        ("UPDATE invoices SET paid_minor = 1, status = 'partial' WHERE id = {invoice}",
         {Claim.PAID, Claim.RECEIVABLE}),
        ("UPDATE credits SET used_minor = 3 WHERE id = {credit}", {Claim.USED, Claim.CREDIT}),
        ("UPDATE allocations SET released_at = now() WHERE credit_id = {credit}", {Claim.USED}),
        ("UPDATE credits SET amount_minor = 60001 WHERE id = {credit}",
         {Claim.CREDITED, Claim.CREDIT}),
        ("DELETE FROM ledger_entries WHERE credit_id = {credit} AND code = 'payment'",
         {Claim.CREDITED, Claim.CREDIT, Claim.NEGATIVE}),
        ("DELETE FROM ledger_entries WHERE invoice_id = {invoice} AND code = 'charge'",
         {Claim.CHARGES, Claim.RECEIVABLE}),
        ("UPDATE invoices SET number = 99 WHERE id = {invoice}", {Claim.NUMBERS}),
        ("UPDATE number_series SET last_number = 9 WHERE tenant_id = {isp} AND year = 2026",
         {Claim.NUMBERS}),
    ],
)  # fmt: skip
def test_what_was_bent_in_the_database_is_named(
    bent: str, claims: set[Claim], books: Books, admin: Connection
) -> None:
    with admin.cursor() as cursor:
        cursor.execute(
            bent.format(invoice=books.invoice_id, credit=books.credit_id, isp=books.isp.tenant_id)
        )
    found = books.proof().differences
    assert {difference.claim for difference in found} == claims
    subjects = {
        Claim.LINES: books.invoice_id,
        Claim.CHARGES: books.invoice_id,
        Claim.USED: books.credit_id,
        Claim.RECEIVABLE: books.client_id,
        Claim.NUMBERS: 2026,
    }
    for difference in found:
        assert difference.subject_id == subjects.get(difference.claim, difference.subject_id)


def test_staff_are_told_once_a_day_that_the_books_differ(books: Books, admin: Connection) -> None:
    def night() -> list[tuple[str, dict[str, object]]]:
        with books.isp.transaction() as session:
            prove_and_tell(session, books.isp.tenant_id, on=NOON.date(), now=NOON)
            told = text("SELECT about, payload FROM outbox WHERE event = 'proof.failed'")
            return [(row.about, row.payload) for row in session.execute(told)]

    assert night() == []
    with admin.cursor() as cursor:
        cursor.execute("UPDATE invoices SET number = 99 WHERE id = %s", (books.invoice_id,))
    told = {"claim": "numbers", "subject_id": 2026, "differences": 1}
    assert night() == night() == [(f"isp:{books.isp.tenant_id}:2026-03-10", told)]


def test_another_isps_books_are_its_own(books: Books, other_isp: World, admin: Connection) -> None:
    with admin.cursor() as cursor:
        cursor.execute("UPDATE invoices SET number = 99 WHERE id = %s", (books.invoice_id,))
    assert books.proof().differences == (Difference(Claim.NUMBERS, 2026, 3, 0),)
    with other_isp.transaction() as session:
        assert prove(session, other_isp.tenant_id).holds
