"""The private PostgreSQL: that it is private, and that what keeps it from running is told."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from commands.cluster import (
    ADMIN,
    BelongsToAnother,
    Cluster,
    DidNotStart,
    NotACluster,
    OtherMajorVersion,
    SocketInUse,
)
from sql.migrate import APP

PORT = 54329


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data of a cluster that never ran: copying is quicker than making it for every test."""
    cluster = Cluster(tmp_path_factory.mktemp("fresh"), PORT, fast_for_tests=True)
    cluster.initialise()
    cluster.stop()
    return cluster.data


@pytest.fixture
def new_cluster(fresh: Path, tmp_path: Path) -> Iterator[Callable[..., Cluster]]:
    """Make a cluster in a folder of its own; it is stopped after the test."""
    made: list[Cluster] = []

    def make(home: Path | None = None, *, with_data: bool = True) -> Cluster:
        made.append(Cluster(home or tmp_path / f"c{len(made)}", PORT, fast_for_tests=True))
        if with_data:
            shutil.copytree(fresh, made[-1].data)
        return made[-1]

    yield make
    for one in made:
        one.stop()


def answer(cluster: Cluster, query: str, role: str = ADMIN) -> object:
    connected = closing(psycopg2.connect(cluster.dsn(role, "postgres")))
    with connected as connection, connection.cursor() as cursor:
        cursor.execute(query)
        [(value,)] = cursor.fetchall()
        return value


def pid_of(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def kill(cluster: Cluster) -> None:
    """As a power cut ends it: its locks stay."""
    pid = pid_of(cluster)
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}/cwd").exists():
        pass


def test_it_listens_on_a_socket_that_is_its_owners_alone(
    new_cluster: Callable[..., Cluster],
) -> None:
    cluster = new_cluster()
    cluster.start()
    assert answer(cluster, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(cluster.socket_folder.stat().st_mode) == 0o700
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", PORT)):
        pass


def test_its_owner_may_be_any_of_our_roles_and_no_other(
    cluster: Cluster, database_name: str
) -> None:
    with closing(psycopg2.connect(cluster.dsn(APP, database_name))):
        pass
    with pytest.raises(psycopg2.OperationalError, match=r"[Pp]eer authentication failed"):
        psycopg2.connect(cluster.dsn("postgres", database_name))


def test_starting_again_keeps_what_is_there(new_cluster: Callable[..., Cluster]) -> None:
    cluster = new_cluster()
    cluster.start()
    cluster.start()
    cluster.prepare_database()
    cluster.stop()
    assert not cluster.running()
    cluster.start()
    cluster.prepare_database()
    assert answer(cluster, "SELECT count(*) FROM pg_database WHERE datname = 'skylink'") == 1


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(
    new_cluster: Callable[..., Cluster], tmp_path: Path
) -> None:
    cluster = new_cluster(tmp_path / ("it's long " * 9))
    cluster.start()
    assert answer(cluster, "SELECT 1") == 1
    assert not cluster.socket_folder.is_relative_to(cluster.home)
    assert stat.S_IMODE(cluster.socket_folder.stat().st_mode) == 0o700
    cluster.stop()
    assert not cluster.socket_folder.exists()


def test_locks_of_a_killed_server_do_not_keep_the_next_from_starting(
    new_cluster: Callable[..., Cluster],
) -> None:
    cluster = new_cluster()
    cluster.start()
    kill(cluster)
    assert not cluster.running()
    lock = cluster.data / "postmaster.pid"
    lines = lock.read_text().splitlines()
    # In a container the number soon belongs to somebody else: here, to ourselves.
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    cluster.start()
    assert answer(cluster, "SELECT 1") == 1


def test_a_process_manager_starts_it_by_its_own_command(
    new_cluster: Callable[..., Cluster],
) -> None:
    cluster = new_cluster()
    cluster.initialise()
    with subprocess.Popen(cluster.foreground_command(), stderr=subprocess.DEVNULL) as server:
        cluster.wait_until_ready()
        assert server.pid == pid_of(cluster)
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) == 0


def test_waiting_for_a_start_that_nobody_makes_ends(new_cluster: Callable[..., Cluster]) -> None:
    cluster = new_cluster()
    with pytest.raises(DidNotStart):
        cluster.wait_until_ready(seconds=0)


def test_an_older_database_is_told_by_its_version(new_cluster: Callable[..., Cluster]) -> None:
    cluster = new_cluster()
    cluster.initialise()
    (cluster.data / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(OtherMajorVersion, match=r"made by PostgreSQL 9\.6"):
        cluster.start()


def test_a_folder_that_is_no_database_is_left_alone(
    new_cluster: Callable[..., Cluster],
) -> None:
    cluster = new_cluster(with_data=False)
    cluster.data.mkdir(parents=True)
    (cluster.data / "letter.txt").write_text("mine")
    with pytest.raises(NotACluster):
        cluster.start()
    assert (cluster.data / "letter.txt").read_text() == "mine"


def test_an_initdb_that_was_cut_short_is_begun_anew(new_cluster: Callable[..., Cluster]) -> None:
    cluster = new_cluster(with_data=False)
    (cluster.home / "postgres.new" / "base").mkdir(parents=True)
    cluster.start()
    assert answer(cluster, "SELECT 1") == 1


def test_a_home_that_cannot_be_written_is_told(
    new_cluster: Callable[..., Cluster], tmp_path: Path
) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(BelongsToAnother, match="locked"):
        new_cluster(locked / "home", with_data=False).start()


def test_a_socket_that_another_server_holds_is_told(
    new_cluster: Callable[..., Cluster],
) -> None:
    holder, late = new_cluster(), new_cluster()
    holder.start()
    late.initialise()
    lock = f".s.PGSQL.{PORT}.lock"
    (late.socket_folder / lock).write_text((holder.socket_folder / lock).read_text())
    with pytest.raises(SocketInUse, match=str(holder.data)):
        late.start()


def test_settings_of_an_operator_are_kept_and_read_last(
    new_cluster: Callable[..., Cluster],
) -> None:
    cluster = new_cluster()
    cluster.initialise()
    (cluster.data / "local.conf").write_text("work_mem = '7MB'\n")
    cluster.start()
    assert answer(cluster, "SHOW work_mem") == "7MB"


def test_a_setting_that_is_none_ends_in_one_sentence(new_cluster: Callable[..., Cluster]) -> None:
    cluster = new_cluster()
    cluster.initialise()
    (cluster.data / "local.conf").write_text("work_mem = 'lots'\n")
    with pytest.raises(DidNotStart, match=r"see .*postgres\.log"):
        cluster.start()


def test_a_failing_statement_never_leaves_its_values_in_the_log(
    new_cluster: Callable[..., Cluster],
) -> None:
    cluster = new_cluster()
    cluster.start()
    with pytest.raises(psycopg2.Error):
        answer(cluster, "SELECT 1 / 0 FROM (SELECT 'secret-password') AS hidden")
    assert "division by zero" in cluster.log.read_text()
    assert "secret-password" not in cluster.log.read_text()
