"""Redials that do not help: a client who keeps coming back as it was is not cut again and again.

It happens where the router does not return our Class, has a secret of its own for the client, or
asks a RADIUS server that does not follow. Cutting it every second would help nobody.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from network.shared_facts import Key

TRIED_MAX = 3
WITHIN = timedelta(minutes=10)
WAIT_SECONDS = 600.0
REMEMBERED_MAX = 50_000


class Redials:
    """By connection: how often its sessions were cut for the same grant, and since when."""

    def __init__(self) -> None:
        self._cut: dict[Key, tuple[str | None, int, datetime]] = {}

    def cut(self, key: Key, wanted: str | None, now: datetime) -> None:
        """A session that was to have `wanted` has ended as it was told to."""
        known = self._cut.get(key)
        if known is None or known[0] != wanted or now - known[2] > WITHIN:
            if len(self._cut) >= REMEMBERED_MAX:
                self._cut.clear()
            self._cut[key] = (wanted, 1, now)
        else:
            self._cut[key] = (wanted, known[1] + 1, known[2])

    def wait_seconds(self, key: Key, wanted: str | None, now: datetime) -> float:
        """How long the next redial for `wanted` is to wait."""
        known = self._cut.get(key)
        if known is None or known[0] != wanted or now - known[2] > WITHIN:
            return 0.0
        return WAIT_SECONDS if known[1] >= TRIED_MAX else 0.0
