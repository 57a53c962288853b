"""Bills and payments, as lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import web
from sqlalchemy.orm import Session

from billing.invoices import Invoice, InvoiceId, InvoiceStatus, invoices_of
from billing.payments import PaymentId, payments_of
from policy.windows import local
from portal.doors import Asked
from portal.visits import Visit

BILLS_SHOWN = 36  # three years of months
PAYMENTS_SHOWN = 50
SHOWN = (InvoiceStatus.ISSUED, InvoiceStatus.PARTIAL, InvoiceStatus.PAID)


@dataclass(frozen=True, slots=True)
class Bill:
    """`state`: unpaid, partial, paid, or overdue."""

    invoice_id: InvoiceId
    number: str
    issued_on: date
    due_on: date
    total_minor: int
    due_minor: int
    state: str


@dataclass(frozen=True, slots=True)
class Paid:
    payment_id: PaymentId
    received_at: datetime
    method: str
    ref: str | None
    amount_minor: int
    reversed: bool


@dataclass(frozen=True, slots=True)
class Bills:
    invoices: tuple[Bill, ...]
    payments: tuple[Paid, ...]


async def bills(asked: Asked) -> web.StreamResponse:
    return asked.page("bills.html", bills=await asked.run(read_bills, asked.visit))


def read_bills(session: Session, visit: Visit) -> Bills:
    assert visit.client is not None
    tenant_id, client_id = visit.tenant_id, visit.client.client_id
    today = local(visit.now, visit.zone).date()
    made = invoices_of(session, tenant_id, client_id, limit=BILLS_SHOWN)
    paid = payments_of(session, tenant_id, client_id, limit=PAYMENTS_SHOWN)
    return Bills(
        tuple(_bill(bill, today) for bill in made if bill.status in SHOWN),
        tuple(
            Paid(
                one.payment_id,
                one.received_at,
                one.method.value,
                one.transaction_ref,
                one.amount_minor,
                one.reversed_at is not None,
            )
            for one in paid
        ),
    )


def _bill(bill: Invoice, today: date) -> Bill:
    state = {InvoiceStatus.ISSUED: "unpaid"}.get(bill.status, bill.status.value)
    return Bill(
        bill.invoice_id,
        bill.invoice_number or "–",
        bill.issued_on,
        bill.due_on,
        bill.total_minor,
        bill.due_minor,
        "overdue" if bill.is_overdue(today) else state,
    )
