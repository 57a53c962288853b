"""Staff, as far as an actor in the audit log needs them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from policy.facts import TenantId
from storage.actors import Actor, ActorKind, Permission
from storage.audit import Subject, record
from storage.rows import locked, read, write
from tenancy.errors import StaffInactive, StaffNotFound
from tenancy.permissions import permissions_of
from tenancy.roles import Role, StaffId
from tenancy.rows import StaffRow


@dataclass(frozen=True, slots=True)
class StaffMember:
    staff_id: StaffId
    name: str
    role: Role
    active: bool


def add_staff(
    session: Session, tenant_id: TenantId, *, name: str, role: Role, actor: Actor
) -> StaffMember:
    """Take somebody on; several may bear one name. Raises NotPermitted, ValueRefused."""
    actor.require(Permission.MANAGE_STAFF)
    row = StaffRow(tenant_id=tenant_id, name=name, role=role, active=True)
    session.add(row)
    write(session)
    member = _frozen(row)
    record(session, actor, "staff.added", Subject(tenant_id, "staff", row.id), after=member)
    return member


def deactivate_staff(
    session: Session, tenant_id: TenantId, staff_id: StaffId, *, actor: Actor
) -> StaffMember:
    """From now on they may do nothing; their name stays in the audit log.

    Raises NotPermitted, StaffNotFound.
    """
    actor.require(Permission.MANAGE_STAFF)
    row = locked(session, StaffRow, tenant_id, staff_id, StaffNotFound(staff_id))
    before = _frozen(row)
    row.active = False
    write(session)
    after = _frozen(row)
    subject = Subject(tenant_id, "staff", staff_id)
    record(session, actor, "staff.deactivated", subject, before=before, after=after)
    return after


def find_staff(session: Session, tenant_id: TenantId, name: str) -> StaffMember | None:
    """Whoever works there under this name, its case aside; None where nobody, or several, do."""
    query = select(StaffRow).where(
        StaffRow.tenant_id == tenant_id,
        StaffRow.active,
        func.lower(StaffRow.name) == name.strip().lower(),
    )
    found = session.scalars(query.limit(2)).all()
    return _frozen(found[0]) if len(found) == 1 else None


def staff_actor(session: Session, tenant_id: TenantId, staff_id: StaffId, *, origin: str) -> Actor:
    """A staff member as an actor, with what they may do. Raises StaffNotFound, StaffInactive.

    `origin`: from where they act (an address, a chat).
    """
    row = read(session, StaffRow, tenant_id, staff_id, StaffNotFound(staff_id))
    if not row.active:
        raise StaffInactive(staff_id)
    return Actor(ActorKind.STAFF, row.name, row.id, permissions_of(session, row), origin)


def _frozen(row: StaffRow) -> StaffMember:
    return StaffMember(StaffId(row.id), row.name, Role(row.role), row.active)
