"""The process `intake`: brings the accounting journal of its node into the database.

    python -m network.intake

It may be killed at any moment and started again: what was committed is known by the journal's
position, which is committed with it, and the rest is in the journal. While the database is away the
journal grows, and is caught up with afterwards. Of two intakes of one node the second waits.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from typing import Any, NamedTuple

import psycopg2

from network.batches import Batch, Devices
from network.journal import Flusher, Journal, Piece, Reach, wall_clock
from network.settings import IntakeSettings, IntakeSettingsMissing
from radius_modules.voice import Log, Voice

BATCH_RECORDS = 20_000  # of a backlog: a session's records in one batch cost the database as one
LOOK_SECONDS = 0.1  # how often the journal is looked at; a batch is what came meanwhile
RETRY_SECONDS = 1.0
WAIT_SECONDS = 0.5  # of a second intake for the first
DEVICES_SECONDS = 2.0
REPORT_SECONDS = 5.0
TIDY_SECONDS = 60.0
LAG_WINDOW_SECONDS = 60.0
MONTHS_SECONDS = 3_600.0
PLANNED_RECORDS = 1_000
#  A dead peer is noticed in seconds: the lock of a journal must not outlive its holder.
OPTIONS = (
    "-c timezone=UTC -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2"
    " -c tcp_keepalives_count=3 -c tcp_user_timeout=10000"
)


class Haul(NamedTuple):
    """A batch as it was read, and how far the journal is read with it."""

    pieces: list[Piece]
    reached: list[Reach]
    batch: Batch


class Intake:
    """The journal of one node on its way into the database."""

    def __init__(self, settings: IntakeSettings, log: Log) -> None:
        self._settings, self._log = settings, log
        self._journal = Journal(settings.journal)
        self._flusher = Flusher(self._journal, log)
        self._stopping = Event()
        self._positions: dict[str, int] = {}
        self._reader = ThreadPoolExecutor(1, "skylink-reader")
        self._ahead: Future[Haul] | None = None
        self._devices: Devices | None = None
        self._devices_at = self._reported_at = self._tidied_at = self._months_at = -MONTHS_SECONDS
        self._planned = 0  # records of this connection after which its plans are made anew
        self._lags: deque[tuple[float, int, float]] = deque()
        self._counted = {"records": 0, "batches": 0, "late": 0, "quarantined": 0}

    def stop(self) -> None:
        """End after the batch at hand."""
        self._stopping.set()

    def run(self) -> None:
        """Until stopped; whatever the database does, the journal is flushed."""
        self._flusher.start()
        while not self._stopping.is_set():
            try:
                self._serve()
            except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
                words = (str(error).strip() or type(error).__name__).splitlines()[0]
                self._log("database", f"the database is away, the journal waits: {words}")
            except Exception as error:  # noqa: BLE001 the outermost loop of this process
                self._log("batch", f"a batch failed: {type(error).__name__}: {error}")
            self._stopping.wait(RETRY_SECONDS)
        self._flusher.stop()
        self._flusher.join()
        self._reader.shutdown()

    def catch_up(self) -> None:
        """Bring all that the journal holds now, and return; raises what the database raises."""
        with self._turn() as connection:
            while self._step(connection):
                pass

    def _serve(self) -> None:
        with self._turn() as connection:
            while not self._stopping.is_set():
                if not self._step(connection):
                    self._stopping.wait(LOOK_SECONDS)

    @contextmanager
    def _turn(self) -> Iterator[Any]:
        """A connection that has this node's journal to itself, and knows how far it is read."""
        connection = psycopg2.connect(
            self._settings.dsn,
            application_name="skylink-intake",
            connect_timeout=3,
            options=OPTIONS,
        )
        try:
            with connection, connection.cursor() as cursor:
                self._wait_for_turn(connection, cursor)
                cursor.execute("SELECT intake.begin()")
                cursor.execute("SELECT * FROM intake.positions(%s)", (self._settings.node,))
                self._positions = dict(cursor.fetchall())
            self._planned = self._counted["records"] + PLANNED_RECORDS
            self._ahead = None  # what was read ahead of a batch that failed
            yield connection
        finally:
            connection.close()

    def _wait_for_turn(self, connection: Any, cursor: Any) -> None:
        """Take the lock of this node's journal, which goes when its holder is gone."""
        while not self._stopping.is_set():
            cursor.execute(
                "SELECT pg_try_advisory_lock(hashtext('intake.node'), hashtext(%s))",
                (self._settings.node,),
            )
            if cursor.fetchone() == (True,):
                return
            connection.commit()
            self._log("turn", f"another intake serves node {self._settings.node}: waiting for it")
            self._stopping.wait(WAIT_SECONDS)
        raise psycopg2.OperationalError("stopped while another intake had the journal")

    def _step(self, connection: Any) -> bool:
        """One batch; whether there is more to do at once.

        Of a backlog the next batch is read while the database works on this one.
        """
        if self._devices is None or time.monotonic() - self._devices_at > DEVICES_SECONDS:
            self._look_at_devices(connection)
        ahead, self._ahead = self._ahead, None
        haul = ahead.result() if ahead is not None else self._gather(self._positions)
        is_full = len(haul.pieces) >= BATCH_RECORDS
        if is_full:
            positions = self._positions | {reach.file: reach.position for reach in haul.reached}
            self._ahead = self._reader.submit(self._gather, positions)
        now = time.monotonic()
        if haul.reached:
            self._bring(connection, haul)
        elif now - self._reported_at > REPORT_SECONDS:
            self._report(connection)
        if now - self._tidied_at > TIDY_SECONDS:
            self._tidy(connection)
        return is_full

    def _gather(self, positions: Mapping[str, int]) -> Haul:
        """What the journal has beyond `positions`, oldest first, up to a batch of it."""
        pieces: list[Piece] = []
        reached: list[Reach] = []
        now = wall_clock()
        for file in self._journal.files():
            start = position = positions.get(file, 0)
            while len(pieces) < BATCH_RECORDS and self._journal.size(file) != position:
                found, reach = self._journal.read(file, position, now)
                pieces += found
                if reach.position == position:
                    break
                position = reach.position
            if position != start:
                reached.append(Reach(file, start, position))
            if len(pieces) >= BATCH_RECORDS:
                break
        assert self._devices is not None, "the caller has looked"
        return Haul(pieces, reached, Batch(pieces, self._devices))

    def _bring(self, connection: Any, haul: Haul) -> None:
        batch = haul.batch
        if batch.not_read:  # perhaps of a NAS that was added this moment
            batch = Batch(haul.pieces, self._look_at_devices(connection))
        with connection, connection.cursor() as cursor:
            self._plan_anew(cursor)
            batch.merge(cursor)
            received = [record.received_at for _, record in batch.records]
            through = datetime.fromtimestamp(max(received), UTC) if received else None
            self._counted["records"] += len(received)
            self._counted["batches"] += 1
            self._counted["late"] += batch.late
            self._counted["quarantined"] += len(batch.not_read)
            batch.keep(cursor, self._settings.node, haul.reached, through, self._said())
        self._reported_at = time.monotonic()
        self._positions |= {reach.file: reach.position for reach in haul.reached}
        self._note_lags(received)
        for lost in batch.not_read[:1]:
            self._log(
                "quarantine",
                f"{len(batch.not_read)} records were not understood, the first because"
                f" {lost.reason}: ./skylink quarantine list",
            )

    def _plan_anew(self, cursor: Any) -> None:
        """Forget plans each time the records have doubled.

        One that was made while a table was empty may read all of it for each row once it is large,
        and would be kept until PostgreSQL next analyses the table.
        """
        if self._counted["records"] >= self._planned:
            cursor.execute("DISCARD PLANS")
            self._planned = 2 * self._counted["records"] + PLANNED_RECORDS

    def _report(self, connection: Any) -> None:
        """All that was received until now is here."""
        with connection, connection.cursor() as cursor:
            said = (self._settings.node, datetime.now(UTC), self._said())
            cursor.execute("SELECT intake.report(%s, %s, %s)", said)
        self._reported_at = time.monotonic()

    def _look_at_devices(self, connection: Any) -> Devices:
        with connection, connection.cursor() as cursor:
            self._devices = Devices(cursor)
        self._devices_at = time.monotonic()
        return self._devices

    def _note_lags(self, received: list[float]) -> None:
        """How long ago the records that are now committed were received, for a minute."""
        if not received:
            return
        now, received = time.time(), sorted(received)
        slowest = received[len(received) // 100]  # 99 of 100 were received after it
        self._lags.append((now, len(received), now - slowest))
        while self._lags and now - self._lags[0][0] > LAG_WINDOW_SECONDS:
            self._lags.popleft()

    def _said(self) -> str:
        lags = sorted(lag for _, _, lag in self._lags)
        worst = lags[min(len(lags) - 1, len(lags) * 99 // 100)] if lags else 0.0
        return json.dumps(
            {
                **self._counted,
                "lag_p99_ms": round(worst * 1000),
                "flush_trouble": self._flusher.trouble,
            }
        )

    def _tidy(self, connection: Any) -> None:
        """Remove files that are committed and kept long enough; make the months to come."""
        self._tidied_at = time.monotonic()
        now = wall_clock()
        gone = [
            file
            for file in self._journal.files()
            if self._positions.get(file, 0) == self._journal.size(file)
            and self._journal.remove(file, self._settings.keep_seconds, now)
        ]
        gone += sorted(set(self._positions) - set(self._journal.files()) - set(gone))
        with connection, connection.cursor() as cursor:
            if gone:
                cursor.execute("SELECT intake.forget_files(%s, %s)", (self._settings.node, gone))
            if time.monotonic() - self._months_at >= MONTHS_SECONDS:
                cursor.execute("SELECT intake.make_months(%s)", (datetime.now(UTC),))
                self._months_at = time.monotonic()
        for file in gone:
            self._positions.pop(file, None)


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    log = Voice(lambda line: print(line, flush=True))  # noqa: T201 the process manager keeps it
    try:
        intake = Intake(IntakeSettings.from_environ(os.environ), log)
    except IntakeSettingsMissing as error:
        sys.exit(f"skylink: {error}")
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: intake.stop())
    intake.run()


if __name__ == "__main__":
    main()
