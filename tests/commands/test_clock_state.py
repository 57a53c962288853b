"""What `./skylink status` tells of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clock.contents import JOBS
from clock.runs import Run, begin, note_done, note_failure
from commands.clock_state import clock_lines, clock_state
from commands.settings import Settings
from tests.fixtures.homes import Home
from tests.fixtures.isps import World, create_world

JOB = "reminders"


@pytest.fixture
def isp(home: Home) -> World:
    """An ISP of the home, of whose jobs the clock has seen one."""
    world = create_world(home.database, home.keys())
    with world.transaction() as session:
        begin(session, world.tenant_id, [JOB], datetime.now(UTC))
    return world


def told(home: Home, isp: World) -> tuple[dict[str, Any], list[str]]:
    """What `--json` prints of the ISP's job, and the lines on a screen that are of it."""
    environ = {
        "SKYLINK_HOME": str(home.cluster.home),
        "SKYLINK_POSTGRES_PORT": str(home.cluster.port),
    }
    state = clock_state(Settings.from_environ(environ))
    [job] = [job for job in state["jobs"] if job["place"] == isp.slug]
    ours = {**state, "jobs": [job]}
    return job, clock_lines(ours)


def test_a_job_that_has_not_run_yet_tells_when_it_will(home: Home, isp: World) -> None:
    job, lines = told(home, isp)
    assert (job["job"], job["last_at"], job["failures"], job["late"]) == (JOB, None, 0, False)
    assert datetime.fromisoformat(job["next_at"]) > datetime.now(UTC)
    assert "last not yet" in lines[1]


def test_a_job_that_ran_tells_when(home: Home, isp: World) -> None:
    at = datetime(2030, 1, 1, 3, tzinfo=UTC)
    with isp.transaction() as session:
        note_done(session, isp.tenant_id, JOB, at=at, run=Run(at, at, at + timedelta(seconds=9)))
    job, lines = told(home, isp)
    assert (job["last_at"], job["next_at"]) == (
        "2030-01-01 03:00:09+00:00", "2030-01-02 03:00:00+00:00",
    )  # fmt: skip
    assert lines[1].split() == [JOB, "last", "2030-01-01", "03:00", "next", "2030-01-02", "03:00"]


def test_a_job_that_fails_tells_why_and_when_it_is_tried_again(home: Home, isp: World) -> None:
    with isp.transaction() as session:
        for _time in range(2):
            error = ArithmeticError("the sums differ")
            note_failure(session, isp.tenant_id, JOB, error=error, now=datetime.now(UTC))
    job, lines = told(home, isp)
    assert (job["failures"], job["error"]) == (2, "ArithmeticError: the sums differ")
    assert f"{JOB} at {isp.slug} failed 2 times, tried again at" in lines[2]
    with isp.transaction() as session:  # the home is shared: its clock is well again
        at = datetime.now(UTC)
        note_done(session, isp.tenant_id, JOB, at=at, run=Run(at, at, at))


def test_a_job_whose_time_is_long_past_is_late(home: Home, isp: World) -> None:
    with isp.transaction() as session:
        past = "UPDATE job_runs SET done_until = now() - interval '3 days'"
        session.connection().exec_driver_sql(past)
    job, lines = told(home, isp)
    assert job["late"]
    assert f"{JOB} at {isp.slug} is late" in lines[2]


def test_every_job_has_a_name_of_its_own_and_says_what_it_does() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert all(job.what for job in JOBS)


def test_a_database_that_is_away_is_told() -> None:
    state = clock_state(Settings.from_environ({"SKYLINK_HOME": "/nonexistent"}))
    assert not state["well"]
    assert "cannot be read" in clock_lines(state)[0]
