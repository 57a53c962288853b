"""Compares live sessions with decisions, in sets, and sets down what each is to become.

Urgent are connections whose own facts changed. Behind them come, a few hundred at a time, those
that share what changed, whose hour has come (`changes_at`), that are new, and the full sweep.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from network.attempts import Problem
from network.comparison import Compared, Live, Want, compare
from network.redials import Redials
from network.shared_facts import KINDS, Key, NasState, SharedFacts
from policy.documents import CONNECTION_COLUMNS, BadFacts, connection_from_row
from policy.facts import ConnectionFacts
from policy.grants import Step
from radius_modules.codec import NotSayable
from radius_modules.voice import Log

BATCH = 300  # connections compared at once: some tens of milliseconds, which a payment may wait

LIVE_COLUMNS = ", ".join(Live.__slots__)
LIVE = f"""
    SELECT {LIVE_COLUMNS} FROM unnest(%s::bigint[], %s::bigint[]) AS asked (isp, line)
      JOIN enforcement.sessions ON tenant_id = isp AND connection_id = line"""
FACT_COLUMNS = ", ".join(CONNECTION_COLUMNS)
FACTS = f"""
    SELECT {FACT_COLUMNS} FROM unnest(%s::bigint[], %s::bigint[]) AS asked (isp, line)
      JOIN radius.connections ON tenant_id = isp AND connection_id = line"""
#  Since `last`, which saw all before: marked facts, and sessions that began or came back to life.
NEWS = """
    SELECT pg_current_snapshot()::text,
           ARRAY(SELECT DISTINCT kind || ' ' || tenant_id || ' ' || id FROM radius.changes
                  WHERE xid >= pg_snapshot_xmin(%(last)s::pg_snapshot)
                    AND NOT pg_visible_in_snapshot(xid, %(last)s::pg_snapshot)),
           ARRAY(SELECT DISTINCT tenant_id || ' ' || connection_id FROM enforcement.sessions
                  WHERE opened_in >= pg_snapshot_xmin(%(last)s::pg_snapshot)
                    AND NOT pg_visible_in_snapshot(opened_in, %(last)s::pg_snapshot))"""
EVERYTHING = "SELECT DISTINCT tenant_id, connection_id FROM enforcement.sessions"
SHARING = {
    "isp": EVERYTHING + " WHERE tenant_id = ANY(%(tenants)s)",
    "package": EVERYTHING + " WHERE tenant_id = ANY(%(tenants)s) AND package_id = ANY(%(ids)s)",
    "profile": EVERYTHING + " WHERE tenant_id = ANY(%(tenants)s) AND profile_id = ANY(%(ids)s)",
    "nas": EVERYTHING + " WHERE tenant_id = ANY(%(tenants)s) AND nas_id = ANY(%(ids)s)",
}


class Reconciler:
    """Of one thread and one database connection (autocommit, role skylink_enforcer)."""

    def __init__(
        self, shared: SharedFacts, redials: Redials, now: Callable[[], datetime], log: Log
    ) -> None:
        self._shared, self._redials, self._now, self._log = shared, redials, now, log
        self._urgent: dict[Key, None] = {}
        self._waiting: dict[Key, None] = {}
        self._changes_at: dict[Key, datetime] = {}
        self._hours: list[tuple[datetime, Key]] = []
        self._seen: str | None = None  # the pg_snapshot up to which all is known
        self.compared = 0

    def begin(self, cursor: Any) -> None:
        """Read what is shared, and queue every live session; from then on news are enough."""
        cursor.execute("SELECT pg_current_snapshot()::text")
        seen = cursor.fetchone()[0]
        for kind in KINDS:
            self._shared.load(cursor, kind)
        self.sweep(cursor)
        self._seen = seen

    def sweep(self, cursor: Any) -> None:
        """Queue every live session: whatever was missed is found."""
        cursor.execute(EVERYTHING)
        self._waiting |= dict.fromkeys(cursor.fetchall())

    def look(self, cursor: Any) -> None:
        """Queue what changed since the last look."""
        cursor.execute(NEWS, {"last": self._seen})
        self._seen, marks, opened = cursor.fetchone()
        changed: dict[str, list[Key]] = {}
        for mark in marks:
            kind, tenant_id, identity = mark.split(" ")
            changed.setdefault(kind, []).append((int(tenant_id), int(identity)))
        self._urgent |= dict.fromkeys(changed.pop("connection", ()))
        for kind in KINDS:
            if keys := changed.get(kind):
                self._shared.load(cursor, kind, keys)
                tenants, ids = map(list, zip(*keys, strict=True))
                cursor.execute(SHARING[kind], {"tenants": tenants, "ids": ids})
                self._waiting |= dict.fromkeys(cursor.fetchall())
        for each in opened:
            tenant_id, connection_id = each.split(" ")
            self._waiting[int(tenant_id), int(connection_id)] = None

    def seconds_idle(self) -> float | None:
        """Until the next hour that changes something; 0 while anything is queued; None: never."""
        if self._urgent or self._waiting:
            return 0.0
        if not self._hours:
            return None
        return max(0.0, (self._hours[0][0] - self._now()).total_seconds())

    def work(self, cursor: Any) -> set[Key]:
        """Compare the next few hundred; the NAS devices of which something is to be sent."""
        now = self._now()
        self._strike(now)
        queue = self._urgent or self._waiting
        keys = list(islice(queue, BATCH))
        for key in keys:
            del queue[key]
            self._waiting.pop(key, None)
        if not keys:
            return set()
        self.compared += len(keys)
        wants, nas_keys, left = self._compare_all(cursor, keys, now)
        if left:
            cursor.execute("SELECT enforcement.leave(%s)", (json.dumps(left),))
        if wants:
            documents = json.dumps([want.document() for want in wants])
            cursor.execute("SELECT enforcement.want(%s)", (documents,))
        return nas_keys

    def _strike(self, now: datetime) -> None:
        """Queue those whose hour has come."""
        while self._hours and self._hours[0][0] <= now:
            changes_at, key = heapq.heappop(self._hours)
            if self._changes_at.get(key) == changes_at:
                del self._changes_at[key]
                self._waiting[key] = None

    def _compare_all(
        self, cursor: Any, keys: list[Key], now: datetime
    ) -> tuple[list[Want], set[Key], list[dict[str, int]]]:
        sessions = _sessions(cursor, keys)
        for key in keys:
            if key not in sessions:
                self._changes_at.pop(key, None)
        wants: list[Want] = []
        left: list[dict[str, int]] = []
        nas_keys: set[Key] = set()
        for key, connection in self._connections(cursor, sessions).items():
            for live in sessions[key]:
                found = self._compared(live, connection, sessions[key], now)
                if found is None:
                    continue
                self._remember(key, found.changes_at)
                if found.leave:
                    left.append({"tenant_id": live.tenant_id, "session_id": live.session_id})
                if found.want is not None:
                    wants.append(self._guarded(key, found.want, now))
                    nas_keys.add((live.tenant_id, live.nas_id))
        return wants, nas_keys, left

    def _connections(
        self, cursor: Any, sessions: Iterable[Key]
    ) -> dict[Key, ConnectionFacts | None]:
        """Facts of connections; None of those that are gone. What is unreadable is left out."""
        found: dict[Key, ConnectionFacts | None] = dict.fromkeys(sessions)
        if not found:
            return found
        cursor.execute(FACTS, _columns(found))
        for row in cursor.fetchall():
            try:
                found[row[0], row[1]] = connection_from_row(row)
            except BadFacts as error:
                self._log(f"connection-{row[1]}", f"connection {row[1]} cannot be read: {error}")
                del found[row[0], row[1]]
        return found

    def _compared(
        self,
        live: Live,
        connection: ConnectionFacts | None,
        siblings: Sequence[Live],
        now: datetime,
    ) -> Compared | None:
        """None where it cannot be told: then the session stays as it is."""
        nas: NasState | None = self._shared.nas.get((live.tenant_id, live.nas_id))
        facts = None if connection is None else self._shared.facts_of(connection)
        if nas is None or (connection is not None and facts is None):
            return None
        try:
            return compare(live, facts, siblings, nas, now)
        except NotSayable as error:
            self._log(f"say-{live.connection_id}", f"no CoA for {live.connection_id}: {error}")
            return None

    def _guarded(self, key: Key, want: Want, now: datetime) -> Want:
        """A redial that did not help some times running is not repeated at once."""
        if want.step is not Step.REDIAL:
            return want
        wait_seconds = self._redials.wait_seconds(key, want.wanted, now)
        if not wait_seconds:
            return want
        return want.delayed(wait_seconds, Problem.REDIALS)

    def _remember(self, key: Key, changes_at: datetime | None) -> None:
        """Of several sessions of a connection the first hour counts."""
        known = self._changes_at.get(key)
        if changes_at is None or (known is not None and known <= changes_at):
            return
        self._changes_at[key] = changes_at
        heapq.heappush(self._hours, (changes_at, key))


def _sessions(cursor: Any, keys: Iterable[Key]) -> dict[Key, list[Live]]:
    cursor.execute(LIVE, _columns(keys))
    found: dict[Key, list[Live]] = {}
    for row in cursor.fetchall():
        live = Live(*row)
        found.setdefault((live.tenant_id, live.connection_id), []).append(live)
    return found


def _columns(keys: Iterable[Key]) -> tuple[list[int], list[int]]:
    pairs = list(keys)
    return [tenant_id for tenant_id, _ in pairs], [identity for _, identity in pairs]
