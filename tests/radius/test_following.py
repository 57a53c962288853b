"""The facts in memory follow the database: whatever the order of commits, within a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

import psycopg2
import pytest

from billing.passwords import set_password
from commands.cluster import ADMIN, Cluster
from sql.migrate import APP, RADIUS
from storage.actors import SYSTEM
from storage.database import Database as App
from storage.secrets import KeyRing, Secret
from tests.fixtures.databases import Connection as Database
from tests.fixtures.isps import NAS_SECRET, PASSWORD, World, create_world
from tests.fixtures.radius import new_address
from tests.radius.server import Radius, Router, of_each, until

RIGHT = PASSWORD.encode()
IN_FORCE_SECONDS = 2.0  # aimed at: one; the rest is for a busy machine


@pytest.fixture
def slow_writer(cluster: Cluster, database_name: str) -> Iterator[Database]:
    """Somebody whose transactions take their time."""
    connection = psycopg2.connect(cluster.dsn(ADMIN, database_name))
    yield connection
    connection.close()


def test_a_change_that_commits_late_is_not_lost_behind_one_that_began_later(
    radius: Radius, router: Router, isp: World, slow_writer: Database
) -> None:
    """A begins (lower transaction id), B begins and commits, the node looks, then A commits.

    A reader that remembers the highest id it saw has passed A's by then and never comes back; only
    one that asks what its last look could not see finds it. No full check runs in between: those
    follow a reconnect, and this node's connection stays.
    """
    slow, quick = isp.connection(), isp.connection()
    radius.caught_up()
    with slow_writer.cursor() as cursor:
        cursor.execute(
            "UPDATE connections SET status = 'inactive' WHERE id = %s", (slow.connection_id,)
        )
        with isp.transaction() as session:
            password = Secret("changed")
            set_password(
                session, isp.tenant_id, quick.connection_id, password, keys=isp.keys, actor=SYSTEM
            )
        quick_name, slow_name = quick.details.username.encode(), slow.details.username.encode()
        until(
            lambda: router.raw(quick_name, b"changed") == "Access-Accept",
            lambda: radius,
            IN_FORCE_SECONDS * 2,
        )
        radius.caught_up()
        assert router.raw(slow_name, RIGHT) == "Access-Accept"
        slow_writer.commit()
    radius.caught_up()
    assert router.raw(slow_name, RIGHT) == "Access-Reject"


def test_what_was_rolled_back_never_happened(
    radius: Radius, router: Router, isp: World, slow_writer: Database
) -> None:
    line = isp.connection()
    with slow_writer.cursor() as cursor:
        cursor.execute(
            "UPDATE connections SET status = 'inactive' WHERE id = %s", (line.connection_id,)
        )
    slow_writer.rollback()
    radius.caught_up()
    assert router.raw(line.details.username.encode(), RIGHT) == "Access-Accept"


def test_a_change_is_in_force_within_a_second_of_its_commit(
    radius: Radius, router: Router, isp: World
) -> None:
    line = isp.connection()
    radius.caught_up()
    waits = []
    for number in range(5):
        fresh = f"password-{number}"
        with isp.transaction() as session:
            set_password(
                session,
                isp.tenant_id,
                line.connection_id,
                Secret(fresh),
                keys=isp.keys,
                actor=SYSTEM,
            )
        committed_at = time.monotonic()
        until(partial(current, radius, committed_at), lambda: radius)
        waits.append(time.monotonic() - committed_at)
        assert router.raw(line.details.username.encode(), fresh.encode()) == "Access-Accept"
    assert sorted(waits)[2] < 1, waits
    assert max(waits) < IN_FORCE_SECONDS, waits


def current(radius: Radius, since: float) -> bool:
    """Whether the facts are from after `since` (monotonic seconds)."""
    age = float(radius.status()["facts_age_seconds"])
    return time.monotonic() - since > age + 0.1


def test_a_connection_that_is_gone_is_unknown(
    radius: Radius, router: Router, isp: World, admin: Database
) -> None:
    line = isp.connection()
    radius.caught_up()
    assert router.raw(line.details.username.encode(), RIGHT) == "Access-Accept"
    with admin.cursor() as cursor:
        cursor.execute("DELETE FROM connections WHERE id = %s", (line.connection_id,))
    radius.caught_up()
    assert router.raw(line.details.username.encode(), RIGHT) == "Access-Reject"


def test_two_connections_that_swap_their_names_swap_their_owners(
    radius: Radius, router: Router, isp: World, admin: Database
) -> None:
    one, two = (isp.connection(password=Secret(each)) for each in ("one", "two"))
    radius.caught_up()
    names = one.details.username, two.details.username
    swap = [
        (f"{names[0]}-aside", one.connection_id),
        (names[0], two.connection_id),
        (names[1], one.connection_id),
    ]
    with admin.cursor() as cursor:
        cursor.execute("BEGIN")
        for step in swap:
            cursor.execute("UPDATE connections SET username = %s WHERE id = %s", step)
        cursor.execute("COMMIT")
    radius.caught_up()
    answers = of_each(
        [(names[0], "two"), (names[1], "one"), (names[0], "one"), (f"{names[0]}-aside", "one")],
        lambda pair: router.raw(pair[0].encode(), pair[1].encode()),
    )
    assert list(answers.values()) == ["Access-Accept"] * 2 + ["Access-Reject"] * 2


@pytest.fixture
def harmed(
    cluster: Cluster, new_database: Callable[[str], str], keys: KeyRing
) -> Iterator[tuple[World, Database]]:
    """An ISP in a database whose schema no longer holds back what is no speed."""
    name = new_database(f"harmed_{time.monotonic_ns()}")
    opened = App(cluster.dsn(APP, name))
    admin = psycopg2.connect(cluster.dsn(ADMIN, name))
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute("ALTER DOMAIN kbps DROP CONSTRAINT kbps_check")
        cursor.execute("ALTER TABLE packages DROP CONSTRAINT packages_priority_check")
    yield create_world(opened, keys), admin
    admin.close()
    opened.close()


def test_a_package_that_cannot_be_read_gives_no_answer_and_never_an_unlimited_one(
    new_radius: Callable[..., Radius], cluster: Cluster, harmed: tuple[World, Database]
) -> None:
    isp, admin = harmed
    harms = {
        "down_kbps = 0": isp.connection(),
        "up_kbps = -1": isp.connection(),
        "priority = 0": isp.connection(),
        "pool = repeat('x', 253), address_list = repeat('x', 253)": isp.connection(),
    }
    healthy = isp.connection()
    nas = isp.nas(new_address())
    node = new_radius(cluster.dsn(RADIUS, admin.info.dbname))
    node.start()
    router = Router(node, str(nas.details.address), str(NAS_SECRET))

    def answers() -> dict[str, str]:
        return of_each(
            harms,
            lambda harm: router.raw(harms[harm].details.username.encode(), RIGHT, wait_seconds=0.7),
        )

    assert answers() == dict.fromkeys(harms, "Access-Accept")
    with admin.cursor() as cursor:
        for harm, line in harms.items():
            package_id = line.details.package_id
            cursor.execute(f"UPDATE packages SET {harm} WHERE id = %s", (package_id,))
    node.caught_up()
    assert answers() == dict.fromkeys(harms, "none")
    assert router.raw(healthy.details.username.encode(), RIGHT) == "Access-Accept"
    assert node.status()["unreadable"] == "3"  # the fourth is one only when it is to be said
    assert len(node.lines("cannot be read")) == 3
    assert len(node.lines("no answer for")) == 4
    with admin.cursor() as cursor:
        cursor.execute(
            "UPDATE packages SET down_kbps = 1000, up_kbps = 1000, priority = 8, pool = NULL,"
            " address_list = NULL"
        )
    node.caught_up()
    assert answers() == dict.fromkeys(harms, "Access-Accept")
    assert node.status()["unreadable"] == "0"
