import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from commands.why import COMMAND, NotAnInstant, instant
from sql.migrate import RADIUS
from tenancy.errors import IspNotFound
from tests.fixtures.databases import connected
from tests.fixtures.homes import Home
from tests.fixtures.isps import World, create_world

DHAKA = ZoneInfo("Asia/Dhaka")


@pytest.fixture
def known(home: Home) -> World:
    """An ISP of the home, with one client who has paid."""
    isp = create_world(home.database, home.keys())
    isp.connection("rahim")
    return isp


def test_the_reasons_are_told_in_the_language_asked_for(home: Home, known: World) -> None:
    english = home.run(COMMAND, "rahim", "--isp", known.slug).stdout
    bangla = home.run(COMMAND, "rahim", "--isp", known.slug, "--language", "bn").stdout
    assert english.startswith("Access is on")
    assert "সংযোগ" in bangla


def test_json_holds_the_chain_of_rules(home: Home, known: World) -> None:
    told = json.loads(home.run(COMMAND, "rahim", "--isp", known.slug, "--json").stdout)
    assert (told["verdict"], told["reason"], told["recorded"]) == ("accept", "current", [])
    assert told["chain"][0] == {"rule": "known", "saw": {"username_known": "yes"}, "matched": False}
    assert told["reply"]["speed"] == {"down_kbps": 10_000, "up_kbps": 10_000}


def test_before_the_client_came_nobody_had_the_name(home: Home, known: World) -> None:
    asked = ["rahim", "--isp", known.slug, "--at", "2020-01-01 12:00", "--json"]
    told = json.loads(home.run(COMMAND, *asked).stdout)
    assert (told["at"], told["reason"]) == ("2020-01-01T06:00:00+00:00", "unknown")


def test_the_last_logins_are_told_a_wrong_password_among_them(home: Home, known: World) -> None:
    doc = {
        "tenant_id": known.tenant_id,
        "username": "stranger",
        "decided_at": "2026-03-10T12:00:00Z",
        "node": "node-1",
        "mac": "AABBCC001122",
        "verdict": "reject",
        "reason": "wrong_password",
    }
    with connected(home.cluster.dsn(RADIUS)) as node, node.cursor() as cursor:
        cursor.execute("SELECT radius.note_decisions(%s)", (json.dumps([doc]),))
    said = home.run(COMMAND, "stranger", "--isp", known.slug).stdout
    assert "2026-03-10 18:00:00  reject (wrong_password)  radtest, AABBCC001122, node-1" in said
    none = home.run(COMMAND, "rahim", "--isp", known.slug).stdout
    assert none.rstrip().endswith("No login of it is on record.")
    bangla = home.run(COMMAND, "rahim", "--isp", known.slug, "--language", "bn").stdout
    assert bangla.rstrip().endswith("এর কোনো লগইনের রেকর্ড নেই।")


def test_an_isp_that_is_none_is_said_to_be_none(home: Home) -> None:
    with pytest.raises(IspNotFound):
        home.run(COMMAND, "rahim", "--isp", "nowhere")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2026-03-10 12:00", datetime(2026, 3, 10, 6, tzinfo=UTC)),
        ("2026-03-10", datetime(2026, 3, 9, 18, tzinfo=UTC)),
        ("2026-03-10T12:00:00.5+00:00", datetime(2026, 3, 10, 12, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-03-10T12:00Z", datetime(2026, 3, 10, 12, tzinfo=UTC)),
    ],
)
def test_a_time_without_an_offset_is_on_the_isps_clock(given: str, meant: datetime) -> None:
    assert instant(given, DHAKA) == meant


@pytest.mark.parametrize("given", ["", "yesterday", "2026-13-01", "0001-01-01 00:00", "12:00"])
def test_what_is_no_time_is_said_to_be_none(given: str) -> None:
    with pytest.raises(NotAnInstant):
        instant(given, DHAKA)
