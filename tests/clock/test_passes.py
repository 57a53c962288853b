from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import text

from clock.jobs import Job, Lane, Moment, Place, Server, in_one_transaction, places
from clock.passes import CATCH_UP_MAX, held, run_pass
from clock.runs import FIRST_RETRY, LONGEST_RETRY, runs_of
from clock.schedules import Daily, Every, Monthly
from storage.outbox import STAFF, Event, claim
from tests.clock.conftest import DHAKA, Diary
from tests.fixtures.isps import NOON, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MORNING = Daily(time(9))  # in Dhaka 03:00 UTC; NOON is 18:00 there
EVENING = Daily(time(18, 30))


def test_a_job_that_is_seen_for_the_first_time_begins_then(diary: Diary) -> None:
    diary.add("remind", MORNING)
    assert diary.look() == []
    assert diary.look(later=14 * HOUR) == []
    assert diary.look(later=HOUR) == ["remind"]
    assert diary.look() == []
    [(_name, moment)] = diary.done
    assert moment.scheduled_at == datetime(2026, 3, 11, 3, tzinfo=UTC)
    assert (moment.on.isoformat(), moment.now) == ("2026-03-11", diary.now)


def test_what_was_missed_is_done_in_the_order_of_times(diary: Diary) -> None:
    diary.add("evening", EVENING, each_missed=True)
    diary.add("morning", MORNING, each_missed=True)
    diary.add("bills", Monthly(12, time(9)), each_missed=True)
    diary.look()
    assert diary.look(later=2 * DAY) == ["evening", "morning", "evening", "morning", "bills"]


def test_what_cannot_be_late_twice_is_done_once_after_downtime(diary: Diary) -> None:
    diary.add("remind", MORNING)
    diary.look()
    assert diary.look(later=9 * DAY) == ["remind"]
    assert diary.done[-1][1].on.isoformat() == "2026-03-19"


def test_a_very_long_downtime_is_caught_up_in_portions(diary: Diary) -> None:
    diary.add("count", MORNING, each_missed=True)
    diary.look()
    assert len(diary.look(later=(CATCH_UP_MAX + 5) * DAY)) == CATCH_UP_MAX
    assert len(diary.look()) == 5
    assert diary.look() == []


def test_a_failing_job_keeps_its_own_occurrences_waiting_and_nobody_elses(diary: Diary) -> None:
    diary.add("broken", MORNING, each_missed=True)
    diary.add("whole", MORNING, each_missed=True)
    diary.look()
    diary.failing.add("broken")
    assert diary.look(later=2 * DAY) == ["whole", "whole"]
    diary.failing.clear()
    assert diary.look(later=FIRST_RETRY - timedelta.resolution) == []
    assert diary.look(later=timedelta.resolution) == ["broken", "broken"]


def test_a_job_that_has_failed_for_long_takes_no_turn_from_others(diary: Diary) -> None:
    diary.add("broken", MORNING, each_missed=True)
    diary.add("whole", EVENING)
    diary.look()
    diary.failing.add("broken")
    assert diary.look(later=(CATCH_UP_MAX + 5) * DAY) == ["whole"]


def test_a_failing_job_is_tried_again_later_each_time_and_at_least_hourly(diary: Diary) -> None:
    diary.add("broken", Every(DAY))
    diary.look()
    diary.failing.add("broken")
    diary.look(later=DAY)
    waits = []
    for _attempt in range(9):
        with diary.place.transaction() as session:
            run = runs_of(session, diary.place.tenant_id)["broken"]
        assert run.retry_at is not None
        waits.append(run.retry_at - diary.now)
        diary.now = run.retry_at
        diary.look()
    assert waits[0] == FIRST_RETRY
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_RETRY


def test_a_failure_is_told_to_staff_once_and_again_when_it_recurs(
    diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    diary.add("broken", MORNING)
    diary.look()
    diary.failing.add("broken")
    for _attempt in range(3):
        diary.look(later=DAY)
    assert len(caplog.records) == 1
    diary.failing.clear()
    assert diary.look(later=DAY) == ["broken"]
    diary.failing.add("broken")
    diary.look(later=DAY)
    with diary.place.transaction() as session:
        told = claim(session, diary.place.isp, now=diary.now)
    assert [(message.event, message.recipient) for message in told] == [
        (Event.JOB_FAILED, STAFF)
    ] * 2
    assert told[0].payload == {"job": "broken", "what": "writes"}


def test_what_is_kept_of_a_failure_is_its_first_line(diary: Diary) -> None:
    diary.add("broken", MORNING)
    diary.look()
    diary.failing.add("broken")
    diary.look(later=DAY)
    with diary.place.transaction() as session:
        run = runs_of(session, diary.place.tenant_id)["broken"]
    assert (run.error, run.failures, run.failed_at) == (
        "ArithmeticError: broken cannot", 1, diary.now,
    )  # fmt: skip


def test_a_job_that_was_cut_short_is_done_again(diary: Diary) -> None:
    job = diary.add("half", MORNING)
    diary.look()
    diary.now += DAY

    def killed(_place: Place, _moment: Moment) -> None:
        raise KeyboardInterrupt

    cut = Job(name=job.name, what="", lane=job.lane, schedule=job.schedule, run=killed)
    with pytest.raises(KeyboardInterrupt):
        run_pass(diary.place, Lane.MONEY, [cut], lambda: diary.now)
    assert diary.look() == ["half"]


def test_two_clocks_do_a_job_once_and_do_not_wait_for_each_other(diary: Diary) -> None:
    diary.add("bills", MORNING)
    diary.look()
    with held(diary.place, Lane.MONEY) as ours:
        assert ours
        assert diary.look(later=DAY) == []
        with held(diary.place, Lane.UPKEEP) as other_lane:
            assert other_lane
    assert diary.look() == ["bills"]


def test_each_isp_has_its_own_runs(
    new_diary: Callable[[World], Diary], isp: World, other_isp: World
) -> None:
    ours, theirs = new_diary(isp), new_diary(other_isp)
    for each in (ours, theirs):
        each.add("remind", MORNING)
        each.look()
    assert ours.look(later=DAY) == ["remind"]
    assert theirs.look(later=DAY) == ["remind"]


def test_a_job_of_the_server_runs_there_and_nowhere_else(server: Server, diary: Diary) -> None:
    name = "backup_of_a_test"
    diary.add(name, MORNING, of_server=True)
    diary.look()
    assert diary.look(later=DAY) == []
    there = Diary(Place(server, None, DHAKA, "server"), jobs=diary.jobs, done=diary.done)
    there.look()
    assert there.look(later=DAY) == [name]


def test_lanes_keep_to_themselves(diary: Diary) -> None:
    diary.add("seal", Every(timedelta(minutes=1)), lane=Lane.MINUTE)
    diary.add("remind", MORNING)
    diary.look()
    diary.look(lane=Lane.MINUTE)
    assert diary.look(later=DAY, lane=Lane.MINUTE) == ["seal"]
    assert diary.look() == ["remind"]


def test_a_job_works_in_the_scope_of_its_isp_and_all_or_nothing(diary: Diary, isp: World) -> None:
    zones = "INSERT INTO zones (tenant_id, name) VALUES (current_tenant(), 'Mirpur')"

    def add_then_fail(session, tenant_id, moment):  # type: ignore[no-untyped-def]
        assert tenant_id == isp.tenant_id
        session.execute(text(zones))
        if "half" in diary.failing:
            raise ArithmeticError

    diary.add("half", MORNING, run=in_one_transaction(add_then_fail))
    diary.look()
    diary.failing.add("half")
    diary.look(later=DAY)
    diary.failing.clear()
    diary.look(later=FIRST_RETRY)
    with isp.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM zones")) == 1


def test_the_places_are_the_server_and_every_isp_in_its_zone(server: Server, isp: World) -> None:
    with isp.transaction() as session:
        session.execute(text("UPDATE tenants SET time_zone = 'Europe/Berlin'"))
    everywhere = list(places(server))
    assert everywhere[0].tenant_id is None
    assert everywhere[0].zone == DHAKA
    [ours] = [place for place in everywhere if place.tenant_id == isp.tenant_id]
    assert (ours.name, str(ours.zone)) == (isp.slug, "Europe/Berlin")


def test_a_clock_set_back_does_nothing_twice(diary: Diary) -> None:
    diary.add("remind", MORNING)
    diary.look()
    assert diary.look(later=DAY) == ["remind"]
    assert diary.look(later=-2 * DAY) == []
    assert diary.look(later=2 * DAY) == []
    assert diary.now == NOON + DAY
