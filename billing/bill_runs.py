"""Bill runs: everybody's bill of a month, looked at first, approved, made in parts, undone whole.

A part is a transaction of its own: the next clients by id are locked, their bills are drafted by
`policy`, and written a statement a table. The run's row says how far it has come, in the same
transaction, so a run that was killed goes on where it was, and two processes at one run take
turns. The key of billed_periods makes it impossible to bill days twice, whoever tries.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.bill_facts import next_clients, read_catalogue
from billing.bill_rows import BillRunRow
from billing.bill_writing import write_bills
from billing.errors import BillRunExists, BillRunInState, BillRunNotFound, MonthAhead, SamePerson
from billing.run_previews import CLIENTS_OF_CHUNK, drafts_of, preview_bills
from billing.settings import get_billing_settings
from policy.facts import TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.outbox import STAFF, Event, queue
from storage.rows import locked, read, write
from tenancy.isps import local_date

BillRunId = NewType("BillRunId", int)

RUNS_MAX = 120  # of one list: ten years

Transactions = Callable[[], AbstractContextManager[Session]]


class RunState(StrEnum):
    WAITING = "waiting"  # for a second person
    RUNNING = "running"
    DONE = "done"
    REVERSING = "reversing"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class BillRun:
    """`foreseen_*` is what the preview said when it was asked for, `billed_*` what came of it."""

    run_id: BillRunId
    month_on: date
    state: RunState
    issued_on: date
    requested_by: str
    approved_by: str | None
    foreseen_count: int
    foreseen_minor: int
    billed_count: int
    billed_minor: int
    ended_at: datetime | None


def request_run(
    session: Session, tenant_id: TenantId, month_on: date, *, now: datetime, actor: Actor
) -> BillRun:
    """Ask for the bills of a month, for all clients that are billed by themselves.

    It runs, unless it would ask more than the ISP lets one person bill: then it waits, and staff
    are told. Raises NotPermitted, MonthAhead, BillRunExists.
    """
    actor.require(Permission.MAKE_INVOICES)
    today = local_date(session, tenant_id, now)
    month_on = month_on.replace(day=1)
    if month_on > today:
        raise MonthAhead(month_on)
    if run_of_month(session, tenant_id, month_on) is not None:
        raise BillRunExists(month_on)
    foreseen = preview_bills(session, tenant_id, month_on, now=now, actor=actor)
    limit = get_billing_settings(session, tenant_id).approval_above_minor
    waits = limit is not None and foreseen.total_minor > limit
    row = BillRunRow(
        tenant_id=tenant_id,
        month_on=month_on,
        state=RunState.WAITING if waits else RunState.RUNNING,
        issued_on=today,
        requested_by=name_of(actor),
        requested_at=now,
        approved_by=None if waits else name_of(actor),
        approved_at=None if waits else now,
        foreseen_count=foreseen.invoices,
        foreseen_minor=foreseen.total_minor,
        billed_count=0,
        billed_minor=0,
        reached_client_id=0,
    )
    session.add(row)
    write(session, {"one_bill_run_a_month": BillRunExists(month_on)})
    run = frozen_run(row)
    record(session, actor, "bill_run.requested", _subject(tenant_id, row), after=run)
    if waits:
        queue(
            session,
            tenant_id,
            Event.BILL_RUN_WAITING,
            f"bill_run:{row.id}",
            to=STAFF,
            now=now,
            payload={"month": f"{month_on:%Y-%m}", "total_minor": foreseen.total_minor},
        )
    return run


def approve_run(
    session: Session, tenant_id: TenantId, run_id: BillRunId, *, now: datetime, actor: Actor
) -> BillRun:
    """A second person lets a waiting run go; its bills are dated today. Locks the run.

    Raises NotPermitted, BillRunNotFound, BillRunInState, SamePerson.
    """
    actor.require(Permission.MAKE_INVOICES)
    row = locked_run(session, tenant_id, run_id)
    require_state(row, RunState.WAITING)
    if row.requested_by == name_of(actor):
        raise SamePerson
    before = frozen_run(row)
    row.state, row.approved_by, row.approved_at = RunState.RUNNING, name_of(actor), now
    row.issued_on = local_date(session, tenant_id, now)
    return recorded_run(session, row, before, "bill_run.approved", actor)


def bill_next(
    session: Session,
    tenant_id: TenantId,
    run_id: BillRunId,
    *,
    now: datetime,
    actor: Actor,
    limit: int = CLIENTS_OF_CHUNK,
) -> BillRun:
    """Bill the next `limit` clients of a run that runs, by their ids. Locks the run and them.

    A run that does not run is returned as it is. Raises NotPermitted, BillRunNotFound.
    """
    actor.require(Permission.MAKE_INVOICES)
    row = locked_run(session, tenant_id, run_id)
    if row.state != RunState.RUNNING:
        return frozen_run(row)
    after = row.reached_client_id
    ids = next_clients(session, tenant_id, after, limit, lock=True)
    if not ids:
        before = frozen_run(row)
        row.state, row.ended_at = RunState.DONE, now
        return recorded_run(session, row, before, "bill_run.done", actor)
    catalogue = read_catalogue(session, tenant_id)
    drafts = drafts_of(
        session, tenant_id, ids, catalogue, month_on=row.month_on, issued_on=row.issued_on
    )
    written = write_bills(session, tenant_id, drafts, bill_run_id=row.id, now=now, actor=actor)
    row.reached_client_id = ids[-1]
    row.billed_count += written.invoices
    row.billed_minor += written.total_minor
    write(session)
    return frozen_run(row)


def run_to_end(
    transaction: Transactions,
    tenant_id: TenantId,
    run_id: BillRunId,
    *,
    now: datetime,
    actor: Actor,
    progress: Callable[[BillRun], None] = lambda run: None,
) -> BillRun:
    """Bill part by part, each in a `transaction` of its own, until nothing is left to bill."""
    while True:
        with transaction() as session:
            run = bill_next(session, tenant_id, run_id, now=now, actor=actor)
        progress(run)
        if run.state is not RunState.RUNNING:
            return run


def run_bills(
    transaction: Transactions, tenant_id: TenantId, month_on: date, *, now: datetime, actor: Actor
) -> BillRun | None:
    """The clock's: make the month's bills, or go on with them; None where the ISP makes its own.

    May be called any number of times. A run that waits for approval keeps waiting.
    """
    with transaction() as session:
        run = run_of_month(session, tenant_id, month_on.replace(day=1))
        if run is None and not get_billing_settings(session, tenant_id).auto_generate:
            return None
    if run is None:
        run = _requested(transaction, tenant_id, month_on, now, actor)
    return run_to_end(transaction, tenant_id, run.run_id, now=now, actor=actor)


def _requested(
    transaction: Transactions, tenant_id: TenantId, month_on: date, now: datetime, actor: Actor
) -> BillRun:
    """A run of the month, asked for here or by whoever was quicker."""
    try:
        with transaction() as session:
            return request_run(session, tenant_id, month_on, now=now, actor=actor)
    except BillRunExists:
        with transaction() as session:
            run = run_of_month(session, tenant_id, month_on.replace(day=1))
        if run is None:  # and it is reversed already
            raise
        return run


def run_of_month(session: Session, tenant_id: TenantId, month_on: date) -> BillRun | None:
    """The run of a month that was not reversed, if there is one."""
    mine = (
        BillRunRow.tenant_id == tenant_id,
        BillRunRow.month_on == month_on,
        BillRunRow.state != RunState.REVERSED,
    )
    row = session.scalar(select(BillRunRow).where(*mine))
    return None if row is None else frozen_run(row)


def get_run(session: Session, tenant_id: TenantId, run_id: BillRunId) -> BillRun:
    """Raises BillRunNotFound."""
    return frozen_run(read(session, BillRunRow, tenant_id, run_id, BillRunNotFound(run_id)))


def list_runs(session: Session, tenant_id: TenantId) -> tuple[BillRun, ...]:
    """The latest first, at most RUNS_MAX."""
    mine = select(BillRunRow).where(BillRunRow.tenant_id == tenant_id)
    rows = session.scalars(mine.order_by(BillRunRow.id.desc()).limit(RUNS_MAX))
    return tuple(frozen_run(row) for row in rows)


def name_of(actor: Actor) -> str:
    """By which two persons are told apart."""
    return f"{actor.kind}:{actor.name if actor.id is None else actor.id}"


def locked_run(session: Session, tenant_id: TenantId, run_id: int) -> BillRunRow:
    """Raises BillRunNotFound."""
    return locked(session, BillRunRow, tenant_id, run_id, BillRunNotFound(run_id))


def require_state(row: BillRunRow, *states: RunState) -> None:
    """Raises BillRunInState."""
    if row.state not in states:
        raise BillRunInState(row.id, row.state)


def recorded_run(
    session: Session, row: BillRunRow, before: BillRun, action: str, actor: Actor
) -> BillRun:
    """The row as it is now, with its audit row written."""
    write(session)
    after = frozen_run(row)
    subject = _subject(TenantId(row.tenant_id), row)
    record(session, actor, action, subject, before=before, after=after)
    return after


def _subject(tenant_id: TenantId, row: BillRunRow) -> Subject:
    return Subject(tenant_id, "bill_run", row.id)


def frozen_run(row: BillRunRow) -> BillRun:
    """The row as a value."""
    return BillRun(
        BillRunId(row.id),
        row.month_on,
        RunState(row.state),
        row.issued_on,
        row.requested_by,
        row.approved_by,
        row.foreseen_count,
        row.foreseen_minor,
        row.billed_count,
        row.billed_minor,
        row.ended_at,
    )
