"""The bot's process and the invitations to it, from the command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from commands.bot import LOCAL_TOKEN, NoToken, bot, bot_settings
from commands.invite import invite
from commands.settings import Settings
from commands.up import wanted_lines
from sandbox.telegram.world import DEFAULT_TOKEN
from storage.actors import SYSTEM
from tenancy.links import linked_isps, redeem_invitation
from tenancy.roles import Role
from tenancy.staff import add_staff
from tests.fixtures.homes import Home
from tests.fixtures.isps import World, create_world, new_account

TOKEN = "123456789:AAE-a_token-of-some-length-0123456"


@pytest.fixture
def homes_isp(home: Home) -> World:
    return create_world(home.database, home.keys())


def names(**environ: str) -> list[str]:
    return [line.name for line in wanted_lines(Settings.from_environ(environ), None)]


def test_the_bot_is_started_only_where_one_is_set_up() -> None:
    assert "bot" not in names()
    assert "bot" in names(TELEGRAM_BOT_TOKEN=TOKEN)
    assert "bot" in names(SKYLINK_TELEGRAM_API="http://127.0.0.1:8081")


def test_a_local_telegram_needs_no_token() -> None:
    said = bot_settings(Settings.from_environ({"SKYLINK_TELEGRAM_API": "http://127.0.0.1:8081"}))
    assert said is not None
    assert said.token == LOCAL_TOKEN == DEFAULT_TOKEN


def test_without_a_bot_it_is_said_how_to_have_one(home: Home) -> None:
    with pytest.raises(NoToken, match="TELEGRAM_BOT_TOKEN"):
        home.run(bot)


def test_an_invitation_links_whoever_sends_its_code(home: Home, homes_isp: World) -> None:
    done = home.run(invite, "Nadia", "--isp", homes_isp.slug)
    assert "Nadia, owner at Padma Net" in done.output
    code = re.search(r"^  ([A-Z2-7-]{19})$", done.output, re.MULTILINE)
    assert code
    account, now = 9_000_000 + new_account(), datetime.now(UTC)
    with home.database.transaction(None) as session:
        redeem_invitation(session, code[1], account_id=account, now=now)
    with home.database.transaction(None) as session:
        assert [isp.slug for isp in linked_isps(session, account)] == [homes_isp.slug]


def test_who_is_there_already_is_not_taken_on_again(home: Home, homes_isp: World) -> None:
    with homes_isp.transaction() as session:
        add_staff(session, homes_isp.tenant_id, name="Karim", role=Role.TECHNICIAN, actor=SYSTEM)
    done = home.run(invite, "karim", "--isp", homes_isp.slug)
    assert "Karim, technician at" in done.output
