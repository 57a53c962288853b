"""Days paid for: what paying an invoice buys a connection that pays by the day."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.rows import ConnectionRow, InvoiceLineRow, InvoiceRow
from storage.rows import write


def extend(session: Session, invoice: InvoiceRow, now: datetime) -> None:
    """The invoice is paid: each of its connections is paid for by so many days more.

    From `now`, or from where it is paid for already: paying early loses nothing. The client is
    locked by the caller, the connections here.
    """
    for line in _lines(session, invoice):
        connection = _locked(session, line)
        if connection is None or line.validity_days is None:
            continue
        line.extended_from_at = max(now, connection.expires_at or now)
        line.extended_until = line.extended_from_at + timedelta(days=line.validity_days)
        connection.expires_at = line.extended_until
    write(session)


def take_back(session: Session, invoice: InvoiceRow) -> None:
    """The invoice is paid no more: its days are taken off the end, whatever was added since."""
    for line in _lines(session, invoice):
        if line.extended_from_at is None or line.extended_until is None:
            continue
        connection = _locked(session, line)
        if connection is not None and connection.expires_at is not None:
            connection.expires_at -= line.extended_until - line.extended_from_at
        line.extended_from_at = line.extended_until = None
    write(session)


def _lines(session: Session, invoice: InvoiceRow) -> list[InvoiceLineRow]:
    buying = select(InvoiceLineRow).where(
        InvoiceLineRow.tenant_id == invoice.tenant_id,
        InvoiceLineRow.invoice_id == invoice.id,
        InvoiceLineRow.validity_days.is_not(None),
    )
    fresh = buying.order_by(InvoiceLineRow.connection_id, InvoiceLineRow.position)
    return list(session.scalars(fresh.execution_options(populate_existing=True)))


def _locked(session: Session, line: InvoiceLineRow) -> ConnectionRow | None:
    """None where the connection is gone."""
    return session.scalar(
        select(ConnectionRow)
        .where(ConnectionRow.tenant_id == line.tenant_id, ConnectionRow.id == line.connection_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
