"""Records that were not understood: looked at, and tried again. The server's, not an ISP's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from network.batches import Batch, Devices
from network.journal import Piece

REPLAYED_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One record, whole. `tenant_id` is None where not even its NAS is known."""

    record_id: int
    tenant_id: int | None
    node: str
    file: str
    position: int
    reason: str
    record: str
    quarantined_at: datetime


def list_quarantined(connection: Any, limit: int) -> tuple[Quarantined, ...]:
    """The oldest first; `connection` is of the role skylink_intake."""
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM intake.quarantined(%s)", (limit,))
        return tuple(Quarantined(*row) for row in cursor.fetchall())


def replay(connection: Any, chosen: tuple[Quarantined, ...]) -> int:
    """Try records again, as if they came now from the journal; returns how many were understood.

    Those leave the quarantine in the transaction that counts them; the others stay as they are.
    What was counted meanwhile is not counted twice: their session knows.
    """
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT intake.begin()")
    understood = 0
    for node in sorted({one.node for one in chosen}):
        mine = [one for one in chosen if one.node == node]
        pieces = {Piece(one.file, one.position, one.record): one.record_id for one in mine}
        with connection, connection.cursor() as cursor:
            batch = Batch(list(pieces), Devices(cursor))
            lost = {bad.piece for bad in batch.not_read}
            batch.not_read.clear()
            batch.merge(cursor)
            batch.keep(cursor, node, (), None, None)
            released = [number for piece, number in pieces.items() if piece not in lost]
            cursor.execute("SELECT intake.release(%s)", (released,))
        understood += len(released)
    return understood
