"""`./skylink client`: what a person types, and what they are told."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from billing.zones import add_zone
from commands.client import COMMAND, ConnectionIncomplete, NothingToChange
from commands.meant import NobodyMeant, NothingNamed, SeveralMeant
from storage.actors import SYSTEM
from storage.errors import ValueRefused
from tests.fixtures.homes import Home
from tests.fixtures.isps import World, create_world

Client = Callable[..., str]


@pytest.fixture
def isp(home: Home) -> World:
    return create_world(home.database, home.keys())


@pytest.fixture
def client(home: Home, isp: World) -> Client:
    """What `./skylink client ...` prints."""

    def run(*words: str) -> str:
        said = home.run(COMMAND, *words, "--isp", isp.slug)
        assert said.exit_code == 0
        return said.output

    return run


def test_a_client_is_added_with_a_connection_that_can_log_in(client: Client, isp: World) -> None:
    isp.package("Home 10")
    profile = isp.profile().details.name
    said = client(
        *("add", "Rahim Uddin", "--name-bn", "রহিম উদ্দিন", "--phone", "01711-000 002"),
        *("--username", "rahim", "--package", "home 10", "--profile", profile),
    )
    assert said.startswith("Client 1: Rahim Uddin.\nLogs in as rahim with the password ")
    shown = client("show", "rahim")
    assert "Client 1: Rahim Uddin (রহিম উদ্দিন), active" in shown
    assert "Phone      01711000002" in shown
    assert f"Connection rahim: Home 10, {profile}, active" in shown


def test_what_is_owed_is_shown_with_its_invoices(client: Client, isp: World) -> None:
    rahim = isp.client("Rahim")
    invoice = isp.invoice(rahim.client_id, total_minor=50_000)
    isp.pay(rahim.client_id, 20_000)
    said = client("show", str(rahim.client_number))
    assert "Due        ৳300 on 1 invoice" in said
    assert f"{invoice.invoice_number} of 2026-03-01: ৳500, partial, ৳300 left" in said
    told = json.loads(client("show", "rahim", "--json"))
    assert (told["due_minor"], told["invoices"][0]["due_minor"]) == (30_000, 30_000)


@pytest.mark.parametrize("words", ["রহিম", "raheem udin", "01711000001", "+880 1711-000001", "1"])
def test_somebody_is_found_by_name_phone_or_number(words: str, client: Client, isp: World) -> None:
    isp.client("Md. Rahim Uddin", phone="01711000001")
    isp.client("Salma Chowdhury")
    said = client("find", *words.split())
    assert "Md. Rahim Uddin  01711000001" in said
    assert said.endswith("\n1 client.\n")


def test_a_list_says_how_many_it_left_out(client: Client, isp: World) -> None:
    for number in range(3):
        isp.client(f"Rahim {number}")
    assert client("find", "--limit", "2").endswith(
        "\n3 clients, the first 2: --limit shows more.\n"
    )
    told = json.loads(client("find", "rahim", "--limit", "2", "--json"))
    assert (told["total"], len(told["clients"])) == (3, 2)
    assert client("find", "nobody") == "Nobody is found.\n"


def test_a_list_can_be_of_one_zone_or_state(client: Client, isp: World) -> None:
    isp.client("Karim")
    with isp.transaction() as session:
        add_zone(session, isp.tenant_id, "Mirpur", actor=SYSTEM)
    client("add", "Rahim", "--zone", "mirpur")
    client("set", "rahim", "--status", "inactive")
    assert "Rahim" in client("find", "--zone", "Mirpur")
    assert client("find", "--zone", "Mirpur", "--state", "active") == "Nobody is found.\n"


def test_what_is_said_of_a_client_is_changed_or_taken_away(client: Client, isp: World) -> None:
    rahim = isp.client("Rahim", phone="01711000001", address="12 Lake Road")
    isp.connection("rahim", client_id=rahim.client_id)
    said = client("set", "rahim", "--phone", "", "--status", "suspended", "--email", "r@isp.test")
    assert "Phone      not known" in said
    assert "E-mail     r@isp.test" in said
    assert "Address    12 Lake Road" in said
    assert said.startswith("Client 1: Rahim, suspended")


def test_a_name_of_several_is_refused_with_their_numbers(client: Client, isp: World) -> None:
    isp.client("Rahim Uddin")
    isp.client("Rahim Mia")
    with pytest.raises(SeveralMeant, match=r"1 Rahim Uddin, 2 Rahim Mia: say the number\."):
        client("show", "rahim")
    with pytest.raises(NobodyMeant, match="client find"):
        client("show", "nobody")
    with pytest.raises(NobodyMeant):
        client("show", " ")


def test_what_cannot_be_done_is_refused_with_what_to_do(client: Client, isp: World) -> None:
    isp.package("Home 10")
    with pytest.raises(NothingNamed, match=r"There is no package Gone: this ISP has Home 10\."):
        client("add", "Rahim", "--username", "r", "--package", "Gone", "--profile", "p")
    with pytest.raises(NothingNamed, match="this ISP has none yet"):
        client("find", "--zone", "Mirpur")
    with pytest.raises(ConnectionIncomplete):
        client("add", "Rahim", "--username", "r")
    assert client("find") == "Nobody is found.\n"  # nothing is left of what was refused
    client("add", "Rahim")
    with pytest.raises(NothingToChange):
        client("set", "rahim")
    with pytest.raises(ValueRefused, match="clients_phone_check"):
        client("set", "rahim", "--phone", "call me")
    with pytest.raises(ValueRefused):
        client("set", "rahim", "--name", "")
