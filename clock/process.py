"""The process: APScheduler's timer starts a pass of each lane again and again, until it is stopped.

APScheduler keeps no schedule of ours: what is due follows from `job_runs`, so that a job of a
transaction is never noted apart from it, and a change of clocks cannot lose or repeat one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import OperationalError

from clock.jobs import PASS_SECONDS, Job, Lane, Server, places
from clock.passes import Now, run_pass

STOP_SECONDS = 20  # for what runs to come to its end; then it is cut short, which it may be

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The one look at the clock on the wall."""
    return datetime.now(UTC)


class Clock:
    """The lanes of one process. `tick` is what the timer does."""

    def __init__(self, server: Server, jobs: Sequence[Job], now: Now = utc_now) -> None:
        self._server = server
        self._jobs = jobs
        self._now = now
        self._stopping = threading.Event()
        self._idle = {lane: threading.Lock() for lane in Lane}
        self._database_answers = True

    def tick(self, lane: Lane) -> None:
        """One pass of a lane over the server and every ISP."""
        with self._idle[lane]:
            try:
                for place in places(self._server):
                    if self._stopping.is_set():
                        return
                    run_pass(place, lane, self._jobs, self._now)
            except OperationalError as silence:
                if self._database_answers:
                    log.error("The database does not answer: %s", str(silence.orig).strip())  # noqa: TRY400
                self._database_answers = False
            else:
                self._database_answers = True

    def run(self, wait: Callable[[], object], *, patience_seconds: float = STOP_SECONDS) -> bool:
        """Keep time until `wait` returns; whether all that ran then came to its end in time."""
        timer = BackgroundScheduler(
            timezone=UTC,  # a timer in a zone with summer time would stand still in its gap
            executors={"default": ThreadPoolExecutor(len(Lane))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for lane in Lane:
            timer.add_job(
                self.tick,
                IntervalTrigger(seconds=PASS_SECONDS[lane], timezone=UTC),
                args=[lane],
                next_run_time=utc_now(),
            )
        timer.start()
        wait()
        self._stopping.set()
        timer.shutdown(wait=False)
        return all(_comes_free(lock, patience_seconds) for lock in self._idle.values())


def _comes_free(lock: threading.Lock, seconds: float) -> bool:
    """Whether the lock is let go in time; it stays free, for a tick that comes late."""
    if not lock.acquire(timeout=seconds):
        return False
    lock.release()
    return True
