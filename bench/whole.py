"""A whole SkyLink as `./skylink up` runs it, in a home of its own; its processes can be killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench.database import unread_bytes
from bench.figures import BenchError
from bench.servers import WITH_US, free_port
from commands.cluster import Cluster
from commands.demo import DEMO_SLUG, NAS_SECRET
from commands.dsn import role_dsn
from commands.errors import NotRunning
from commands.processes import POSTGRES, process_states, supervisor
from commands.seed import Pattern, Seeder, find_or_create_isp
from commands.settings import Settings
from network.nas import NasDetails, NasKind, add_nas
from policy.facts import TenantId
from sandbox.nas.router import Router, Setup
from sql.migrate import APP
from storage.actors import operator
from storage.database import Database
from storage.secrets import KeyRing

POSTGRES_PORT = 54329  # names a socket in the scratch home
PORTS = ("RADIUS_AUTH", "RADIUS_ACCT", "RADIUS_OPERATOR", "WEB", "TELEGRAM", "TELEGRAM_WEBHOOK")
LAST_LINE = "./skylink status"  # of the screen of `up`
START_SECONDS_MAX = 180.0
STOP_SECONDS_MAX = 90.0
RECOVER_SECONDS_MAX = 180.0
POLL_SECONDS = 0.1
ALIVE = ("STARTING", "RUNNING")
PATTERN = Pattern("user{n}", "pw{n}")
ACTOR = operator("bench")
JOURNAL_READ = "SELECT file, position FROM journal_positions"


class Whole:
    """Use `run`; what it promises holds inside."""

    def __init__(self, scratch: Path) -> None:
        self._log = scratch / "up.log"
        self._environ = {
            name: value for name, value in os.environ.items() if not name.startswith("SKYLINK_")
        } | {
            "DATABASE_URL": "",
            "SKYLINK_HOME": str(scratch / "home"),
            "SKYLINK_RADIUS_ADDRESS": "127.0.0.1",
            "SKYLINK_POSTGRES_PORT": str(POSTGRES_PORT),
            **{f"SKYLINK_{port}_PORT": str(free_port()) for port in PORTS},
        }
        self.settings = Settings.from_environ(self._environ)
        self.cluster = Cluster(self.settings.home, self.settings.postgres_port)

    @contextmanager
    def run(self) -> Iterator[None]:
        """`./skylink up`, until the end of `with`. Raises BenchError where it does not start."""
        with self._log.open("wb") as log:
            up = subprocess.Popen(
                [*WITH_US, sys.executable, "-m", "commands.cli", "up"],
                cwd=self.settings.root,
                env=self._environ,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            ended = "./skylink up ended:"
            _wait(
                lambda: LAST_LINE in self.said() or up.poll() is not None,
                START_SECONDS_MAX,
                lambda: f"./skylink up is not ready: {self.said()}",
            )
            if up.poll() is not None:
                raise BenchError(f"{ended} {self.said()}")
            yield
        finally:
            up.send_signal(signal.SIGINT)
            try:
                up.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                up.kill()
                up.wait()

    def said(self) -> str:
        """All that `up` has printed."""
        return self._log.read_text(errors="replace")

    # --- who is there --------------------------------------------------------------------------

    def fill(self, clients: int, addresses: list[str], template: Setup) -> list[Router]:
        """Give the demo ISP clients, and a router at each address of loopback."""
        keys = KeyRing.load(self.settings.keys_file)
        with closing(Database(role_dsn(self.settings, APP))) as database:
            tenant_id = find_or_create_isp(database, DEMO_SLUG, keys, ACTOR)
            seeder = Seeder(database, tenant_id, keys, PATTERN, ACTOR, all_active=True)
            seeder.fill(clients, datetime.now(UTC), lambda _: None)
            return [
                self._router(database, tenant_id, keys, replace(template, address=address))
                for address in addresses
            ]

    @staticmethod
    def _router(database: Database, tenant_id: TenantId, keys: KeyRing, setup: Setup) -> Router:
        setup = replace(setup, identity=setup.address, coa_port=free_port())
        details = NasDetails(
            name=setup.identity,
            kind=NasKind.MIKROTIK,
            address=setup.address,
            coa_port=setup.coa_port,
        )
        with database.transaction(tenant_id) as session:
            add_nas(session, tenant_id, details, secret=NAS_SECRET, keys=keys, actor=ACTOR)
        return Router(setup)

    # --- what happens to it --------------------------------------------------------------------

    def kill(self, name: str) -> bool:
        """SIGKILL one process of the Procfile; False where it does not run just now."""
        for process in process_states(self.settings):
            if process.name == name and process.pid and process.state in ALIVE:
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
                    return True
        return False

    def kill_a_backend(self, chance: random.Random) -> bool:
        """SIGKILL one of PostgreSQL's children, after which it recovers by itself."""
        for process in process_states(self.settings):
            if process.name == POSTGRES and process.pid and process.state in ALIVE:
                with suppress(OSError):
                    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
                    pids = children.read_text().split()
                    os.kill(int(chance.choice(pids)), signal.SIGKILL)
                    return True
        return False

    def stop_database(self) -> None:
        """An orderly stop that lasts until `start_database`."""
        _wait(
            lambda: self._told("stopProcess") and self._state_of(POSTGRES) == "STOPPED",
            RECOVER_SECONDS_MAX,
            lambda: f"PostgreSQL cannot be stopped: {self._states()}",
        )

    def start_database(self) -> None:
        self._told("startProcess")

    def _told(self, order: str) -> bool:
        """Give supervisord an order for PostgreSQL; True also where it was so already."""
        #  A fault: it was killed this moment, and waits for its start.
        with suppress(xmlrpc.client.Fault), supervisor(self.settings) as methods:
            getattr(methods, order)(POSTGRES, True)
        return True

    def _state_of(self, name: str) -> str:
        return next(state.state for state in process_states(self.settings) if state.name == name)

    # --- what it came to -----------------------------------------------------------------------

    def wait_until_well(self) -> None:
        """Until all processes stay up and the database answers. Raises BenchError."""
        _wait(self._is_well, RECOVER_SECONDS_MAX, lambda: f"it did not recover: {self._states()}")

    def _states(self) -> str:
        try:
            states = process_states(self.settings)
        except NotRunning:
            return "the process manager is gone"
        return ", ".join(f"{process.name} {process.state}" for process in states)

    def _is_well(self) -> bool:
        try:
            states = process_states(self.settings)
        except NotRunning:
            return False
        return all(process.state == "RUNNING" for process in states) and self.cluster.running()

    def wait_until_committed(self) -> None:
        """Until the database has all of the journal. Raises BenchError."""
        _wait(
            lambda: not unread_bytes(self.settings, self.cluster),
            RECOVER_SECONDS_MAX,
            lambda: f"the journal is not read to its end: {self._states()}",
        )


def _wait(true: Callable[[], bool], seconds: float, what: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise BenchError(what())
        time.sleep(POLL_SECONDS)
