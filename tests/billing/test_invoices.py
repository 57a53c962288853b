from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import text

from billing.errors import InvoicePartlyPaid, InvoiceSettled
from billing.invoices import InvoiceId, InvoiceStatus, get_invoice, mark_paid, void_invoice
from storage.actors import SYSTEM
from storage.errors import ValueRefused
from tests.fixtures.isps import World

DUE = date(2026, 3, 5)


def test_an_invoice_owes_its_total_in_the_isps_currency(isp: World) -> None:
    client = isp.client()
    invoice = isp.invoice(client.client_id, DUE, 70_000)
    assert (invoice.total_minor, invoice.paid_minor, invoice.currency) == (70_000, 0, "BDT")
    assert (invoice.status, invoice.invoice_number) == (InvoiceStatus.ISSUED, "000001")
    assert isp.invoice(client.client_id).invoice_number == "000002"


def test_an_invoice_of_nothing_is_paid_at_once(isp: World) -> None:
    assert isp.invoice(isp.client().client_id, DUE, 0).status is InvoiceStatus.PAID


def test_a_paid_invoice_owes_nothing(isp: World) -> None:
    invoice = isp.invoice(isp.client().client_id)
    with isp.transaction() as session:
        paid = mark_paid(session, isp.tenant_id, invoice.invoice_id, actor=SYSTEM)
    assert (paid.status, paid.paid_minor) == (InvoiceStatus.PAID, invoice.total_minor)


@pytest.mark.parametrize("again", [mark_paid, void_invoice])
@pytest.mark.parametrize("first", [mark_paid, void_invoice])
def test_what_is_settled_stays_settled(first: object, again: object, isp: World) -> None:
    invoice_id = isp.invoice(isp.client().client_id).invoice_id
    with isp.transaction() as session:
        first(session, isp.tenant_id, invoice_id, actor=SYSTEM)  # type: ignore[operator]
    with pytest.raises(InvoiceSettled), isp.transaction() as session:
        again(session, isp.tenant_id, invoice_id, actor=SYSTEM)  # type: ignore[operator]


def test_of_two_who_settle_an_invoice_at_once_one_is_told_that_it_is_settled(isp: World) -> None:
    invoice_id = isp.invoice(isp.client().client_id).invoice_id
    both_are_ready = Barrier(2)

    def settle(_: int) -> str:
        with isp.transaction() as session:
            session.execute(text("SELECT 1"))
            both_are_ready.wait()
            try:
                return mark_paid(session, isp.tenant_id, invoice_id, actor=SYSTEM).status
            except InvoiceSettled as refusal:
                return refusal.code

    with ThreadPoolExecutor(2) as clerks:
        assert sorted(clerks.map(settle, range(2))) == ["invoice_settled", "paid"]


def test_an_invoice_partly_paid_is_not_voided(isp: World) -> None:
    invoice_id = InvoiceId(isp.invoice(isp.client().client_id).invoice_id)
    with isp.transaction() as session:
        session.execute(text("UPDATE invoices SET status = 'partial', paid_minor = 1"))
    with pytest.raises(InvoicePartlyPaid), isp.transaction() as session:
        void_invoice(session, isp.tenant_id, invoice_id, actor=SYSTEM)
    with isp.transaction() as session:
        assert get_invoice(session, isp.tenant_id, invoice_id).paid_minor == 1


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
