from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from billing.errors import InvoiceSettled, NotADraft
from billing.invoice_lines import InvoiceLine
from billing.invoices import (
    Invoice,
    InvoiceId,
    InvoiceStatus,
    NewInvoice,
    add_line,
    draft_invoice,
    find_invoice,
    get_invoice,
    issue_draft,
    issue_invoice,
    void_invoice,
)
from billing.ledger import Balance, Code, balance_of, entries_of
from billing.settings import BillingSettings, change_billing_settings
from policy.bills import LineKind
from storage.actors import SYSTEM
from storage.errors import ValueRefused
from tests.fixtures.isps import NOON, World

DUE = date(2026, 3, 5)
DAY = timedelta(days=1)


def owed(*amounts: int, issued_on: date = date(2026, 3, 1)) -> NewInvoice:
    """An invoice of a line for each amount; what is below 0 is a discount."""
    kinds = (LineKind.BASE if amount >= 0 else LineKind.DISCOUNT for amount in amounts)
    lines = tuple(InvoiceLine(kind, amount) for kind, amount in zip(kinds, amounts, strict=True))
    return NewInvoice(issued_on, issued_on + timedelta(days=4), lines)


def void(isp: World, invoice_id: InvoiceId) -> Invoice:
    with isp.transaction() as session:
        return void_invoice(session, isp.tenant_id, invoice_id, now=NOON, actor=SYSTEM)


def test_an_invoice_owes_what_its_lines_sum_to_in_the_isps_currency(isp: World) -> None:
    client_id = isp.client().client_id
    with isp.transaction() as session:
        invoice = issue_invoice(
            session, isp.tenant_id, client_id, owed(80_000, -10_000), now=NOON, actor=SYSTEM
        )
    assert (invoice.total_minor, invoice.paid_minor, invoice.currency) == (70_000, 0, "BDT")
    assert (invoice.status, invoice.due_minor) == (InvoiceStatus.ISSUED, 70_000)
    with isp.transaction() as session:
        assert get_invoice(session, isp.tenant_id, invoice.invoice_id) == invoice


def test_an_invoice_is_found_by_its_number_also_where_the_prefix_is_small(isp: World) -> None:
    client_id = isp.client().client_id
    first = isp.invoice(client_id)
    with isp.transaction() as session:
        settings = BillingSettings(invoice_prefix="padma-")
        change_billing_settings(session, isp.tenant_id, settings, actor=SYSTEM)
    for made, typed in (
        (first, (first.invoice_number or "").lower()),
        (isp.invoice(client_id), None),
    ):
        with isp.transaction() as session:
            number = typed or made.invoice_number or ""
            assert find_invoice(session, isp.tenant_id, f" {number} ") == made
            assert find_invoice(session, isp.tenant_id, "padma-0") is None


def test_numbers_follow_each_other_within_a_year_and_begin_anew_with_the_next(isp: World) -> None:
    client_id = isp.client().client_id
    made = [
        isp.invoice(client_id, date(year, month, 5))
        for year, month in ((2026, 11), (2026, 12), (2027, 1), (2026, 12))
    ]
    assert [invoice.invoice_number for invoice in made] == [
        "INV-2026-000001", "INV-2026-000002", "INV-2027-000001", "INV-2026-000003",
    ]  # fmt: skip


def test_many_clerks_at_once_leave_no_gap_even_where_one_fails(isp: World) -> None:
    client_ids = [isp.client().client_id for _ in range(6)]

    def bill(turn: int) -> str | None:
        bill = owed(100 if turn % 3 else -1)  # every third is refused, after its number was taken
        with suppress(ValueRefused), isp.transaction() as session:
            made = issue_invoice(
                session, isp.tenant_id, client_ids[turn % 6], bill, now=NOON, actor=SYSTEM
            )
            return made.invoice_number
        return None

    with ThreadPoolExecutor(4) as clerks:
        numbers = [number for number in clerks.map(bill, range(18)) if number]
    assert sorted(numbers) == [f"INV-2026-{n:06d}" for n in range(1, 13)]


def test_an_invoice_of_nothing_is_paid_at_once(isp: World) -> None:
    assert isp.invoice(isp.client().client_id, DUE, 0).status is InvoiceStatus.PAID


def test_it_is_overdue_from_the_day_after_the_due_day_until_it_is_paid(isp: World) -> None:
    invoice = isp.invoice(isp.client().client_id)
    assert [invoice.is_overdue(DUE + n * DAY) for n in (-1, 0, 1)] == [False, False, True]
    isp.settle(invoice)
    with isp.transaction() as session:
        paid = get_invoice(session, isp.tenant_id, invoice.invoice_id)
    assert not paid.is_overdue(DUE + DAY)


def test_a_draft_is_owed_by_nobody_and_has_no_number_until_it_is_issued(isp: World) -> None:
    client_id = isp.client().client_id
    with isp.transaction() as session:
        draft = draft_invoice(session, isp.tenant_id, client_id, owed(900), actor=SYSTEM)
        assert balance_of(session, isp.tenant_id, client_id) == Balance(0, 0)
    assert (draft.status, draft.invoice_number) == (InvoiceStatus.DRAFT, None)
    thrown_away = void(isp, draft.invoice_id)
    assert (thrown_away.status, thrown_away.invoice_number) == (InvoiceStatus.VOID, None)
    with isp.transaction() as session:
        draft = draft_invoice(session, isp.tenant_id, client_id, owed(900), actor=SYSTEM)
        issued = issue_draft(session, isp.tenant_id, draft.invoice_id, now=NOON, actor=SYSTEM)
        assert balance_of(session, isp.tenant_id, client_id) == Balance(900, 0)
        with pytest.raises(NotADraft):
            issue_draft(session, isp.tenant_id, draft.invoice_id, now=NOON, actor=SYSTEM)
    assert issued.invoice_number == "INV-2026-000001"


def test_a_late_fee_is_one_more_line_of_what_is_not_paid_yet(isp: World) -> None:
    invoice = isp.invoice(isp.client().client_id)
    fee = InvoiceLine(LineKind.LATE_FEE, 5_000)
    with isp.transaction() as session:
        charged = add_line(session, isp.tenant_id, invoice.invoice_id, fee, now=NOON, actor=SYSTEM)
    assert (charged.due_minor, charged.lines[-1]) == (55_000, fee)
    isp.settle(charged)
    with pytest.raises(InvoiceSettled), isp.transaction() as session:
        add_line(session, isp.tenant_id, invoice.invoice_id, fee, now=NOON, actor=SYSTEM)


def test_a_void_invoice_is_mirrored_in_the_ledger_and_keeps_its_number(isp: World) -> None:
    client_id = isp.client().client_id
    with isp.transaction() as session:
        invoice = issue_invoice(
            session, isp.tenant_id, client_id, owed(80_000, -10_000), now=NOON, actor=SYSTEM
        )
    voided = void(isp, invoice.invoice_id)
    assert (voided.status, voided.due_minor) == (InvoiceStatus.VOID, 0)
    assert isp.invoice(client_id).invoice_number == "INV-2026-000002"
    with isp.transaction() as session:
        booked = [entry.posting for entry in entries_of(session, isp.tenant_id, client_id)]
    charged, undone = booked[:2], booked[2:4]
    assert undone == [posting.mirrored(Code.VOID) for posting in charged]


def test_what_was_paid_for_a_void_invoice_is_credit_and_pays_what_else_is_owed(
    isp: World,
) -> None:
    client_id = isp.client().client_id
    wrong = isp.invoice(client_id, DUE, 50_000)
    isp.pay(client_id, 30_000)
    void(isp, wrong.invoice_id)
    with isp.transaction() as session:
        assert balance_of(session, isp.tenant_id, client_id) == Balance(0, 30_000)
    right = isp.invoice(client_id, DUE, 20_000)
    assert right.status is InvoiceStatus.PAID
    with isp.transaction() as session:
        assert balance_of(session, isp.tenant_id, client_id) == Balance(0, 10_000)


def test_what_is_void_stays_void(isp: World) -> None:
    invoice_id = isp.invoice(isp.client().client_id).invoice_id
    void(isp, invoice_id)
    with pytest.raises(InvoiceSettled):
        void(isp, invoice_id)


@pytest.mark.parametrize("total_minor", [-1, 2**63])
def test_nobody_owes_nonsense(total_minor: int, isp: World) -> None:
    client = isp.client()
    with pytest.raises(ValueRefused):
        isp.invoice(client.client_id, DUE, total_minor)


@pytest.mark.parametrize(
    "nonsense",
    [
        "status = 'paid'",
        "status = 'partial'",
        "paid_minor = 1",
        "status = 'partial', paid_minor = total_minor",
        "paid_minor = total_minor + 1",
        "status = 'overdue'",
        "due_on = issued_on - 1",
    ],
)
def test_status_and_amounts_cannot_contradict_each_other(nonsense: str, isp: World) -> None:
    isp.invoice(isp.client().client_id)
    with pytest.raises(Exception, match="check constraint"), isp.transaction() as session:
        session.execute(text(f"UPDATE invoices SET {nonsense}"))
