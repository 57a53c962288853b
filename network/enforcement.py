"""Enforcement: one thread that keeps live sessions at what `decide_access` says.

It follows the database as RADIUS nodes do: NOTIFY as a hint, what the last look did not see as the
truth. Of several processes one works, the holder of an advisory lock; another takes over when its
connection ends. What it knows in memory can be lost at any moment: the sweep finds all of it again.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg2

from network.coa import TIMEOUT_SECONDS, CoaClient
from network.reconciler import Reconciler
from network.redials import Redials
from network.sender import Sender
from network.shared_facts import SharedFacts
from radius_modules.follower import connect
from radius_modules.keys import NodeKeys
from radius_modules.voice import Log

CHANNELS = ("skylink_facts", "skylink_sessions")
LOCK = 0x5B12  # of pg_try_advisory_lock: who holds it works
LOOK_SECONDS = 0.5  # a hint may be lost; in force within a second all the same
REVIEW_SECONDS = 1.0
TIDY_SECONDS = 60.0
SWEEP_SECONDS = 900.0
STANDBY_SECONDS = 1.0
RETRY_SECONDS = (0.2, 1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class EnforcementSettings:
    """`dsn` is of the role skylink_enforcer; `source` the address that NAS devices know us by.

    `patience` multiplies the pauses between tries.
    """

    dsn: str
    keys_file: Path
    source: str | None = None
    timeout_seconds: float = TIMEOUT_SECONDS
    patience: float = 1.0
    review_seconds: float = REVIEW_SECONDS
    sweep_seconds: float = SWEEP_SECONDS


def utc_now() -> datetime:
    return datetime.now(UTC)


class Enforcement(Thread):
    """`start` it, and `stop` it at the end; it outlives the database's absence."""

    def __init__(
        self, settings: EnforcementSettings, log: Log, now: Callable[[], datetime] = utc_now
    ) -> None:
        """Raises OSError or KeyRingUnreadable where the keys cannot be read."""
        super().__init__(name="skylink-enforcement", daemon=True)
        self._settings, self._log, self._now = settings, log, now
        self._keys = NodeKeys(settings.keys_file)
        self._redials = Redials()
        self._stopping = Event()
        self._wake_out, self._wake_in = os.pipe()
        self.works = Event()  # set while this one holds the lock

    def stop(self, seconds: float | None = None) -> None:
        """End the thread and wait for it; again does nothing more."""
        if not self._stopping.is_set():
            os.write(self._wake_in, b"x")  # before the thread may end, which closes the pipe
            self._stopping.set()
        self.join(seconds)

    def run(self) -> None:
        attempt = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self._serve()
            except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
                self._log("database", f"enforcement waits for the database: {_first_line(error)}")
            except Exception as error:  # noqa: BLE001 the outermost loop of this thread
                self._log("failed", f"enforcement failed: {type(error).__name__}: {error}")
            self.works.clear()
            attempt = 0 if time.monotonic() - began > max(RETRY_SECONDS) else attempt + 1
            self._stopping.wait(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
        os.close(self._wake_in)
        os.close(self._wake_out)

    def _serve(self) -> None:
        with _connected(self._settings.dsn) as conn, conn.cursor() as cursor:
            if not self._is_ours(cursor):
                return
            for channel in CHANNELS:
                cursor.execute(f"LISTEN {channel}")
            client = CoaClient(self._settings.source, self._settings.timeout_seconds)
            try:
                shared = SharedFacts(self._keys, lambda line: self._log(line, line))
                reconciler = Reconciler(shared, self._redials, self._now, self._log)
                sender = Sender(
                    client, shared, self._redials, self._now, self._log, self._settings.patience
                )
                reconciler.begin(cursor)
                self.works.set()
                self._enforce(conn, cursor, client, reconciler, sender)
            finally:
                client.close()

    def _is_ours(self, cursor: Any) -> bool:
        """Wait until the lock is ours; False where it is time to stop."""
        while True:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,))
            if cursor.fetchone()[0]:
                return True
            if self._stopping.wait(STANDBY_SECONDS):
                return False

    def _enforce(
        self, conn: Any, cursor: Any, client: CoaClient, reconciler: Reconciler, sender: Sender
    ) -> None:
        look, tidy = _Every(LOOK_SECONDS), _Every(TIDY_SECONDS)
        review = _Every(self._settings.review_seconds)
        sweep = _Every(self._settings.sweep_seconds, at_once=False)
        while not self._stopping.is_set():
            hinted = self._wait(
                conn,
                client,
                [
                    reconciler.seconds_idle(),
                    sender.seconds_idle(),
                    client.next_expiry_in(),
                    look.seconds_left(),
                    review.seconds_left(),
                    sweep.seconds_left(),
                ],
            )
            if look.is_due() or hinted:
                reconciler.look(cursor)
            if hinted:
                sender.find_due(cursor)
            if sweep.is_due():
                reconciler.sweep(cursor)
            sender.note_due(reconciler.work(cursor))
            sender.receive(cursor)
            if review.is_due():
                sender.review(cursor, settled=tidy.is_due())
            sender.send(cursor)

    def _wait(self, conn: Any, client: CoaClient, seconds: list[float | None]) -> bool:
        """Until there is something to do; whether the database hinted at changes."""
        patience = min(each for each in seconds if each is not None)
        if not conn.notifies:
            ready = select.select([conn, client, self._wake_out], [], [], patience)[0]
            if conn in ready:
                conn.poll()
        hinted = bool(conn.notifies)
        conn.notifies.clear()
        return hinted


class _Every:
    """A clock that strikes each so many seconds."""

    def __init__(self, seconds: float, *, at_once: bool = True) -> None:
        self._seconds = seconds
        self._next = time.monotonic() + (0 if at_once else seconds)

    def seconds_left(self) -> float:
        return max(0.0, self._next - time.monotonic())

    def is_due(self) -> bool:
        if self.seconds_left():
            return False
        self._next = time.monotonic() + self._seconds
        return True


@contextmanager
def _connected(dsn: str) -> Iterator[Any]:
    conn = connect(dsn, "skylink-enforcement")
    try:
        yield conn
    finally:
        conn.close()


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
