"""One bounded look-up of a username that is not in memory: a client made a moment ago gets in.

The look-up runs on a thread of its own; the hook waits for it briefly and within a budget, so that
neither a slow database nor a flood of invented names can hold up the clients who are known.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Sequence
from threading import Event, Thread
from typing import Any

import psycopg2

from radius_modules.follower import SELECT, connect

WAIT_SECONDS = 0.05
LOOKUPS_PER_SECOND = 20  # the budget: at most 2 % of the hook's time at a millisecond each
REST_SECONDS = 2.0  # after a look-up that was late or failed
UNKNOWN_SECONDS = 30.0  # how long a name stays unknown; a delta that brings it counts at once
UNKNOWN_NAMES_MAX = 20_000

BY_NAME = SELECT["connection"] + " WHERE tenant_id = %s AND username = %s"


class _Question:
    __slots__ = ("answered", "row", "tenant_id", "username")

    def __init__(self, tenant_id: int, username: str) -> None:
        self.tenant_id, self.username = tenant_id, username
        self.answered = Event()
        self.row: Sequence[Any] | None = None


class Lookup(Thread):
    """Asks the database for names, one at a time."""

    def __init__(self, dsn: str) -> None:
        super().__init__(name="skylink-lookup", daemon=True)
        self._dsn = dsn
        self._questions: queue.SimpleQueue[_Question | None] = queue.SimpleQueue()
        self._unknown: dict[tuple[int, str], float] = {}
        self._budget, self._budget_at = float(LOOKUPS_PER_SECOND), time.monotonic()
        self._resting_until = 0.0
        self._ready = False

    def stop(self) -> None:
        self._questions.put(None)

    def find(self, tenant_id: int, username: str) -> Sequence[Any] | None:
        """The row of `radius.counted_connections`, or None: unknown, or not to be asked now."""
        key, now = (tenant_id, username), time.monotonic()
        if self._unknown.get(key, 0.0) > now or not self._may_ask(now):
            return None
        question = _Question(tenant_id, username)
        self._questions.put(question)
        if not question.answered.wait(WAIT_SECONDS):
            self._resting_until = now + REST_SECONDS
            return None
        if question.row is None:
            if len(self._unknown) >= UNKNOWN_NAMES_MAX:
                self._unknown.clear()
            self._unknown[key] = now + UNKNOWN_SECONDS
        return question.row

    def _may_ask(self, now: float) -> bool:
        if not self._ready or now < self._resting_until:
            return False
        gained = (now - self._budget_at) * LOOKUPS_PER_SECOND
        self._budget, self._budget_at = min(self._budget + gained, LOOKUPS_PER_SECOND), now
        if self._budget < 1:
            return False
        self._budget -= 1
        return True

    def run(self) -> None:
        stopping = False
        while not stopping:
            try:
                conn = connect(self._dsn, "skylink-lookup")
            except psycopg2.Error:
                stopping = self._idle(REST_SECONDS)  # the follower says that the database is away
                continue
            try:
                self._ready = True
                stopping = self._answer(conn)
            except psycopg2.Error:
                self._ready = False
            finally:
                conn.close()

    def _idle(self, seconds: float) -> bool:
        """Wait without a database; whether it is time to stop."""
        try:
            return self._questions.get(timeout=seconds) is None
        except queue.Empty:
            return False

    def _answer(self, conn: Any) -> bool:
        with conn.cursor() as cursor:
            while (question := self._questions.get()) is not None:
                cursor.execute(BY_NAME, (question.tenant_id, question.username))
                question.row = cursor.fetchone()
                question.answered.set()
        return True
