"""Keeps the snapshot equal to the database: LISTEN as a hint, a versioned delta as the truth.

Transactions commit out of the order in which they began, so "the highest version seen" would lose
rows. What is remembered is the database snapshot of the last look: new is what that one could not
see (PostgreSQL manual, "Transaction ID and Snapshot Information Functions").
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 it is a class

from policy.documents import CONNECTION_COLUMNS
from radius_modules import disk
from radius_modules.snapshot import KINDS, Snapshot
from radius_modules.voice import Log

CHANNEL = "skylink_facts"
POLL_SECONDS = 0.5  # the hint may be lost (a replica sends none); in force within a second
GATHER_SECONDS = 0.05  # after a hint: further commits of a burst join one look
RETRY_SECONDS = (0.2, 1.0, 2.0, 5.0)
ROWS_PER_BATCH = 100  # read and put with the interpreter held, about a millisecond
PAUSE_SECONDS = 0.0005  # between batches, for the logins that wait
FILE_GROWTH_MAX = 2  # a file this many times its base is written anew, ...
FILE_GROWTH_BYTES = 1 << 20  # ... but never for less than this
FILE_RETRY_SECONDS = 60  # after a disk that was full

SELECT = {
    "isp": "SELECT tenant_id, facts FROM radius.isps",
    "package": "SELECT tenant_id, package_id, facts FROM radius.packages",
    "profile": "SELECT tenant_id, profile_id, facts FROM radius.profiles",
    "nas": "SELECT tenant_id, nas_id, facts, sealed_secret FROM radius.nas_devices",
    "connection": "SELECT "
    + ", ".join((*CONNECTION_COLUMNS, "counted_through", "sealed_password"))
    + " FROM radius.counted_connections",
}
BY_ID = {
    "isp": " WHERE tenant_id = ANY(%(ids)s)",
    "package": " WHERE package_id = ANY(%(ids)s)",
    "profile": " WHERE profile_id = ANY(%(ids)s)",
    "nas": " WHERE nas_id = ANY(%(ids)s)",
    "connection": " WHERE tenant_id = ANY(%(tenants)s) AND connection_id = ANY(%(ids)s)",
}
CHANGES = """
    SELECT DISTINCT kind, tenant_id, id FROM radius.changes
    WHERE xid >= pg_snapshot_xmin(%(last)s::pg_snapshot)
      AND NOT pg_visible_in_snapshot(xid, %(last)s::pg_snapshot)
"""


def connect(dsn: str, name: str) -> Connection:
    """A connection that gives up instead of hanging when the network or the server is gone."""
    made = psycopg2.connect(
        dsn,
        application_name=name,
        connect_timeout=3,
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
        tcp_user_timeout=10_000,
        options="-c statement_timeout=60000 -c lock_timeout=2000 -c timezone=UTC",
    )
    made.autocommit = True
    return made


class Follower(Thread):
    """The thread that owns the snapshot and its file."""

    def __init__(
        self,
        dsn: str,
        snapshot: Snapshot,
        file: disk.SnapshotFile,
        checked: Callable[[], None],
        log: Log,
    ) -> None:
        """`checked` is told each time all facts have been read anew."""
        super().__init__(name="skylink-follower", daemon=True)
        self._dsn, self._snapshot, self._file = dsn, snapshot, file
        self._checked, self._log = checked, log
        self._stopping = Event()
        self._wake_out, self._wake_in = os.pipe()
        self._position: str | None = None
        self._changed_meanwhile: set[tuple[str, int, int]] = set()
        self.facts_at: datetime | None = None
        self.facts_from = "nowhere"
        self.file_trouble: str | None = None
        self._file_tried_at = 0.0

    def stop(self) -> None:
        """Ask the thread to end; join it afterwards."""
        self._stopping.set()
        os.write(self._wake_in, b"x")

    def run(self) -> None:
        attempt = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self._follow()
            except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
                self._log(
                    "follow", f"the database is away, facts stay as they are: {_first_line(error)}"
                )
            except Exception as error:  # noqa: BLE001 the outermost loop of this thread
                self._log(
                    "follow", f"following the database failed: {type(error).__name__}: {error}"
                )
            attempt = 0 if time.monotonic() - began > max(RETRY_SECONDS) else attempt + 1
            self._stopping.wait(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
        self._file.close()

    def load_from_disk(self, path: Path) -> None:
        """Take over what the last run of this node knew; without it, wait for the database."""
        complete = False
        try:
            for record in disk.read(path, self._snapshot.ring):
                self._replay(record)
                complete = complete or record["kind"] == "complete"
        except (disk.SnapshotUnusable, LookupError, TypeError, ValueError) as error:
            self._log("disk", f"the facts on disk ({path}) cannot be read: {error}")
        if complete:
            self.facts_from = "disk"
            self._snapshot.loaded = True
        else:
            self._log("disk", f"the facts on disk ({path}) are not whole: waiting for the database")

    def _replay(self, record: disk.Record) -> None:
        for kind, tenant_id, identity in record.get("gone", ()):
            self._snapshot.drop(kind, tenant_id, identity)
        for kind, rows in record.get("rows", {}).items():
            self._snapshot.put_all(kind, (disk.thawed(kind, row) for row in rows))
        if "position" in record:
            self._position = record["position"]
            self.facts_at = datetime.fromisoformat(record["at"])

    def _follow(self) -> None:
        with _closing(self._dsn, "skylink-follower") as conn:
            with conn.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            if self._position is not None:
                self._catch_up(conn)
            self._check_everything(conn)
            self._checked()
            while not self._stopping.is_set():
                self._wait(conn)
                self._catch_up(conn)
                if self._file_is_due():
                    self._check_everything(conn)

    def _wait(self, conn: Connection) -> None:
        """Until a hint, a stop, or the time to look anyway."""
        if (
            not conn.notifies
            and select.select([conn.fileno(), self._wake_out], [], [], POLL_SECONDS)[0]
        ):
            conn.poll()
        if conn.notifies:
            self._stopping.wait(GATHER_SECONDS)
            conn.poll()
            conn.notifies.clear()

    def _catch_up(self, conn: Connection) -> None:
        """Apply what became visible since the last look; all of it from one database snapshot."""
        with _one_snapshot(conn) as (cursor, position):
            cursor.execute(CHANGES, {"last": self._position})
            changed = [row for row in cursor.fetchall() if row[0] in KINDS]
            for start in range(0, len(changed), ROWS_PER_BATCH):
                self._apply(cursor, changed[start : start + ROWS_PER_BATCH])
                time.sleep(PAUSE_SECONDS)
        self._position = position
        self.facts_at = datetime.now(UTC)
        if changed:
            self._changed_meanwhile.update(changed)
            self._write({"position": position, "at": self.facts_at})

    def _apply(self, cursor: Any, changed: list[tuple[str, int, int]]) -> None:
        rows_by_kind: dict[str, list[Any]] = {}
        gone = set(changed)
        for kind in KINDS:
            if not (ids := [(row[1], row[2]) for row in changed if row[0] == kind]):
                continue
            tenants = sorted({tenant_id for tenant_id, _ in ids})
            wanted = {"tenants": tenants, "ids": [identity for _, identity in ids]}
            cursor.execute(SELECT[kind] + BY_ID[kind], wanted)
            rows_by_kind[kind] = cursor.fetchall()
            for key in self._snapshot.put_all(kind, rows_by_kind[kind]):
                gone.discard((kind, *key))
        for kind, tenant_id, identity in gone:
            self._snapshot.drop(kind, tenant_id, identity)
        self._write({"rows": rows_by_kind, "gone": sorted(gone)})

    def _check_everything(self, conn: Connection) -> None:
        """Read every fact anew, in place, while changes go on being applied; write a new file."""
        self._changed_meanwhile.clear()
        self._begin_file()
        next_look = time.monotonic() + POLL_SECONDS
        with (
            _closing(self._dsn, "skylink-full-check") as bulk,
            _one_snapshot(bulk) as (_, position),
        ):
            if self._position is None:
                self._position = position
            for kind in KINDS:
                seen: set[tuple[int, int]] = set()
                for rows in self._batches(bulk, kind):
                    seen |= self._take(kind, rows)
                    if time.monotonic() > next_look:
                        self._catch_up(conn)
                        next_look = time.monotonic() + POLL_SECONDS
                    if self._stopping.is_set():
                        return
                for key in self._snapshot.ids(kind) - seen:
                    if (kind, *key) not in self._changed_meanwhile:
                        self._snapshot.drop(kind, *key)
        self._snapshot.loaded = True
        self._catch_up(conn)
        self._complete_file()
        self.facts_from = "database"

    def _take(self, kind: str, rows: list[Any]) -> set[tuple[int, int]]:
        """Put rows of the full check, but for those that a later delta has brought already."""
        keys = [(kind, row[0], row[0] if kind == "isp" else row[1]) for row in rows]
        older = [
            row for row, key in zip(rows, keys, strict=True) if key not in self._changed_meanwhile
        ]
        self._write({"rows": {kind: older}})
        self._snapshot.put_all(kind, older)
        time.sleep(PAUSE_SECONDS)
        return {key[1:] for key in keys}

    @staticmethod
    def _batches(bulk: Connection, kind: str) -> Iterator[list[Any]]:
        with bulk.cursor() as cursor:
            cursor.execute(f"DECLARE all_{kind} NO SCROLL CURSOR FOR {SELECT[kind]}")
            while True:
                cursor.execute(f"FETCH {ROWS_PER_BATCH} FROM all_{kind}")
                if not (rows := cursor.fetchall()):
                    return
                yield rows

    def _file_is_due(self) -> bool:
        """Whether the file has outgrown its base, or could not be written some time ago."""
        if self.file_trouble is not None:
            return time.monotonic() - self._file_tried_at > FILE_RETRY_SECONDS
        return self._file.total_bytes > FILE_GROWTH_MAX * self._file.base_bytes + FILE_GROWTH_BYTES

    def _begin_file(self) -> None:
        self._file_tried_at = time.monotonic()
        self.file_trouble = None
        self._on_disk(self._file.begin)

    def _write(self, record: disk.Record) -> None:
        self._on_disk(lambda: self._file.append({"kind": "facts", **record}))

    def _complete_file(self) -> None:
        position = {"position": self._position, "at": self.facts_at}
        self._on_disk(lambda: self._file.complete(position))

    def _on_disk(self, write: Callable[[], None]) -> None:
        """A full disk costs the file, never the facts in memory."""
        try:
            write()
        except OSError as error:
            self._file.close()
            self.file_trouble = error.strerror or str(error)
            self._log("disk", f"the facts cannot be kept on disk: {self.file_trouble}")


@contextmanager
def _closing(dsn: str, name: str) -> Iterator[Connection]:
    conn = connect(dsn, name)
    try:
        yield conn
    finally:
        conn.close()


@contextmanager
def _one_snapshot(conn: Connection) -> Iterator[tuple[Any, str]]:
    """A cursor in a transaction that sees one state, and that state's pg_snapshot as text."""
    with conn.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL cursor_tuple_fraction = 1")  # all rows are wanted, not the first
        try:
            cursor.execute("SELECT pg_current_snapshot()::text")
            yield cursor, str((cursor.fetchone() or ("",))[0])
            cursor.execute("COMMIT")
        except psycopg2.Error:
            raise
        except BaseException:
            cursor.execute("ROLLBACK")
            raise


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
