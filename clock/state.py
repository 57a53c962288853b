"""How the clock is: of each job at each place, what was done last, what comes next, what fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clock.jobs import Job, Server, places
from clock.runs import Run, runs_of
from clock.schedules import next_after

LATE_AFTER = timedelta(minutes=30)  # a backup of many gigabytes, or a bill run, takes its time


@dataclass(frozen=True, slots=True)
class JobState:
    """One job at one place. What failed is `late` as well when its time is long past."""

    place: str  # the ISP's slug, or "server"
    job: str
    what: str
    last_at: datetime | None  # when its last run ended well
    next_at: datetime | None  # the occurrence that is not done yet; in the past where it is due
    failures: int  # in a row
    retry_at: datetime | None
    error: str | None
    late: bool


def job_states(server: Server, jobs: Sequence[Job], now: datetime) -> list[JobState]:
    """Every job that the clock has seen, by place, in the order of `jobs`."""
    states = []
    for place in places(server):
        with place.transaction() as session:
            runs = runs_of(session, place.tenant_id)
        states += [
            _state(place.name, job, run, next_after(job.schedule, run.done_until, place.zone), now)
            for job in jobs
            if job.of_server == (place.tenant_id is None) and (run := runs.get(job.name))
        ]
    return states


def _state(place: str, job: Job, run: Run, next_at: datetime | None, now: datetime) -> JobState:
    return JobState(
        place=place,
        job=job.name,
        what=job.what,
        last_at=run.finished_at,
        next_at=next_at,
        failures=run.failures,
        retry_at=run.retry_at,
        error=run.error,
        late=next_at is not None and next_at + LATE_AFTER < now,
    )
