"""Who did what: one row for each change, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from policy.facts import TenantId
from storage.actors import Actor
from storage.rows import AuditEntry


@dataclass(frozen=True, slots=True)
class Subject:
    """What was acted on: whose it is, a kind of thing in our words, its id."""

    tenant_id: TenantId
    kind: str
    id: int | None = None


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject: Subject,
    *,
    before: object = None,
    after: object = None,
) -> None:
    """Append to the audit log. `action` is "noun.verb_done"; nothing secret may be given.

    `before` and `after` are mappings or frozen values; of two values of one kind only the fields
    that differ are kept.
    """
    was, became = _difference(_plain(before), _plain(after))
    session.execute(
        insert(AuditEntry).values(
            tenant_id=subject.tenant_id,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            origin=actor.origin,
            action=action,
            subject_kind=subject.kind,
            subject_id=subject.id,
            before=was,
            after=became,
        )
    )


def last_entry(session: Session, tenant_id: TenantId, actor: Actor) -> int | None:
    """The number of the last row of a staff member's doing, this transaction's included."""
    query = select(AuditEntry.id).where(
        AuditEntry.tenant_id == tenant_id,
        AuditEntry.actor_kind == actor.kind,
        AuditEntry.actor_id == actor.id,
    )
    return session.scalar(query.order_by(AuditEntry.id.desc()).limit(1))


def _difference(before: Any, after: Any) -> tuple[Any, Any]:
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return before, after
    same = {key for key in before.keys() & after.keys() if before[key] == after[key]}
    was, became = ({k: v for k, v in part.items() if k not in same} for part in (before, after))
    return was, became


def _plain(value: object) -> Any:
    """As JSON has it: dates as ISO text, enums as their text, sets sorted."""
    if is_dataclass(value):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(part) for key, part in value.items()}
    if isinstance(value, frozenset | list | tuple):
        parts = [_plain(part) for part in value]
        return sorted(parts) if isinstance(value, frozenset) else parts
    return _plain_scalar(value)


def _plain_scalar(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(f"not for the audit log: {type(value).__name__}")
