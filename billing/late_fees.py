"""Late fees: once for each invoice that is still unpaid some days after it was due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.invoice_lines import InvoiceLine
from billing.invoices import OWING, InvoiceId, add_line, locked_invoice
from billing.settings import BillingSettings, get_billing_settings
from policy.bills import LineKind, rounded_minor
from policy.facts import ClientId, TenantId
from policy.late_fees import LateFee, late_fee_minor
from storage.actors import Actor, Permission
from tenancy.isps import local_date

Transactions = Callable[[], AbstractContextManager[Session]]

CLIENTS_OF_CHUNK = 50  # whose fees are charged in one transaction; a payment may wait for it

# By client, the order in which everything that locks many of them does.
NEXT = text("""
    SELECT invoice.client_id, array_agg(invoice.id ORDER BY invoice.due_on, invoice.id) AS invoices
      FROM invoices AS invoice
      JOIN clients AS client
        ON client.tenant_id = invoice.tenant_id AND client.id = invoice.client_id
     WHERE invoice.tenant_id = :tenant_id AND invoice.client_id > :after
       AND invoice.status IN ('issued', 'partial') AND invoice.due_on <= :due_until
       AND client.status <> 'inactive'
       AND NOT EXISTS (SELECT FROM invoice_lines AS line
            WHERE line.tenant_id = :tenant_id AND line.invoice_id = invoice.id
              AND line.kind = 'late_fee')
     GROUP BY invoice.client_id ORDER BY invoice.client_id LIMIT :limit""")


def charge_late_fees(
    transaction: Transactions,
    tenant_id: TenantId,
    *,
    now: datetime,
    actor: Actor,
    limit: int = CLIENTS_OF_CHUNK,
) -> None:
    """Charge all fees that are due, of `limit` clients at a time, each in a transaction.

    May be called any number of times. Raises NotPermitted, IspNotFound.
    """
    reached: ClientId | None = ClientId(0)
    while reached is not None:
        with transaction() as session:
            reached = charge_next(
                session, tenant_id, after=reached, limit=limit, now=now, actor=actor
            )


def charge_next(
    session: Session,
    tenant_id: TenantId,
    *,
    after: ClientId,
    limit: int,
    now: datetime,
    actor: Actor,
) -> ClientId | None:
    """Charge the fees that are due of the next `limit` clients whose id is above `after`.

    Returns the last of them, to go on from; None where nobody is left. A client who has left is
    charged none. Locks the clients, by their ids. Raises NotPermitted, IspNotFound.
    """
    actor.require(Permission.MAKE_INVOICES)
    settings = get_billing_settings(session, tenant_id)
    rule = settings.late_fee
    if rule is None:
        return None
    today = local_date(session, tenant_id, now)
    late = _late(session, tenant_id, after, today - timedelta(days=rule.after_days), limit)
    for _client_id, invoice_ids in late:
        for invoice_id in invoice_ids:
            fee = _fee_minor(session, tenant_id, invoice_id, rule, settings, today)
            if fee:
                line = InvoiceLine(LineKind.LATE_FEE, fee)
                add_line(session, tenant_id, invoice_id, line, now=now, actor=actor)
    return late[-1][0] if late else None


def _late(
    session: Session, tenant_id: TenantId, after: ClientId, due_until: date, limit: int
) -> Sequence[tuple[ClientId, Sequence[InvoiceId]]]:
    """Clients with their invoices that were due on `due_until` or before, and have no fee yet."""
    said = {"tenant_id": tenant_id, "after": after, "due_until": due_until, "limit": limit}
    rows = session.execute(NEXT, said)
    return [
        (ClientId(row.client_id), [InvoiceId(invoice_id) for invoice_id in row.invoices])
        for row in rows
    ]


def _fee_minor(
    session: Session,
    tenant_id: TenantId,
    invoice_id: InvoiceId,
    rule: LateFee,
    settings: BillingSettings,
    today: date,
) -> int:
    """The fee, rounded as bills are; 0 where it was paid or charged meanwhile. Locks its client."""
    _client, row = locked_invoice(session, tenant_id, invoice_id)
    if row.status not in OWING or _has_fee(session, tenant_id, invoice_id):
        return 0
    unpaid = row.total_minor - row.paid_minor
    fee = late_fee_minor(rule, due_on=row.due_on, today=today, unpaid_minor=unpaid)
    return rounded_minor(fee, settings.round_to_minor)


def _has_fee(session: Session, tenant_id: TenantId, invoice_id: InvoiceId) -> bool:
    query = text("""
        SELECT EXISTS (SELECT FROM invoice_lines WHERE tenant_id = :tenant_id
            AND invoice_id = :invoice_id AND kind = 'late_fee')""")
    return bool(session.scalar(query, {"tenant_id": tenant_id, "invoice_id": invoice_id}))
