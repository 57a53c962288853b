import pytest

from storage.actors import SYSTEM, Actor, ActorKind, Permission
from storage.errors import NotPermitted
from tenancy.errors import LastOwner, StaffInactive
from tenancy.links import invite_staff, unlink_staff
from tenancy.permissions import set_staff_permission
from tenancy.roles import PERMISSIONS, Role, StaffId
from tenancy.second_factor import reset_second_factor
from tenancy.staff import (
    add_staff,
    deactivate_staff,
    get_staff,
    list_staff,
    reinstate_staff,
    set_role,
    staff_actor,
)
from tests.fixtures.isps import NOON, World


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


def staff(isp: World, role: Role, name: str = "Nadia") -> tuple[StaffId, Actor]:
    with isp.transaction() as session:
        added = add_staff(session, isp.tenant_id, name=name, role=role, actor=SYSTEM)
        actor = staff_actor(session, isp.tenant_id, added.staff_id, origin="a test")
    return added.staff_id, actor


def test_a_new_role_counts_at_once_and_can_be_taken_back(isp: World) -> None:
    _, owner = staff(isp, Role.OWNER)
    karim, _ = staff(isp, Role.TECHNICIAN, "Karim")
    with isp.transaction() as session:
        set_role(session, isp.tenant_id, karim, Role.ADMIN, actor=owner)
        actor = staff_actor(session, isp.tenant_id, karim, origin="a test")
        assert Permission.MAKE_INVOICES in actor.permissions
        deactivate_staff(session, isp.tenant_id, karim, actor=owner)
        assert not get_staff(session, isp.tenant_id, karim).active
        assert reinstate_staff(session, isp.tenant_id, karim, actor=owner).active
        names = [one.name for one in list_staff(session, isp.tenant_id)]
    assert names == ["Karim", "Nadia"]


def test_the_last_owner_cannot_go_nor_become_less(isp: World) -> None:
    first, owner = staff(isp, Role.OWNER)
    with isp.transaction() as session:
        with pytest.raises(LastOwner):
            deactivate_staff(session, isp.tenant_id, first, actor=owner)
        with pytest.raises(LastOwner):
            set_role(session, isp.tenant_id, first, Role.ADMIN, actor=owner)
    staff(isp, Role.OWNER, "Karim")
    with isp.transaction() as session:
        assert set_role(session, isp.tenant_id, first, Role.ADMIN, actor=owner).role is Role.ADMIN


def test_who_manages_staff_rises_above_nobody(isp: World) -> None:
    boss, owner = staff(isp, Role.OWNER)
    nadia, _ = staff(isp, Role.ADMIN)
    with isp.transaction() as session:
        set_staff_permission(
            session,
            isp.tenant_id,
            nadia,
            permission=Permission.MANAGE_STAFF,
            allowed=True,
            actor=owner,
        )
        set_staff_permission(
            session,
            isp.tenant_id,
            nadia,
            permission=Permission.GIVE_CREDIT,
            allowed=False,
            actor=owner,
        )
        manager = staff_actor(session, isp.tenant_id, nadia, origin="a test")
        for forbidden in (
            lambda: set_role(session, isp.tenant_id, nadia, Role.OWNER, actor=manager),
            lambda: invite_staff(session, isp.tenant_id, boss, now=NOON, actor=manager),
            lambda: deactivate_staff(session, isp.tenant_id, boss, actor=manager),
            lambda: reset_second_factor(session, isp.tenant_id, boss, actor=manager),
            lambda: unlink_staff(session, isp.tenant_id, boss, actor=manager),
            lambda: set_staff_permission(
                session,
                isp.tenant_id,
                nadia,
                permission=Permission.GIVE_CREDIT,
                allowed=None,
                actor=manager,
            ),
        ):
            with pytest.raises(NotPermitted) as refusal:
                forbidden()
            assert refusal.value.permission == "give_credit"
        add_staff(session, isp.tenant_id, name="Jamil", role=Role.RECHARGE_AGENT, actor=manager)
