import pytest

from storage.actors import SYSTEM, ActorKind, Permission
from tenancy.errors import StaffInactive
from tenancy.roles import PERMISSIONS, Role
from tenancy.staff import add_staff, deactivate_staff, staff_actor
from tests.fixtures.isps import World


def test_a_member_acts_with_what_the_role_may_do(isp: World) -> None:
    with isp.transaction() as session:
        member = add_staff(session, isp.tenant_id, name="নাদিয়া", role=Role.TECHNICIAN, actor=SYSTEM)
        actor = staff_actor(session, isp.tenant_id, member.staff_id, origin="10.0.0.1")
    assert (actor.kind, actor.id, actor.name) == (ActorKind.STAFF, member.staff_id, "নাদিয়া")
    assert actor.permissions == {Permission.MANAGE_NETWORK, Permission.VIEW_ALL_CLIENTS}


def test_who_left_may_do_nothing(isp: World) -> None:
    with isp.transaction() as session:
        member = add_staff(session, isp.tenant_id, name="Karim", role=Role.OWNER, actor=SYSTEM)
        deactivate_staff(session, isp.tenant_id, member.staff_id, actor=SYSTEM)
        with pytest.raises(StaffInactive):
            staff_actor(session, isp.tenant_id, member.staff_id, origin="10.0.0.1")


def test_every_role_has_its_permissions_and_the_owner_all() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert PERMISSIONS[Role.OWNER] == frozenset(Permission)


@pytest.mark.parametrize("role", [Role.SUPPORT_AGENT, Role.RECHARGE_AGENT, Role.TECHNICIAN])
def test_agents_reveal_no_passwords(role: Role) -> None:
    assert Permission.REVEAL_PASSWORDS not in PERMISSIONS[role]
