"""`./skylink up` from an empty folder to real logins, and every way in which it ends."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
import pytest

from clock.contents import JOBS
from commands.cluster import ADMIN, Cluster
from sandbox.telegram.people import People
from tests.bots.conftest import prove

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS_MAX = 120
END_SECONDS_MAX = 60
PORTS = (
    *("SKYLINK_RADIUS_AUTH_PORT", "SKYLINK_RADIUS_ACCT_PORT", "SKYLINK_RADIUS_OPERATOR_PORT"),
    *("SKYLINK_WEB_PORT", "SKYLINK_TELEGRAM_PORT"),  # TCP, the others UDP
)
TCP = 2


def free_ports() -> dict[str, str]:
    """Ports that nobody held a moment ago."""
    held = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in PORTS[:-TCP]]
    held += [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in PORTS[-TCP:]]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = {name: str(one.getsockname()[1]) for name, one in zip(PORTS, held, strict=True)}
    for one in held:
        one.close()
    return ports


@dataclass
class Copy:
    """A SkyLink of the test's own."""

    home: Path
    ports: dict[str, str] = field(default_factory=free_ports)
    database_url: str = ""
    said: str = ""  # by its last start

    def environ(self, **more: str) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SKYL")}
        where = {
            "SKYLINK_HOME": str(self.home),
            "SKYLINK_RADIUS_ADDRESS": "127.0.0.1",
            "SKYLINK_WEB_ADDRESS": "127.0.0.1",
            "SKYLINK_MINIMUM_FREE_MB": "1",
            "DATABASE_URL": self.database_url,
        }
        return {**clean, **where, **self.ports, **more}

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "commands.cli", *arguments],
            cwd=ROOT,
            env=self.environ(**environ),
            text=True,
            capture_output=True,
            check=False,
            timeout=START_SECONDS_MAX,
        )

    def json(self, *arguments: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.run(*arguments, "--json").stdout)
        return told

    def up(self) -> subprocess.Popen[str]:
        """Start it and read until its screen is complete."""
        process = subprocess.Popen(
            [sys.executable, "-m", "commands.cli", "up"],
            cwd=ROOT,
            env=self.environ(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert process.stdout is not None
        too_late = threading.Timer(START_SECONDS_MAX, process.kill)
        too_late.start()
        said = ""
        while "./skylink status" not in said:
            line = process.stdout.readline()
            assert line, f"it ended: {said}"
            said += line
        too_late.cancel()
        self.said = said
        return process

    def everything(self) -> list[int]:
        """A pidfd for each process of this copy."""
        mark = os.fsencode(self.home)
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                where = os.fsencode((process / "cwd").readlink())
                told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
                if mark in where + told and process.name != str(os.getpid()):
                    found.append(os.pidfd_open(int(process.name)))
            except (OSError, ValueError):
                continue
        return found


def all_end(handles: list[int]) -> bool:
    """Whether the processes behind these pidfds end in time; gives the pidfds back."""
    waiting = set(handles)
    while waiting:
        ended = select.select(list(waiting), [], [], END_SECONDS_MAX)[0]
        if not ended:
            break
        waiting.difference_update(ended)
    for handle in handles:
        os.close(handle)
    return not waiting


def end(process: subprocess.Popen[str]) -> None:
    """Stop an `up` as Ctrl-C does."""
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=END_SECONDS_MAX)
    assert said.endswith("Stopping.\nStopped.\n")
    assert process.returncode == 0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """A copy that runs while the tests of this module do; they only look and log in."""
    copy = Copy(tmp_path_factory.mktemp("running") / "home")
    process = copy.up()
    yield copy
    end(process)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy that was started once and stopped; tests leave it stopped."""
    copy = Copy(tmp_path_factory.mktemp("kept") / "home")
    end(copy.up())
    return copy


def test_a_paying_client_gets_online_by_each_method(running: Copy) -> None:
    for method in ("pap", "chap", "mschap"):
        told = running.json("radtest", "rahim", "--method", method)
        assert told["answer"] == "Access-Accept"
        assert told["node"] == told["database"] == {"verdict": "accept", "reason": "current"}
        assert told["node_agrees"] is told["password_accepted"] is True


def test_one_who_owes_gets_the_walled_garden_and_reads_why(running: Copy) -> None:
    done = running.run("radtest", "karim")
    assert done.returncode == 0
    assert done.stdout.startswith("Access-Accept\n")
    assert "What would change it:" in done.stdout
    assert running.json("radtest", "karim")["database"] == {"verdict": "walled", "reason": "dues"}


async def test_the_first_owner_joins_by_the_code_that_is_printed(running: Copy) -> None:
    address = f"http://127.0.0.1:{running.ports['SKYLINK_TELEGRAM_PORT']}"
    assert f"{address}/  a sandbox, not Telegram itself: say /start" in running.said
    code = re.search(r"send it  ([A-Z2-7-]{19})  within", running.said)
    assert code
    async with People(address) as people:
        stranger = await people.add("Nadia")
        await stranger.says("/start")
        await stranger.sees("send its code here")
        await stranger.says(code[1])
        await prove(stranger)
        await stranger.says("rahim")
        await stranger.sees("Padma Net › Rahim Uddin")


def test_nobody_is_refused_as_unknown(running: Copy) -> None:
    done = running.run("radtest", "nobody", "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert (told["answer"], told["node"]["reason"]) == ("Access-Reject", "unknown")


def test_a_wrong_password_is_told_apart_from_a_rule(running: Copy) -> None:
    done = running.run("radtest", "rahim", "--password", "wrong")
    assert done.returncode == 1
    assert "the password was wrong" in done.stdout


def test_who_opened_a_password_is_in_the_audit_log(running: Copy) -> None:
    running.run("radtest", "salma", SKYLINK_CALLER="Nasrin")
    query = "SELECT count(*) FROM audit_log WHERE action = 'connection.password_revealed'"
    query += " AND actor_name = 'Nasrin'"
    assert running.run("psql", "-Atc", query).stdout == "1\n"


def test_a_router_of_the_demo_is_answered(running: Copy) -> None:
    request = 'User-Name = "rahim", User-Password = "rahim123", Message-Authenticator = 0x00\n'
    server = f"127.0.0.1:{running.ports['SKYLINK_RADIUS_AUTH_PORT']}"
    done = subprocess.run(
        ["radclient", "-x", server, "auth", "testing123"],
        input=request, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert "Received Access-Accept" in done.stdout, done.stdout + done.stderr


def test_status_tells_people_and_programs_that_all_is_well(running: Copy) -> None:
    done = running.run("status", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0, told
    assert told["well"] is True
    names = [process["name"] for process in told["processes"]]
    assert names == ["postgres", "radius", "intake", "clock", "web", "gateways", "telegram", "bot"]
    assert told["database"]["schema_is_current"] is True
    assert told["radius"]["facts_from"] == "database"
    assert told["radius"]["connections"] > 0
    assert "Database   private PostgreSQL" in running.run("status").stdout


def test_the_clock_knows_what_comes_next_for_the_server_and_for_the_demo(running: Copy) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while len(jobs := running.json("status")["clock"]["jobs"]) < len(JOBS):
        assert time.monotonic() < deadline, jobs
    assert {job["place"] for job in jobs} == {"server", "demo"}
    backup = next(job for job in jobs if job["job"] == "backup")
    assert backup["next_at"].endswith("20:30:00+00:00")  # 02:30 in Dhaka
    assert "backup               last not yet" in running.run("status").stdout


def test_a_backup_can_be_made_while_it_runs(running: Copy) -> None:
    made = running.json("backup")
    assert Path(made["path"]).stat().st_size == made["bytes"] > 0
    assert Path(made["path"]).parent == running.home / "backups"


def test_psql_shows_an_isp_its_own_and_nobody_elses(running: Copy) -> None:
    assert running.run("psql", "-Atc", "SELECT count(*) > 0 FROM clients").stdout == "t\n"
    refused = running.run("psql", "--isp", "nowhere", "-Atc", "SELECT 1")
    assert refused.returncode == 1
    assert "There is no ISP nowhere" in refused.stderr
    seen = running.run("psql", "--role", "radius", "-Atc", "SELECT count(*) FROM public.clients")
    assert "permission denied" in seen.stderr


def test_a_second_start_says_who_runs_already(running: Copy) -> None:
    done = running.run("up")
    assert done.returncode == 1
    assert "runs from" in done.stderr
    assert "./skylink stop ends it" in done.stderr


def test_no_secret_is_on_a_command_line_or_readable_by_others(running: Copy) -> None:
    for path in (running.home / "secrets").iterdir():
        assert path.stat().st_mode & 0o077 == 0
    assert (running.home / "secrets").stat().st_mode & 0o077 == 0
    secret = (running.home / "secrets/operator_secret").read_bytes()
    assert not any(secret in line.read_bytes() for line in Path("/proc").glob("[0-9]*/cmdline"))


def test_ctrl_c_leaves_nothing_behind(kept: Copy) -> None:
    process = kept.up()
    everything = kept.everything()
    assert len(everything) > 3
    end(process)
    assert all_end(everything)
    assert kept.json("status") == {"well": False, "running": False, "home": str(kept.home)}


def test_stop_ends_it_from_another_terminal(kept: Copy) -> None:
    process = kept.up()
    assert kept.run("stop").stdout == "Stopped.\n"
    process.communicate()
    assert process.returncode == 0
    assert kept.run("stop").stdout == "SkyLink does not run here.\n"


def test_killing_it_or_its_manager_leaves_nothing_behind_and_needs_no_repair(kept: Copy) -> None:
    process = kept.up()
    everything = kept.everything()
    process.kill()
    process.communicate()
    assert all_end(everything)

    process = kept.up()
    everything = kept.everything()
    os.kill(int((kept.home / "run/supervisord.pid").read_text()), signal.SIGKILL)
    said, _ = process.communicate(timeout=END_SECONDS_MAX)
    assert process.returncode == 1
    assert "The process manager ended" in said
    assert all_end(everything)

    end(kept.up())


def test_a_process_that_dies_is_started_again_and_told(kept: Copy) -> None:
    process = kept.up()
    assert process.stdout is not None
    pids = {process["name"]: process["pid"] for process in kept.json("status")["processes"]}
    os.kill(pids["radius"], signal.SIGKILL)
    while "radius had ended and was started again" not in process.stdout.readline():
        assert process.poll() is None
    end(process)


def test_a_database_of_a_newer_skylink_is_left_alone(kept: Copy) -> None:
    cluster = Cluster(kept.home, 54329)
    cluster.start()
    with psycopg2.connect(cluster.dsn(ADMIN)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT version_num FROM alembic_version")
        (current,) = cursor.fetchone() or ("",)
        cursor.execute("UPDATE alembic_version SET version_num = 'of tomorrow'")
    connection.close()
    cluster.stop()
    done = kept.run("up")
    cluster.start()
    with psycopg2.connect(cluster.dsn(ADMIN)) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE alembic_version SET version_num = %s", (current,))
    connection.close()
    cluster.stop()
    assert done.returncode == 1
    assert "The database is newer than this SkyLink" in done.stderr
    assert "Traceback" not in done.stderr


def test_lost_keys_are_told_and_not_replaced(kept: Copy) -> None:
    keys = kept.home / "secrets/keys"
    aside = keys.rename(keys.with_name("aside"))
    done = kept.run("up")
    assert not keys.exists()
    aside.rename(keys)
    assert done.returncode == 1
    assert "put them back" in done.stderr


def test_it_runs_on_a_database_that_is_there_already(
    tmp_path: Path, cluster: Cluster, new_database: Callable[[str], str]
) -> None:
    name = new_database("of_an_operator")
    where = f"host={quote(str(cluster.socket_folder), safe='')}&port={cluster.port}"
    copy = Copy(tmp_path / "home", database_url=f"postgresql://{ADMIN}@/{name}?{where}")
    process = copy.up()
    told = copy.json("status")
    answer = copy.json("radtest", "rahim")
    end(process)
    names = [process["name"] for process in told["processes"]]
    assert names == ["radius", "intake", "clock", "web", "gateways", "telegram", "bot"]
    assert (told["well"], told["database"]["private"]) == (True, False)
    assert answer["answer"] == "Access-Accept"
    assert not (copy.home / "postgres").exists()
