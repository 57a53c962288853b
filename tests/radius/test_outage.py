"""The database away, the disk full, the process killed: whoever was let in still is."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from tempfile import mkdtemp

import pytest

from billing.connections import Connection
from commands.cluster import Cluster
from sql.migrate import RADIUS
from storage.secrets import KeyRing
from tests.fixtures.isps import PASSWORD, World
from tests.radius.proxy import Proxy
from tests.radius.server import Radius, Router, of_each, together, until

RIGHT = PASSWORD.encode()
LONG_AGO = date(2026, 1, 5)
SHORTLY = 0.7


@pytest.fixture
def way(cluster: Cluster, database_name: str) -> Iterator[Proxy]:
    """The way from the test's node to the database."""
    folder = Path(mkdtemp(prefix="sky-", dir="/tmp"))
    proxy = Proxy(folder, cluster.dsn(RADIUS, database_name))
    yield proxy
    proxy.cut()
    shutil.rmtree(folder)


@pytest.fixture
def node(new_radius: Callable[..., Radius], way: Proxy) -> Radius:
    """A node of the test's own, not yet started."""
    return new_radius(way.dsn)


@pytest.fixture
def tower(node: Radius, new_router: Callable[..., Router]) -> Router:
    return new_router(node)


@pytest.fixture
def line(isp: World, tower: Router) -> Connection:
    return isp.connection()


def login(tower: Router, line: Connection, wait_seconds: float = 3) -> str:
    return tower.raw(line.details.username.encode(), RIGHT, wait_seconds=wait_seconds)


def facts_file(node: Radius) -> Path:
    return node.home / "radius" / "facts"


def test_a_node_without_facts_gives_no_answer_until_the_database_is_there(
    node: Radius, way: Proxy, tower: Router, line: Connection
) -> None:
    node.start(facts=None)
    assert login(tower, line, SHORTLY) == "none"
    assert node.status()["facts_age_seconds"] == "none"
    assert len(node.lines("the database is away")) == 1
    way.mend()
    until(lambda: login(tower, line, SHORTLY) == "Access-Accept", lambda: node)


def test_a_node_that_restarts_while_the_database_is_away_lets_everybody_in(
    node: Radius, way: Proxy, tower: Router, isp: World, line: Connection
) -> None:
    owing = isp.connection()
    isp.invoice(owing.client_id, due_on=LONG_AGO)
    way.mend()
    node.start()
    way.cut()
    assert login(tower, line) == "Access-Accept"
    first = float(node.status()["facts_age_seconds"])
    assert node.stop() == 0
    node.start(facts="disk")
    assert login(tower, line) == "Access-Accept"
    walled = tower.login(owing.details.username, PASSWORD)
    assert walled["Framed-Pool"] == "expired"
    assert float(node.status()["facts_age_seconds"]) > first
    way.mend()
    until(lambda: node.status()["facts_from"] == "database", lambda: node)
    later = isp.connection()
    until(lambda: login(tower, later, SHORTLY) == "Access-Accept", lambda: node)


def test_a_node_that_was_killed_knows_all_that_it_knew(
    node: Radius, way: Proxy, tower: Router, isp: World
) -> None:
    way.mend()
    node.start()
    later = isp.connection()  # after the file was written: a delta at its end
    node.caught_up()
    node.kill()
    way.cut()
    node.start(facts="disk")
    assert login(tower, later) == "Access-Accept"


def test_a_database_that_hangs_holds_up_no_login(
    node: Radius, way: Proxy, tower: Router, isp: World, line: Connection
) -> None:
    way.mend()
    node.start()
    assert login(tower, line) == "Access-Accept"
    way.freeze()
    together(lambda: tower.raw(b"nobody-1", RIGHT), lambda: tower.raw(b"nobody-2", RIGHT))
    began = time.monotonic()
    for _ in range(20):
        assert login(tower, line) == "Access-Accept"
    assert time.monotonic() - began < 2


def test_the_facts_on_disk_are_sealed_and_the_owners_alone(
    node: Radius, way: Proxy, tower: Router, line: Connection
) -> None:
    way.mend()
    node.start()
    until(facts_file(node).exists, lambda: node)
    assert stat.S_IMODE(facts_file(node).stat().st_mode) == 0o600
    kept = facts_file(node).read_bytes()
    for clear in (PASSWORD, tower.secret, line.details.username):
        assert clear.encode() not in kept


def flip(file: Path, place: int) -> None:
    kept = bytearray(file.read_bytes())
    kept[place] ^= 0x10
    file.write_bytes(kept)


def torn(file: Path) -> None:
    os.truncate(file, file.stat().st_size - 3)


@pytest.mark.parametrize(
    "harm",
    [
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"\0" * 5000),
        lambda file: os.truncate(file, 60),
        lambda file: flip(file, 100),
        lambda file: flip(file, 20),
    ],
    ids=["empty", "zeros", "torn-in-the-base", "a-bit-of-a-record", "a-bit-of-its-name"],
)
def test_a_damaged_file_counts_for_nothing_and_the_database_heals_it(
    node: Radius, way: Proxy, tower: Router, line: Connection, harm: Callable[[Path], object]
) -> None:
    way.mend()
    node.start()
    until(facts_file(node).exists, lambda: node)
    node.kill()
    way.cut()
    harm(facts_file(node))
    node.start(facts=None)
    assert login(tower, line, SHORTLY) == "none"
    assert len(node.lines("facts on disk")) == 1
    way.mend()
    until(lambda: login(tower, line, SHORTLY) == "Access-Accept", lambda: node)


def test_a_torn_end_costs_the_torn_record_alone(
    node: Radius, way: Proxy, tower: Router, isp: World, line: Connection
) -> None:
    way.mend()
    node.start()
    isp.connection()
    node.caught_up()
    node.kill()
    way.cut()
    torn(facts_file(node))
    node.start(facts="disk")
    assert login(tower, line) == "Access-Accept"


def test_a_file_of_another_installation_counts_for_nothing(
    node: Radius, way: Proxy, tower: Router, line: Connection
) -> None:
    way.mend()
    node.start()
    until(facts_file(node).exists, lambda: node)
    node.kill()
    way.cut()
    node.keys_file.write_text(KeyRing.new_line(1), encoding="ascii")
    node.start(facts=None)
    assert login(tower, line, SHORTLY) == "none"
    assert len(node.lines("facts on disk")) == 1


def test_facts_that_cannot_be_kept_on_disk_are_still_followed(
    node: Radius, way: Proxy, tower: Router, isp: World
) -> None:
    way.mend()
    facts_file(node).parent.chmod(0o500)
    try:
        node.start()
        later = isp.connection()
        until(lambda: login(tower, later, SHORTLY) == "Access-Accept", lambda: node)
        assert node.status()["snapshot_file"] != "ok"
        assert len(node.lines("cannot be kept on disk")) == 1
    finally:
        facts_file(node).parent.chmod(0o700)


def test_a_disk_that_fills_up_costs_the_file_but_not_the_facts(
    node: Radius, way: Proxy, tower: Router, isp: World, line: Connection
) -> None:
    for _ in range(15):
        isp.connection(client_id=line.client_id, package_id=line.details.package_id)
    way.mend()
    node.start(file_bytes_max=6144)
    later = isp.connection()
    until(lambda: login(tower, later, SHORTLY) == "Access-Accept", lambda: node)
    assert login(tower, line) == "Access-Accept"
    assert node.status()["snapshot_file"] != "ok"
    assert len(node.lines("cannot be kept on disk")) == 1
    assert not node.lines("following the database failed")


def test_a_record_that_the_disk_refuses_is_not_acknowledged(
    radius: Radius, router: Router, isp: World
) -> None:
    line = isp.connection()
    radius.caught_up()
    journal = radius.home / "journal"
    journal.chmod(0o500)
    for each in journal.iterdir():
        each.chmod(0o400)
    try:
        username = line.details.username
        refused = router.account("Start", username, "s-1", "AA:BB:CC:00:00:01")
        assert refused.code == "none"
        assert radius.lines(str(journal))
    finally:
        journal.chmod(0o700)
        for each in journal.iterdir():
            each.chmod(0o600)
    assert router.account("Start", username, "s-1", "AA:BB:CC:00:00:01").code != "none"


def test_it_ends_cleanly_while_everybody_dials(
    node: Radius, way: Proxy, tower: Router, line: Connection
) -> None:
    way.mend()
    node.start()
    ending = threading.Event()

    def dial(_: int) -> str:
        said = "none"
        while not ending.is_set():
            said = login(tower, line, SHORTLY)
        return said

    def end() -> int:
        until(lambda: int(node.status()["accepts"]) > 100, lambda: node)
        try:
            return node.stop()
        finally:
            ending.set()

    dialling, code = together(lambda: of_each(range(4), dial), end)
    assert dialling
    assert code == 0


def test_checking_the_configuration_needs_no_database_and_writes_nothing(node: Radius) -> None:
    node.log_file.touch()
    before = sorted(node.home.rglob("*"))
    assert node.check() == 0, node
    assert sorted(node.home.rglob("*")) == before


def test_a_node_without_keys_does_not_start_and_says_why(node: Radius) -> None:
    node.keys_file.write_text("not keys", encoding="ascii")
    with pytest.raises(AssertionError, match="cannot start: KeyRingUnreadable"):
        node.start(facts=None)
    assert node.process is not None
    assert node.process.returncode not in {0, -signal.SIGSEGV}
