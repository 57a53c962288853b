"""A connection that ends: days that were paid for and are not served are given back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.bill_rows import PendingLineRow
from billing.client_terms import get_client_terms
from billing.connections import Connection, frozen_connection, recorded
from billing.credit_notes import NewCreditNote, issue_credit_note
from billing.invoices import InvoiceId
from billing.rows import ConnectionRow, InvoiceRow
from billing.settings import get_billing_settings
from billing.settled_days import billed_from, give_back, locked_line, pend, span_words
from policy.facts import ClientId, ConnectionId, Status, TenantId
from policy.periods import Period
from policy.taxes import with_vat
from storage.actors import Actor, Permission
from storage.rows import write
from tenancy.isps import local_date


def end_connection(
    session: Session,
    tenant_id: TenantId,
    connection_id: ConnectionId,
    *,
    now: datetime,
    actor: Actor,
) -> Connection:
    """The client leaves: inactive from today, which is not charged any more. Locks the client.

    What is billed of days to come is credited on the client's next bill; by a credit note, which
    needs the permission for one, where none will follow. Raises NotPermitted, ConnectionNotFound.
    """
    actor.require(Permission.CONTROL_ACCESS)
    row = locked_line(session, tenant_id, connection_id)
    before = frozen_connection(session, row)
    today = local_date(session, tenant_id, now)
    row.status, row.ended_on = Status.INACTIVE, today
    write(session)
    for period in billed_from(session, row, today):
        rest = Period(max(today, period.from_on), period.until_on)
        invoice_id, back = period.invoice_id, give_back(session, row, period, today)
        words = f"{row.username}, {span_words(rest)}"
        waiting = min(back, _room_on_next_bill(session, row, back))
        pend(session, row, invoice_id, -waiting, words)
        if back > waiting and invoice_id is not None:
            _note(session, row, invoice_id, back - waiting, words, now, actor)
    return recorded(session, row, before, "connection.ended", actor)


def _room_on_next_bill(session: Session, row: ConnectionRow, wanted_minor: int) -> int:
    """How much can be credited on a bill that will come: all of it where another line goes on."""
    others = select(func.count()).where(
        ConnectionRow.tenant_id == row.tenant_id,
        ConnectionRow.client_id == row.client_id,
        ConnectionRow.status != Status.INACTIVE,
    )
    if session.scalar(others):
        return wanted_minor
    waits = select(func.coalesce(func.sum(PendingLineRow.amount_minor), 0)).where(
        PendingLineRow.tenant_id == row.tenant_id,
        PendingLineRow.client_id == row.client_id,
        PendingLineRow.invoice_id.is_(None),
    )
    return max(0, int(session.execute(waits).scalar_one()))


def _note(
    session: Session,
    row: ConnectionRow,
    invoice_id: int,
    minor: int,
    words: str,
    now: datetime,
    actor: Actor,
) -> None:
    """Give back `minor`, which is before tax as prices are, of what the invoice asked."""
    tenant_id, client_id = TenantId(row.tenant_id), ClientId(row.client_id)
    settings = get_billing_settings(session, tenant_id)
    taxing = get_client_terms(session, tenant_id, client_id).taxing(settings)
    taxed = with_vat(minor, taxing.vat_points, inclusive=taxing.inclusive)
    invoice = session.get_one(InvoiceRow, (tenant_id, invoice_id))
    note = NewCreditNote(
        amount_minor=min(taxed.net_minor + taxed.vat_minor, invoice.total_minor),
        reason=words,
        invoice_id=InvoiceId(invoice_id),
    )
    issue_credit_note(session, tenant_id, client_id, note, now=now, actor=actor)
