"""SkyLink under test: in a home of its own, made and seeded as the commands do it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import psycopg2

from bench.figures import BenchError
from bench.servers import WITH_US, RadiusServer, RunningServer, free_port
from commands.certificates import ensure_certificates
from commands.cluster import ADMIN, Cluster
from commands.demo import DEMO_SLUG
from commands.secret_files import ensure_keys
from commands.seed import Pattern, Seeder, find_or_create_isp
from commands.settings import Settings
from commands.up import environment
from policy.facts import TenantId
from sql.migrate import APP
from storage.actors import operator
from storage.database import Database
from storage.secrets import KeyRing

POSTGRES_PORT = 54329  # names a socket in the scratch home; nobody else's is in the way
LOAD_SECONDS_MAX = 60.0
POLL_SECONDS = 0.05
FOLLOWER = "skylink-follower"  # how a node's connections name themselves in pg_stat_activity
FULL_CHECK = "skylink-full-check"
WRITERS = 4  # one alone waits for the disk at each commit, and falls behind


class Ours:
    """One SkyLink with a private PostgreSQL, whose demo ISP has 127.0.0.1 as its NAS."""

    def __init__(self, scratch: Path) -> None:
        """Starts the PostgreSQL and migrates; `close` stops it."""
        ports = ("AUTH", "ACCT", "OPERATOR")
        self.environ = {
            "SKYLINK_HOME": str(scratch / "home"),
            "SKYLINK_RADIUS_ADDRESS": "127.0.0.1",
            "SKYLINK_POSTGRES_PORT": str(POSTGRES_PORT),
            **{f"SKYLINK_RADIUS_{port}_PORT": str(free_port()) for port in ports},
        }
        self.settings = Settings.from_environ(self.environ)
        self.cluster = Cluster(self.settings.home, self.settings.postgres_port)
        secrets = self.settings.secrets
        self.cluster.start()
        ensure_certificates(self.settings.certificates, secrets, datetime.now(UTC))
        self.cluster.prepare_database()
        ensure_keys(self.settings, database_is_new=True)
        for folder in (self.settings.log, self.settings.journal):
            folder.mkdir(exist_ok=True)

    def close(self) -> None:
        self.cluster.stop()

    def seed(self, clients: int, *, all_active: bool = True) -> TenantId:
        """Fill the demo ISP with user1 .. and pw1 ..; `all_active`: nobody is to be refused."""
        keys, actor = KeyRing.load(self.settings.keys_file), operator("bench")
        with closing(Database(self.cluster.dsn(APP))) as database:
            tenant_id = find_or_create_isp(database, DEMO_SLUG, keys, actor)
            pattern = Pattern("user{n}", "pw{n}")
            seeder = Seeder(database, tenant_id, keys, pattern, actor, all_active)
            seeder.fill(clients, datetime.now(UTC), lambda _: None)
        self.tidy()
        return tenant_id

    def tidy(self) -> None:
        """What PostgreSQL would do later, beside what is measured."""
        with closing(psycopg2.connect(self.cluster.dsn(ADMIN))) as admin, admin.cursor() as cursor:
            admin.autocommit = True
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")

    def server(self) -> RadiusServer:
        """FreeRADIUS with our hooks, as the Procfile starts it."""
        return RadiusServer(
            "ours",
            self.settings.root / "raddb",
            self.settings.radius_auth_port,
            self.settings.log / "radius.log",
            environment(self.settings, self.cluster),
        )

    @contextmanager
    def process(
        self, name: str, arguments: Sequence[str], more: Mapping[str, str] | None = None
    ) -> Iterator[RunningServer]:
        """One of Python, as the Procfile starts it, alive inside `with`; `more`: environment."""
        log = self.settings.log / f"{name}.log"
        clean = {key: value for key, value in os.environ.items() if not key.startswith("SKYLINK_")}
        none = {"DATABASE_URL": "", "TELEGRAM_BOT_TOKEN": ""}
        with log.open("ab") as said:
            process = subprocess.Popen(
                [*WITH_US, sys.executable, "-u", *arguments],
                cwd=self.settings.root,
                env={**clean, **self.environ, **none, **(more or {})},
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        running = RunningServer(name, 0, log, process)
        try:
            yield running
        finally:
            running.end()

    def forget_snapshot(self) -> None:
        """Take the facts on disk away, so that the next start reads all from the database."""
        for path in self.settings.radius.glob("facts*"):
            path.unlink()

    def load_anew(self) -> float:
        """Cut the node off its database for a moment, so that it reads all facts again.

        Returns the seconds from the cut until the last of them was read.
        """
        began = time.monotonic()
        with closing(psycopg2.connect(self.cluster.dsn(ADMIN))) as admin, admin.cursor() as cursor:
            admin.autocommit = True
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = %s",
                (FOLLOWER,),
            )
            started = False
            while time.monotonic() < began + LOAD_SECONDS_MAX:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s",
                    (FULL_CHECK,),
                )
                row = cursor.fetchone()
                reading = row is not None and row[0] > 0
                if started and not reading:
                    return time.monotonic() - began
                started = started or reading
                time.sleep(POLL_SECONDS)
        raise BenchError("ours did not read its facts again after its connection was cut.")

    @contextmanager
    def changing(self, per_second: float) -> Iterator[list[float]]:
        """Inside `with`, commit `per_second` changes, each of one random connection.

        As the application does it: its role, its tenant's scope, a transaction a change. The list
        holds, after the end, how many a second each writer could commit.
        """
        dsn, connections = self.cluster.dsn(APP), self._connections()
        writers = [_Writer(dsn, connections, per_second / WRITERS, n) for n in range(WRITERS)]
        written: list[float] = []
        for writer in writers:
            writer.start()
        try:
            yield written
        finally:
            written += [writer.stop() for writer in writers]

    def _connections(self) -> list[tuple[int, int]]:
        """(tenant_id, id) of each connection."""
        with closing(psycopg2.connect(self.cluster.dsn(ADMIN))) as admin, admin.cursor() as cursor:
            cursor.execute("SELECT tenant_id, id FROM connections ORDER BY id")
            return cursor.fetchall()


class _Writer(Thread):
    """Changes connections at a steady rate until stopped."""

    def __init__(
        self, dsn: str, connections: list[tuple[int, int]], per_second: float, seed: int
    ) -> None:
        super().__init__(name="bench-writer")
        self._dsn, self._connections, self._per_second = dsn, connections, per_second
        self._stopping = Event()
        self._random = random.Random(seed)
        self._done = 0
        self._began = self._ended = 0.0

    def run(self) -> None:
        with closing(psycopg2.connect(self._dsn)) as app, app.cursor() as cursor:
            app.autocommit = True
            self._began = time.monotonic()
            while not self._stopping.wait(self._seconds_to_the_next()):
                tenant_id, connection_id = self._random.choice(self._connections)
                cursor.execute(
                    "BEGIN; SELECT set_config('skylink.tenant_id', %s, true);"
                    " UPDATE connections SET expires_at = now() + interval '1 year'"
                    " WHERE tenant_id = %s AND id = %s; COMMIT",
                    (str(tenant_id), tenant_id, connection_id),
                )
                self._done += 1
            self._ended = time.monotonic()

    def stop(self) -> float:
        """Changes committed a second."""
        self._stopping.set()
        self.join()
        return self._done / (self._ended - self._began)

    def _seconds_to_the_next(self) -> float:
        return max(0.0, self._began + self._done / self._per_second - time.monotonic())
