"""The process: a real timer, real threads, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Event, Timer

import pytest

from clock.jobs import Job, Lane, Moment, Place, Server
from clock.process import Clock
from clock.runs import begin, runs_of
from clock.schedules import Every
from storage.database import Database
from tests.clock.conftest import DHAKA
from tests.fixtures.isps import NOON, World

SECONDS_MAX = 60  # for what takes a moment


def overdue(isp: World, lane: Lane, run: Callable[[Place], object]) -> Job:
    """A job that has been due for long, at this ISP alone."""
    name = f"of_{lane}"
    with isp.transaction() as session:
        begin(session, isp.tenant_id, [name], NOON)

    def run_here(place: Place, _moment: Moment) -> None:
        if place.tenant_id == isp.tenant_id:
            run(place)

    return Job(name=name, what="", lane=lane, schedule=Every(timedelta(days=1)), run=run_here)


def test_the_lanes_run_beside_each_other(server: Server, isp: World) -> None:
    reached = {lane: Event() for lane in Lane}

    def meet(lane: Lane, _place: Place) -> None:
        reached[lane].set()
        assert all(other.wait(SECONDS_MAX) for other in reached.values())

    jobs = [overdue(isp, lane, partial(meet, lane)) for lane in Lane]
    assert Clock(server, jobs).run(lambda: [each.wait(SECONDS_MAX) for each in reached.values()])
    with isp.transaction() as session:
        runs = runs_of(session, isp.tenant_id)
    assert all(runs[job.name].finished_at for job in jobs)


def test_clocks_that_look_at_once_do_a_job_once(server: Server, isp: World) -> None:
    done: list[Place] = []
    job = overdue(isp, Lane.MONEY, done.append)
    with ThreadPoolExecutor() as pool:
        looks = [pool.submit(Clock(server, [job]).tick, Lane.MONEY) for _ in range(4)]
        for look in looks:
            look.result()
    assert len(done) == 1


def test_it_stops_when_what_runs_has_come_to_its_end(server: Server, isp: World) -> None:
    begun, let_go = Event(), Event()

    def slowly(_place: Place) -> None:
        begun.set()
        let_go.wait(SECONDS_MAX)

    job = overdue(isp, Lane.MONEY, slowly)

    def wait_then_let_go_later() -> None:
        begun.wait(SECONDS_MAX)
        Timer(0.2, let_go.set).start()

    assert Clock(server, [job]).run(wait_then_let_go_later)
    with isp.transaction() as session:
        assert runs_of(session, isp.tenant_id)[job.name].finished_at is not None


def test_it_does_not_wait_for_ever_for_what_runs(server: Server, isp: World) -> None:
    begun, let_go = Event(), Event()

    def endless(_place: Place) -> None:
        begun.set()
        let_go.wait(SECONDS_MAX)

    job = overdue(isp, Lane.MONEY, endless)
    clock = Clock(server, [job])
    assert not clock.run(partial(begun.wait, SECONDS_MAX), patience_seconds=0.1)
    let_go.set()


def test_a_database_that_is_away_is_told_once_and_outlived(
    tmp_path_factory: pytest.TempPathFactory, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = Database(f"host={tmp_path_factory.getbasetemp()} dbname=none")
    clock = Clock(Server(nowhere, DHAKA, server.back_up, server.keys), [])
    for _pass in range(3):
        clock.tick(Lane.MINUTE)
    assert len(caplog.records) == 1
    assert "The database does not answer" in caplog.text
