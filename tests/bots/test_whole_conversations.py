"""What is done in chat is what FreeRADIUS answers: the real server, asked as a router asks it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from policy.facts import ProfileKind, Reason, Restriction, RestrictionAction
from storage.actors import SYSTEM
from storage.secrets import Secret
from tenancy.access_rules import set_restriction
from tenancy.roles import Role
from tests.bots.conftest import NewMember, hears
from tests.fixtures.isps import PASSWORD, World
from tests.radius.server import Radius, Router

pytestmark = pytest.mark.usefixtures("bot")

ACCEPTED, REFUSED = "Access-Accept", "Access-Reject"


@pytest.fixture(autouse=True)
def _refusing(isp: World) -> None:
    """An ISP that refuses, where others wall in."""
    with isp.transaction() as session:
        for reason in (Reason.DUES, Reason.SUSPENDED):
            refusal = Restriction(RestrictionAction.REJECT)
            set_restriction(session, isp.tenant_id, reason, refusal, actor=SYSTEM)


async def answered(
    radius: Radius, router: Router, username: str, password: Secret = PASSWORD
) -> str:
    """What a router hears now, once the server knows what was committed."""

    def ask() -> str:
        radius.caught_up()
        return router.login(username, password).code

    return await asyncio.to_thread(ask)


async def test_who_is_suspended_in_chat_is_refused_and_who_is_resumed_comes_in(
    join: NewMember, isp: World, radius: Radius, router: Router
) -> None:
    client = isp.client("Rahim Uddin")
    isp.connection("rahim", client_id=client.client_id)
    nadia = await join()
    assert await answered(radius, router, "rahim") == ACCEPTED
    await hears(nadia.chat, "rahim", "Access is on")
    await nadia.chat.taps("Suspend")
    await nadia.chat.sees("Suspend Rahim Uddin")
    await nadia.chat.taps("Yes, suspend")
    await nadia.chat.sees("Suspended. Audit no.")
    assert await answered(radius, router, "rahim") == REFUSED
    await nadia.chat.taps("Undo")
    await nadia.chat.sees("Resumed. Audit no.")
    assert await answered(radius, router, "rahim") == ACCEPTED


async def test_who_pays_by_three_taps_comes_in(
    join: NewMember, isp: World, radius: Radius, router: Router
) -> None:
    """From a contact that was shared: due amount, yes."""
    client = isp.client("Rahim Uddin", phone="01711000001")
    isp.connection("rahim", client_id=client.client_id)
    long_ago = (datetime.now(UTC) - timedelta(days=40)).date()
    isp.invoice(client.client_id, due_on=long_ago, total_minor=80_000)
    agent = await join(Role.RECHARGE_AGENT)
    assert await answered(radius, router, "rahim") == REFUSED
    await agent.chat.sends_contact("+8801711000001", "Rahim")
    await agent.chat.sees("Due: ৳800")
    await agent.chat.taps("Take ৳800")
    await agent.chat.sees("Take ৳800 from Rahim Uddin")
    await agent.chat.taps("Yes, take")
    await agent.chat.sees("৳800 taken, Cash.")
    assert await answered(radius, router, "rahim") == ACCEPTED


async def test_a_client_added_in_chat_logs_in_with_the_password_that_was_typed(
    join: NewMember, isp: World, radius: Radius, router: Router
) -> None:
    client = isp.client("Rahim Uddin")
    isp.package("Home 20")
    isp.profile()
    nadia = await join()
    await hears(nadia.chat, str(client.client_number), "› Rahim Uddin")
    await nadia.chat.taps("⋯ More")
    await nadia.chat.sees("NID: –")
    await nadia.chat.taps("➕ Connection")
    await nadia.chat.sees("Type the username")
    await hears(nadia.chat, "rahim", "Which package?")
    await nadia.chat.taps("Home 20")
    await nadia.chat.sees("Billed how?")
    await nadia.chat.taps("Profile")
    await nadia.chat.sees("Type a password")
    await hears(nadia.chat, "Meghna-Sunlit-8", "Is all of it right?")
    await nadia.chat.taps("Save")
    await nadia.chat.sees("Connection added")
    assert await answered(radius, router, "rahim", Secret("Meghna-Sunlit-8")) == ACCEPTED
    assert await answered(radius, router, "rahim", Secret("something-else")) == REFUSED


async def test_who_is_given_more_days_in_chat_comes_in(
    join: NewMember, isp: World, radius: Radius, router: Router
) -> None:
    """And goes again when it is undone."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with isp.transaction() as session:
        refusal = Restriction(RestrictionAction.REJECT)
        set_restriction(session, isp.tenant_id, Reason.EXPIRED, refusal, actor=SYSTEM)
    daily = isp.profile(ProfileKind.DAILY)
    isp.connection("rahim", profile_id=daily.profile_id, expires_at=yesterday)
    nadia = await join()
    assert await answered(radius, router, "rahim") == REFUSED
    await hears(nadia.chat, "rahim", "Access is off")
    await nadia.chat.taps("⋯ More")
    await nadia.chat.sees("NID: –")
    await nadia.chat.taps("Expiry")
    await nadia.chat.sees("Valid to the end of which day?")
    await hears(nadia.chat, "1.1.2020", "Type a day from today on")
    later = (datetime.now(UTC) + timedelta(days=5)).date()
    await hears(nadia.chat, f"{later:%d.%m.%Y}", "Type the reason")
    await hears(nadia.chat, "the line was cut", "Is all of it right?")
    await nadia.chat.taps("Save")
    await nadia.chat.sees("Expiry moved")
    assert await answered(radius, router, "rahim") == ACCEPTED
    await nadia.chat.taps("Undo")
    await nadia.chat.sees("Access is off")
    assert await answered(radius, router, "rahim") == REFUSED
