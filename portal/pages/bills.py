"""Bills and payments, as lists, and each as a paper."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import web
from sqlalchemy.orm import Session

from billing.errors import InvoiceNotFound, PaymentNotFound
from billing.invoices import Invoice, InvoiceId, InvoiceStatus, get_invoice, invoices_of
from billing.papers.contents import InvoicePaper, ReceiptPaper, invoice_paper, receipt_paper
from billing.papers.invoice_sheet import draw_invoice
from billing.papers.receipt_slip import draw_receipt
from billing.payments import PaymentId, get_payment, payments_of
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


async def bill_paper(asked: Asked) -> web.StreamResponse:
    """One bill as a PDF."""
    paper = await asked.run(read_bill_paper, asked.visit, int(asked.request.match_info["bill"]))
    name = paper.invoice.invoice_number or "bill"
    return _paper(await asyncio.to_thread(draw_invoice, paper), name)


async def payment_paper(asked: Asked) -> web.StreamResponse:
    """The receipt of one payment as a PDF."""
    number = int(asked.request.match_info["payment"])
    paper = await asked.run(read_payment_paper, asked.visit, number)
    return _paper(await asyncio.to_thread(draw_receipt, paper), f"receipt-{number}")


def read_bill_paper(session: Session, visit: Visit, number: int) -> InvoicePaper:
    """Raises HTTPNotFound where it is none that this client may see."""
    assert visit.client is not None
    try:
        bill = get_invoice(session, visit.tenant_id, InvoiceId(number))
    except InvoiceNotFound:
        raise web.HTTPNotFound from None
    if bill.client_id != visit.client.client_id or bill.status not in SHOWN:
        raise web.HTTPNotFound
    return invoice_paper(session, visit.tenant_id, bill.invoice_id, language=visit.words.language)


def read_payment_paper(session: Session, visit: Visit, number: int) -> ReceiptPaper:
    """Raises HTTPNotFound where it is none of this client's."""
    assert visit.client is not None
    try:
        payment = get_payment(session, visit.tenant_id, PaymentId(number))
    except PaymentNotFound:
        raise web.HTTPNotFound from None
    if payment.client_id != visit.client.client_id:
        raise web.HTTPNotFound
    return receipt_paper(
        session, visit.tenant_id, payment.payment_id, language=visit.words.language
    )


def _paper(pdf: bytes, name: str) -> web.Response:
    shown = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return web.Response(body=pdf, content_type="application/pdf", headers=shown)


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
