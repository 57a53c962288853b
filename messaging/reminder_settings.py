"""How long before a due date, and before the end of paid time, clients are reminded."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from messaging.rows import ReminderSettingsRow
from policy.facts import TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import write


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderSettings:
    """Days before; none at all: nobody is reminded. A day is 0 (the day itself) to 60."""

    before_due_days: frozenset[int] = frozenset({7, 3, 1})
    before_expiry_days: frozenset[int] = frozenset({3, 1})


def get_reminder_settings(session: Session, tenant_id: TenantId) -> ReminderSettings:
    """Those of the ISP; the usual ones where nothing was set."""
    row = session.get(ReminderSettingsRow, tenant_id)
    if row is None:
        return ReminderSettings()
    return ReminderSettings(
        before_due_days=frozenset(row.before_due_days),
        before_expiry_days=frozenset(row.before_expiry_days),
    )


def set_reminder_settings(
    session: Session, tenant_id: TenantId, details: ReminderSettings, *, actor: Actor
) -> None:
    """Remind on these days instead of the former. Raises NotPermitted, ValueRefused."""
    actor.require(Permission.MANAGE_ISP)
    locked = select(ReminderSettingsRow).where(ReminderSettingsRow.tenant_id == tenant_id)
    session.execute(locked.with_for_update())
    before = get_reminder_settings(session, tenant_id)
    session.merge(
        ReminderSettingsRow(
            tenant_id=tenant_id,
            before_due_days=sorted(details.before_due_days),
            before_expiry_days=sorted(details.before_expiry_days),
        )
    )
    write(session)
    subject = Subject(tenant_id, "isp", tenant_id)
    record(session, actor, "isp.reminders_set", subject, before=before, after=details)
