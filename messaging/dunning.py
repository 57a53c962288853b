"""Reminders of unpaid invoices: some days before they are due, and when that has passed.

Each step is told once: where the clock did not run on its day, later, with the days that are left
then; and not where a later step's day has come.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from messaging.reminder_settings import get_reminder_settings
from policy.facts import TenantId

OVERDUE_DAYS_MAX = 14  # what was due longer ago is no news

# What clients are told of an invoice.
PAYLOAD = """jsonb_build_object('invoice_number', invoice.invoice_number, 'due_on', invoice.due_on,
    'due_minor', invoice.total_minor - invoice.paid_minor, 'currency', invoice.currency"""

REMIND = text(f"""
    INSERT INTO outbox (tenant_id, event, recipient_kind, recipient_id, about, payload, priority,
                        queued_at, send_until)
    SELECT :tenant_id, 'invoice.due', 'client', invoice.client_id,
           'invoice:' || invoice.id || ':' || step.days,
           {PAYLOAD}, 'days_left', invoice.due_on - :on), 3, :now,
           (invoice.due_on + 1)::timestamp AT TIME ZONE isp.time_zone
      FROM invoices AS invoice
      JOIN tenants AS isp USING (tenant_id)
      JOIN clients AS client
        ON client.tenant_id = invoice.tenant_id AND client.id = invoice.client_id
      CROSS JOIN LATERAL (
           SELECT min(days) AS days FROM unnest(CAST(:steps AS integer[])) AS days
            WHERE days >= invoice.due_on - :on) AS step
     WHERE invoice.tenant_id = :tenant_id AND invoice.status IN ('issued', 'partial')
       AND invoice.due_on >= :on
       AND invoice.issued_on <= invoice.due_on - step.days  -- a bill says its due date itself
       AND client.status <> 'inactive'
    ON CONFLICT DO NOTHING
    RETURNING id""")

TELL_OVERDUE = text(f"""
    INSERT INTO outbox (tenant_id, event, recipient_kind, recipient_id, about, payload, priority,
                        queued_at)
    SELECT :tenant_id, 'invoice.overdue', 'client', invoice.client_id, 'invoice:' || invoice.id,
           {PAYLOAD}), 3, :now
      FROM invoices AS invoice
      JOIN clients AS client
        ON client.tenant_id = invoice.tenant_id AND client.id = invoice.client_id
     WHERE invoice.tenant_id = :tenant_id AND invoice.status IN ('issued', 'partial')
       AND invoice.due_on < :on AND invoice.due_on >= :on - :days_max
       AND client.status <> 'inactive'
    ON CONFLICT DO NOTHING
    RETURNING id""")


def remind_of_dues(session: Session, tenant_id: TenantId, *, on: date, now: datetime) -> int:
    """Queue what is to be said of unpaid invoices on the local day `on`; returns how much it is."""
    settings = get_reminder_settings(session, tenant_id)
    said = {"tenant_id": tenant_id, "on": on, "now": now}
    reminded = session.execute(REMIND, {**said, "steps": sorted(settings.before_due_days)})
    overdue = session.execute(TELL_OVERDUE, {**said, "days_max": OVERDUE_DAYS_MAX})
    return len(reminded.all()) + len(overdue.all())
