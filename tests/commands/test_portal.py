"""`./skylink portal`: what a person types, and what they are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from billing.errors import NoticeNotFound, RequestNotFound
from billing.package_requests import request_package
from commands.meant import NothingNamed
from commands.portal import COMMAND, NothingSaid
from storage.actors import Actor, ActorKind
from storage.errors import ValueRefused
from tenancy.errors import BadPicture
from tests.fixtures.homes import Home
from tests.fixtures.isps import NOON, World, create_world
from tests.fixtures.pictures import picture

Portal = Callable[..., str]


@pytest.fixture
def isp(home: Home) -> World:
    return create_world(home.database, home.keys())


@pytest.fixture
def portal(home: Home, isp: World) -> Portal:
    """What `./skylink portal ...` prints."""

    def run(*words: str) -> str:
        said = home.run(COMMAND, *words, "--isp", isp.slug)
        assert said.exit_code == 0, said.output
        return said.output

    return run


def test_what_is_not_named_stays(portal: Portal) -> None:
    portal("set", "--colour", "#aa0022", "--off", "live", "--off", "packages")
    portal("set", "--on", "live", "--maintenance", "--maintenance-en", "Back at nine.")
    said = portal("show")
    assert "Colour     #aa0022" in said
    assert "Switched off: packages" in said
    assert "Under maintenance" in said
    portal("set", "--no-maintenance", "--maintenance-en", "")
    assert "Under maintenance" not in portal("show")


def test_a_colour_that_is_none_is_refused(portal: Portal) -> None:
    with pytest.raises(ValueRefused):
        portal("set", "--colour", "red")


def test_the_brand_is_set_part_by_part(portal: Portal, isp: World, tmp_path: Path) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(picture())
    portal("brand", "--name-bn", "পদ্মা নেট", "--logo", str(file))
    portal("brand", "--phone", "09612000000")
    said = portal("show")
    assert "Contact    09612000000, no e-mail" in said
    assert "Logo       there; in Bangla: পদ্মা নেট" in said
    portal("brand", "--no-logo", "--phone", "")
    assert "Contact    no phone" in portal("show")
    assert "Logo       none" in portal("show")
    file.write_bytes(b"<svg/>")
    with pytest.raises(BadPicture):
        portal("brand", "--logo", str(file))


def test_it_is_reached_where_it_is_said_to_be(portal: Portal, isp: World) -> None:
    portal("addresses", f"https://{isp.slug}.example")
    assert f"Addresses  https://{isp.slug}.example" in portal("show")
    portal("addresses")
    assert "Addresses  none" in portal("show")


def test_a_notice_is_shown_and_withdrawn(portal: Portal) -> None:
    said = portal("notice", "--en", "Eid Mubarak", "--bn", "ঈদ মোবারক", "--days", "2", "--overdue")
    assert "Eid Mubarak" in said
    assert said.strip() in portal("show")
    number = said.split()[1].rstrip(",")
    portal("withdraw", number)
    assert "Eid" not in portal("show")
    with pytest.raises(NoticeNotFound):
        portal("withdraw", number)


def test_a_notice_says_something_to_somebody(portal: Portal) -> None:
    with pytest.raises(NothingSaid):
        portal("notice", "--en", "")
    with pytest.raises(NothingNamed):
        portal("notice", "--en", "Eid", "--zone", "Atlantis")


def test_what_clients_ask_for_is_decided(portal: Portal, isp: World) -> None:
    line, wanted = isp.connection("rahim"), isp.package("Home 50")
    me = Actor(ActorKind.CLIENT, "Rahim", line.client_id)
    assert "Nobody asks" in portal("requests")
    with isp.transaction() as session:
        asked = request_package(
            session, isp.tenant_id, me, line.connection_id, wanted.package_id, now=NOON
        )
    assert "rahim asks for Home 50, since 10 March 2026, 18:00" in portal("requests")
    said = portal("decide", str(asked.request_id), "--approve")
    assert said == "rahim gets Home 50.\n"
    assert "Nobody asks" in portal("requests")
    with pytest.raises(RequestNotFound):
        portal("decide", "999999", "--refuse")
