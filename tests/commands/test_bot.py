"""The bot's process and the invitations to it, from the command line."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands.bot import LOCAL_TOKEN, bot_settings
from commands.first_owner import invite_first_owner
from commands.invite import invite
from commands.settings import Settings
from commands.up import all_isps, environment, wanted_lines
from sandbox.telegram.world import DEFAULT_TOKEN
from storage.actors import SYSTEM
from tenancy.links import linked_isps, redeem_invitation
from tenancy.roles import Role
from tenancy.staff import add_staff, list_staff
from tests.fixtures.homes import Home
from tests.fixtures.isps import World, create_world, new_account

TOKEN = "123456789:AAE-a_token-of-some-length-0123456"


@pytest.fixture
def homes_isp(home: Home) -> World:
    return create_world(home.database, home.keys())


def names(**environ: str) -> list[str]:
    return [line.name for line in wanted_lines(Settings.from_environ(environ), None)]


def test_a_telegram_is_brought_only_where_there_is_no_other() -> None:
    assert names()[-2:] == ["telegram", "bot"]
    for elsewhere in (
        {"TELEGRAM_BOT_TOKEN": TOKEN},
        {"SKYLINK_TELEGRAM_API": "http://127.0.0.1:9"},
    ):
        assert "telegram" not in names(**elsewhere)
        assert "bot" in names(**elsewhere)


@pytest.mark.parametrize("variable", ["SKYLINK_TELEGRAM_API", "SKYLINK_TELEGRAM_PORT"])
def test_a_local_telegram_needs_no_token(variable: str) -> None:
    value = {"SKYLINK_TELEGRAM_API": "http://127.0.0.1:9999", "SKYLINK_TELEGRAM_PORT": "9999"}
    said = bot_settings(Settings.from_environ({variable: value[variable]}))
    assert said.token == LOCAL_TOKEN == DEFAULT_TOKEN
    assert said.api == "http://127.0.0.1:9999"


def test_with_a_token_the_same_bot_goes_to_telegram_itself() -> None:
    said = bot_settings(Settings.from_environ({"TELEGRAM_BOT_TOKEN": TOKEN}))
    assert (said.token, said.api) == (TOKEN, "")


def test_charts_warn_of_nothing_where_our_user_has_no_home_and_keep_what_they_know_of_fonts(
    tmp_path: Path,
) -> None:
    settings = Settings.from_environ({"SKYLINK_HOME": str(tmp_path)})
    told = {**environment(settings, None), "HOME": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-c", "import bots.charts"],
        cwd=settings.root, env=told, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "/nonexistent" not in done.stderr  # a slow disk may be told of: it looks for fonts, once
    assert list((tmp_path / "cache" / "matplotlib").glob("fontlist-*.json"))


def test_a_code_for_the_first_owner_is_made_until_an_owner_has_joined(
    home: Home, homes_isp: World
) -> None:
    now = datetime.now(UTC)
    [entry] = [isp for isp in all_isps(home.database) if isp.slug == homes_isp.slug]
    for _ in range(2):  # the second time of whom the first has taken on
        owner = invite_first_owner(home.database, entry, now)
    assert owner is not None
    assert owner.name == "Owner"
    with home.database.transaction(None) as session:
        redeem_invitation(session, owner.code, account_id=9_000_000 + new_account(), now=now)
    assert invite_first_owner(home.database, entry, now) is None
    with homes_isp.transaction() as session:
        assert [one.role for one in list_staff(session, homes_isp.tenant_id)] == [Role.OWNER]


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
