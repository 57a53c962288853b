"""What the next text of a person answers; where nothing was asked, it is looked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bots.rows import PromptRow
from policy.facts import TenantId
from storage.rows import write
from tenancy.roles import StaffId

LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Prompt:
    name: str
    payload: Mapping[str, Any]


def ask(
    session: Session,
    tenant_id: TenantId,
    staff_id: StaffId,
    name: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """The next text answers this, and no longer what was asked before."""
    forget(session, tenant_id, staff_id)
    row = PromptRow(
        tenant_id=tenant_id,
        staff_id=staff_id,
        prompt=name,
        payload=dict(payload),
        expires_at=now + LIFE,
    )
    session.add(row)
    write(session)


def asked(
    session: Session, tenant_id: TenantId, staff_id: StaffId, *, now: datetime
) -> Prompt | None:
    """What was asked last and is still open."""
    row = session.get(PromptRow, (tenant_id, staff_id))
    if row is None or now >= row.expires_at:
        return None
    return Prompt(row.prompt, row.payload)


def forget(session: Session, tenant_id: TenantId, staff_id: StaffId) -> None:
    """Nothing is asked any more."""
    session.execute(
        delete(PromptRow).where(PromptRow.tenant_id == tenant_id, PromptRow.staff_id == staff_id)
    )
