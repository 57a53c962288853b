"""What the clock does for bills: on the first, for each month that was missed, and after a cut."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from billing.bill_runs import RunState, approve_run, bill_next, request_run, run_of_month
from billing.connections import get_connection
from billing.package_changes import change_package_of
from billing.run_reversals import reverse_run
from clock.contents import JOBS
from clock.jobs import Lane
from clock.passes import run_pass
from storage.actors import SYSTEM, operator
from tests.clock.conftest import Diary
from tests.fixtures.bills import APRIL, MARCH, MARCH_BEGINS, PRICE, bills, line, settings, totals
from tests.fixtures.isps import World

MAY = date(2026, 5, 1)
TEN_PAST = timedelta(minutes=10)


def look(diary: Diary, now: datetime) -> None:
    run_pass(diary.place, Lane.MONEY, JOBS, lambda: now)


def test_bills_are_made_ten_minutes_into_the_month_on_the_isps_own_clock(
    isp: World, diary: Diary
) -> None:
    whose = line(isp).client_id
    look(diary, MARCH_BEGINS - timedelta(days=1))
    look(diary, MARCH_BEGINS + TEN_PAST - timedelta.resolution)
    assert totals(isp, whose) == []
    look(diary, MARCH_BEGINS + TEN_PAST)
    look(diary, MARCH_BEGINS + timedelta(hours=1))
    assert totals(isp, whose) == [PRICE]


def test_months_that_were_missed_are_billed_each_as_itself(isp: World, diary: Diary) -> None:
    whose = line(isp).client_id
    look(diary, MARCH_BEGINS - timedelta(days=1))
    look(diary, datetime(2026, 5, 20, tzinfo=UTC))
    periods = [bill.lines[0].period for bill in bills(isp, whose)]
    assert [period and period.from_on for period in periods] == [MARCH, APRIL, MAY]


def test_what_a_second_person_approved_or_took_back_is_gone_on_with(
    isp: World, diary: Diary
) -> None:
    settings(isp, approval_above_minor=0)
    whose = line(isp).client_id
    look(diary, MARCH_BEGINS - timedelta(days=1))
    look(diary, MARCH_BEGINS + TEN_PAST)
    assert totals(isp, whose) == []
    with isp.transaction() as session:
        waiting = run_of_month(session, isp.tenant_id, MARCH)
        assert waiting is not None
        approve_run(
            session, isp.tenant_id, waiting.run_id, now=MARCH_BEGINS, actor=operator("nadia")
        )
    look(diary, MARCH_BEGINS + timedelta(minutes=20))
    assert totals(isp, whose) == [PRICE]
    with isp.transaction() as session:
        reverse_run(session, isp.tenant_id, waiting.run_id, now=MARCH_BEGINS, actor=SYSTEM)
    look(diary, MARCH_BEGINS + timedelta(minutes=30))
    assert totals(isp, whose) == []


def test_a_run_that_somebody_began_and_left_is_finished(isp: World, diary: Diary) -> None:
    lines = [line(isp) for _ in range(3)]
    look(diary, MARCH_BEGINS)
    with isp.transaction() as session:
        begun = request_run(session, isp.tenant_id, MARCH, now=MARCH_BEGINS, actor=SYSTEM)
        bill_next(session, isp.tenant_id, begun.run_id, now=MARCH_BEGINS, actor=SYSTEM, limit=1)
    look(diary, MARCH_BEGINS + timedelta(minutes=5))
    assert [totals(isp, one.client_id) for one in lines] == [[PRICE]] * 3
    with isp.transaction() as session:
        done = run_of_month(session, isp.tenant_id, MARCH)
    assert done is not None
    assert done.state is RunState.DONE


def test_a_package_that_was_to_be_had_from_the_first_is_there_before_the_bills(
    isp: World, new_diary: Callable[[World], Diary]
) -> None:
    diary, moved = new_diary(isp), line(isp)
    dearer = isp.package(price_minor=2 * PRICE).package_id
    before = MARCH_BEGINS - timedelta(days=1)
    with isp.transaction() as session:
        change_package_of(
            session, isp.tenant_id, moved.connection_id, dearer, now=before, on=MARCH, actor=SYSTEM
        )
    look(diary, before)
    look(diary, MARCH_BEGINS + TEN_PAST)
    assert totals(isp, moved.client_id) == [2 * PRICE]
    with isp.transaction() as session:
        after = get_connection(session, isp.tenant_id, moved.connection_id)
    assert after.details.package_id == dearer


def test_packages_and_bills_that_were_missed_are_made_up_for_in_the_order_of_their_days(
    isp: World, diary: Diary
) -> None:
    moved = line(isp)
    dearer = isp.package(price_minor=2 * PRICE).package_id
    before = MARCH_BEGINS - timedelta(days=1)
    with isp.transaction() as session:
        change_package_of(
            session, isp.tenant_id, moved.connection_id, dearer, now=before, on=APRIL, actor=SYSTEM
        )
    look(diary, before)
    look(diary, datetime(2026, 4, 20, tzinfo=UTC))
    assert totals(isp, moved.client_id) == [PRICE, 2 * PRICE]


def test_an_isp_that_makes_its_own_bills_is_left_to_it(isp: World, diary: Diary) -> None:
    settings(isp, auto_generate=False)
    whose = line(isp).client_id
    look(diary, MARCH_BEGINS - timedelta(days=1))
    look(diary, MARCH_BEGINS + TEN_PAST)
    assert totals(isp, whose) == []
