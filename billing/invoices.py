"""Invoices, in the least form that dues need: what is owed, since when it should be paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NewType

from sqlalchemy.orm import Session

from billing.errors import ClientNotFound, InvoiceNotFound, InvoicePartlyPaid, InvoiceSettled
from billing.rows import ClientRow, InvoiceRow
from policy.facts import ClientId, TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import locked, read, write
from tenancy.isps import get_isp
from tenancy.numbers import Series, take_numbers

InvoiceId = NewType("InvoiceId", int)

NUMBER_DIGITS = 6


class InvoiceStatus(StrEnum):
    DRAFT = "draft"
    ISSUED = "issued"
    PARTIAL = "partial"
    PAID = "paid"
    VOID = "void"


SETTLED = {InvoiceStatus.PAID, InvoiceStatus.VOID}


@dataclass(frozen=True, slots=True)
class Invoice:
    """Amounts in minor units of `currency`; `due_on` itself is still in time."""

    invoice_id: InvoiceId
    client_id: ClientId
    invoice_number: str
    issued_on: date
    due_on: date
    currency: str
    total_minor: int
    paid_minor: int
    status: InvoiceStatus


def issue_invoice(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    *,
    total_minor: int,
    issued_on: date,
    due_on: date,
    actor: Actor,
) -> Invoice:
    """A client owes `total_minor` (0 or more) until the end of `due_on`. Locks the client.

    Raises NotPermitted, ClientNotFound, ValueRefused.
    """
    actor.require(Permission.MAKE_INVOICES)
    locked(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    [number] = take_numbers(session, tenant_id, Series.INVOICE)
    row = InvoiceRow(
        tenant_id=tenant_id,
        client_id=client_id,
        invoice_number=f"{number:0{NUMBER_DIGITS}d}",
        issued_on=issued_on,
        due_on=due_on,
        currency=get_isp(session, tenant_id).details.currency,
        total_minor=total_minor,
        paid_minor=0,
        status=InvoiceStatus.ISSUED if total_minor else InvoiceStatus.PAID,
    )
    session.add(row)
    write(session)
    invoice = _frozen(row)
    record(session, actor, "invoice.issued", Subject(tenant_id, "invoice", row.id), after=invoice)
    return invoice


def mark_paid(
    session: Session, tenant_id: TenantId, invoice_id: InvoiceId, *, actor: Actor
) -> Invoice:
    """All that is due on it was received. Locks the invoice.

    Raises NotPermitted, InvoiceNotFound, InvoiceSettled.
    """
    actor.require(Permission.TAKE_PAYMENTS)
    row = _open_invoice(session, tenant_id, invoice_id)
    before = _frozen(row)
    row.paid_minor, row.status = row.total_minor, InvoiceStatus.PAID
    return _recorded(session, row, before, "invoice.paid", actor)


def void_invoice(
    session: Session, tenant_id: TenantId, invoice_id: InvoiceId, *, actor: Actor
) -> Invoice:
    """It should not have been issued; its number stays used. Locks the invoice.

    Raises NotPermitted, InvoiceNotFound, InvoiceSettled, InvoicePartlyPaid.
    """
    actor.require(Permission.MAKE_INVOICES)
    row = _open_invoice(session, tenant_id, invoice_id)
    if row.paid_minor:
        raise InvoicePartlyPaid(invoice_id)
    before = _frozen(row)
    row.status = InvoiceStatus.VOID
    return _recorded(session, row, before, "invoice.voided", actor)


def get_invoice(session: Session, tenant_id: TenantId, invoice_id: InvoiceId) -> Invoice:
    """Raises InvoiceNotFound."""
    return _frozen(read(session, InvoiceRow, tenant_id, invoice_id, InvoiceNotFound(invoice_id)))


def _open_invoice(session: Session, tenant_id: TenantId, invoice_id: InvoiceId) -> InvoiceRow:
    row = locked(session, InvoiceRow, tenant_id, invoice_id, InvoiceNotFound(invoice_id))
    if row.status in SETTLED:
        raise InvoiceSettled(invoice_id, row.status)
    return row


def _recorded(
    session: Session, row: InvoiceRow, before: Invoice, action: str, actor: Actor
) -> Invoice:
    write(session)
    after = _frozen(row)
    subject = Subject(TenantId(row.tenant_id), "invoice", row.id)
    record(session, actor, action, subject, before=before, after=after)
    return after


def _frozen(row: InvoiceRow) -> Invoice:
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
    )
