"""What stands on a bill or a receipt, read in one go: drawing it needs no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.clients import Client, get_client
from billing.connections import Connection, get_connection
from billing.invoices import Invoice, InvoiceId, get_invoice
from billing.packages import get_package
from billing.payments import Payment, PaymentId, get_payment
from billing.rows import AllocationRow, CreditRow, InvoiceRow, PaymentRow
from policy.bills import LineKind
from policy.facts import ConnectionId, TenantId
from tenancy.isps import IspDetails, get_isp
from tenancy.letterheads import Letterhead, get_letterhead, get_logo
from tenancy.portals import portal_addresses


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose paper it is; `logo` is a JPEG. `zone` and `currency` are the ISP's."""

    isp: IspDetails
    letterhead: Letterhead
    logo: bytes | None
    portal: str | None  # the address of its client portal

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.isp.time_zone)

    def name(self, language: str) -> str:
        in_bangla = self.letterhead.name_bn if language == "bn" else None
        return in_bangla or self.isp.name

    def pay_link(self, invoice_number: str) -> str | None:
        """What a phone opens to pay; None where no address is known."""
        if self.letterhead.pay_link is not None:
            return self.letterhead.pay_link.replace("{invoice}", invoice_number)
        return None if self.portal is None else f"{self.portal}/portal/pay"


@dataclass(frozen=True, slots=True)
class Use:
    """A line that charges use, with what the package includes where that is known."""

    position: int
    used_bytes: int
    free_bytes: int | None


@dataclass(frozen=True, slots=True)
class Paid:
    """A part of the invoice that was paid; `method` is None for credit that was there before."""

    at: datetime
    method: str | None
    transaction_ref: str | None
    amount_minor: int


@dataclass(frozen=True, slots=True)
class InvoicePaper:
    sender: Sender
    client: Client
    invoice: Invoice
    usernames: tuple[str, ...]
    uses: tuple[Use, ...]
    paid: tuple[Paid, ...]
    language: str


@dataclass(frozen=True, slots=True)
class ReceiptPaper:
    """`numbers` are those of the invoices that it pays, in the order of the payment's uses."""

    sender: Sender
    client: Client
    payment: Payment
    numbers: tuple[str, ...]
    language: str


def invoice_paper(
    session: Session, tenant_id: TenantId, invoice_id: InvoiceId, *, language: str | None = None
) -> InvoicePaper:
    """In the client's own language unless another is said. Raises InvoiceNotFound."""
    invoice = get_invoice(session, tenant_id, invoice_id)
    sender = _sender(session, tenant_id)
    client = get_client(session, tenant_id, invoice.client_id)
    billed = _billed(session, tenant_id, invoice)
    return InvoicePaper(
        sender,
        client,
        invoice,
        tuple(one.details.username for one in billed.values()),
        _uses(session, tenant_id, invoice, billed),
        _paid(session, tenant_id, invoice),
        language or client.language or sender.isp.language,
    )


def receipt_paper(
    session: Session, tenant_id: TenantId, payment_id: PaymentId, *, language: str | None = None
) -> ReceiptPaper:
    """In the client's own language unless another is said. Raises PaymentNotFound."""
    payment = get_payment(session, tenant_id, payment_id)
    sender = _sender(session, tenant_id)
    client = get_client(session, tenant_id, payment.client_id)
    wanted = [use.invoice_id for use in payment.uses]
    numbers = select(InvoiceRow.id, InvoiceRow.invoice_number).where(
        InvoiceRow.tenant_id == tenant_id, InvoiceRow.id.in_(wanted)
    )
    known = dict(session.execute(numbers).all())
    return ReceiptPaper(
        sender,
        client,
        payment,
        tuple(known.get(one) or "" for one in wanted),
        language or client.language or sender.isp.language,
    )


def _sender(session: Session, tenant_id: TenantId) -> Sender:
    addresses = portal_addresses(session, tenant_id)
    return Sender(
        get_isp(session, tenant_id).details,
        get_letterhead(session, tenant_id),
        get_logo(session, tenant_id),
        addresses[0] if addresses else None,
    )


def _billed(
    session: Session, tenant_id: TenantId, invoice: Invoice
) -> dict[ConnectionId, Connection]:
    """The connections that it bills, in the order of its lines."""
    lines = dict.fromkeys(line.connection_id for line in invoice.lines if line.connection_id)
    return {one: get_connection(session, tenant_id, one) for one in lines}


def _uses(
    session: Session,
    tenant_id: TenantId,
    invoice: Invoice,
    billed: Mapping[ConnectionId, Connection],
) -> tuple[Use, ...]:
    found = []
    for position, line in enumerate(invoice.lines):
        if line.kind is not LineKind.OVERAGE or line.used_bytes is None:
            continue
        free = None
        if line.connection_id is not None:
            package_id = billed[line.connection_id].details.package_id
            package = get_package(session, tenant_id, package_id).details
            if package.name == line.title:  # else they have moved to another one since
                free = package.tariff.free_bytes
        found.append(Use(position, line.used_bytes, free))
    return tuple(found)


def _paid(session: Session, tenant_id: TenantId, invoice: Invoice) -> tuple[Paid, ...]:
    of_credit = (CreditRow.tenant_id == AllocationRow.tenant_id) & (
        CreditRow.id == AllocationRow.credit_id
    )
    of_payment = (PaymentRow.tenant_id == CreditRow.tenant_id) & (PaymentRow.id == CreditRow.id)
    rows = session.execute(
        select(
            AllocationRow.allocated_at,
            PaymentRow.method,
            PaymentRow.transaction_ref,
            AllocationRow.amount_minor,
        )
        .join(CreditRow, of_credit)
        .outerjoin(PaymentRow, of_payment)
        .where(
            AllocationRow.tenant_id == tenant_id,
            AllocationRow.invoice_id == invoice.invoice_id,
            AllocationRow.released_at.is_(None),
        )
        .order_by(AllocationRow.id)
    )
    return tuple(Paid(*row) for row in rows)
