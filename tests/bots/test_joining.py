"""From an invitation to the home screen: who gets in, and who does not."""

from __future__ import annotations

import base64

import pytest
from sqlalchemy import text

from sandbox.telegram.people import People
from storage.actors import SYSTEM
from storage.secrets import sent_code
from tenancy.roles import Role
from tenancy.staff import deactivate_staff, set_phone
from tests.bots.conftest import NewMember, hired, invited, newcomer, prove
from tests.fixtures.isps import World

pytestmark = pytest.mark.usefixtures("bot")


async def test_a_stranger_learns_nothing_but_whom_to_ask(people: People, isp: World) -> None:
    chat = await newcomer(people)
    await chat.says("/start")
    shown = await chat.sees("Ask the owner for an invitation")
    assert "Padma" not in shown.text
    assert isp.slug not in shown.text


async def test_strangers_are_answered_in_their_own_language(people: People) -> None:
    chat = await newcomer(people, language="bn")
    await chat.says("সালাম")
    await chat.sees("মালিকের কাছে আমন্ত্রণ চান")


async def test_an_invitation_and_a_code_lead_to_the_home_screen(join: NewMember) -> None:
    nadia = await join()
    await nadia.chat.sees("Padma Net")
    backup = await nadia.chat.sees("Backup codes")
    assert backup.raw["has_protected_content"]


async def test_codes_do_not_stay_in_the_chat(join: NewMember) -> None:
    nadia = await join()
    mine = [message.text for message in (await nadia.chat.screen()).messages if message.mine]
    assert mine == []


async def test_a_used_code_links_nobody_else(people: People, isp: World) -> None:
    code = invited(isp, hired(isp, Role.OWNER))
    first, second = await newcomer(people), await newcomer(people, "Karim")
    await first.starts(code)
    await first.until(lambda seen: seen.find("authenticator"), "the offer of a key")
    await second.says(code)
    await second.sees("This code does not work")


async def test_nothing_is_shown_before_a_code_was_right(people: People, isp: World) -> None:
    isp.client("Rahim Uddin")
    chat = await newcomer(people)
    await chat.starts(invited(isp, hired(isp, Role.OWNER)))
    await chat.until(lambda seen: seen.find("authenticator"), "the offer of a key")
    await chat.says("Rahim")
    await chat.until(lambda seen: len(seen.messages) >= 3, "another offer")
    assert not (await chat.screen()).find("Rahim Uddin")


async def test_a_code_by_sms_opens_the_door_and_is_asked_for_by_a_tap(
    people: People, isp: World
) -> None:
    staff_id = hired(isp, Role.OWNER)
    with isp.transaction() as session:
        set_phone(session, isp.tenant_id, staff_id, "+8801711000009", actor=SYSTEM)
    chat = await newcomer(people)
    await chat.starts(invited(isp, staff_id))
    offer = await chat.until(lambda seen: seen.find("scan the picture"), "the offer of a key")
    assert (found := offer.find("scan the picture"))
    assert found.raw["photo"]
    await chat.taps("by SMS")
    await chat.sees("the phone that ends in 009")
    await chat.says(in_bangla(sent_code_of(isp, staff_id)))
    await chat.until(lambda seen: seen.find("🟢"), "the home screen")


async def test_before_what_is_dangerous_a_code_by_sms_does_as_well(
    join: NewMember, isp: World
) -> None:
    owner = await join()
    with isp.transaction() as session:
        set_phone(session, isp.tenant_id, owner.staff_id, "+8801711000009", actor=SYSTEM)
        session.execute(text("UPDATE staff_links SET verified_at = now() - interval '6 minutes'"))
    await owner.chat.taps("Staff")
    await owner.chat.sees("› Staff")
    await owner.chat.taps("Nadia")
    await owner.chat.sees("Phone for codes: +8801711000009")
    await owner.chat.taps("Invite by")
    await owner.chat.sees("Invite Nadia")
    await owner.chat.taps("Yes, make")
    await owner.chat.sees("needs a fresh code")
    await owner.chat.taps("by SMS")
    await owner.chat.sees("the phone that ends in 009")
    await owner.chat.says(sent_code_of(isp, owner.staff_id))
    await owner.chat.until(lambda seen: seen.find("Audit no."), "the invitation")


def sent_code_of(isp: World, staff_id: int) -> str:
    """What the outbox has for their phone."""
    with isp.transaction() as session:
        query = "SELECT payload ->> 'sealed_code' FROM outbox WHERE event = 'code.sent'"
        sealed = base64.b64decode(session.execute(text(query)).scalar_one())
    return isp.keys.open(sealed, sent_code(isp.tenant_id, f"staff:{staff_id}")).decode()


def in_bangla(digits: str) -> str:
    return digits.translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))


async def test_five_wrong_codes_lock_and_tell_the_owners(join: NewMember, isp: World) -> None:
    nadia = await join()
    with isp.transaction() as session:
        session.execute(text("UPDATE staff_links SET verified_at = NULL"))
    for _ in range(4):
        await nadia.chat.says("000000")
    await nadia.chat.sees("wrong or was used")
    await nadia.chat.says("000000")
    await nadia.chat.sees("Too many wrong codes")
    with isp.transaction() as session:
        told = session.execute(text("SELECT count(*) FROM outbox WHERE event = 'staff.locked'"))
        assert told.scalar_one() == 1


async def test_an_owner_is_told_in_chat_of_who_is_locked(join: NewMember, isp: World) -> None:
    owner = await join()
    karim, jamil = await join(Role.TECHNICIAN, name="Karim"), await join(Role.ADMIN, name="Jamil")
    with isp.transaction() as session:
        session.execute(
            text("UPDATE staff_links SET verified_at = NULL WHERE staff_id = :karim"),
            {"karim": karim.staff_id},
        )
    for _ in range(5):
        await karim.chat.says("000000")
    told = await owner.chat.sees("Karim gave five wrong codes")
    await owner.chat.taps("Login attempts", told)
    attempts = await owner.chat.sees("› Login attempts")
    assert attempts.text.count("🚫") >= 4
    assert not (await jamil.chat.screen()).find("Karim gave")


async def test_whoever_is_dismissed_is_a_stranger_at_the_next_tap(
    join: NewMember, isp: World
) -> None:
    nadia = await join()
    with isp.transaction() as session:
        deactivate_staff(session, isp.tenant_id, nadia.staff_id, actor=SYSTEM)
    await nadia.chat.taps("Find a client")
    await nadia.chat.sees("Ask the owner for an invitation")


async def test_who_works_for_two_isps_chooses_and_each_screen_names_its_own(
    join: NewMember, isp: World, other_isp: World
) -> None:
    nadia = await join()
    isp.client("Rahim of Padma")
    other_isp.client("Rahim of Jamuna")
    with other_isp.transaction() as session:
        session.execute(text("UPDATE tenants SET name = 'Jamuna Net'"))
    home = await nadia.chat.sees("Padma Net")
    await nadia.chat.starts(invited(other_isp, hired(other_isp, Role.OWNER)))
    await nadia.chat.sees("Jamuna Net: one more step")
    await prove(nadia.chat)
    await nadia.chat.says("Rahim")
    await nadia.chat.sees("Jamuna Net › Rahim of Jamuna")
    await nadia.chat.taps("Me", home)
    await nadia.chat.sees("at Padma Net")
    await nadia.chat.taps("🏢 Jamuna Net")
    await nadia.chat.sees("Type a name", seconds=5)
    await nadia.chat.says("Padma")
    await nadia.chat.sees("Nobody has “Padma”")
