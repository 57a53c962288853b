"""One pass over a lane at one place: what is due is done in order, by one process at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from clock.jobs import Job, Lane, Moment, Place
from clock.runs import Run, begin, note_done, note_failure, runs_of
from clock.schedules import due
from storage.outbox import STAFF, Event, queue

Now = Callable[[], datetime]

CATCH_UP_MAX = 100  # occurrences of one pass: the rest at the next, when other places had a turn

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Occurrence:
    job: Job
    at: datetime


def run_pass(place: Place, lane: Lane, jobs: Sequence[Job], now: Now) -> int:
    """Do what is due of `lane` at `place`; returns how many occurrences were done.

    Nothing where another process is at it. A job that fails keeps its own later occurrences
    waiting and nobody else's; it is told to the ISP's staff once, and tried again later.
    """
    ours = [job for job in jobs if job.lane is lane and job.of_server == (place.tenant_id is None)]
    if not ours:
        return 0
    with held(place, lane) as is_ours:
        if not is_ours:
            return 0
        done = 0
        failed: set[str] = set()
        for occurrence in due_at(place, ours, now()):
            if occurrence.job.name in failed:
                continue
            if done + len(failed) == CATCH_UP_MAX:
                break
            if run_one(place, occurrence, now):
                done += 1
            else:
                failed.add(occurrence.job.name)
        return done


def due_at(place: Place, jobs: Sequence[Job], now: datetime) -> list[Occurrence]:
    """What is due of `jobs`, by time, and at one time in the order of `jobs`.

    A job that is seen for the first time begins now. One that failed waits for its retry.
    """
    with place.transaction() as session:
        known = runs_of(session, place.tenant_id)
        if fresh := [job.name for job in jobs if job.name not in known]:
            begin(session, place.tenant_id, fresh, now)
    found: list[Occurrence] = []
    for job in jobs:
        run = known.get(job.name)
        if run is None or (run.retry_at is not None and now < run.retry_at):
            continue
        missed = due(job.schedule, run.done_until, now, place.zone)
        found += [Occurrence(job, at) for at in (missed if job.each_missed else missed[-1:])]
    return sorted(found, key=lambda occurrence: occurrence.at)


def run_one(place: Place, occurrence: Occurrence, now: Now) -> bool:
    """Run one occurrence and note how it went; whether it went well."""
    job, at = occurrence.job, occurrence.at
    started_at = now()
    try:
        on, today = (instant.astimezone(place.zone).date() for instant in (at, started_at))
        job.run(place, Moment(at, on, started_at, today))
    except Exception as error:  # noqa: BLE001 (the outermost loop: no job may stop the others)
        note_and_tell(place, occurrence, error, now())
        return False
    with place.transaction() as session:
        run = Run(at, started_at, now())
        note_done(session, place.tenant_id, job.name, at=at, run=run)
    return True


def note_and_tell(place: Place, occurrence: Occurrence, error: Exception, now: datetime) -> None:
    """Keep the failure; the first in a row is told to the ISP's staff, and to the log with cause.

    Of a job of the server, `status` and the log tell: it is no ISP's business.
    """
    job = occurrence.job
    with place.transaction() as session:
        failures = note_failure(session, place.tenant_id, job.name, error=error, now=now)
        if failures == 1 and place.tenant_id is not None:
            about = f"job:{int(occurrence.at.timestamp())}:{job.name}"
            queue(session, place.tenant_id, Event.JOB_FAILED, about, to=STAFF, now=now,
                  payload={"job": job.name, "what": job.what})  # fmt: skip
    if failures == 1:
        log.error("%s failed at %s and will be tried again", job.name, place.name, exc_info=error)


@contextmanager
def held(place: Place, lane: Lane) -> Iterator[bool]:
    """Whether the lane at this place is ours until the block ends, or ours to leave alone.

    The lock belongs to a transaction of its own: who dies gives it back.
    """
    name = f"skylink.clock:{place.tenant_id or 'server'}:{lane}"
    with place.server.database.transaction(None) as session:
        query = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
        yield bool(session.execute(query, {"name": name}).scalar_one())
