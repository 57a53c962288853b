"""Notices that access was cut for dues, and that it is back, as `decide_access` says itself.

Nothing here cuts or restores: a decision is looked at and told, once per invoice that led to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from billing.access import ANY_DEVICE, facts_of
from policy.access import decide_access
from policy.decision import Verdict
from policy.facts import ConnectionId, Reason, TenantId
from storage.outbox import Event, queue_many

# Longer than any grace, and shorter than the outbox remembers what was told: so it is told once.
CUT_DAYS_MAX = 380

# The oldest unpaid invoice of each client who is past it and was not told yet.
MAY_BE_CUT = text("""
    SELECT DISTINCT ON (invoice.client_id) invoice.client_id, 'invoice:' || invoice.id AS about,
           ARRAY(SELECT id FROM connections
                  WHERE tenant_id = :tenant_id AND client_id = invoice.client_id
                    AND status = 'active') AS connection_ids
      FROM invoices AS invoice
      JOIN clients AS client
        ON client.tenant_id = invoice.tenant_id AND client.id = invoice.client_id
     WHERE invoice.tenant_id = :tenant_id AND invoice.status IN ('issued', 'partial')
       AND invoice.due_on < :on AND invoice.due_on > :on - :days_max
       AND client.status = 'active'
     ORDER BY invoice.client_id, invoice.due_on, invoice.id""")
WERE_TOLD = text("""
    SELECT recipient_id, about FROM outbox
     WHERE tenant_id = :tenant_id AND event = 'access.suspended' AND recipient_kind = 'client'""")

# Who was told of a cut, not yet of its end, and owes that invoice no more or was given time.
MAY_BE_BACK = text("""
    SELECT told.recipient_id AS client_id, told.about,
           ARRAY(SELECT id FROM connections
                  WHERE tenant_id = :tenant_id AND client_id = told.recipient_id
                    AND status = 'active') AS connection_ids
      FROM outbox AS told
      JOIN clients AS client ON client.tenant_id = told.tenant_id AND client.id = told.recipient_id
      JOIN invoices AS invoice ON invoice.tenant_id = told.tenant_id
           AND invoice.id = split_part(told.about, ':', 2)::bigint
     WHERE told.tenant_id = :tenant_id AND told.event = 'access.suspended'
       AND told.recipient_kind = 'client' AND client.status = 'active'
       AND (invoice.status NOT IN ('issued', 'partial') OR client.promised_until > :now)
       AND NOT EXISTS (SELECT FROM outbox AS after
           WHERE after.tenant_id = told.tenant_id AND after.event = 'access.restored'
             AND after.about = told.about AND after.recipient_kind = 'client'
             AND after.recipient_id = told.recipient_id)""")


def tell_cut(session: Session, tenant_id: TenantId, *, on: date, now: datetime) -> int:
    """Queue a suspension notice for each client who is cut for dues; returns how many.

    `on` is the ISP's local day.
    """
    told = {tuple(row) for row in session.execute(WERE_TOLD, {"tenant_id": tenant_id})}
    said = {"tenant_id": tenant_id, "on": on, "days_max": CUT_DAYS_MAX}
    rows = session.execute(MAY_BE_CUT, said).all()
    fresh = [row for row in rows if (row.client_id, row.about) not in told]
    cut = _cut_connections(session, tenant_id, fresh, now)
    notices = [(row.client_id, row.about) for row in fresh if cut.intersection(row.connection_ids)]
    return queue_many(session, tenant_id, Event.ACCESS_SUSPENDED, notices, now=now)


def tell_back(session: Session, tenant_id: TenantId, *, now: datetime) -> int:
    """Queue a notice for each client who was told of a cut and is cut no more; returns how many."""
    rows = session.execute(MAY_BE_BACK, {"tenant_id": tenant_id, "now": now}).all()
    cut = _cut_connections(session, tenant_id, rows, now)
    notices = [
        (row.client_id, row.about)
        for row in rows
        if row.connection_ids and cut.isdisjoint(row.connection_ids)
    ]
    return queue_many(session, tenant_id, Event.ACCESS_RESTORED, notices, now=now)


def _cut_connections(
    session: Session, tenant_id: TenantId, rows: Sequence[Row[Any]], now: datetime
) -> set[ConnectionId]:
    """Those of the rows' connections that dues keep from the network now."""
    ids = [ConnectionId(connection_id) for row in rows for connection_id in row.connection_ids]
    cut = set()
    for facts in facts_of(session, tenant_id, ids) if ids else ():
        decision = decide_access(facts, ANY_DEVICE, now)
        if decision.verdict is not Verdict.ACCEPT and decision.reason is Reason.DUES:
            cut.add(facts.connection.connection_id)
    return cut
