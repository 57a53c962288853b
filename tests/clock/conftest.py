"""A server for jobs, and a clock that only the test moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clock.jobs import Job, Lane, Moment, Place, Server
from clock.passes import run_pass
from clock.schedules import Schedule
from storage.database import Database
from storage.secrets import KeyRing
from tests.fixtures.isps import NOON, World

DHAKA = ZoneInfo("Asia/Dhaka")


@dataclass
class Diary:
    """Jobs that write down when they ran, at one ISP; `now` is the test's to move."""

    place: Place
    now: datetime = NOON
    jobs: list[Job] = field(default_factory=list)
    done: list[tuple[str, Moment]] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)

    def add(self, name: str, schedule: Schedule, **said: object) -> Job:
        """A job of lane MONEY that fails while its name is in `failing`."""

        def run(place: Place, moment: Moment) -> None:
            if name in self.failing:
                raise ArithmeticError(f"{name} cannot\nDETAIL: a client's name")
            self.done.append((name, moment))

        shape = {"lane": Lane.MONEY, "what": "writes", "run": run, **said}
        job = Job(name=name, schedule=schedule, **shape)  # type: ignore[arg-type]
        self.jobs.append(job)
        return job

    def look(self, *, later: timedelta = timedelta(), lane: Lane = Lane.MONEY) -> list[str]:
        """Let time pass, make one pass, and say which jobs ran."""
        self.now += later
        before = len(self.done)
        run_pass(self.place, lane, self.jobs, lambda: self.now)
        return [name for name, _moment in self.done[before:]]


@pytest.fixture
def server(database: Database, keys: KeyRing) -> Server:
    """Its backups are proved in tests/commands."""
    return Server(database, DHAKA, lambda _now: None, lambda: keys)


@pytest.fixture
def new_diary(server: Server) -> Callable[[World], Diary]:
    """A diary at an ISP in Dhaka."""
    return lambda isp: Diary(Place(server, isp.tenant_id, DHAKA, isp.slug))


@pytest.fixture
def diary(new_diary: Callable[[World], Diary], isp: World) -> Diary:
    return new_diary(isp)
