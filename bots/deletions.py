"""Messages that show a secret are noted here until they are gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bots.rows import DeletionRow
from storage.rows import write

SHOWN_FOR = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Deletion:
    chat_id: int
    message_id: int
    delete_at: datetime


def note_deletion(session: Session, deletion: Deletion) -> None:
    session.add(
        DeletionRow(
            chat_id=deletion.chat_id,
            message_id=deletion.message_id,
            delete_at=deletion.delete_at,
        )
    )
    write(session)


def noted_deletions(session: Session) -> tuple[Deletion, ...]:
    rows = session.scalars(select(DeletionRow).order_by(DeletionRow.delete_at))
    return tuple(Deletion(row.chat_id, row.message_id, row.delete_at) for row in rows)


def forget_deletion(session: Session, deletion: Deletion) -> None:
    session.execute(
        delete(DeletionRow).where(
            DeletionRow.chat_id == deletion.chat_id,
            DeletionRow.message_id == deletion.message_id,
        )
    )
