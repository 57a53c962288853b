"""What a node tells the database, off the login path: decisions, first devices, its own state.

Hooks leave notes in memory; a thread writes some of them each second. Of several decisions for one
connection that wait the last is kept, so a storm costs the database no more than a row a client,
spread over minutes. While the database is away the notes wait; logins never do.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import islice
from threading import Event, Thread
from typing import Any

import psycopg2

from policy.macs import normalise_mac
from radius_modules.follower import connect
from radius_modules.voice import Log

FLUSH_SECONDS = 1.0
REPORT_SECONDS = 5.0
TRIM_SECONDS = 3600.0
DECISIONS_PER_FLUSH = 500  # more would take from logins what a processor has; the rest waits
NAMELESS_PER_FLUSH_MAX = 200  # unknown names: enough to see who mistypes, too few to be a weapon
PAUSE_SECONDS = 0.002

Decided = tuple[int, int | None, str, float, int, str | None, str, str]
FIELDS = (
    "tenant_id",
    "connection_id",
    "username",
    "decided_at",
    "nas_id",
    "mac",
    "verdict",
    "reason",
)


class Notes:
    """What hooks leave behind: assignments in dicts, so that no hook ever waits."""

    def __init__(self) -> None:
        self.decisions: dict[object, Decided] = {}  # by connection, or ISP and unknown name
        self.devices: dict[tuple[int, int], str] = {}
        self.nas_unsigned: dict[tuple[int, int], float] = {}
        self._nameless = 0

    def nameless(
        self, tenant_id: int, username: str, at: float, nas_id: int, mac: str | None
    ) -> None:
        """A login under a name that nobody has."""
        self._nameless += 1
        if self._nameless <= NAMELESS_PER_FLUSH_MAX:
            key = (tenant_id, username)
            self.decisions[key] = (tenant_id, None, username, at, nas_id, mac, "reject", "unknown")

    def taken(self) -> dict[object, Decided]:
        """All that was left since the last call; what comes from now on is for the next."""
        taken, self.decisions, self._nameless = self.decisions, {}, 0
        time.sleep(PAUSE_SECONDS)  # a hook may just be writing to the old dict
        return taken


class Reporter(Thread):
    """Writes the notes and the node's own state."""

    def __init__(
        self,
        dsn: str,
        node: str,
        notes: Notes,
        state: Callable[[], tuple[datetime | None, dict[str, object]]],
        log: Log,
    ) -> None:
        super().__init__(name="skylink-reporter", daemon=True)
        self._dsn, self._node, self._notes, self._state, self._log = dsn, node, notes, state, log
        self._stopping = Event()
        self._seen: dict[tuple[int, int], float] = {}
        self._waiting: dict[object, Decided] = {}
        self._reported_at = self._trimmed_at = -TRIM_SECONDS

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                conn = connect(self._dsn, "skylink-reporter")
                try:
                    self._serve(conn)
                finally:
                    conn.close()
            except psycopg2.OperationalError:
                pass  # the follower says that the database is away
            except Exception as error:  # noqa: BLE001 the outermost loop of this thread
                self._log("report", f"reporting failed: {type(error).__name__}: {error}")
            self._stopping.wait(FLUSH_SECONDS)

    def _serve(self, conn: Any) -> None:
        with conn.cursor() as cursor:
            while True:
                last = self._stopping.wait(FLUSH_SECONDS)
                self._flush_devices(cursor)
                self._flush_decisions(cursor)
                now = time.monotonic()
                if now - self._reported_at > REPORT_SECONDS or last:
                    self._report(cursor)
                    self._reported_at = now
                if now - self._trimmed_at > TRIM_SECONDS:
                    cursor.execute(
                        "SELECT radius.forget_old_changes(), radius.forget_old_decisions()"
                    )
                    self._trimmed_at = now
                if last:
                    return

    def _flush_devices(self, cursor: Any) -> None:
        for (tenant_id, connection_id), mac in list(self._notes.devices.items()):
            cursor.execute("SELECT radius.learn_mac(%s, %s, %s)", (tenant_id, connection_id, mac))
            self._notes.devices.pop((tenant_id, connection_id), None)

    def _flush_decisions(self, cursor: Any) -> None:
        """Write the decisions that wait longest; of one connection only its last waits."""
        self._waiting.update(self._notes.taken())
        batch = dict(islice(self._waiting.items(), DECISIONS_PER_FLUSH))
        self._seen.update(((note[0], note[4]), note[3]) for note in batch.values() if note[4])
        for key in batch:
            del self._waiting[key]
        try:
            if batch:
                document = self._document(batch.values())
                cursor.execute("SELECT radius.note_decisions(%s)", (document,))
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            self._waiting = batch | self._waiting
            raise

    def _document(self, batch: Iterable[Decided]) -> str:
        documents = []
        for note in batch:
            document: dict[str, Any] = dict(zip(FIELDS, note, strict=True))
            document["decided_at"] = _instant(note[3])
            document["mac"] = normalise_mac(note[5] or "")
            document["nas_id"] = note[4] or None
            document["node"] = self._node
            documents.append(document)
        return json.dumps(documents)

    def _report(self, cursor: Any) -> None:
        facts_at, counters = self._state()
        cursor.execute(
            "SELECT radius.report_node(%s, %s, %s)", (self._node, facts_at, json.dumps(counters))
        )
        if sightings := self._sightings():
            cursor.execute("SELECT radius.note_nas(%s)", (json.dumps(sightings),))

    def _sightings(self) -> list[dict[str, object]]:
        """The NASes that logins came from since the last report, and when one came unsigned."""
        unsigned, self._notes.nas_unsigned = self._notes.nas_unsigned, {}
        seen, self._seen = self._seen, {}
        for key, at in unsigned.items():
            seen[key] = max(at, seen.get(key, 0.0))
        return [
            {
                "tenant_id": key[0],
                "nas_id": key[1],
                "last_seen_at": _instant(at),
                "unauthenticated_at": _instant(unsigned.get(key)),
            }
            for key, at in sorted(seen.items())
        ]


def _instant(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
