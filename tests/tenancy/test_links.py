from datetime import timedelta

import pytest

from storage.actors import SYSTEM
from tenancy.errors import AccountTaken, InvitationInvalid, StaffInactive
from tenancy.links import (
    ASKED_AGAIN_AFTER,
    INVITATION_LIFE,
    Invitation,
    Link,
    get_link,
    invite_staff,
    linked_isps,
    redeem_invitation,
    unlink_staff,
)
from tenancy.roles import Role, StaffId
from tenancy.staff import add_staff, deactivate_staff
from tests.fixtures.isps import NOON, World, new_account

TICK = timedelta(microseconds=1)


def member(isp: World, name: str = "Nadia") -> StaffId:
    with isp.transaction() as session:
        added = add_staff(session, isp.tenant_id, name=name, role=Role.ADMIN, actor=SYSTEM)
        return added.staff_id


def invited(isp: World, staff_id: StaffId) -> Invitation:
    with isp.transaction() as session:
        return invite_staff(session, isp.tenant_id, staff_id, now=NOON, actor=SYSTEM)


def redeemed(isp: World, code: str, account_id: int, now: object = NOON) -> Link:
    with isp.database.transaction(None) as session:
        return redeem_invitation(session, code, account_id=account_id, now=now)  # type: ignore[arg-type]


def test_a_code_links_the_account_of_whoever_types_it(isp: World) -> None:
    staff_id, account = member(isp), new_account()
    code = invited(isp, staff_id).code
    link = redeemed(isp, f" {code[:4].lower()}-{code[4:]} ", account)
    assert (link.tenant_id, link.staff_id) == (isp.tenant_id, staff_id)
    with isp.database.transaction(None) as session:
        (there,) = linked_isps(session, account)
    assert (there.slug, there.staff_id) == (isp.slug, staff_id)


def test_a_code_works_once_and_for_ten_minutes(isp: World) -> None:
    staff_id, account = member(isp), new_account()
    code = invited(isp, staff_id).code
    with pytest.raises(InvitationInvalid):
        redeemed(isp, code, account, NOON + INVITATION_LIFE)
    redeemed(isp, code, account, NOON + INVITATION_LIFE - TICK)
    with pytest.raises(InvitationInvalid):
        redeemed(isp, code, new_account())


def test_a_new_code_ends_the_former(isp: World) -> None:
    staff_id = member(isp)
    former = invited(isp, staff_id).code
    invited(isp, staff_id)
    with pytest.raises(InvitationInvalid):
        redeemed(isp, former, new_account())


def test_a_guess_is_no_code(isp: World) -> None:
    for guess in ("", "AAAAAAAAAAAAAAAA", "১২৩৪৫৬৭৮"):
        with pytest.raises(InvitationInvalid):
            redeemed(isp, guess, new_account())


def test_one_person_may_work_for_several_isps(isp: World, other_isp: World) -> None:
    account = new_account()
    for each in (isp, other_isp):
        redeemed(each, invited(each, member(each)).code, account)
    with isp.database.transaction(None) as session:
        assert {entry.slug for entry in linked_isps(session, account)} == {
            isp.slug,
            other_isp.slug,
        }


def test_one_account_is_one_person_at_an_isp(isp: World) -> None:
    account = new_account()
    redeemed(isp, invited(isp, member(isp)).code, account)
    with pytest.raises(AccountTaken):
        redeemed(isp, invited(isp, member(isp, "Karim")).code, account)


def test_a_new_account_takes_the_place_of_the_former(isp: World) -> None:
    staff_id, former, fresh = member(isp), new_account(), new_account()
    for account in (former, fresh):
        redeemed(isp, invited(isp, staff_id).code, account)
    with isp.database.transaction(None) as session:
        assert linked_isps(session, former) == ()
    with isp.transaction() as session:
        assert get_link(session, isp.tenant_id, staff_id).account_id == fresh


def test_who_left_is_linked_to_nothing_and_cannot_be_invited(isp: World) -> None:
    staff_id, account = member(isp), new_account()
    waiting = invited(isp, staff_id).code
    with isp.transaction() as session:
        deactivate_staff(session, isp.tenant_id, staff_id, actor=SYSTEM)
    with pytest.raises(InvitationInvalid):
        redeemed(isp, waiting, account)
    with pytest.raises(StaffInactive):
        invited(isp, staff_id)


def test_who_is_unlinked_or_left_works_nowhere(isp: World) -> None:
    gone, left = member(isp), member(isp, "Karim")
    accounts = {staff_id: new_account() for staff_id in (gone, left)}
    for staff_id, account in accounts.items():
        redeemed(isp, invited(isp, staff_id).code, account)
    with isp.transaction() as session:
        unlink_staff(session, isp.tenant_id, gone, actor=SYSTEM)
        deactivate_staff(session, isp.tenant_id, left, actor=SYSTEM)
    with isp.database.transaction(None) as session:
        assert [linked_isps(session, account) for account in accounts.values()] == [(), ()]


@pytest.mark.parametrize(
    ("verified_at", "asks"),
    [
        (None, True),
        (NOON - ASKED_AGAIN_AFTER, True),
        (NOON - ASKED_AGAIN_AFTER + TICK, False),
        (NOON, False),
    ],
)
def test_a_code_is_asked_for_at_first_and_after_twelve_hours(
    isp: World, verified_at: object, asks: bool
) -> None:
    link = Link(isp.tenant_id, StaffId(1), 1, verified_at)  # type: ignore[arg-type]
    assert link.asks_code(NOON) is asks
