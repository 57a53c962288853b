"""The table of contents: each job, when it is due on the ISP's own clock, and what it does."""

from __future__ import annotations

from datetime import time

from sqlalchemy.orm import Session

from clock.jobs import Job, Lane, Moment, in_one_transaction
from clock.schedules import Daily
from policy.facts import TenantId
from storage import outbox


def forget_messages(session: Session, tenant_id: TenantId, moment: Moment) -> None:
    outbox.forget(session, tenant_id, now=moment.now)


JOBS = (
    Job(
        name="outbox_retention",
        what="forgets messages of long ago",
        lane=Lane.UPKEEP,
        schedule=Daily(time(4, 30)),
        run=in_one_transaction(forget_messages),
    ),
)
