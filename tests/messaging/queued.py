"""What was queued for whom, as a sender would find it."""

from __future__ import annotations

from sqlalchemy import text

from tests.fixtures.isps import World


def queued(isp: World) -> list[tuple[str, str]]:
    """Event and what it is about, in the order in which it was queued."""
    with isp.transaction() as session:
        rows = session.execute(text("SELECT event, about FROM outbox ORDER BY id"))
        return [(row.event, row.about) for row in rows]
