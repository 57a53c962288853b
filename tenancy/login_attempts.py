"""Who tried to prove who they are, and who has failed too often for now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from policy.facts import TenantId
from storage.actors import Actor, Permission
from tenancy.rows import LoginAttemptRow

FAILURES_MAX = 5
FAILURES_WITHIN = timedelta(minutes=15)
ATTEMPTS_SHOWN = 50


class SubjectKind(StrEnum):
    STAFF = "staff"
    CLIENT = "client"
    UNKNOWN = "unknown"  # the name that was given is nobody's


class Door(StrEnum):
    TELEGRAM = "telegram"
    PORTAL = "portal"


@dataclass(frozen=True, slots=True)
class Trier:
    """Who tries, and from where: an IP address or chat account, and what the browser says it is."""

    kind: SubjectKind
    subject_id: int | None
    door: Door
    origin: str
    browser: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    trier: Trier
    succeeded: bool
    attempted_at: datetime


def note_attempt(
    session: Session, tenant_id: TenantId, trier: Trier, *, succeeded: bool, now: datetime
) -> None:
    """Write an attempt down; to be committed whether it succeeded or not."""
    session.add(
        LoginAttemptRow(
            tenant_id=tenant_id,
            subject_kind=trier.kind.value,
            subject_id=trier.subject_id,
            door=trier.door.value,
            origin=trier.origin,
            browser=trier.browser[:500] if trier.browser else None,
            succeeded=succeeded,
            attempted_at=now,
        )
    )
    session.flush()


def locked_until(
    session: Session, tenant_id: TenantId, trier: Trier, *, now: datetime
) -> datetime | None:
    """When the trier may try again; None: now.

    Locked are a known subject and an origin that failed FAILURES_MAX times within FAILURES_WITHIN,
    since the last success of that subject: until the oldest of these failures is that old.
    """
    ends = [
        _locked(session, tenant_id, now, LoginAttemptRow.origin == trier.origin),
    ]
    if trier.subject_id is not None:
        whose = (
            LoginAttemptRow.subject_kind == trier.kind.value,
            LoginAttemptRow.subject_id == trier.subject_id,
        )
        ends.append(_locked(session, tenant_id, now, *whose))
    return max((end for end in ends if end is not None), default=None)


def recent_attempts(
    session: Session, tenant_id: TenantId, *, actor: Actor, limit: int = ATTEMPTS_SHOWN
) -> tuple[Attempt, ...]:
    """The latest first. Raises NotPermitted."""
    actor.require(Permission.MANAGE_STAFF)
    rows = session.scalars(
        select(LoginAttemptRow)
        .where(LoginAttemptRow.tenant_id == tenant_id)
        .order_by(LoginAttemptRow.id.desc())
        .limit(limit)
    )
    return tuple(
        Attempt(
            Trier(
                SubjectKind(row.subject_kind),
                row.subject_id,
                Door(row.door),
                row.origin,
                row.browser,
            ),
            row.succeeded,
            row.attempted_at,
        )
        for row in rows
    )


def _locked(
    session: Session, tenant_id: TenantId, now: datetime, *whose: object
) -> datetime | None:
    mine = (LoginAttemptRow.tenant_id == tenant_id, *whose)
    last_success = (
        select(func.max(LoginAttemptRow.attempted_at))
        .where(*mine, LoginAttemptRow.succeeded)  # type: ignore[arg-type]
        .scalar_subquery()
    )
    failures = session.scalars(
        select(LoginAttemptRow.attempted_at)
        .where(
            *mine,  # type: ignore[arg-type]
            ~LoginAttemptRow.succeeded,
            LoginAttemptRow.attempted_at > now - FAILURES_WITHIN,
            LoginAttemptRow.attempted_at > func.coalesce(last_success, "-infinity"),
        )
        .order_by(LoginAttemptRow.attempted_at.desc())
        .limit(FAILURES_MAX)
    ).all()
    if len(failures) < FAILURES_MAX:
        return None
    return failures[-1] + FAILURES_WITHIN
