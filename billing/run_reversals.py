"""A bill run undone whole: every row of it mirrored, every number kept, every day free again.

What had been paid for its bills is the clients' credit, and pays what else they owe. Bills that a
credit note was written about stay, for they were looked at one by one; they are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from billing.bill_facts import next_clients
from billing.bill_rows import BillRunRow
from billing.bill_runs import (
    BillRun,
    BillRunId,
    RunState,
    Transactions,
    frozen_run,
    get_run,
    list_runs,
    locked_run,
    recorded_run,
    require_state,
    run_to_end,
)
from billing.billed_days import free_days
from billing.credits import settle_client
from billing.errors import LaterBillRun
from billing.rows import ClientRow
from billing.run_previews import CLIENTS_OF_CHUNK
from policy.facts import TenantId
from storage.actors import Actor, Permission
from storage.rows import write
from tenancy.isps import local_date


@dataclass(frozen=True, slots=True)
class Reversal:
    """What undoing a run means: bills that go, money that becomes credit, bills that stay."""

    invoices: int
    total_minor: int
    paid_invoices: int  # in whole or in part
    paid_minor: int
    kept_invoices: int


def preview_reversal(session: Session, tenant_id: TenantId, run_id: BillRunId) -> Reversal:
    """What `reverse_run` would do now. Raises BillRunNotFound."""
    get_run(session, tenant_id, run_id)
    values = {"tenant_id": tenant_id, "run_id": run_id}
    return Reversal(*map(int, session.execute(text(FORESEEN), values).one()))


def reverse_run(
    session: Session, tenant_id: TenantId, run_id: BillRunId, *, now: datetime, actor: Actor
) -> BillRun:
    """Begin to undo a run; one that has billed nobody is undone at once. Locks the run.

    The last month's run goes first, for days are billed from where they are billed to. Raises
    NotPermitted, BillRunNotFound, BillRunInState (it is reversed already), LaterBillRun.
    """
    actor.require(Permission.MAKE_INVOICES)
    row = locked_run(session, tenant_id, run_id)
    require_state(row, RunState.WAITING, RunState.RUNNING, RunState.DONE)
    _refuse_amid_others(session, row)
    before = frozen_run(row)
    row.state, row.reached_client_id, row.ended_at = RunState.REVERSING, 0, None
    row.approved_by = row.approved_by or row.requested_by
    if row.billed_count == 0 and before.state is RunState.WAITING:
        row.state, row.ended_at = RunState.REVERSED, now
    return recorded_run(session, row, before, "bill_run.reversed", actor)


def reverse_next(
    session: Session,
    tenant_id: TenantId,
    run_id: BillRunId,
    *,
    now: datetime,
    actor: Actor,
    limit: int = CLIENTS_OF_CHUNK,
) -> BillRun:
    """Undo the bills of the next `limit` clients, by their ids. Locks the run and them.

    A run that is not being reversed is returned as it is. Raises NotPermitted, BillRunNotFound.
    """
    actor.require(Permission.MAKE_INVOICES)
    row = locked_run(session, tenant_id, run_id)
    if row.state != RunState.REVERSING:
        return frozen_run(row)
    ids = next_clients(session, tenant_id, row.reached_client_id, limit, lock=True)
    if not ids:
        before = frozen_run(row)
        row.state, row.ended_at = RunState.REVERSED, now
        return recorded_run(session, row, before, "bill_run.undone", actor)
    among = {"tenant_id": tenant_id, "run_id": row.id, "client_ids": list(ids)}
    bills = session.scalars(text(BILLS), among).all()
    _undo(session, tenant_id, list(bills), now, actor)
    session.execute(text(FREE_DAYS_WITHOUT_BILL), among)
    for client_id in session.scalars(text(TO_SETTLE), among).all():
        client = session.get_one(ClientRow, (tenant_id, client_id), populate_existing=True)
        settle_client(session, client, now=now, actor=actor)
    row.reached_client_id = ids[-1]
    write(session)
    return frozen_run(row)


def reverse_to_end(
    transaction: Transactions,
    tenant_id: TenantId,
    run_id: BillRunId,
    *,
    now: datetime,
    actor: Actor,
) -> BillRun:
    """Undo part by part, each in a `transaction` of its own; goes on where it was cut short."""
    while True:
        with transaction() as session:
            run = reverse_next(session, tenant_id, run_id, now=now, actor=actor)
        if run.state is not RunState.REVERSING:
            return run


def finish_runs(
    transaction: Transactions, tenant_id: TenantId, *, now: datetime, actor: Actor
) -> None:
    """The clock's: go on with what was approved, begun to be undone, or cut short."""
    with transaction() as session:
        runs = list_runs(session, tenant_id)
    for run in runs:
        if run.state is RunState.RUNNING:
            run_to_end(transaction, tenant_id, run.run_id, now=now, actor=actor)
        elif run.state is RunState.REVERSING:
            reverse_to_end(transaction, tenant_id, run.run_id, now=now, actor=actor)


def _refuse_amid_others(session: Session, row: BillRunRow) -> None:
    later = select(func.max(BillRunRow.month_on)).where(
        BillRunRow.tenant_id == row.tenant_id,
        BillRunRow.month_on > row.month_on,
        BillRunRow.state != RunState.REVERSED,
    )
    if (month_on := session.scalar(later)) is not None:
        raise LaterBillRun(month_on)


def _undo(
    session: Session, tenant_id: TenantId, invoice_ids: list[int], now: datetime, actor: Actor
) -> None:
    """As `billing.invoices.void_invoice`, for many: release what pays them, mirror, void, free."""
    values = {
        "tenant_id": tenant_id,
        "ids": invoice_ids,
        "now": now,
        "today": local_date(session, tenant_id, now),
        "actor_kind": actor.kind.value,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "origin": actor.origin,
    }
    for statement in (RELEASE, MIRROR, VOID, AUDIT):
        session.execute(text(statement), values)
    free_days(session, tenant_id, invoice_ids)
    session.expire_all()


# Bills that somebody wrote a credit note about are left alone.
_LIVE = """bill.tenant_id = :tenant_id AND bill.bill_run_id = :run_id AND bill.status <> 'void'"""
_NOTED = """EXISTS (SELECT FROM credit_notes AS note
        WHERE note.tenant_id = bill.tenant_id AND note.invoice_id = bill.id)"""
FORESEEN = f"""
    SELECT count(*) FILTER (WHERE NOT noted),
           coalesce(sum(total_minor) FILTER (WHERE NOT noted), 0),
           count(*) FILTER (WHERE NOT noted AND paid_minor > 0),
           coalesce(sum(paid_minor) FILTER (WHERE NOT noted), 0), count(*) FILTER (WHERE noted)
      FROM (SELECT bill.total_minor, bill.paid_minor, {_NOTED} AS noted
              FROM invoices AS bill WHERE {_LIVE}) AS live"""
BILLS = f"""
    SELECT bill.id FROM invoices AS bill
     WHERE {_LIVE} AND bill.client_id = ANY (:client_ids) AND NOT {_NOTED} ORDER BY bill.id"""
RELEASE = """
    WITH released AS (
        UPDATE allocations SET released_at = :now
         WHERE tenant_id = :tenant_id AND invoice_id = ANY (:ids) AND released_at IS NULL
        RETURNING id, credit_id, invoice_id, amount_minor),
    given_back AS (
        UPDATE credits SET used_minor = used_minor - back.amount
          FROM (SELECT credit_id, sum(amount_minor)::bigint AS amount FROM released
                 GROUP BY credit_id) AS back
         WHERE credits.tenant_id = :tenant_id AND credits.id = back.credit_id)
    INSERT INTO ledger_entries (tenant_id, booked_on, debit, credit, client_id, amount_minor, code,
                                invoice_id, credit_id, actor_kind, actor_id, actor_name)
    SELECT bill.tenant_id, :today, 'receivable', 'client_credit', bill.client_id,
           released.amount_minor, 'release', bill.id, released.credit_id,
           :actor_kind, :actor_id, :actor_name
      FROM released
      JOIN invoices AS bill ON bill.tenant_id = :tenant_id AND bill.id = released.invoice_id
     ORDER BY released.id"""
MIRROR = """
    INSERT INTO ledger_entries (tenant_id, booked_on, debit, credit, client_id, amount_minor, code,
                                invoice_id, actor_kind, actor_id, actor_name)
    SELECT tenant_id, :today, credit, debit, client_id, amount_minor, 'void', invoice_id,
           :actor_kind, :actor_id, :actor_name
      FROM ledger_entries
     WHERE tenant_id = :tenant_id AND invoice_id = ANY (:ids) AND code IN ('charge', 'opening')
     ORDER BY id"""
VOID = """
    UPDATE invoices SET status = 'void', paid_minor = 0
     WHERE tenant_id = :tenant_id AND id = ANY (:ids)"""
FREE_DAYS_WITHOUT_BILL = """
    DELETE FROM billed_periods USING connections AS line
     WHERE billed_periods.tenant_id = :tenant_id AND billed_periods.bill_run_id = :run_id
       AND billed_periods.invoice_id IS NULL AND line.tenant_id = :tenant_id
       AND line.id = billed_periods.connection_id AND line.client_id = ANY (:client_ids)"""
AUDIT = """
    INSERT INTO audit_log (tenant_id, actor_kind, actor_id, actor_name, origin, action,
                           subject_kind, subject_id, after)
    SELECT tenant_id, :actor_kind, :actor_id, :actor_name, :origin, 'invoice.voided', 'invoice', id,
           jsonb_build_object('status', status, 'bill_run_id', bill_run_id)
      FROM invoices WHERE tenant_id = :tenant_id AND id = ANY (:ids)"""
TO_SETTLE = """
    SELECT DISTINCT owed.client_id FROM invoices AS owed
      JOIN credits AS credit
        ON credit.tenant_id = owed.tenant_id AND credit.client_id = owed.client_id
       AND credit.reversed_at IS NULL AND credit.used_minor < credit.amount_minor
     WHERE owed.tenant_id = :tenant_id AND owed.client_id = ANY (:client_ids)
       AND owed.status IN ('issued', 'partial') ORDER BY owed.client_id"""
