"""What keeps sessions tidy as time passes, for all ISPs of the server at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session


def end_silent_sessions(session: Session, *, now: datetime) -> int:
    """End, with its last known counters, what was not heard of for three intervals and a minute.

    Nothing while its node's own records wait: silence of ours proves nothing. Returns how many.
    """
    return _count(session, "SELECT intake.end_silent(:at)", now)


def make_months(session: Session, *, now: datetime) -> int:
    """Room for sessions that end in this month and the next two; returns how many are new."""
    return _count(session, "SELECT intake.make_months(:at)", now)


def forget_old_sessions(session: Session, *, now: datetime) -> int:
    """Remove what each ISP no longer keeps; returns how many months went whole."""
    return _count(session, "SELECT intake.forget_old_sessions(:at)", now)


def _count(session: Session, query: str, now: datetime) -> int:
    return int(session.execute(text(query), {"at": now}).scalar_one())
