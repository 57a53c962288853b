"""Does ahead of the logins what takes long in them, without holding those up.

Opening one password takes longer than all the rest of a login together (Debian 12's
cryptography), and after a start everybody dials at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Thread

from radius_modules.codec import MIKROTIK, NotSayable
from radius_modules.snapshot import Entry, Isp, Snapshot
from storage.secrets import SecretError

ENTRIES_PER_BREATH = 10
PAUSE_SECONDS = 0.0005


class Warmer(Thread):
    """Goes through the whole snapshot each time it is told to."""

    def __init__(self, snapshot: Snapshot, prepare: Callable[[Isp, Entry, str], object]) -> None:
        super().__init__(name="skylink-warmer", daemon=True)
        self._snapshot, self._prepare = snapshot, prepare
        self._wanted, self._stopping = Event(), False

    def wake(self) -> None:
        self._wanted.set()

    def stop(self) -> None:
        self._stopping = True
        self._wanted.set()

    def run(self) -> None:
        while not self._stopping:
            self._wanted.wait()
            self._wanted.clear()
            self._warm()

    def _warm(self) -> None:
        for number, entry in enumerate(self._snapshot.entries()):
            if self._stopping:
                return
            try:
                entry.password(self._snapshot.ring)
                self._prepare(self._snapshot.isp(entry.connection.tenant_id), entry, MIKROTIK)
            except (SecretError, UnicodeDecodeError, NotSayable):
                continue  # said when that client logs in
            if number % ENTRIES_PER_BREATH == 0:
                time.sleep(PAUSE_SECONDS)
