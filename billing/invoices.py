"""Invoices: what a client owes, since when it should be paid. A mistake is voided, never edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.billed_days import free_days
from billing.credits import locked_client, release, settle_client
from billing.document_numbers import take_document_numbers
from billing.errors import ClientNotFound, InvoiceNotFound, InvoiceSettled, NotADraft
from billing.invoice_lines import (
    InvoiceLine,
    charges,
    lines_of,
    total_of,
    write_lines,
)
from billing.ledger import mirror_charges, post
from billing.rows import AllocationRow, ClientRow, InvoiceRow
from billing.settings import get_billing_settings
from billing.validity import extend, take_back
from policy.facts import ClientId, TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.outbox import Event, queue, to_client
from storage.rows import locked, read, write
from tenancy.isps import get_isp, local_date
from tenancy.numbers import Series

InvoiceId = NewType("InvoiceId", int)

INVOICES_MAX = 500  # of one list


class InvoiceStatus(StrEnum):
    """`overdue` is derived, never stored."""

    DRAFT = "draft"
    ISSUED = "issued"
    PARTIAL = "partial"
    PAID = "paid"
    VOID = "void"


OWING = (InvoiceStatus.ISSUED, InvoiceStatus.PARTIAL)


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """What is to be billed; `due_on` itself is still in time. The lines sum to 0 or more."""

    issued_on: date
    due_on: date
    lines: tuple[InvoiceLine, ...]


@dataclass(frozen=True, slots=True)
class Invoice:
    """Amounts in minor units of `currency`; a draft has no number yet."""

    invoice_id: InvoiceId
    client_id: ClientId
    invoice_number: str | None
    issued_on: date
    due_on: date
    currency: str
    total_minor: int
    paid_minor: int
    status: InvoiceStatus
    lines: tuple[InvoiceLine, ...]
    in_advance: bool = False  # made and paid before its month

    @property
    def due_minor(self) -> int:
        """What is still to be paid."""
        return self.total_minor - self.paid_minor if self.status in OWING else 0

    def is_overdue(self, today: date) -> bool:
        """Unpaid after its due day, on the ISP's calendar."""
        return self.status in OWING and today > self.due_on


def issue_invoice(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    details: NewInvoice,
    *,
    now: datetime,
    actor: Actor,
) -> Invoice:
    """A client owes what the lines sum to, less what their credit pays at once.

    Locks the client, then the year's numbers. Raises NotPermitted, ClientNotFound, ValueRefused.
    """
    actor.require(Permission.MAKE_INVOICES)
    client = locked_client(session, tenant_id, client_id)
    row = _add(session, client, details)
    _issue(session, row, details.lines, now, actor)
    settle_client(session, client, now=now, actor=actor)
    return _issued(session, row, now, actor)


def draft_invoice(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    details: NewInvoice,
    *,
    actor: Actor,
) -> Invoice:
    """An invoice that nobody owes yet; it has no number. Locks the client.

    Raises NotPermitted, ClientNotFound, ValueRefused.
    """
    actor.require(Permission.MAKE_INVOICES)
    row = _add(session, locked_client(session, tenant_id, client_id), details)
    draft = frozen_invoice(session, row)
    record(session, actor, "invoice.drafted", Subject(tenant_id, "invoice", row.id), after=draft)
    return draft


def issue_draft(
    session: Session,
    tenant_id: TenantId,
    invoice_id: InvoiceId,
    *,
    now: datetime,
    actor: Actor,
) -> Invoice:
    """From now on a draft is owed, with the dates and lines that it has. Locks its client.

    Raises NotPermitted, InvoiceNotFound, NotADraft.
    """
    actor.require(Permission.MAKE_INVOICES)
    client, row = locked_invoice(session, tenant_id, invoice_id)
    if row.status != InvoiceStatus.DRAFT:
        raise NotADraft(invoice_id, row.status)
    _issue(session, row, lines_of(session, row), now, actor)
    settle_client(session, client, now=now, actor=actor)
    return _issued(session, row, now, actor)


def add_line(
    session: Session,
    tenant_id: TenantId,
    invoice_id: InvoiceId,
    line: InvoiceLine,
    *,
    now: datetime,
    actor: Actor,
) -> Invoice:
    """Charge something more on an invoice that is not paid yet: a late fee, say. Locks its client.

    Raises NotPermitted, InvoiceNotFound, InvoiceSettled, ValueRefused.
    """
    actor.require(Permission.MAKE_INVOICES)
    client, row = locked_invoice(session, tenant_id, invoice_id)
    if row.status not in OWING:
        raise InvoiceSettled(invoice_id, row.status)
    before = frozen_invoice(session, row)
    row.total_minor += line.amount_minor
    row.status = status_of(row.total_minor, row.paid_minor)
    write(session)
    write_lines(session, row, (line,))
    today = local_date(session, tenant_id, now)
    post(session, tenant_id, charges(row, (line,)), booked_on=today, actor=actor)
    settle_client(session, client, now=now, actor=actor)
    return _recorded(session, row, before, "invoice.charged", actor)


def void_invoice(
    session: Session,
    tenant_id: TenantId,
    invoice_id: InvoiceId,
    *,
    now: datetime,
    actor: Actor,
) -> Invoice:
    """It should not have been issued: every row of it is mirrored, and its number stays used.

    What had been paid for it is the client's credit again, and pays what else they owe; its days
    may be billed anew. A draft is thrown away. Locks the client. Raises NotPermitted,
    InvoiceNotFound, InvoiceSettled (it is void already).
    """
    actor.require(Permission.MAKE_INVOICES)
    client, row = locked_invoice(session, tenant_id, invoice_id)
    if row.status == InvoiceStatus.VOID:
        raise InvoiceSettled(invoice_id, row.status)
    before = frozen_invoice(session, row)
    today = local_date(session, tenant_id, now)
    paid_by = select(AllocationRow).where(
        AllocationRow.tenant_id == tenant_id,
        AllocationRow.invoice_id == invoice_id,
        AllocationRow.released_at.is_(None),
    )
    for allocation in session.scalars(paid_by.order_by(AllocationRow.id)).all():
        release(session, client, allocation, now=now, actor=actor)
    if row.status != InvoiceStatus.DRAFT:
        mirror_charges(session, tenant_id, row.id, booked_on=today, actor=actor)
    row.status = InvoiceStatus.VOID
    write(session)
    take_back(session, row)
    free_days(session, tenant_id, [row.id])
    settle_client(session, client, now=now, actor=actor)
    return _recorded(session, row, before, "invoice.voided", actor)


def get_invoice(session: Session, tenant_id: TenantId, invoice_id: InvoiceId) -> Invoice:
    """Raises InvoiceNotFound."""
    row = read(session, InvoiceRow, tenant_id, invoice_id, InvoiceNotFound(invoice_id))
    return frozen_invoice(session, row)


def find_invoice(session: Session, tenant_id: TenantId, number: str) -> Invoice | None:
    """By the number that people read, as it stands or in capitals; None where there is none."""
    said = number.strip()
    mine = InvoiceRow.tenant_id == tenant_id
    called = InvoiceRow.invoice_number.in_({said, said.upper()})
    exactly = (InvoiceRow.invoice_number == said).desc()
    row = session.scalar(select(InvoiceRow).where(mine, called).order_by(exactly).limit(1))
    return None if row is None else frozen_invoice(session, row)


def invoices_of(
    session: Session, tenant_id: TenantId, client_id: ClientId, *, limit: int = INVOICES_MAX
) -> tuple[Invoice, ...]:
    """A client's invoices, the newest first, at most `limit`. Raises ClientNotFound."""
    read(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    mine = InvoiceRow.tenant_id == tenant_id, InvoiceRow.client_id == client_id
    page = select(InvoiceRow).where(*mine).order_by(InvoiceRow.id.desc())
    rows = session.scalars(page.limit(min(limit, INVOICES_MAX))).all()
    return tuple(frozen_invoice(session, row) for row in rows)


def locked_invoice(
    session: Session, tenant_id: TenantId, invoice_id: InvoiceId
) -> tuple[ClientRow, InvoiceRow]:
    """An invoice and its client, both locked, the client first. Raises InvoiceNotFound."""
    missing = InvoiceNotFound(invoice_id)
    whose = read(session, InvoiceRow, tenant_id, invoice_id, missing).client_id
    client = locked_client(session, tenant_id, ClientId(whose))
    return client, locked(session, InvoiceRow, tenant_id, invoice_id, missing)


def status_of(total_minor: int, paid_minor: int) -> InvoiceStatus:
    """Of an issued invoice."""
    if paid_minor >= total_minor:
        return InvoiceStatus.PAID
    return InvoiceStatus.PARTIAL if paid_minor else InvoiceStatus.ISSUED


def frozen_invoice(session: Session, row: InvoiceRow) -> Invoice:
    """The row and its lines as a value."""
    return Invoice(
        InvoiceId(row.id),
        ClientId(row.client_id),
        row.invoice_number,
        row.issued_on,
        row.due_on,
        row.currency,
        row.total_minor,
        row.paid_minor,
        InvoiceStatus(row.status),
        lines_of(session, row),
        row.in_advance,
    )


def _add(session: Session, client: ClientRow, details: NewInvoice) -> InvoiceRow:
    """A draft with its lines."""
    tenant_id = TenantId(client.tenant_id)
    row = InvoiceRow(
        tenant_id=tenant_id,
        client_id=client.id,
        issued_on=details.issued_on,
        due_on=details.due_on,
        currency=get_isp(session, tenant_id).details.currency,
        total_minor=total_of(details.lines),
        paid_minor=0,
        status=InvoiceStatus.DRAFT,
    )
    session.add(row)
    write(session)
    write_lines(session, row, details.lines)
    return row


def _issue(
    session: Session,
    row: InvoiceRow,
    lines: tuple[InvoiceLine, ...],
    now: datetime,
    actor: Actor,
) -> None:
    """Book a draft and give it its number; one of nothing is paid at once."""
    tenant_id = TenantId(row.tenant_id)
    post(session, tenant_id, charges(row, lines), booked_on=row.issued_on, actor=actor)
    prefix = get_billing_settings(session, tenant_id).invoice_prefix
    [number] = take_document_numbers(
        session, tenant_id, Series.INVOICE, prefix=prefix, year=row.issued_on.year
    )
    row.invoice_number, row.number_year, row.number = number.text, number.year, number.number
    row.status = status_of(row.total_minor, 0)
    write(session)
    if row.status == InvoiceStatus.PAID:
        extend(session, row, now)


def _issued(session: Session, row: InvoiceRow, now: datetime, actor: Actor) -> Invoice:
    """Written down and told to the client."""
    invoice = frozen_invoice(session, row)
    tenant_id = TenantId(row.tenant_id)
    record(session, actor, "invoice.issued", Subject(tenant_id, "invoice", row.id), after=invoice)
    queue(
        session,
        tenant_id,
        Event.INVOICE_ISSUED,
        f"invoice:{row.id}",
        to=to_client(row.client_id),
        now=now,
        payload={
            "invoice_number": invoice.invoice_number,
            "total_minor": invoice.total_minor,
            "due_minor": invoice.due_minor,
            "due_on": invoice.due_on.isoformat(),
        },
    )
    return invoice


def _recorded(
    session: Session, row: InvoiceRow, before: Invoice, action: str, actor: Actor
) -> Invoice:
    after = frozen_invoice(session, row)
    subject = Subject(TenantId(row.tenant_id), "invoice", row.id)
    record(session, actor, action, subject, before=before, after=after)
    return after
