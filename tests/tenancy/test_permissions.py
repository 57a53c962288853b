import pytest

from storage.actors import SYSTEM, Actor, Permission
from tenancy.errors import OwnersMayDoAll
from tenancy.permissions import set_role_permission, set_staff_permission
from tenancy.roles import PERMISSIONS, Role, StaffId
from tenancy.staff import add_staff, staff_actor
from tests.fixtures.isps import World

SEE = Permission.VIEW_ALL_CLIENTS
PAY = Permission.TAKE_PAYMENTS


def member(isp: World, role: Role) -> StaffId:
    with isp.transaction() as session:
        return add_staff(session, isp.tenant_id, name="Nadia", role=role, actor=SYSTEM).staff_id


def acting(isp: World, staff_id: StaffId) -> Actor:
    with isp.transaction() as session:
        return staff_actor(session, isp.tenant_id, staff_id, origin="test")


def say(isp: World, of: Role | StaffId, permission: Permission, allowed: bool | None) -> None:
    with isp.transaction() as session:
        said = {"permission": permission, "allowed": allowed, "actor": SYSTEM}
        if isinstance(of, Role):
            set_role_permission(session, isp.tenant_id, role=of, **said)  # type: ignore[arg-type]
        else:
            set_staff_permission(session, isp.tenant_id, of, **said)  # type: ignore[arg-type]


def test_a_person_outranks_the_role_and_the_role_what_is_usual(isp: World) -> None:
    staff_id = member(isp, Role.SUPPORT_AGENT)
    assert {SEE, PAY}.isdisjoint(acting(isp, staff_id).permissions)
    say(isp, Role.SUPPORT_AGENT, PAY, True)
    assert PAY in acting(isp, staff_id).permissions
    say(isp, staff_id, PAY, False)
    assert PAY not in acting(isp, staff_id).permissions
    say(isp, staff_id, PAY, None)
    assert PAY in acting(isp, staff_id).permissions
    say(isp, Role.SUPPORT_AGENT, PAY, None)
    assert acting(isp, staff_id).permissions == PERMISSIONS[Role.SUPPORT_AGENT]


def test_one_isps_choice_is_nobody_elses(isp: World, other_isp: World) -> None:
    say(isp, Role.TECHNICIAN, PAY, True)
    assert PAY not in acting(other_isp, member(other_isp, Role.TECHNICIAN)).permissions


def test_nobody_takes_anything_from_an_owner(isp: World) -> None:
    owner = member(isp, Role.OWNER)
    with pytest.raises(OwnersMayDoAll):
        say(isp, Role.OWNER, PAY, False)
    with pytest.raises(OwnersMayDoAll):
        say(isp, owner, PAY, False)
    assert acting(isp, owner).permissions == frozenset(Permission)
