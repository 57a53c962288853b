"""Promises to pay whose time passed while something is still owed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from policy.facts import TenantId

PASSED_MAX = timedelta(days=3)  # what was promised for a day longer ago is no news

# Told to the client, and to the staff who may speak with them.
TELL = text("""
    INSERT INTO outbox (tenant_id, event, recipient_kind, recipient_id, about, payload, priority,
                        queued_at)
    SELECT :tenant_id, 'promise.broken', kind, CASE kind WHEN 'client' THEN client.id END,
           format('client:%s:%s', client.id, floor(extract(epoch FROM client.promised_until))),
           jsonb_build_object('name', client.name, 'client_number', client.client_number,
               'due_minor', owed.due_minor, 'currency', owed.currency,
               'promised_until', client.promised_until), 2, :now
      FROM clients AS client
      CROSS JOIN unnest(ARRAY['client', 'staff']) AS kind
      CROSS JOIN LATERAL (
           SELECT sum(total_minor - paid_minor)::bigint AS due_minor, min(currency) AS currency
             FROM invoices
            WHERE tenant_id = client.tenant_id AND client_id = client.id
              AND status IN ('issued', 'partial') AND due_on < :on) AS owed
     WHERE client.tenant_id = :tenant_id AND client.status = 'active'
       AND client.promised_until <= :now AND client.promised_until > :since
       AND owed.due_minor > 0
    ON CONFLICT DO NOTHING
    RETURNING id""")


def tell_broken_promises(session: Session, tenant_id: TenantId, *, on: date, now: datetime) -> int:
    """Queue what is to be said of promises whose time passed; returns how much it is.

    `on` is the ISP's local day.
    """
    said = {"tenant_id": tenant_id, "on": on, "now": now, "since": now - PASSED_MAX}
    return len(session.execute(TELL, said).all())
