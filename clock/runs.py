"""How far each job has come at a place, kept in `job_runs` and `server_job_runs`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from policy.facts import TenantId

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)
ERROR_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Run:
    """`done_until` is the last occurrence done; what failed is the one after it."""

    done_until: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    failures: int = 0
    failed_at: datetime | None = None
    retry_at: datetime | None = None
    error: str | None = None


COLUMNS = ", ".join(Run.__slots__)


def runs_of(session: Session, tenant_id: TenantId | None) -> dict[str, Run]:
    """Every job that the clock has seen at an ISP (None: at the server), by name."""
    table, _ = _table(tenant_id)
    rows = session.execute(text(f"SELECT job, {COLUMNS} FROM {table}"))
    return {name: Run(*columns) for name, *columns in rows}


def begin(session: Session, tenant_id: TenantId | None, jobs: Iterable[str], now: datetime) -> None:
    """From `now` on these jobs are due; what lies before was never theirs to do."""
    table, key = _table(tenant_id)
    value = ":tenant_id, " if key else ""
    session.execute(
        text(f"""
            INSERT INTO {table} ({key}job, done_until)
            SELECT {value}job, :now FROM unnest(CAST(:jobs AS text[])) AS job
            ON CONFLICT DO NOTHING
        """),
        {"tenant_id": tenant_id, "jobs": list(jobs), "now": now},
    )


def note_done(
    session: Session, tenant_id: TenantId | None, job: str, *, at: datetime, run: Run
) -> None:
    """The occurrence at `at` is done, as `run` says when."""
    _update(
        session,
        tenant_id,
        job,
        "done_until = greatest(done_until, :at), started_at = :started, finished_at = :finished,"
        " failures = 0, failed_at = NULL, retry_at = NULL, error = NULL",
        at=at,
        started=run.started_at,
        finished=run.finished_at,
    )


def note_failure(
    session: Session, tenant_id: TenantId | None, job: str, *, error: Exception, now: datetime
) -> int:
    """It failed at `now` and will be tried again, later each time; returns how often in a row."""
    failures: int = _update(
        session,
        tenant_id,
        job,
        "failures = failures + 1, failed_at = :now, error = :error, retry_at = :now"
        " + least(:longest, CAST(:first AS interval) * power(2, least(failures, 20)))",
        now=now,
        error=_one_line(error),
        first=FIRST_RETRY,
        longest=LONGEST_RETRY,
    )
    return failures


def _update(
    session: Session, tenant_id: TenantId | None, job: str, changes: str, **said: object
) -> int:
    table, key = _table(tenant_id)
    where = "tenant_id = :tenant_id AND job = :job" if key else "job = :job"
    query = text(f"UPDATE {table} SET {changes} WHERE {where} RETURNING failures")
    done = session.execute(query, {"tenant_id": tenant_id, "job": job, **said})
    return int(done.scalar_one())


def _table(tenant_id: TenantId | None) -> tuple[str, str]:
    return ("server_job_runs", "") if tenant_id is None else ("job_runs", "tenant_id, ")


def _one_line(error: Exception) -> str:
    """Its kind and first line: PostgreSQL's DETAIL, which may hold a client's data, comes after."""
    words = f"{type(error).__name__}: {error}".splitlines()[0]
    return "".join(c if c.isprintable() else " " for c in words)[:ERROR_LENGTH_MAX]
