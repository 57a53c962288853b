"""The table of contents: each job, when it is due on the ISP's own clock, and what it does."""

from __future__ import annotations

from datetime import time

from sqlalchemy.orm import Session

from clock.jobs import Job, Lane, Moment, Place, in_one_transaction
from clock.schedules import Daily
from policy.facts import TenantId
from storage import outbox


def forget_messages(session: Session, tenant_id: TenantId, moment: Moment) -> None:
    outbox.forget(session, tenant_id, now=moment.now)


def back_up(place: Place, moment: Moment) -> None:
    place.server.back_up(moment.now)


JOBS = (
    Job(
        name="backup",
        what="writes an encrypted backup of the database",
        lane=Lane.UPKEEP,
        schedule=Daily(time(2, 30)),
        run=back_up,
        of_server=True,
    ),
    Job(
        name="outbox_retention",
        what="forgets messages of long ago",
        lane=Lane.UPKEEP,
        schedule=Daily(time(4, 30)),
        run=in_one_transaction(forget_messages),
    ),
)
