"""Whether the disk has room for the journal: nothing is acknowledged that it might not take.

rlm_detail does not look whether its write succeeded, and nothing else may write to its file: two
writers at its end overwrite each other. So records are refused while there is still room for those
that are on their way.
"""

from __future__ import annotations

import os
from pathlib import Path

from radius_modules.voice import Log

LOOK_SECONDS = 0.05  # in which no server writes nearly as much as the least reserve
MEGABYTE = 1_000_000


class Room:
    """Of the journal's disk. `reserve_mb` is what has to be free."""

    def __init__(self, folder: Path, reserve_mb: int, log: Log) -> None:
        self._folder, self._reserve_bytes, self._log = folder, reserve_mb * MEGABYTE, log
        self._looked_at = -LOOK_SECONDS
        self._is_there = True

    def is_there(self, at: float) -> bool:
        """`at`: monotonic seconds. Where the disk cannot be asked there is none."""
        if at - self._looked_at >= LOOK_SECONDS:
            self._looked_at = at
            self._is_there = self._look()
        return self._is_there

    def _look(self) -> bool:
        try:
            disk = os.statvfs(self._folder)
        except OSError as error:
            self._log("journal", f"accounting gets no answer: {self._folder}: {error.strerror}")
            return False
        free = disk.f_bavail * disk.f_frsize
        if free >= self._reserve_bytes:
            return True
        self._log(
            "journal",
            f"accounting gets no answer, routers keep their records: {free // MEGABYTE} MB are"
            f" free for {self._folder}, {self._reserve_bytes // MEGABYTE} are needed",
        )
        return False
