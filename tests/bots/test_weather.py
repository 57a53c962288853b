"""Bad networks and a slow Telegram: nothing is done or sent twice, and nobody waits for others."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bots.door import Door, Heard
from bots.pages import pages, seen_length
from bots.views import CAPTION_MAX, TEXT_MAX, Button, File, View
from bots.words import Html
from sandbox.telegram.people import People
from tests.bots.conftest import Member, NewMember, hears
from tests.fixtures.isps import World

pytestmark = pytest.mark.usefixtures("bot")


async def payments(isp: World) -> int:
    with isp.transaction() as session:
        return int(session.execute(text("SELECT count(*) FROM payments")).scalar_one())


async def about_to_pay(join: NewMember, isp: World) -> Member:
    client = isp.client("Rahim Uddin")
    due_on = datetime.now(UTC).date()
    isp.invoice(client.client_id, due_on=due_on, total_minor=80_000)
    nadia = await join()
    await hears(nadia.chat, "rahim", "Due: ৳800")
    await nadia.chat.taps("Take ৳800")
    await nadia.chat.sees("Take ৳800 from")
    return nadia


@pytest.mark.parametrize("kind", ["dropped", "lost", "refused"])
async def test_an_edit_that_fails_is_tried_again(
    join: NewMember, people: People, isp: World, kind: str
) -> None:
    nadia = await about_to_pay(join, isp)
    await people.weather(fault={"kind": kind, "method": "editMessageText", "times": 2})
    await nadia.chat.taps("Yes, take")
    await nadia.chat.sees("৳800 taken")
    assert await payments(isp) == 1


async def test_who_taps_again_after_a_lost_answer_pays_once(
    join: NewMember, people: People, isp: World
) -> None:
    nadia = await about_to_pay(join, isp)
    await people.weather(fault={"kind": "dropped", "method": "editMessageText", "times": 3})
    await nadia.chat.taps("Yes, take")
    tap = await nadia.chat.taps("Yes, take")
    assert await tap.answer() == "That was done already."
    assert await payments(isp) == 1


async def test_a_message_that_may_have_arrived_is_not_sent_again(
    join: NewMember, people: People, isp: World
) -> None:
    """To the bot it looks as if the connection had dropped; it did arrive."""
    isp.client("Rahim Uddin")
    nadia = await join()
    await people.weather(fault={"kind": "lost", "method": "sendMessage"})
    await nadia.chat.says("Rahim Uddin")
    await nadia.chat.sees("› Rahim Uddin")
    await hears(nadia.chat, "/me", "Backup codes left")
    texts = [one.text for one in (await nadia.chat.screen()).messages]
    assert len([one for one in texts if "› Rahim Uddin" in one]) == 1


async def test_a_short_flood_is_waited_for_and_a_long_one_keeps_nobody(
    join: NewMember, people: People, isp: World
) -> None:
    nadia = await about_to_pay(join, isp)
    karim = await join(name="Karim")
    fault = {"kind": "flooded", "method": "editMessageText", "seconds": 6}
    await people.weather(fault=fault)
    await nadia.chat.taps("Yes, take")
    await hears(karim.chat, "/me", "Backup codes left")
    await hears(nadia.chat, "/me", "Backup codes left")
    assert await payments(isp) == 1
    await nadia.chat.sees("৳800 taken", seconds=15)


async def test_what_cannot_be_shown_never_says_that_nothing_was_changed(
    join: NewMember, people: People, isp: World
) -> None:
    nadia = await about_to_pay(join, isp)
    await people.weather(fault={"kind": "flooded", "method": "editMessageText", "seconds": 900})
    await nadia.chat.taps("Yes, take")
    await hears(nadia.chat, "/home", "to find a client")
    assert "Nothing was changed" not in str(await nadia.chat.screen())
    assert await payments(isp) == 1


def test_nothing_is_cut_however_long_it_is() -> None:
    paragraph = "<b>রহিম &amp; sons</b> " + "x" * 700
    words = "\n\n".join(f"{number} {paragraph}" for number in range(20)) + "\n" + "ক" * 9000
    button = ((Button("Home", "v.1.home"),),)
    parts = pages(View(Html(words), button))
    assert [bool(part.rows) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert all(seen_length(part.text) <= TEXT_MAX for part in parts)
    whole = "".join(part.text for part in parts)
    assert whole.count("x") == 20 * 700
    assert whole.count("ক") == 9000
    assert all(part.text.count("<b>") == part.text.count("</b>") for part in parts)


def test_a_long_caption_goes_on_below_its_picture() -> None:
    picture, *rest = pages(View(Html("long " * 400), file=File("a.png", b"", picture=True)))
    assert picture.file is not None
    assert seen_length(picture.text) <= CAPTION_MAX
    assert "".join(part.text for part in rest).count("l") == 400
    assert not [part for part in rest if part.file]


def test_the_door_answers_also_where_a_text_is_endless(isp: World) -> None:
    answer = Door(isp.database, isp.keys).answer(Heard(1, "en", text="\0" + "x" * 100_000))
    assert answer.view is not None
