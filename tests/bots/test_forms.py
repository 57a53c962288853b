"""Forms in chat: answers checked at once, nothing lost by a restart, all shown before saving."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from billing.connections import find_connection
from billing.passwords import reveal_password
from bots.codec import Visit, written
from network.nas import list_nas, reveal_nas_secret
from sandbox.telegram.people import Person
from storage.actors import SYSTEM
from tenancy.roles import Role
from tests.bots.conftest import NewMember, Running, hears, shows
from tests.fixtures.isps import World
from tests.fixtures.pictures import picture

pytestmark = pytest.mark.usefixtures("bot")


async def begun(chat: Person) -> None:
    await hears(chat, "/home", "to find a client")
    await chat.taps("➕ Client")
    await chat.sees("Type the name.")


async def skips(chat: Person, *questions: str) -> None:
    for question in questions:
        await chat.sees(question)
        await chat.taps("Skip")


async def test_a_client_with_photo_and_connection_is_added(join: NewMember, isp: World) -> None:
    isp.package("Home 20")
    isp.profile()
    nadia = await join()
    chat = nadia.chat
    await begun(chat)
    await hears(chat, "Rahim <b>Uddin</b>", "in Bangla script")
    await hears(chat, "রহিম উদ্দিন", "Type the phone")
    await hears(chat, "12", "That is no phone number")
    await hears(chat, "০১৭১১-০০০০০১", "e-mail address")
    await chat.taps("Skip")
    await chat.sees("Type the number of the NID")
    await hears(chat, "12345", "An NID has 10, 13 or 17 digits")
    await chat.says("1234567890")
    await skips(chat, "father's name", "Type the address", "Which zone?")
    await chat.sees("Send a photo")
    await hears(chat, "no", "Send a photo (JPEG")
    await chat.sends_photo(picture(kind="JPEG"))
    await chat.sees("Add a connection at once?")
    await chat.taps("Yes")
    await chat.sees("Type the username")
    await hears(chat, "rahim uddin", "without spaces")
    await hears(chat, "rahim", "Which package?")
    await chat.taps("Home 20")
    await chat.sees("Billed how?")
    await chat.taps("Profile")
    await chat.sees("Type a password")
    review = await hears(chat, "Sunlit7", "Is all of it right?")
    assert "Phone: +8801711000001" in review.text
    assert "Name: Rahim <b>Uddin</b>" in review.text
    assert "Sunlit7" not in review.text
    assert not [one for one in (await chat.screen()).messages if "Sunlit7" in one.text]
    await chat.taps("Save")
    await chat.sees("Client added. Audit no.")
    with isp.transaction() as session:
        line = find_connection(session, isp.tenant_id, "rahim")
        assert line is not None
        clear = reveal_password(
            session, isp.tenant_id, line.connection_id, keys=isp.keys, actor=SYSTEM
        )
    assert str(clear) == "Sunlit7"
    await chat.taps("More")
    await chat.sees("NID: 1234567890, father: –")
    await chat.taps("Photo")
    await chat.sees("🖼 Rahim")


async def test_a_username_that_somebody_has_is_said_at_once(join: NewMember, isp: World) -> None:
    isp.connection("rahim")
    nadia = await join()
    await hears(nadia.chat, "rahim", "Access is on")
    await nadia.chat.taps("More")
    await nadia.chat.sees("NID: –")
    await nadia.chat.taps("➕ Connection")
    await nadia.chat.sees("Type the username")
    await hears(nadia.chat, "rahim", "rahim is somebody's already")


async def test_a_form_goes_back_and_changes_one_answer(join: NewMember) -> None:
    nadia = await join()
    await nadia.chat.taps("Packages")
    await nadia.chat.sees("› Packages")
    await nadia.chat.taps("Zones")
    await nadia.chat.sees("› Zones")
    await nadia.chat.taps("➕ Zone")
    await nadia.chat.sees("Type the name.")
    await hears(nadia.chat, "Mirpr", "Name: Mirpr")
    await nadia.chat.taps("✎ Name")
    await nadia.chat.sees("Type the name.")
    await hears(nadia.chat, "Mirpur", "Name: Mirpur")
    await nadia.chat.taps("Save")
    await nadia.chat.sees("Zone added")


async def test_a_form_waits_until_one_comes_back_to_it(join: NewMember) -> None:
    nadia = await join()
    await begun(nadia.chat)
    await hears(nadia.chat, "Rahim Uddin", "in Bangla script")
    home = await hears(nadia.chat, "/home", "to find a client")
    assert any("Continue" in label for label in home.buttons)
    await hears(nadia.chat, "Karim", "Nobody has “Karim”")
    await hears(nadia.chat, "/home", "to find a client")
    await nadia.chat.taps("Continue")
    again = await shows(nadia.chat, "in Bangla script")
    assert "Name: Rahim Uddin" in again.text
    await nadia.chat.taps("Back")
    await shows(nadia.chat, "Type the name.")
    await nadia.chat.taps("Give up")
    home = await shows(nadia.chat, "to find a client")
    assert not any("Continue" in label for label in home.buttons)


async def test_a_button_of_a_question_that_is_answered_shows_what_is_asked_now(
    join: NewMember,
) -> None:
    nadia = await join()
    await begun(nadia.chat)
    old = await hears(nadia.chat, "Rahim", "in Bangla script")
    await nadia.chat.taps("Skip", old)
    phone = await nadia.chat.sees("Type the phone")
    await nadia.chat.act("taps", message_id=phone.id, button=phone.button("Skip"))
    await nadia.chat.sees("e-mail address")


async def test_a_form_goes_on_after_a_restart(join: NewMember, bot: Running) -> None:
    nadia = await join()
    await begun(nadia.chat)
    await hears(nadia.chat, "Rahim Uddin", "in Bangla script")
    await bot.restart()
    await hears(nadia.chat, "রহিম উদ্দিন", "Type the phone")


async def test_a_router_is_added_and_its_secret_is_seen_by_nobody(
    join: NewMember, isp: World
) -> None:
    nadia = await join(Role.TECHNICIAN)
    chat = nadia.chat
    await chat.taps("Routers")
    await chat.sees("› Routers")
    await chat.taps("➕ Router")
    await chat.sees("Type the name.")
    await hears(chat, "Mirpur 1", "What kind of router?")
    await chat.taps("MikroTik")
    await chat.sees("address from which it asks")
    await hears(chat, "10.0.0", "That is no IP address")
    await hears(chat, "198.51.100.77", "Type the RADIUS secret")
    await hears(chat, "Jamuna-Shared-9", "Skip: 3799")
    await chat.taps("Skip")
    await chat.sees("Is all of it right?")
    assert "Jamuna" not in str(await chat.screen())
    with isp.transaction() as session:
        kept = session.execute(text("SELECT answers::text FROM chat_forms")).scalar_one()
    assert "Jamuna" not in kept
    await chat.taps("Save")
    shown = await chat.sees("Router added")
    assert not any("secret" in label for label in shown.buttons)
    with isp.transaction() as session:
        [nas] = list_nas(session, isp.tenant_id)
        clear = reveal_nas_secret(session, isp.tenant_id, nas.nas_id, keys=isp.keys, actor=SYSTEM)
    assert str(clear) == "Jamuna-Shared-9"


async def test_a_package_is_added_with_what_it_costs(join: NewMember) -> None:
    nadia = await join()
    chat = nadia.chat
    await chat.taps("Packages")
    await chat.sees("› Packages")
    await chat.taps("➕ Package")
    await hears(chat, "Home 20", "kind of service")
    await chat.taps("PPPoE")
    for asked, answer in (
        ("Type the price", "৮০০ টাকা"),
        ("speed down", "20"),
        ("speed up", "২০"),
        ("how many days", "30"),
        ("data limit", "500"),
    ):
        await chat.sees(asked)
        await chat.says(answer)
    await skips(chat, "address pool", "PPP profile")
    await chat.sees("Is all of it right?")
    await chat.taps("Save")
    shown = await chat.sees("Package added")
    assert "৳800 for 30 days, data: 500" in shown.text


async def test_numbers_of_a_forged_button_are_no_answers(join: NewMember, isp: World) -> None:
    """Only whom a form is about may come with the button; a password, say, may not."""
    nadia = await join()
    home = await nadia.chat.sees("to find a client")
    numbers = (isp.client().client_id, 7, 7, 7, 7, 7)
    await nadia.chat.forges(home.id, written(Visit(isp.tenant_id, "add_connection", numbers)))
    await nadia.chat.sees("Type the username")
    with isp.transaction() as session:
        kept = session.execute(text("SELECT answers FROM chat_forms")).scalar_one()
    assert kept == {"client": numbers[0]}
