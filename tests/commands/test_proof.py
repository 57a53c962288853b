"""`./skylink proof`: what it says of whole books, and of books that somebody bent."""

from __future__ import annotations

import json

import psycopg2
import pytest

from billing.proof import Claim, Difference
from commands.cluster import ADMIN
from commands.proof import COMMAND, sentence
from tenancy.errors import IspNotFound
from tests.fixtures.homes import Home
from tests.fixtures.isps import World, create_world
from tests.fixtures.seals import seal_all


@pytest.fixture
def isp(home: Home) -> World:
    """Of 500 taka owed, 200 were paid; all of it is sealed."""
    world = create_world(home.database, home.keys())
    invoice = world.invoice(world.client().client_id, total_minor=50_000)
    world.pay(invoice.client_id, 20_000)
    seal_all(world)
    return world


def bend(home: Home, isp: World, statement: str) -> None:
    """As only somebody can who has the database itself."""
    connection = psycopg2.connect(home.cluster.dsn(ADMIN))
    with connection, connection.cursor() as cursor:
        cursor.execute(statement, {"isp": isp.tenant_id})
    connection.close()


def test_books_that_agree_are_told_with_the_digest_to_keep(home: Home, isp: World) -> None:
    said = home.run(COMMAND, "--isp", isp.slug)
    assert said.exit_code == 0
    assert said.output.startswith(f"{isp.slug}: the books agree; seal 1 is ")
    state = json.loads(home.run(COMMAND, "--isp", isp.slug, "--json").output)
    assert state["holds"]
    assert state["isps"][isp.slug]["last_seal"]["digest"] in said.output


def test_what_waits_for_a_seal_is_told(home: Home, isp: World) -> None:
    isp.pay(isp.client().client_id, 100)
    assert "; 1 new rows wait for the next seal." in home.run(COMMAND, "--isp", isp.slug).output


def test_an_isp_without_books_agrees(home: Home) -> None:
    world = create_world(home.database, home.keys())
    said = home.run(COMMAND, "--isp", world.slug).output
    assert said == f"{world.slug}: the books agree; nothing is sealed yet.\n"


def test_what_was_bent_is_named_with_both_figures(home: Home, isp: World) -> None:
    bend(home, isp, "UPDATE invoices SET total_minor = 50150 WHERE tenant_id = %(isp)s")
    said = home.run(COMMAND, "--isp", isp.slug)
    assert said.exit_code == 1
    assert f"{isp.slug}: THE BOOKS DIFFER; seal 1" in said.output
    assert "asks ৳501.50, its lines sum to ৳500." in said.output
    assert "owes ৳301.50, the ledger says ৳300." in said.output


def test_a_row_of_the_ledger_that_was_touched_is_named(home: Home, isp: World) -> None:
    bend(
        home, isp, "UPDATE ledger_entries SET actor_name = 'nobody' WHERE tenant_id = %(isp)s"
        " AND code = 'payment'",
    )  # fmt: skip
    said = home.run(COMMAND, "--isp", isp.slug)
    assert said.exit_code == 1
    assert "of the ledger was changed or removed after seal 1 was made." in said.output


def test_every_difference_has_its_sentence() -> None:
    for claim in Claim:
        said = sentence(Difference(claim, 7, 120, 100), "BDT")
        assert said.endswith(".")
        assert "7" in said


def test_an_isp_that_is_not_there_is_refused(home: Home) -> None:
    with pytest.raises(IspNotFound):
        home.run(COMMAND, "--isp", "nowhere")
