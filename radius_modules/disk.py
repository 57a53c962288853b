"""The facts on disk: what lets a node that starts while the database is away log everybody in.

One file: a line that names it, then sealed records, each bound to the file and its place in it. A
full base ends with a record "complete"; what changes afterwards is appended. A torn end costs the
torn record; damage before that ends the reading there; a base that is not complete counts for
nothing. Only the owner can read the file, and without the key ring nobody can.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from policy.documents import CONNECTION_COLUMNS
from radius_modules.keys import NodeKeys
from storage.secrets import SecretError

MAGIC = b"SKYLINK-FACTS-2 "
NAME_BYTES = 16
RECORD_BYTES_MAX = 64 << 20

SEALED_KINDS = ("connection", "nas")
CONNECTION_INSTANTS: tuple[tuple[int, Callable[[str], date]], ...] = (
    (CONNECTION_COLUMNS.index("due_on"), date.fromisoformat),
    (CONNECTION_COLUMNS.index("promised_until"), datetime.fromisoformat),
    (CONNECTION_COLUMNS.index("expires_at"), datetime.fromisoformat),
    (CONNECTION_COLUMNS.index("cycle_until"), datetime.fromisoformat),
    (len(CONNECTION_COLUMNS), datetime.fromisoformat),  # counted_through
)

Record = dict[str, Any]


class SnapshotUnusable(Exception):
    """There is no complete base in the file; the message says what is wrong with it."""

    code = "snapshot_unusable"


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, memoryview | bytes):
        return base64.b64encode(value).decode("ascii")
    raise TypeError(f"{type(value)} has no place in a snapshot")


def thawed(kind: str, row: list[Any]) -> list[Any]:
    """A row as the database gave it, from what JSON kept of it. Raises ValueError."""
    if kind in SEALED_KINDS and row[-1] is not None:
        row[-1] = base64.b64decode(row[-1])
    if kind == "connection":
        for place, parse in CONNECTION_INSTANTS:
            if row[place] is not None:
                row[place] = parse(row[place])
    return row


class SnapshotFile:
    """Writes `path` anew record by record, then keeps appending to it."""

    def __init__(self, path: Path, ring: NodeKeys) -> None:
        self._path, self._ring = path, ring
        self._partial = path.with_suffix(".new")
        self._file: IO[bytes] | None = None
        self._name = b""
        self._records = 0
        self.base_bytes = 0
        self.total_bytes = 0

    def begin(self) -> None:
        """Start a new base beside the old one, which stays until `complete`. Raises OSError."""
        self.close()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._partial.unlink(missing_ok=True)
        self._file = os.fdopen(os.open(self._partial, os.O_CREAT | os.O_WRONLY, 0o600), "wb")
        self._name = os.urandom(NAME_BYTES).hex().encode("ascii")
        self._records = 0
        self.total_bytes = self._file.write(MAGIC + self._name + b"\n")

    def append(self, record: Record) -> None:
        """Add one record and hand it to the kernel; without an open file this does nothing."""
        if self._file is None:
            return
        sealed = self._ring.seal(
            json.dumps(record, default=_plain, separators=(",", ":")).encode(),
            f"facts:{self._name.decode()}:{self._records}",
        )
        self._file.write(len(sealed).to_bytes(4, "big") + sealed)
        self._file.flush()
        self._records += 1
        self.total_bytes += len(sealed) + 4

    def complete(self, record: Record) -> None:
        """End the base and put it in the place of the old one, whole."""
        if self._file is None:
            return
        self.append({**record, "kind": "complete"})
        os.fdatasync(self._file.fileno())
        self._partial.replace(self._path)
        self.base_bytes = self.total_bytes

    def close(self) -> None:
        """What a full disk does not take any more is lost, as a torn record is."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                file.close()

    def __enter__(self) -> SnapshotFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()


def read(path: Path, ring: NodeKeys) -> Iterator[Record]:
    """The records of `path` in order, up to the first that is torn or damaged.

    Raises SnapshotUnusable where the file is missing or is not one of ours; whether the base was
    complete is for the caller to see ("complete" among the records).
    """
    try:
        with path.open("rb") as file:
            head = file.readline(len(MAGIC) + 2 * NAME_BYTES + 1)
            if not head.startswith(MAGIC):
                raise SnapshotUnusable("it does not begin as a snapshot does")
            yield from _records(file, ring, head[len(MAGIC) :].strip().decode("ascii", "replace"))
    except OSError as error:
        raise SnapshotUnusable(error.strerror or str(error)) from None


def _records(file: IO[bytes], ring: NodeKeys, name: str) -> Iterator[Record]:
    number = 0
    while len(length := file.read(4)) == 4:
        size = int.from_bytes(length, "big")
        if size > RECORD_BYTES_MAX:
            return
        try:
            plain = ring.open(file.read(size), f"facts:{name}:{number}")
        except SecretError:
            return
        yield json.loads(plain)
        number += 1
