"""The commands that show what accounting brought: who is online, who had what, what is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands.intake_state import intake_lines, intake_state
from commands.isp import COMMAND as ISP
from commands.isp import NothingToSet
from commands.quarantine import COMMAND as QUARANTINE
from commands.sessions import COMMAND as SESSIONS
from commands.settings import Settings
from commands.who import COMMAND as WHO
from network.errors import BadAddress
from network.intake import Intake
from network.settings import IntakeSettings
from sql.migrate import INTAKE
from storage.secrets import KeyRing
from tests.fixtures.homes import Home
from tests.fixtures.isps import World, create_world, new_address
from tests.fixtures.journals import record

AT = "2026-03-10 18:01:00"  # in Dhaka: a minute after noon UTC


@pytest.fixture
def isp(home: Home) -> World:
    return create_world(home.database, KeyRing.from_text(home.keys_file.read_text()))


@pytest.fixture
def unknown() -> str:
    """Where a router sends from that no ISP has: of each test another."""
    return new_address()


@pytest.fixture
def online(isp: World, home: Home, tmp_path: Path, unknown: str) -> World:
    """Salma is online since noon; one record came from a router that nobody knows."""
    isp.connection("salma")
    source = isp.nas(name="tower").details.address
    journal = tmp_path / "journal"
    journal.mkdir()
    said = {"ipv4": "10.0.0.9", "mac": "AA:BB:CC:00:00:01"}
    (journal / "20260310T1200").write_text(
        record("start", source, **said)
        + record("interim", source, 300, seconds=300, down=2 * 10**9, up=10**6)
        + record("interim", unknown, 300, user=isp.slug, seconds=300, down=7)
    )
    dsn = home.cluster.dsn(INTAKE)
    Intake(IntakeSettings(dsn, journal, isp.slug, 9e9), lambda _about, _line: None).catch_up()
    return isp


def test_who_is_online_how_fast_and_how_much(online: World, home: Home) -> None:
    said = home.run(SESSIONS, "--isp", online.slug)
    assert "salma  10.0.0.9  tower  since" in said.output
    assert "10 Mbps down, 10 Mbps up; used 2 GB down, 1 MB up; nothing pending" in said.output
    assert "1 connections online, 0 offline." in said.output
    told = json.loads(home.run(SESSIONS, "salma", "--isp", online.slug, "--json").output)
    assert (told["online"], told["sessions"][0]["down_bytes"]) == (1, 2 * 10**9)


def test_who_had_an_address(online: World, home: Home) -> None:
    said = home.run(WHO, "10.0.0.9", "--at", AT, "--isp", online.slug).output
    assert "salma (Rahim Uddin, client" in said
    assert "still up" in said
    before = home.run(WHO, "10.0.0.9", "--at", "2026-03-10 17:59:59", "--isp", online.slug)
    assert before.output.startswith("Nobody had 10.0.0.9 at 2026-03-10 17:59:59")
    with pytest.raises(BadAddress):
        home.run(WHO, "tower", "--isp", online.slug)


def test_how_long_sessions_are_kept_is_up_to_the_isp(isp: World, home: Home) -> None:
    assert "kept for 12 months" in home.run(ISP, "show", "--isp", isp.slug).output
    said = home.run(ISP, "set", "--keep-sessions", "36", "--isp", isp.slug).output
    assert "kept for 36 months" in said
    with pytest.raises(NothingToSet):
        home.run(ISP, "set", "--isp", isp.slug)


def test_status_shows_what_was_not_understood(online: World, home: Home) -> None:
    said = "\n".join(intake_lines(intake_state(settings_of(home))))
    assert " records were not understood (say, because " in said
    assert said.endswith("./skylink quarantine list")


def test_status_raises_an_alarm_before_records_cannot_be_kept(online: World, home: Home) -> None:
    quiet = intake_state(settings_of(home))
    assert quiet["disk_has_room"]
    assert "DISK FULL" not in "\n".join(intake_lines(quiet))
    full = intake_state(settings_of(home, SKYLINK_MINIMUM_FREE_MB=str(1 << 40)))
    assert not full["well"]  # and so `./skylink status` ends with 1
    said = intake_lines(full)
    assert "DISK FULL" in said[1]
    assert "none is acknowledged" in said[1]
    assert "free some space" in said[1]


def settings_of(home: Home, **said: str) -> Settings:
    return Settings.from_environ(
        {
            "SKYLINK_HOME": str(home.cluster.home),
            "SKYLINK_POSTGRES_PORT": str(home.cluster.port),
            **said,
        }
    )


def test_what_was_not_understood_is_shown_and_replayed(
    online: World, home: Home, unknown: str
) -> None:
    said = home.run(QUARANTINE, "list", "--limit", "1000").output
    assert f"it came from {unknown}, which is no NAS" in said
    assert f'User-Name = "{online.slug}"' in said
    number = next(
        line.split()[0]
        for line, node in zip(said.splitlines(), said.splitlines()[1:], strict=False)
        if f"node {online.slug}," in node
    )
    assert home.run(QUARANTINE, "replay", number).output.startswith("0 of 1 records")
    online.nas(unknown)
    assert home.run(QUARANTINE, "replay", number).output.startswith("1 of 1 records")
