"""Backups: made, kept by count, restored into an empty cluster, refused when anything is amiss."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from urllib.parse import quote

import click
import pytest
from click.testing import CliRunner, Result

from billing.connections import find_connection
from billing.passwords import reveal_password
from billing.proof import prove
from commands.backup import COMMAND as BACKUP
from commands.backups import BackupFailed, back_up
from commands.cluster import ADMIN, Cluster
from commands.errors import NotRunning
from commands.restore import COMMAND as RESTORE
from commands.restore import DatabaseNotEmpty, RestoreFailed
from commands.running import RunsAlready, only_one
from commands.settings import Settings
from sql.migrate import APP, ENFORCER, INTAKE, RADIUS
from storage.actors import SYSTEM
from storage.database import Database
from storage.secrets import KeyRing
from tests.fixtures.databases import connected, server
from tests.fixtures.full_isp import fill
from tests.fixtures.homes import Home, furnish_home
from tests.fixtures.isps import NOON, PASSWORD, World, create_world
from tests.fixtures.seals import seal_all

COUNTS = """
    SELECT nspname || '.' || relname, query_to_xml(
               format('SELECT count(*) FROM %I.%I', nspname, relname), true, true, '')::text
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE relkind IN ('r', 'p') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
       AND relname <> 'fact_changes'"""


@dataclass(frozen=True)
class Machine:
    """A home with a private PostgreSQL, and the commands typed there."""

    home: Path

    def settings(self, **said: str) -> Settings:
        where = {"SKYLINK_HOME": str(self.home), "SKYLINK_MINIMUM_FREE_MB": "1"}
        return Settings.from_environ({**where, **said})

    def run(self, command: click.Command, *arguments: str, url: str = "") -> Result:
        """What it raises, the test sees."""
        environ = {"SKYLINK_HOME": str(self.home), "SKYLINK_MINIMUM_FREE_MB": "1"}
        environ |= {"DATABASE_URL": url}
        return CliRunner(env=environ).invoke(command, arguments, catch_exceptions=False)

    @property
    def cluster(self) -> Cluster:
        return Cluster(self.home, 54329, fast_for_tests=True)

    def counts(self) -> dict[str, str]:
        """How many rows each table has."""
        with connected(self.cluster.dsn(ADMIN)) as connection, connection.cursor() as cursor:
            cursor.execute(COUNTS)
            return dict(cursor.fetchall())


@dataclass(frozen=True)
class Original(Machine):
    """The machine that was backed up; stopped since."""

    backup: Path
    rows: dict[str, str]
    keys_file: Path


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    machine = Machine(tmp_path_factory.mktemp("original"))
    machine.cluster.start()
    home = furnish_home(machine.cluster)
    with (
        connected(machine.cluster.dsn(RADIUS)) as radius,
        connected(machine.cluster.dsn(INTAKE)) as intake,
        connected(machine.cluster.dsn(ENFORCER)) as enforcer,
    ):
        fill(create_world(home.database, home.keys()), radius, intake, enforcer)
    with_books(home)
    rows = machine.counts()
    backup = back_up(machine.settings(), NOON).path
    home.database.close()
    machine.cluster.stop()
    return Original(
        machine.home, backup.rename(machine.home / "moved.backup"), rows, home.keys_file
    )


def with_books(home: Home) -> None:
    """One more ISP, whose ledger has rows that are sealed, and one that waits."""
    isp = create_world(home.database, home.keys())
    client_id = isp.client("Parvin").client_id
    isp.invoice(client_id)
    isp.pay(client_id, 60_000)
    seal_all(isp)
    isp.pay(client_id, 100)


@pytest.fixture
def new_machine(tmp_path: Path, original: Original) -> Iterator[Machine]:
    """An empty home to which only the keys were carried."""
    machine = Machine(tmp_path / "new")
    keys = machine.home / "secrets/keys"
    keys.parent.mkdir(parents=True)
    copyfile(original.keys_file, keys)
    yield machine
    machine.cluster.stop()


def test_a_backup_restored_into_an_empty_cluster_has_every_row_and_opens_every_password(
    original: Original, new_machine: Machine
) -> None:
    said = new_machine.run(RESTORE, str(original.backup)).stdout
    assert "Start it with ./skylink up" in said
    new_machine.cluster.start()
    assert new_machine.counts() == original.rows
    keys = KeyRing.load(original.keys_file)
    database = Database(new_machine.cluster.dsn(APP))
    world = create_world(database, keys)  # its schema, roles and grants work as before
    world.connection()
    with connected(new_machine.cluster.dsn(ADMIN)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id FROM connections WHERE username = 'salma'")
        [(tenant_id,)] = cursor.fetchall()
    with database.transaction(tenant_id) as session:
        line = find_connection(session, tenant_id, "salma")
        assert line is not None
        clear = reveal_password(session, tenant_id, line.connection_id, keys=keys, actor=SYSTEM)
    assert clear == PASSWORD
    database.close()


def test_the_books_of_a_restored_database_are_proved_and_go_on(
    original: Original, new_machine: Machine
) -> None:
    new_machine.run(RESTORE, str(original.backup))
    new_machine.cluster.start()
    database = Database(new_machine.cluster.dsn(APP))
    with connected(new_machine.cluster.dsn(ADMIN)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, id FROM clients WHERE name = 'Parvin'")
        [(tenant_id, client_id)] = cursor.fetchall()
    isp = World(database, tenant_id, "restored", KeyRing.load(original.keys_file))
    with isp.transaction() as session:
        restored = prove(session, tenant_id)
        assert (restored.differences, restored.waiting) == ((), 1)
    isp.pay(client_id, 200)
    seal_all(isp)
    with isp.transaction() as session:
        later = prove(session, tenant_id)
    assert (later.differences, later.waiting) == ((), 0)
    assert restored.last_seal is not None
    assert later.last_seal is not None
    assert later.last_seal.number == restored.last_seal.number + 1
    database.close()


def test_a_restore_replaces_nothing(original: Original, new_machine: Machine) -> None:
    new_machine.run(RESTORE, str(original.backup))
    with pytest.raises(DatabaseNotEmpty, match="postgres away, or set another SKYLINK_HOME"):
        new_machine.run(RESTORE, str(original.backup))
    assert not new_machine.cluster.running()


def damaged(original: Original, folder: Path, how: Callable[[bytes], bytes]) -> str:
    file = folder / "damaged.backup"
    file.write_bytes(how(original.backup.read_bytes()))
    return str(file)


@pytest.mark.parametrize(
    "how",
    [
        lambda whole: whole[:-1],
        lambda whole: whole[:-20],
        lambda whole: whole[: len(whole) // 2] + b"x" + whole[len(whole) // 2 + 1 :],
        lambda _whole: b"",
        lambda _whole: b"PGDMP a dump that nobody sealed",
    ],
    ids=["a byte short", "a tag short", "changed", "empty", "another file"],
)
def test_a_damaged_backup_leaves_the_database_empty_for_a_whole_one(
    how: Callable[[bytes], bytes], original: Original, new_machine: Machine, tmp_path: Path
) -> None:
    with pytest.raises(RestoreFailed, match="no whole backup"):
        new_machine.run(RESTORE, damaged(original, tmp_path, how))
    new_machine.run(RESTORE, str(original.backup))


def test_without_the_keys_a_backup_says_what_is_missing(
    original: Original, new_machine: Machine
) -> None:
    keys = new_machine.home / "secrets/keys"
    keys.write_text(KeyRing.new_line(7))
    with pytest.raises(RestoreFailed, match="sealed under key 1, which is not in"):
        new_machine.run(RESTORE, str(original.backup))
    keys.write_text(KeyRing.new_line(1))  # another key of the same number
    with pytest.raises(RestoreFailed, match="no whole backup"):
        new_machine.run(RESTORE, str(original.backup))
    keys.unlink()
    with pytest.raises(RestoreFailed, match="put your copy in"):
        new_machine.run(RESTORE, str(original.backup))


def test_nothing_is_restored_under_a_skylink_that_runs(
    original: Original, new_machine: Machine
) -> None:
    (new_machine.home / "run").mkdir()
    with only_one(new_machine.settings()), pytest.raises(RunsAlready):
        new_machine.run(RESTORE, str(original.backup))


def test_a_backup_is_the_owners_alone_and_shows_nothing(original: Original) -> None:
    assert stat.S_IMODE(original.backup.stat().st_mode) == 0o600
    assert stat.S_IMODE(original.settings().backups.stat().st_mode) == 0o700
    content = original.backup.read_bytes()
    for word in (b"PGDMP", b"salma", b"clients", b"Padma"):
        assert word not in content


@pytest.fixture
def running_machine(original: Original) -> Iterator[Machine]:
    """The original, started again, with no backups in its folder."""
    original.cluster.start()
    yield original
    original.cluster.stop()
    for path in original.settings().backups.iterdir():
        path.unlink()


def test_the_newest_backups_are_kept_and_what_is_not_ours_is_left_alone(
    running_machine: Machine,
) -> None:
    settings = running_machine.settings(SKYLINK_BACKUPS_KEPT="2")
    (settings.backups / "of-somebody.backup").touch()
    (settings.backups / "skylink-2026-03-10T120500Z.new").touch()  # of one that was killed
    for hours in range(3):
        back_up(settings, NOON + timedelta(hours=hours))
    assert sorted(path.name for path in settings.backups.iterdir()) == [
        "of-somebody.backup",
        "skylink-2026-03-10T130000Z.backup",
        "skylink-2026-03-10T140000Z.backup",
    ]


def test_a_backup_that_fails_leaves_nothing_behind(original: Original) -> None:
    with pytest.raises(BackupFailed, match="The backup was not made"):
        back_up(original.settings(), NOON)  # its database does not run
    assert not list(original.settings().backups.iterdir())


def test_by_hand_it_tells_where_it_is_and_what_is_not_in_it(
    running_machine: Machine, tmp_path: Path
) -> None:
    said = running_machine.run(BACKUP).stdout
    assert str(running_machine.settings().backups) in said
    assert "cannot be read without the keys" in said
    with pytest.raises(NotRunning):
        Machine(tmp_path / "nowhere").run(BACKUP)


def url(cluster: Cluster, user: str, name: str) -> str:
    where = f"host={quote(str(cluster.socket_folder), safe='')}&port={cluster.port}"
    return f"postgresql://{user}@/{name}?{where}"


def test_a_backup_goes_into_an_empty_database_of_a_server_that_is_there_already(
    original: Original, new_machine: Machine, cluster: Cluster
) -> None:
    with server(cluster) as cursor:
        cursor.execute("CREATE DATABASE restored")
    there = url(cluster, ADMIN, "restored")
    assert "Restored" in new_machine.run(RESTORE, str(original.backup), url=there).stdout
    with connected(cluster.dsn(ADMIN, "restored")) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM connections WHERE username = 'salma'")
        assert cursor.fetchall() == [(1,)]
    with pytest.raises(DatabaseNotEmpty, match="name an empty one in DATABASE_URL"):
        new_machine.run(RESTORE, str(original.backup), url=there)
    assert not (new_machine.home / "postgres").exists()
    with server(cluster) as cursor:
        cursor.execute("DROP DATABASE restored WITH (FORCE)")


def test_a_user_who_sees_one_isp_at_a_time_is_told_that_a_backup_needs_more(
    new_machine: Machine, cluster: Cluster, database_name: str
) -> None:
    with pytest.raises(BackupFailed, match="give it BYPASSRLS"):
        new_machine.run(BACKUP, url=url(cluster, APP, database_name))
