"""What keeps `./skylink up` from starting: each is told in a sentence, before anything is made."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.commands.test_up import Copy


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    copy = Copy(tmp_path / "home", database_url=f"postgresql://nobody@/none?host={tmp_path}")
    done = copy.run("up")
    assert done.returncode == 1
    assert "The database does not answer" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_of_another_postgresql_is_told(tmp_path: Path) -> None:
    data = tmp_path / "home/postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("13\n")
    done = Copy(tmp_path / "home").run("up")
    assert done.returncode == 1
    assert "was made by PostgreSQL 13" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_told_before_anything_is_made(tmp_path: Path) -> None:
    copy = Copy(tmp_path / "home")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", int(copy.ports["SKYLINK_RADIUS_ACCT_PORT"])))
        done = copy.run("up")
    assert done.returncode == 1
    assert "set SKYLINK_RADIUS_ACCT_PORT to a free port" in done.stderr
    assert not (copy.home / "postgres").exists()


def test_a_disk_that_is_nearly_full_is_told(tmp_path: Path) -> None:
    done = Copy(tmp_path / "home").run("up", SKYLINK_MINIMUM_FREE_MB=str(1 << 40))
    assert done.returncode == 1
    assert "free some, or set SKYLINK_HOME to another disk" in done.stderr


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    done = Copy(tmp_path / "home").run("up")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr


def test_what_the_environment_says_wrongly_is_told_at_once(tmp_path: Path) -> None:
    done = Copy(tmp_path / "home").run("up", SKYLINK_WEB_PORT="x", SKYLINK_LANGUAGE="fr")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 2


def test_commands_that_need_it_running_say_so(tmp_path: Path) -> None:
    done = Copy(tmp_path / "home").run("psql")
    assert done.returncode == 1
    assert "start it with ./skylink up" in done.stderr
