"""Forms that are half filled in, kept until they are saved, given up, or a week old."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bots.rows import FormRow
from policy.facts import TenantId
from storage.rows import write
from tenancy.roles import StaffId

LIFE = timedelta(days=7)
Answers = Mapping[str, Any]  # by field, as JSON has it; None: passed over


@dataclass(frozen=True, slots=True)
class Draft:
    """`field` is what is asked now; empty: all is answered."""

    form: str
    field: str
    answers: Answers


def keep(
    session: Session, tenant_id: TenantId, staff_id: StaffId, draft: Draft, *, now: datetime
) -> None:
    """Instead of the person's former one of that form. What is too old goes."""
    session.execute(delete(FormRow).where(FormRow.tenant_id == tenant_id, FormRow.expires_at < now))
    row = FormRow(
        tenant_id=tenant_id,
        staff_id=staff_id,
        form=draft.form,
        field=draft.field,
        answers=dict(draft.answers),
        expires_at=now + LIFE,
    )
    session.merge(row)
    write(session)


def find(
    session: Session, tenant_id: TenantId, staff_id: StaffId, form: str, *, now: datetime
) -> Draft | None:
    row = session.get(FormRow, (tenant_id, staff_id, form))
    return None if row is None or now >= row.expires_at else _frozen(row)


def open_drafts(
    session: Session, tenant_id: TenantId, staff_id: StaffId, *, now: datetime
) -> tuple[Draft, ...]:
    """All that the person has begun, by name."""
    mine = FormRow.tenant_id == tenant_id, FormRow.staff_id == staff_id, FormRow.expires_at > now
    rows = session.scalars(select(FormRow).where(*mine).order_by(FormRow.form))
    return tuple(_frozen(row) for row in rows)


def give_up(session: Session, tenant_id: TenantId, staff_id: StaffId, form: str) -> None:
    """With its answers."""
    session.execute(
        delete(FormRow).where(
            FormRow.tenant_id == tenant_id, FormRow.staff_id == staff_id, FormRow.form == form
        )
    )


def _frozen(row: FormRow) -> Draft:
    return Draft(row.form, row.field, row.answers)
