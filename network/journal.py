"""The journal that FreeRADIUS writes (rlm_detail, a file a minute), read as it grows.

A router is answered when its record is in the file, not when the file is on the disk: whoever reads
it flushes it, so that even a power cut costs no more than FLUSH_SECONDS of records; and the next
Interim of each session heals those, since counters are cumulative.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

from radius_modules.voice import Log

FILE_NAME = re.compile(r"\d{8}T\d{4}")
FLUSH_SECONDS = 0.1
CHUNK_BYTES = 1 << 20
RECORD_BYTES_MAX = 64 * 1024  # a packet has 4096 bytes; printed, each byte may take four
OVER_SECONDS = 75.0  # the minute of a file, the ten seconds FreeRADIUS works on a request, and some
RESUMED = re.compile(rb"\d{10,} \d{1,6}\n\tPacket-Src-IP")
WHOLE = re.compile(rb"\n\tTimestamp = \d+\n?\Z")


class Piece(NamedTuple):
    """What stands between two empty lines: a record, or what is left of one. `cut`: no end came."""

    file: str
    position: int
    text: str
    cut: bool = False


class Reach(NamedTuple):
    """How far a file was read: everything before `position` is in the pieces that came with it."""

    file: str
    read_from: int
    position: int


class Journal:
    """The folder of one node's journal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def files(self) -> list[str]:
        """The names of its files, oldest first."""
        try:
            names = os.listdir(self.folder)  # noqa: PTH208 names are wanted, hundreds of times a minute
        except FileNotFoundError:
            return []
        return sorted(name for name in names if FILE_NAME.fullmatch(name))

    def read(self, file: str, position: int, now: float) -> tuple[list[Piece], Reach]:
        """The whole records from `position` on, as many as a chunk holds.

        A record that is not whole yet waits; when the file is over, what is left of it is a cut
        piece. `now`: POSIX seconds of the clock of the file system.
        """
        with (self.folder / file).open("rb") as opened:
            state = os.fstat(opened.fileno())
            start = position if position <= state.st_size else 0  # the name came again
            opened.seek(start)
            chunk = opened.read(CHUNK_BYTES)
        end = chunk.rfind(b"\n\n") + 2
        pieces = list(_pieces(file, start, chunk[:end])) if end > 1 else []
        end = end if end > 1 else 0
        if not chunk[end:].strip(b"\n"):
            end = len(chunk)  # more empty lines
        rest = chunk[end:]
        is_over = start + len(chunk) >= state.st_size and now - state.st_mtime > OVER_SECONDS
        if rest and (is_over or len(rest) > RECORD_BYTES_MAX):
            cut = not WHOLE.search(rest)
            pieces.append(_piece(file, start + end, rest.rstrip(b"\n"), cut=cut))
            end = len(chunk)
        return pieces, Reach(file, position, start + end)

    def size(self, file: str) -> int:
        """In bytes; 0 where it is gone."""
        try:
            return (self.folder / file).stat().st_size
        except FileNotFoundError:
            return 0

    def remove(self, file: str, keep_seconds: float, now: float) -> bool:
        """Remove a file that was not written to for as long; whether it is gone."""
        path = self.folder / file
        try:
            if now - path.stat().st_mtime < max(keep_seconds, OVER_SECONDS):
                return False
            path.unlink()
        except FileNotFoundError:
            pass
        return True


def _pieces(file: str, position: int, block: bytes) -> Iterator[Piece]:
    """The records of a block that ends with an empty line.

    Where a write failed in the midst of a record (a full disk), the next one follows without an
    empty line: it was acknowledged, so it is told apart from what precedes it.
    """
    for part in block.split(b"\n\n"):
        length = len(part) + 2
        if not part.strip(b"\n"):
            position += length
            continue
        text_at = len(part) - len(part.lstrip(b"\n"))
        if part.count(b"\n\tPacket-Src-IP") != 1 or not RESUMED.match(part, text_at):
            begins = (found.start() for found in RESUMED.finditer(part))
            edges = sorted({0, *begins, len(part)})
            for one, following in pairwise(edges):
                text = part[one:following].strip(b"\n")
                if text:
                    yield _piece(file, position + one, text, cut=following != len(part))
        else:
            yield _piece(file, position + text_at, part[text_at:].rstrip(b"\n"))
        position += length


def _piece(file: str, position: int, content: bytes, *, cut: bool = False) -> Piece:
    return Piece(file, position, content.decode("utf-8", "backslashreplace"), cut)


class Flusher(Thread):
    """The thread that brings what was written to the disk."""

    def __init__(self, journal: Journal, log: Log) -> None:
        super().__init__(name="skylink-flusher", daemon=True)
        self._journal, self._log = journal, log
        self._stopping = Event()
        self._flushed: dict[str, tuple[int, int]] = {}
        self.trouble: str | None = None

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        due = time.monotonic()  # what a flush takes is part of its turn
        while not self._stopping.wait(max(0.0, due - time.monotonic())):
            due = time.monotonic() + FLUSH_SECONDS
            try:
                self.flush()
            except OSError as error:
                self.trouble = error.strerror or str(error)
                self._log("flush", f"the journal cannot be brought to the disk: {self.trouble}")
            else:
                self.trouble = None

    def flush(self) -> None:
        """Flush the files that changed since the last time; older minutes are done."""
        recent = self._journal.files()[-2:]
        for file in recent:
            handle = os.open(self._journal.folder / file, os.O_RDONLY)
            try:
                state = os.fstat(handle)
                size_and_time = (state.st_size, state.st_mtime_ns)
                if self._flushed.get(file) != size_and_time:
                    os.fdatasync(handle)
                    self._flushed[file] = size_and_time
            finally:
                os.close(handle)
        for file in set(self._flushed) - set(recent):
            del self._flushed[file]


def wall_clock() -> float:
    """POSIX seconds, as the file system stamps files."""
    return time.time()
