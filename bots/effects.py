"""Tokens: what a button does is pinned when the button is shown, and done once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bots.rows import EffectRow
from policy.facts import TenantId
from storage.rows import write
from tenancy.roles import StaffId

TOKEN_BYTES = 16
LIFE = timedelta(minutes=15)
UNDO_LIFE = timedelta(minutes=1)
KEPT = timedelta(days=1)  # so that a late tap is told what it was


@dataclass(frozen=True, slots=True)
class Effect:
    """What was pinned. `done`: by an earlier tap. `late`: its time is over."""

    name: str
    payload: Mapping[str, Any]
    done: bool
    late: bool


def pin(
    session: Session,
    tenant_id: TenantId,
    staff_id: StaffId,
    name: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    life: timedelta = LIFE,
) -> str:
    """A token for a thing that this staff member alone may do, once, before `life` is over."""
    session.execute(
        delete(EffectRow).where(EffectRow.tenant_id == tenant_id, EffectRow.expires_at < now - KEPT)
    )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = EffectRow(
        tenant_id=tenant_id,
        token=token,
        staff_id=staff_id,
        effect=name,
        payload=dict(payload),
        expires_at=now + life,
    )
    session.add(row)
    write(session)
    return token


def claim(
    session: Session, tenant_id: TenantId, staff_id: StaffId, token: str, *, now: datetime
) -> Effect | None:
    """What the token stands for, claimed by this transaction; None for no token of theirs."""
    found = look(session, tenant_id, staff_id, token, now=now)
    if found is not None and not found.done and not found.late:
        row = session.get_one(EffectRow, (tenant_id, token))
        row.used_at = now
        write(session)
    return found


def look(
    session: Session, tenant_id: TenantId, staff_id: StaffId, token: str, *, now: datetime
) -> Effect | None:
    """What the token stands for, not claimed yet.

    Locked, so that of two taps at once the second finds it done.
    """
    row = session.scalar(
        select(EffectRow)
        .where(
            EffectRow.tenant_id == tenant_id,
            EffectRow.token == token,
            EffectRow.staff_id == staff_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        return None
    return Effect(row.effect, row.payload, row.used_at is not None, now >= row.expires_at)
