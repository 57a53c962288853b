"""What somebody may do: what their role may, as their ISP changed it for the role and for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from policy.facts import TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import locked, read, write
from tenancy.errors import OwnersMayDoAll, StaffNotFound
from tenancy.roles import PERMISSIONS, Role, StaffId
from tenancy.rows import RolePermissionRow, StaffPermissionRow, StaffRow

# One round trip: this is asked before everything that anybody does.
OVERRIDES = text("""
    SELECT permission, allowed FROM (
        SELECT permission, allowed, 1 AS rank FROM role_permissions
         WHERE tenant_id = :tenant_id AND role = :role
        UNION ALL
        SELECT permission, allowed, 2 FROM staff_permissions
         WHERE tenant_id = :tenant_id AND staff_id = :staff_id) AS said
     ORDER BY rank
""")
Overrides = Mapping[Permission, bool]


def permissions_of(session: Session, member: StaffRow) -> frozenset[Permission]:
    """What a staff member may do now. Owners may do all; a person's own rows outrank the role's."""
    role = Role(member.role)
    if role is Role.OWNER:
        return PERMISSIONS[role]
    allowed, tenant_id = set(PERMISSIONS[role]), TenantId(member.tenant_id)
    rows = session.execute(OVERRIDES, {"tenant_id": tenant_id, "role": role, "staff_id": member.id})
    for permission, said in _known(rows).items():
        (allowed.add if said else allowed.discard)(permission)
    return frozenset(allowed)


def require_over(session: Session, actor: Actor, member: StaffRow) -> None:
    """Nobody manages who may do more than they: else they could make themselves that person.

    Raises NotPermitted, naming what the actor lacks.
    """
    for permission in sorted(permissions_of(session, member)):
        actor.require(permission)


def role_overrides(session: Session, tenant_id: TenantId, role: Role) -> Overrides:
    """What this ISP changed for a role."""
    query = select(RolePermissionRow.permission, RolePermissionRow.allowed).where(
        RolePermissionRow.tenant_id == tenant_id, RolePermissionRow.role == role.value
    )
    return _known(session.execute(query))


def staff_overrides(session: Session, tenant_id: TenantId, staff_id: StaffId) -> Overrides:
    """What this ISP changed for a person. Raises StaffNotFound."""
    return _staff_overrides(
        session, read(session, StaffRow, tenant_id, staff_id, StaffNotFound(staff_id))
    )


def _staff_overrides(session: Session, member: StaffRow) -> Overrides:
    query = select(StaffPermissionRow.permission, StaffPermissionRow.allowed).where(
        StaffPermissionRow.tenant_id == member.tenant_id, StaffPermissionRow.staff_id == member.id
    )
    return _known(session.execute(query))


def set_role_permission(
    session: Session,
    tenant_id: TenantId,
    *,
    role: Role,
    permission: Permission,
    allowed: bool | None,
    actor: Actor,
) -> None:
    """Allow or deny a role something; None: as everywhere. Nobody gives what they may not do.

    Raises NotPermitted, OwnersMayDoAll.
    """
    actor.require(Permission.MANAGE_STAFF)
    if allowed is not False:
        actor.require(permission)
    if role is Role.OWNER:
        raise OwnersMayDoAll
    session.execute(
        delete(RolePermissionRow).where(
            RolePermissionRow.tenant_id == tenant_id,
            RolePermissionRow.role == role.value,
            RolePermissionRow.permission == permission.value,
        )
    )
    if allowed is not None:
        session.add(
            RolePermissionRow(
                tenant_id=tenant_id, role=role.value, permission=permission.value, allowed=allowed
            )
        )
    write(session)
    said = {"role": role, "permission": permission, "allowed": allowed}
    record(session, actor, "role.permission_set", Subject(tenant_id, "isp", tenant_id), after=said)


def set_staff_permission(
    session: Session,
    tenant_id: TenantId,
    staff_id: StaffId,
    *,
    permission: Permission,
    allowed: bool | None,
    actor: Actor,
) -> None:
    """Allow or deny a person something; None: as their role. Locks the staff member.

    Nobody gives what they may not do. Raises NotPermitted, StaffNotFound, OwnersMayDoAll.
    """
    actor.require(Permission.MANAGE_STAFF)
    if allowed is not False:
        actor.require(permission)
    row = locked(session, StaffRow, tenant_id, staff_id, StaffNotFound(staff_id))
    if row.role == Role.OWNER:
        raise OwnersMayDoAll
    require_over(session, actor, row)
    session.execute(
        delete(StaffPermissionRow).where(
            StaffPermissionRow.tenant_id == tenant_id,
            StaffPermissionRow.staff_id == staff_id,
            StaffPermissionRow.permission == permission.value,
        )
    )
    if allowed is not None:
        session.add(
            StaffPermissionRow(
                tenant_id=tenant_id,
                staff_id=staff_id,
                permission=permission.value,
                allowed=allowed,
            )
        )
    write(session)
    said = {"permission": permission, "allowed": allowed}
    subject = Subject(tenant_id, "staff", staff_id)
    record(session, actor, "staff.permission_set", subject, after=said)


def _known(rows: Iterable[tuple[str, bool]]) -> Overrides:
    known = {permission.value: permission for permission in Permission}
    return {known[name]: allowed for name, allowed in rows if name in known}
