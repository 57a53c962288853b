"""Each job as the clock has it, on a database: it runs, and once more without harm."""

from __future__ import annotations

import pytest

from clock.contents import JOBS
from clock.jobs import Job, Moment, Place, Server
from clock.schedules import next_after
from tests.clock.conftest import DHAKA
from tests.fixtures.isps import NOON, World


@pytest.mark.parametrize("job", JOBS, ids=[job.name for job in JOBS])
def test_a_job_runs_at_an_isp_where_nothing_has_happened_and_again(
    job: Job, server: Server, isp: World
) -> None:
    tenant_id = None if job.of_server else isp.tenant_id
    place = Place(server, tenant_id, DHAKA, "here")
    moment = Moment(NOON, NOON.date(), NOON, NOON.date())
    job.run(place, moment)
    job.run(place, moment)


def test_each_job_is_at_its_time_in_dhaka() -> None:
    times = {
        job.name: (at := next_after(job.schedule, NOON, DHAKA)) and f"{at.astimezone(DHAKA):%H:%M}"
        for job in JOBS
    }
    assert {name: times[name] for name in ("backup", "late_fees", "proof", "reminders")} == {
        "backup": "02:30",
        "late_fees": "03:00",
        "proof": "03:30",
        "reminders": "09:00",
    }
