"""`./skylink nas`: routers come, are told what they can, get secrets, and go."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from commands.cluster import ADMIN
from commands.meant import NothingNamed
from commands.nas import COMMAND, NoSecretThere, NothingToChange
from network.errors import BadAddress, NasAddressTaken, NasNameTaken
from network.nas import Ability, NasDetails, list_nas
from tests.fixtures.databases import Connection
from tests.fixtures.homes import Home
from tests.fixtures.isps import World, create_world, new_address

Says = Callable[..., str]


@pytest.fixture
def isp(home: Home) -> World:
    return create_world(home.database, home.keys())


@pytest.fixture
def says(home: Home, isp: World) -> Says:
    """What `./skylink nas` prints."""

    def run(*words: str) -> str:
        said = home.run(COMMAND, *words, "--isp", isp.slug)
        assert said.exit_code == 0, said.output
        return said.output

    return run


@pytest.fixture
def admin(home: Home) -> Iterator[Connection]:
    """What enforcement does, which serves all ISPs."""
    with closing(psycopg2.connect(home.cluster.dsn(ADMIN))) as connection:
        connection.autocommit = True
        yield connection


def details(isp: World) -> NasDetails:
    with isp.transaction() as session:
        (one,) = list_nas(session, isp.tenant_id)
    return one.details


def test_a_router_is_added_with_a_secret_of_its_own(isp: World, says: Says) -> None:
    address = new_address()
    said = says("add", "tower", address, "--per-second", "5", "--coa-port", "1700")
    assert f"tower may ask from {address}" in said
    assert "/radius incoming set accept=yes port=1700" in said
    secret = said.partition("Its secret: ")[2].split()[0]
    assert len(secret) == 24
    assert says("secret", "TOWER") == f"{secret}\n"
    assert (details(isp).coa_packets_per_second, details(isp).coa_port) == (5, 1700)


def test_a_secret_is_brought_along_and_changed(isp: World, says: Says, tmp_path: Path) -> None:
    given = tmp_path / "secret"
    given.write_text("Meghna-Tower-1\n")
    said = says("add", "tower", new_address(), "--kind", "rfc", "--secret-from", str(given))
    assert "secret" not in said
    assert says("secret", "tower") == "Meghna-Tower-1\n"
    assert says("secret", "tower", "--new") != "Meghna-Tower-1\n"
    given.write_text("\n")
    with pytest.raises(NoSecretThere):
        says("secret", "tower", "--secret-from", str(given))


def test_what_it_can_is_learned_and_what_is_said_stands_above(
    isp: World, says: Says, admin: Connection
) -> None:
    nas = isp.nas(name="tower")
    assert "CoA: not tried yet; Disconnect: not tried yet; at most 20 packets" in says("list")
    with admin.cursor() as cursor:
        cursor.execute(
            "INSERT INTO nas_abilities (tenant_id, nas_id, coa, disconnect)"
            " VALUES (%s, %s, false, true)",
            (isp.tenant_id, nas.nas_id),
        )
    assert "CoA: refused, tried again after a day; Disconnect: works;" in says("list")
    said = says("set", "tower", "--coa", "yes", "--per-second", "100", "--moves-lists")
    assert "CoA: yes, as you said; Disconnect: works; at most 100 packets a second" in said
    assert "CoA moves lists" in said
    (told,) = json.loads(says("list", "--json"))["routers"]
    assert (told["coa"], told["learned"]["coa"]) == ("yes", False)
    says("set", "tower", "--coa", "learn")
    assert details(isp).coa is Ability.LEARN
    with admin.cursor() as cursor:
        cursor.execute(
            "UPDATE nas_abilities SET learned_at = now() - interval '1 day' WHERE tenant_id = %s",
            (isp.tenant_id,),
        )
    assert "CoA: not tried yet; Disconnect: not tried yet" in says("list")


def test_what_is_not_named_stays(isp: World, says: Says) -> None:
    isp.nas(name="tower", swap_directions=True, coa_packets_per_second=7)
    before = details(isp)
    said = says("set", "tower", "--new-name", "mast", "--no-signs")
    assert "requests need no signature" in said
    assert "up and down are swapped" in said
    after = details(isp)
    assert (after.name, after.require_message_authenticator) == ("mast", False)
    assert (after.swap_directions, after.coa_packets_per_second) == (True, 7)
    assert after.address == before.address


def test_a_router_is_removed(isp: World, says: Says) -> None:
    isp.nas(name="tower")
    assert says("remove", "tower").startswith("tower is removed")
    assert says("list") == "There is no router yet: ./skylink nas add.\n"


def test_what_cannot_be_is_refused(isp: World, says: Says) -> None:
    tower = isp.nas(name="tower").details
    with pytest.raises(NasNameTaken):
        says("add", "tower", new_address())
    with pytest.raises(NasAddressTaken):
        says("add", "mast", tower.address)
    with pytest.raises(BadAddress):
        says("add", "mast", "tower.example")
    with pytest.raises(NothingNamed, match="this ISP has tower"):
        says("remove", "mast")
    with pytest.raises(NothingToChange):
        says("set", "tower")
