"""Found, looked at, suspended, paid for: an owner's day, in chat."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from billing.access import why
from billing.clients import get_client
from billing.payments import payments_of
from bots.codec import Visit, written
from policy.decision import Verdict
from policy.facts import ClientId, Status
from sandbox.telegram.people import People
from tenancy.roles import Role
from tests.bots.conftest import Member, NewMember, newcomer
from tests.fixtures.isps import PASSWORD, World

pytestmark = pytest.mark.usefixtures("bot")


def client_of(isp: World, name: str, username: str, *, due_minor: int = 0) -> ClientId:
    client = isp.client(name, name_bn="রহিম উদ্দিন", phone="01711000001")
    isp.connection(username, client_id=client.client_id)
    if due_minor:
        due_on = (datetime.now(UTC) + timedelta(days=5)).date()
        isp.invoice(client.client_id, due_on=due_on, total_minor=due_minor)
    return client.client_id


def actions(isp: World) -> list[tuple[str, str]]:
    with isp.transaction() as session:
        query = "SELECT action, origin FROM audit_log WHERE actor_kind = 'staff' ORDER BY id"
        return [tuple(row) for row in session.execute(text(query))]


def status(isp: World, client_id: ClientId) -> Status:
    with isp.transaction() as session:
        return get_client(session, isp.tenant_id, client_id).status


@pytest.mark.parametrize(
    "typed", ["rahim uddin", "রহিম", "01711000001", "+8801711-000001", "rah1", "1", "১"]
)
async def test_a_client_is_found_by_whatever_is_remembered(
    join: NewMember, isp: World, typed: str
) -> None:
    client_of(isp, "Rahim Uddin", "rah1")
    nadia = await join()
    await nadia.chat.says(typed)
    shown = await nadia.chat.sees("› Rahim Uddin · 1")
    assert "Access is on" in shown.text


async def test_many_are_a_list_in_pages_with_a_count(join: NewMember, isp: World) -> None:
    for number in range(1, 12):
        isp.client(f"Karim {number:02}")
    nadia = await join()
    await nadia.chat.says("karim")
    first = await nadia.chat.sees("11 found, page 1 of 2")
    assert len([label for label in first.buttons if "Karim" in label]) == 8
    await nadia.chat.taps("More")
    second = await nadia.chat.sees("page 2 of 2")
    assert second.id == first.id
    await nadia.chat.taps("Karim 11")
    await nadia.chat.sees("› Karim 11")
    await nadia.chat.taps("Results")
    await nadia.chat.sees("page 1 of 2")


@pytest.mark.parametrize("typed", ["'; DROP TABLE clients", "9" * 30, "x" * 500])
async def test_odd_words_find_nobody_and_break_nothing(
    join: NewMember, isp: World, typed: str
) -> None:
    client_of(isp, "Rahim Uddin", "rahim")
    nadia = await join()
    await nadia.chat.says(typed)
    await nadia.chat.sees("Nobody has")


async def test_a_suspension_is_shown_then_done_then_undone(join: NewMember, isp: World) -> None:
    client_id = client_of(isp, "Rahim Uddin", "rahim")
    nadia = await join()
    await nadia.chat.says("rahim")
    await nadia.chat.sees("Access is on")
    await nadia.chat.taps("Suspend")
    await nadia.chat.sees("Suspend Rahim Uddin")
    assert status(isp, client_id) is Status.ACTIVE
    await nadia.chat.taps("Yes, suspend")
    done = await nadia.chat.sees("Suspended. Audit no.")
    assert "Access is restricted" in done.text
    with isp.transaction() as session:
        decision = why(session, isp.tenant_id, "rahim", now=datetime.now(UTC))
    assert decision.verdict is Verdict.WALLED
    await nadia.chat.taps("Undo")
    await nadia.chat.sees("Resumed. Audit no.")
    assert status(isp, client_id) is Status.ACTIVE
    origin = f"telegram:{nadia.chat.id}"
    assert [one for one in actions(isp) if one[0] == "client.status_set"] == [
        ("client.status_set", origin),
        ("client.status_set", origin),
    ]


async def test_two_taps_take_one_payment(join: NewMember, isp: World) -> None:
    client_id = client_of(isp, "Rahim Uddin", "rahim", due_minor=80_000)
    nadia = await join()
    await nadia.chat.says("rahim")
    await nadia.chat.sees("Due: ৳800")
    await nadia.chat.taps("Take ৳800")
    confirm = await nadia.chat.sees("Take ৳800 from Rahim Uddin")
    assert "Still due then: ৳0" in confirm.text
    button = confirm.button("Yes, take")
    for _ in range(2):
        await nadia.chat.act("taps", message_id=confirm.id, button=button)
    done = await nadia.chat.sees("৳800 taken, Cash.")
    assert "Due: ৳0" in done.text
    with isp.transaction() as session:
        [payment] = payments_of(session, isp.tenant_id, client_id)
    assert (payment.amount_minor, payment.collected_by) == (80_000, "Nadia")


async def test_a_payment_taken_by_mistake_is_reversed_not_deleted(
    join: NewMember, isp: World
) -> None:
    client_id = client_of(isp, "Rahim Uddin", "rahim", due_minor=80_000)
    nadia = await join()
    await nadia.chat.says("rahim")
    await nadia.chat.sees("Due: ৳800")
    await nadia.chat.taps("Take ৳800")
    await nadia.chat.sees("Take ৳800 from")
    await nadia.chat.taps("Yes, take")
    await nadia.chat.sees("৳800 taken")
    await nadia.chat.taps("Undo")
    undone = await nadia.chat.sees("৳800 was taken back")
    assert "Due: ৳800" in undone.text
    with isp.transaction() as session:
        [payment] = payments_of(session, isp.tenant_id, client_id)
    assert payment.reversed_at is not None


async def test_another_amount_by_bkash_names_its_transaction(join: NewMember, isp: World) -> None:
    client_id = client_of(isp, "Rahim Uddin", "rahim", due_minor=80_000)
    nadia = await join()
    await nadia.chat.says("rahim")
    await nadia.chat.sees("Due: ৳800")
    await nadia.chat.taps("Another amount")
    await nadia.chat.sees("How much did Rahim Uddin pay?")
    await nadia.chat.says("a lot")
    await nadia.chat.sees("That is no amount")
    await nadia.chat.says("১,০০০ টাকা")
    confirm = await nadia.chat.sees("Take ৳1,000 from")
    assert "Kept as credit then: ৳200" in confirm.text
    await nadia.chat.taps("bKash")
    await nadia.chat.sees("type the transaction id")
    await nadia.chat.says("9hx 2k1")
    await nadia.chat.sees("transaction: 9HX2K1")
    await nadia.chat.taps("Yes, take")
    await nadia.chat.sees("৳1,000 taken, bKash")
    with isp.transaction() as session:
        [payment] = payments_of(session, isp.tenant_id, client_id)
    assert (payment.transaction_ref, payment.unused_minor) == ("9HX2K1", 20_000)
    await nadia.chat.taps("Another amount")
    await nadia.chat.says("1000")
    await nadia.chat.sees("৳1,000 was taken already")


async def test_what_changed_meanwhile_is_shown_again_before_it_is_done(
    join: NewMember, isp: World
) -> None:
    client_id = client_of(isp, "Rahim Uddin", "rahim", due_minor=80_000)
    nadia = await join()
    await nadia.chat.says("rahim")
    await nadia.chat.sees("Due: ৳800")
    await nadia.chat.taps("Take ৳800")
    await nadia.chat.sees("Take ৳800 from")
    isp.pay(client_id, 30_000, now=datetime.now(UTC))
    await nadia.chat.taps("Yes, take")
    again = await nadia.chat.sees("What is due has changed")
    assert "Kept as credit then: ৳300" in again.text


async def test_a_password_is_shown_apart_protected_and_written_down(
    join: NewMember, isp: World
) -> None:
    client_of(isp, "Rahim Uddin", "rahim")
    nadia = await join()
    await nadia.chat.says("rahim")
    await nadia.chat.sees("Access is on")
    await nadia.chat.taps("Password")
    await nadia.chat.sees("Show the password of rahim?")
    await nadia.chat.taps("Yes, show it")
    shown = await nadia.chat.sees(str(PASSWORD))
    assert shown.raw["has_protected_content"]
    assert "spoiler" in {entity["type"] for entity in shown.raw["entities"]}
    assert (await nadia.chat.taps("Copy", shown)).copied == str(PASSWORD)
    assert "connection.password_revealed" in [action for action, _ in actions(isp)]
    with isp.database.transaction(None) as session:
        noted = session.execute(text("SELECT message_id FROM chat_deletions WHERE chat_id = :chat"),
                                {"chat": nadia.chat.id}).scalars()  # fmt: skip
        assert shown.id in set(noted)


async def test_sessions_are_not_ended_where_none_live(join: NewMember, isp: World) -> None:
    client_of(isp, "Rahim Uddin", "rahim")
    nadia = await join()
    await nadia.chat.says("rahim")
    card = await nadia.chat.sees("Offline")
    assert not any("End sessions" in label for label in card.buttons)


async def test_why_tells_every_rule(join: NewMember, isp: World) -> None:
    client_of(isp, "Rahim Uddin", "rahim")
    nadia = await join()
    await nadia.chat.says("rahim")
    await nadia.chat.sees("Access is on")
    await nadia.chat.taps("Why")
    assert "Suspended by hand" in (await nadia.chat.sees("What would change it")).text


async def test_in_bangla_all_of_it_is_bangla(join: NewMember, isp: World) -> None:
    client_of(isp, "Rahim Uddin", "rahim", due_minor=8_000_000)
    nadia = await join(language="bn")
    await nadia.chat.says("rahim")
    shown = await nadia.chat.sees("রহিম উদ্দিন")
    assert "বকেয়া: ৳৮০,০০০" in shown.text
    assert "💵 ৳৮০,০০০ নিন" in shown.buttons


async def test_problems_tell_what_to_do(join: NewMember) -> None:
    nadia = await join()
    await nadia.chat.says("/problems")
    await nadia.chat.sees("Every change reaches every router")


async def tapped_with_forged_data(member: Member, data: str) -> str:
    home = await member.chat.sees("to find a client")
    tap = await member.chat.forges(home.id, data)
    return await tap.answer()


async def test_who_may_not_is_refused_also_with_a_forged_button(
    join: NewMember, isp: World
) -> None:
    client_id = client_of(isp, "Rahim Uddin", "rahim", due_minor=80_000)
    agent = await join(Role.RECHARGE_AGENT)
    await agent.chat.says("rahim")
    card = await agent.chat.sees("Due: ৳800")
    assert not any("Suspend" in one or "Password" in one for one in card.buttons)
    await agent.chat.taps("Home")
    said = await tapped_with_forged_data(
        agent, written(Visit(isp.tenant_id, "suspend", (client_id,)))
    )
    assert said == "You may not suspend and resume: ask an owner to do it or to allow it to you."


async def test_an_agent_finds_nobody_elses_client(join: NewMember, isp: World) -> None:
    client_id = client_of(isp, "Rahim Uddin", "rahim")
    reseller = await join(Role.RESELLER)
    await reseller.chat.says("rahim")
    await reseller.chat.sees("Nobody has")
    await reseller.chat.says("/home")
    said = await tapped_with_forged_data(
        reseller, written(Visit(isp.tenant_id, "card", (client_id,)))
    )
    assert "not yours" in said


async def test_another_isps_screen_is_no_way_in(
    join: NewMember, isp: World, other_isp: World
) -> None:
    theirs = client_of(other_isp, "Karim Hossain", "karim")
    nadia = await join()
    home = await nadia.chat.sees("to find a client")
    await nadia.chat.forges(home.id, written(Visit(other_isp.tenant_id, "card", (theirs,))))
    await nadia.chat.sees("Ask the owner for an invitation")
    assert not (await nadia.chat.screen()).find("Karim Hossain")


async def test_a_button_of_an_older_version_leads_home(join: NewMember, isp: World) -> None:
    nadia = await join()
    said = await tapped_with_forged_data(nadia, f"v.{isp.tenant_id:x}.gone.1")
    assert "older version" in said or said == ""


async def test_somebody_elses_token_does_nothing(join: NewMember, isp: World) -> None:
    client_id = client_of(isp, "Rahim Uddin", "rahim")
    nadia, karim = await join(), await join(Role.ADMIN, name="Karim")
    await nadia.chat.says("rahim")
    await nadia.chat.sees("Access is on")
    await nadia.chat.taps("Suspend")
    confirm = await nadia.chat.sees("Suspend Rahim Uddin")
    data = confirm.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    assert "older version" in await tapped_with_forged_data(karim, data)
    assert status(isp, client_id) is Status.ACTIVE


async def test_clients_are_offered_as_one_types_to_whom_they_are_shown(
    join: NewMember, isp: World
) -> None:
    client_of(isp, "Rahim Uddin", "rahim", due_minor=80_000)
    isp.client("Karim Hossain")
    nadia, reseller = await join(), await join(Role.RESELLER, name="Salma")
    await nadia.chat.taps("Find a client")
    offer = await nadia.chat.types("rahim")
    assert offer.titles == ["🟢 Rahim Uddin · 1"]
    assert "৳800" in offer.results[0]["description"]
    assert (await reseller.chat.types("rahim")).titles == []
    await offer.picks("Rahim Uddin")
    await nadia.chat.sees("› Rahim Uddin · 1")


async def test_strangers_are_offered_nobody(join: NewMember, people: People, isp: World) -> None:
    client_of(isp, "Rahim Uddin", "rahim")
    await join()
    stranger = await newcomer(people, "Jamil")
    assert (await stranger.types("rahim")).titles == []
