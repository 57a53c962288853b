"""What is pending of live sessions, and what keeps it from them: for screens and for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import ConnectionNotFound
from billing.rows import ConnectionRow
from network.attempts import Problem
from network.coa import Means
from policy.facts import ConnectionId, NasId, TenantId
from policy.grants import Step
from storage.rows import read

PENDING_MAX = 1_000  # more are no list that anybody reads

OPEN = text("""
    SELECT problem.nas_id, nas.name, host(nas.address), nas.coa_port, problem.kind, problem.changes,
           problem.username, problem.error_cause, problem.opened_at
      FROM network_problems AS problem
      JOIN nas_devices AS nas ON nas.tenant_id = problem.tenant_id AND nas.id = problem.nas_id
     WHERE problem.tenant_id = :tenant_id AND problem.closed_at IS NULL
     ORDER BY problem.opened_at, nas.name, problem.kind""")
PENDING = text("""
    SELECT change.session_id, change.connection_id, change.asked_by, change.step, change.means,
           change.tries, change.wanted_at, change.acked_at, change.error_cause, change.problem
      FROM session_changes AS change
     WHERE change.tenant_id = :tenant_id
       AND (change.next_try_at IS NOT NULL OR change.acked_at IS NOT NULL)
       AND (CAST(:connection_id AS bigint) IS NULL OR change.connection_id = :connection_id)
     ORDER BY change.wanted_at, change.session_id
     LIMIT :most""")


class AskedBy(StrEnum):
    DECISION = "decision"
    KICK = "kick"


@dataclass(frozen=True, slots=True)
class OpenProblem:
    """Changes of `changes` sessions do not get through a NAS, `username`'s for one."""

    nas_id: NasId
    nas_name: str
    address: str
    coa_port: int
    kind: Problem
    changes: int
    username: str
    error_cause: int | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class PendingChange:
    """A session is to become something else. `acked_at`: accepted, and not yet proved."""

    session_id: int
    connection_id: ConnectionId | None
    asked_by: AskedBy
    step: Step
    means: Means
    tries: int
    wanted_at: datetime
    acked_at: datetime | None
    error_cause: int | None
    problem: Problem | None


def open_problems(session: Session, tenant_id: TenantId) -> tuple[OpenProblem, ...]:
    """The oldest first; at most five a NAS. A problem closes by itself when it is solved."""
    rows = session.execute(OPEN, {"tenant_id": tenant_id})
    return tuple(
        OpenProblem(NasId(nas_id), name, address, port, Problem(kind), *rest)
        for nas_id, name, address, port, kind, *rest in rows
    )


def pending_changes(
    session: Session, tenant_id: TenantId, connection_id: ConnectionId | None = None
) -> tuple[PendingChange, ...]:
    """What is still to reach live sessions, of one connection or of all; the oldest first.

    Raises ConnectionNotFound.
    """
    if connection_id is not None:
        missing = ConnectionNotFound(connection_id)
        read(session, ConnectionRow, tenant_id, connection_id, missing)
    which = {"tenant_id": tenant_id, "connection_id": connection_id, "most": PENDING_MAX}
    return tuple(
        PendingChange(
            session_id=row.session_id,
            connection_id=row.connection_id,
            asked_by=AskedBy(row.asked_by),
            step=Step[row.step.upper()],
            means=Means(row.means),
            tries=row.tries,
            wanted_at=row.wanted_at,
            acked_at=row.acked_at,
            error_cause=row.error_cause,
            problem=None if row.problem is None else Problem(row.problem),
        )
        for row in session.execute(PENDING, which)
    )
