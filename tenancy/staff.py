"""Who works for an ISP, in which role, and as whom they act."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from policy.facts import TenantId
from storage.actors import Actor, ActorKind, Permission
from storage.audit import Subject, record
from storage.rows import locked, read, write
from tenancy.errors import LastOwner, StaffInactive, StaffNotFound
from tenancy.permissions import permissions_of, require_over
from tenancy.roles import PERMISSIONS, Role, StaffId
from tenancy.rows import StaffRow

STAFF_MAX = 500


@dataclass(frozen=True, slots=True)
class StaffMember:
    staff_id: StaffId
    name: str
    role: Role
    active: bool
    phone: str | None = None  # E.164: where a code is sent


def add_staff(
    session: Session,
    tenant_id: TenantId,
    *,
    name: str,
    role: Role,
    phone: str | None = None,
    actor: Actor,
) -> StaffMember:
    """Take somebody on; several may bear one name. Nobody gives a role that may do more than they.

    Raises NotPermitted, ValueRefused.
    """
    actor.require(Permission.MANAGE_STAFF)
    _require_role(actor, role)
    row = StaffRow(tenant_id=tenant_id, name=name, role=role, active=True, phone=phone)
    session.add(row)
    write(session)
    member = _frozen(row)
    record(session, actor, "staff.added", Subject(tenant_id, "staff", row.id), after=member)
    return member


def deactivate_staff(
    session: Session, tenant_id: TenantId, staff_id: StaffId, *, actor: Actor
) -> StaffMember:
    """From now on they may do nothing; their name stays in the audit log.

    Locks the owners and the staff member. Raises NotPermitted, StaffNotFound, LastOwner.
    """
    actor.require(Permission.MANAGE_STAFF)
    row = _managed(session, tenant_id, staff_id, actor)
    _keep_an_owner(session, row, actor)
    before, row.active = _frozen(row), False
    return _recorded(session, row, before, "staff.deactivated", actor)


def reinstate_staff(
    session: Session, tenant_id: TenantId, staff_id: StaffId, *, actor: Actor
) -> StaffMember:
    """They work here again, as before. Locks the staff member.

    Raises NotPermitted, StaffNotFound.
    """
    actor.require(Permission.MANAGE_STAFF)
    row = _managed(session, tenant_id, staff_id, actor)
    before, row.active = _frozen(row), True
    return _recorded(session, row, before, "staff.reinstated", actor)


def set_role(
    session: Session, tenant_id: TenantId, staff_id: StaffId, role: Role, *, actor: Actor
) -> StaffMember:
    """Another role, from the next tap on; what was changed for the person stays.

    Locks the owners and the staff member. Raises NotPermitted, StaffNotFound, LastOwner.
    """
    actor.require(Permission.MANAGE_STAFF)
    row = _managed(session, tenant_id, staff_id, actor)
    _require_role(actor, role)
    if role is not Role.OWNER:
        _keep_an_owner(session, row, actor)
    before, row.role = _frozen(row), role.value
    return _recorded(session, row, before, "staff.role_set", actor)


def set_phone(
    session: Session, tenant_id: TenantId, staff_id: StaffId, phone: str | None, *, actor: Actor
) -> StaffMember:
    """Where they are sent codes from now on, E.164; nowhere with None.

    Locks the owners and the staff member. Raises NotPermitted, StaffNotFound, ValueRefused.
    """
    actor.require(Permission.MANAGE_STAFF)
    row = _managed(session, tenant_id, staff_id, actor)
    before, row.phone = _frozen(row), phone
    return _recorded(session, row, before, "staff.phone_set", actor)


def get_staff(session: Session, tenant_id: TenantId, staff_id: StaffId) -> StaffMember:
    """Raises StaffNotFound."""
    return _frozen(read(session, StaffRow, tenant_id, staff_id, StaffNotFound(staff_id)))


def list_staff(session: Session, tenant_id: TenantId) -> tuple[StaffMember, ...]:
    """Who works there first, then who did; by name; at most STAFF_MAX."""
    query = select(StaffRow).where(StaffRow.tenant_id == tenant_id)
    order = (StaffRow.active.desc(), func.lower(StaffRow.name), StaffRow.id)
    rows = session.scalars(query.order_by(*order).limit(STAFF_MAX))
    return tuple(_frozen(row) for row in rows)


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


def _managed(session: Session, tenant_id: TenantId, staff_id: StaffId, actor: Actor) -> StaffRow:
    """Locked, after the owners, so that two of them cannot remove one another at once."""
    session.execute(
        select(StaffRow.id)
        .where(StaffRow.tenant_id == tenant_id, StaffRow.role == Role.OWNER.value)
        .order_by(StaffRow.id)
        .with_for_update()
    )
    row = locked(session, StaffRow, tenant_id, staff_id, StaffNotFound(staff_id))
    require_over(session, actor, row)
    return row


def _require_role(actor: Actor, role: Role) -> None:
    for permission in sorted(PERMISSIONS[role]):
        actor.require(permission)


def _keep_an_owner(session: Session, row: StaffRow, actor: Actor) -> None:
    """Staff cannot leave their ISP without an owner; the operator of the server can."""
    if actor.kind is not ActorKind.STAFF or row.role != Role.OWNER.value:
        return
    others = session.scalar(
        select(func.count()).where(
            StaffRow.tenant_id == row.tenant_id,
            StaffRow.role == Role.OWNER.value,
            StaffRow.active,
            StaffRow.id != row.id,
        )
    )
    if not others:
        raise LastOwner(row.id)


def _recorded(
    session: Session, row: StaffRow, before: StaffMember, action: str, actor: Actor
) -> StaffMember:
    write(session)
    after = _frozen(row)
    subject = Subject(TenantId(row.tenant_id), "staff", row.id)
    record(session, actor, action, subject, before=before, after=after)
    return after


def _frozen(row: StaffRow) -> StaffMember:
    return StaffMember(StaffId(row.id), row.name, Role(row.role), row.active, row.phone)
