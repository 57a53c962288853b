"""Who works here, managed in chat: invited, given rights, dismissed; dangerous acts ask a code."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from PIL import Image
from sqlalchemy import text

from sandbox.telegram.people import People, Person
from storage.actors import Permission
from tenancy.roles import Role
from tenancy.staff import get_staff, staff_actor
from tests.bots.conftest import Member, NewMember, hears, hired, newcomer, prove
from tests.fixtures.isps import World

pytestmark = pytest.mark.usefixtures("bot")


def forget_proof(isp: World, minutes: int = 6) -> None:
    """As if the last code had been given that long ago."""
    with isp.transaction() as session:
        at = datetime.now(UTC) - timedelta(minutes=minutes)
        session.execute(text("UPDATE staff_links SET verified_at = :at"), {"at": at})


def next_code(totp: pyotp.TOTP) -> str:
    """One that was not given yet: the step after, which a slow clock may show."""
    return totp.at(datetime.now(UTC) + timedelta(seconds=30))


async def opened(owner: Member, name: str) -> Person:
    await hears(owner.chat, "/home", "to find a client")
    await owner.chat.taps("Staff")
    await owner.chat.sees("› Staff")
    await owner.chat.taps(name)
    await owner.chat.sees(f"› {name}")
    return owner.chat


async def test_an_invitation_is_a_code_and_a_picture_of_it_that_go(
    join: NewMember, people: People, isp: World
) -> None:
    owner = await join()
    hired(isp, Role.TECHNICIAN, "Karim")
    chat = await opened(owner, "Karim")
    await chat.taps("Invite by code")
    await chat.sees("acts as Karim")
    await chat.taps("Yes, make a code")
    shown = await chat.sees("invitation for Karim")
    assert shown.raw["has_protected_content"]
    assert Image.open(io.BytesIO(await chat.receives(shown))).width > 200
    link = (await chat.taps("Copy the link", shown)).copied
    karim = await newcomer(people, "Karim")
    await karim.starts(link.partition("?start=")[2])
    await prove(karim)
    await karim.sees("Padma Net")


async def test_a_dangerous_act_waits_for_a_code_and_then_is_done(
    join: NewMember, isp: World
) -> None:
    owner = await join()
    karim = hired(isp, Role.TECHNICIAN, "Karim")
    forget_proof(isp)
    chat = await opened(owner, "Karim")
    await chat.taps("Dismiss")
    await chat.sees("Dismiss Karim")
    await chat.taps("Yes, dismiss")
    await chat.sees("needs a fresh code")
    with isp.transaction() as session:
        assert get_staff(session, isp.tenant_id, karim).active
    await hears(chat, "000000", "That code is wrong")
    await hears(chat, next_code(owner.totp), "Dismissed. Audit no.")
    assert [one.text for one in (await chat.screen()).messages if one.mine] == ["/home"]
    await chat.taps("Undo")
    await chat.sees("Works here again")


async def test_a_permission_given_counts_at_the_next_tap(join: NewMember, isp: World) -> None:
    owner = await join()
    karim = await join(Role.TECHNICIAN, name="Karim")
    chat = await opened(owner, "Karim")
    await chat.taps("Permissions")
    await chat.sees("What Karim")
    await chat.taps("take payments")
    await chat.sees("Karim: take payments")
    await chat.taps("Allow")
    await chat.sees("Changed. It counts")
    with isp.transaction() as session:
        actor = staff_actor(session, isp.tenant_id, karim.staff_id, origin="a test")
    assert Permission.TAKE_PAYMENTS in actor.permissions
    client = isp.client("Rahim Uddin")
    isp.invoice(client.client_id, total_minor=80_000)
    await karim.chat.says("Rahim")
    assert any("Take ৳800" in label for label in (await karim.chat.sees("Due: ৳800")).buttons)


async def test_a_role_is_changed_for_all_who_have_it(join: NewMember) -> None:
    owner = await join()
    await owner.chat.taps("Staff")
    await owner.chat.sees("› Staff")
    await owner.chat.taps("Roles")
    await owner.chat.sees("Owners may do all")
    await owner.chat.taps("Technician")
    await owner.chat.sees("What every Technician may do")
    await owner.chat.taps("manage the network")
    await owner.chat.sees("Technician: manage the network")
    await owner.chat.sees("Technician: manage the network")
    await owner.chat.taps("Deny")
    shown = await owner.chat.sees("Changed. It counts")
    assert "🚫✎ manage the network" in shown.buttons


async def test_the_last_owner_stays(join: NewMember) -> None:
    owner = await join()
    chat = await opened(owner, "Nadia")
    await chat.taps("Dismiss")
    await chat.sees("Dismiss Nadia")
    assert "Nobody else is owner" in await (await chat.taps("Yes, dismiss")).answer()


async def test_login_attempts_are_a_list_and_a_file(join: NewMember) -> None:
    owner = await join()
    await owner.chat.taps("Staff")
    await owner.chat.sees("› Staff")
    await owner.chat.taps("Login attempts")
    shown = await owner.chat.sees("› Login attempts")
    assert "✅" in shown.text
    assert f"telegram:{owner.chat.id}" in shown.text
    await owner.chat.taps("CSV")
    sent = await owner.chat.sees("1 rows")
    rows = (await owner.chat.receives(sent)).decode("utf-8-sig").splitlines()
    assert rows[0].startswith("At,Who")
    assert "Nadia" in rows[1]


async def test_somebody_is_taken_on_by_a_form(join: NewMember, isp: World) -> None:
    owner = await join()
    await owner.chat.taps("Staff")
    await owner.chat.sees("› Staff")
    await owner.chat.taps("Take somebody on")
    await owner.chat.sees("Type the name")
    await hears(owner.chat, "Jamil Ahmed", "In which role?")
    await owner.chat.taps("Technician")
    await owner.chat.sees("Type the phone")
    await hears(owner.chat, "০১৭১১-০০০০০৯", "Phone: +8801711000009")
    review = await owner.chat.sees("Is all of it right?")
    assert "Role: Technician" in review.text
    await owner.chat.taps("Save")
    await owner.chat.sees("Taken on. Audit no.")
    with isp.transaction() as session:
        query = "SELECT role FROM staff WHERE name = 'Jamil Ahmed'"
        assert session.execute(text(query)).scalar_one() == "technician"
