"""Everybody's bills of a month: made once, whoever runs, dies or pays meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text

from billing.bill_runs import (
    BillRun,
    BillRunId,
    RunState,
    approve_run,
    bill_next,
    list_runs,
    request_run,
    run_bills,
    run_of_month,
    run_to_end,
)
from billing.client_terms import ClientTerms, set_client_terms
from billing.errors import BillRunExists, BillRunInState, MonthAhead, SamePerson
from billing.invoices import InvoiceStatus
from billing.ledger import Balance, balance_of
from billing.package_changes import change_package_of
from policy.bills import LineKind
from policy.due import FirstBill
from storage.actors import SYSTEM, operator
from tests.fixtures.bills import (
    APRIL,
    APRIL_BEGINS,
    MARCH,
    MARCH_BEGINS,
    PRICE,
    bills,
    books_hold,
    count,
    line,
    run,
    settings,
    totals,
)
from tests.fixtures.isps import World

WRITTEN = ("invoices", "invoice_lines", "ledger_entries", "audit_log", "outbox", "billed_periods")


def written(isp: World) -> list[int]:
    return [count(isp, table) for table in WRITTEN]


def requested(isp: World, month_on: date = MARCH) -> BillRun:
    with isp.transaction() as session:
        return request_run(session, isp.tenant_id, month_on, now=MARCH_BEGINS, actor=SYSTEM)


def bill_one(isp: World, run_id: BillRunId) -> BillRun:
    with isp.transaction() as session:
        return bill_next(session, isp.tenant_id, run_id, now=MARCH_BEGINS, actor=SYSTEM, limit=1)


def test_a_run_bills_every_client_of_its_month_once(isp: World) -> None:
    lines = [line(isp) for _ in range(3)]
    done = run(isp)
    assert (done.state, done.billed_count, done.billed_minor) == (RunState.DONE, 3, 3 * PRICE)
    assert (done.foreseen_count, done.foreseen_minor) == (3, 3 * PRICE)
    [bill] = bills(isp, lines[0].client_id)
    assert (bill.status, bill.issued_on, bill.due_on) == (
        InvoiceStatus.ISSUED, MARCH, date(2026, 3, 10),
    )  # fmt: skip
    [base] = bill.lines
    assert base.period is not None
    assert (base.kind, base.amount_minor, base.connection_id) == (
        LineKind.BASE, PRICE, lines[0].connection_id,
    )  # fmt: skip
    assert (base.period.from_on, base.period.until_on) == (MARCH, APRIL)
    assert books_hold(isp)


def test_the_numbers_of_a_run_follow_each_other(isp: World) -> None:
    lines = [line(isp) for _ in range(3)]
    run(isp)
    assert [bills(isp, one.client_id)[0].invoice_number for one in lines] == [
        "INV-2026-000001", "INV-2026-000002", "INV-2026-000003",
    ]  # fmt: skip


def test_a_run_twice_writes_nothing_twice(isp: World) -> None:
    for _ in range(3):
        line(isp)
    first = run(isp)
    before = written(isp)
    assert run(isp) == first
    assert written(isp) == before


def test_each_month_is_billed_after_the_other(isp: World) -> None:
    whose = line(isp).client_id
    run(isp)
    run(isp, APRIL, APRIL_BEGINS)
    assert totals(isp, whose) == [PRICE, PRICE]
    with isp.transaction() as session:
        assert [one.month_on for one in list_runs(session, isp.tenant_id)] == [APRIL, MARCH]


def test_two_processes_at_one_run_bill_once(isp: World) -> None:
    lines = [line(isp) for _ in range(12)]
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(run, isp) for _ in range(4)]:
            assert done.result().state in {RunState.DONE, RunState.RUNNING}
    run(isp)
    assert [totals(isp, one.client_id) for one in lines] == [[PRICE]] * 12
    assert books_hold(isp)


@pytest.mark.parametrize("parts", [0, 1, 2, 3])
def test_a_run_that_was_killed_goes_on_where_it_was(isp: World, parts: int) -> None:
    lines = [line(isp) for _ in range(3)]
    begun = requested(isp)
    for _ in range(parts):
        bill_one(isp, begun.run_id)
    with pytest.raises(ZeroDivisionError), isp.transaction() as session:
        bill_next(session, isp.tenant_id, begun.run_id, now=MARCH_BEGINS, actor=SYSTEM)
        raise ZeroDivisionError  # killed: what was not committed is not there
    assert run(isp).billed_count == 3
    assert [totals(isp, one.client_id) for one in lines] == [[PRICE]] * 3
    assert books_hold(isp)


def test_a_payment_during_the_run_pays_the_bill_whichever_comes_first(isp: World) -> None:
    lines = [line(isp) for _ in range(10)]
    with ThreadPoolExecutor() as pool:
        paying = [pool.submit(isp.pay, one.client_id, PRICE) for one in lines]
        running = pool.submit(run, isp)
        for done in [*paying, running]:
            done.result()
    assert [bills(isp, one.client_id)[0].status for one in lines] == [InvoiceStatus.PAID] * 10
    assert books_hold(isp)


def test_a_package_changed_during_the_run_is_charged_by_one_price_or_settled_by_day(
    isp: World,
) -> None:
    lines = [line(isp) for _ in range(6)]
    dearer = isp.package(price_minor=2 * PRICE).package_id

    def change(connection_id: int) -> None:
        with isp.transaction() as session:
            change_package_of(
                session, isp.tenant_id, connection_id, dearer, now=MARCH_BEGINS, actor=SYSTEM,
            )  # type: ignore[arg-type]  # fmt: skip

    with ThreadPoolExecutor() as pool:
        changing = [pool.submit(change, one.connection_id) for one in lines]
        running = pool.submit(run, isp)
        for done in [*changing, running]:
            done.result()
    run(isp, APRIL, APRIL_BEGINS)
    assert [sum(totals(isp, one.client_id)) for one in lines] == [4 * PRICE] * 6
    assert books_hold(isp)


def test_credit_pays_at_once_the_oldest_first_and_the_rest_waits(isp: World) -> None:
    rich, poor = line(isp), line(isp)
    isp.pay(rich.client_id, 50_000)
    isp.pay(rich.client_id, 50_000)
    isp.pay(poor.client_id, 30_000)
    run(isp)
    [paid], [owing] = bills(isp, rich.client_id), bills(isp, poor.client_id)
    assert (paid.status, owing.status, owing.due_minor) == (
        InvoiceStatus.PAID, InvoiceStatus.PARTIAL, 50_000,
    )  # fmt: skip
    with isp.transaction() as session:
        assert balance_of(session, isp.tenant_id, rich.client_id) == Balance(0, 20_000)
    assert books_hold(isp)


def test_credit_that_may_pay_no_part_waits(isp: World) -> None:
    whole = line(isp, allow_partial=False)
    isp.pay(whole.client_id, 30_000)
    run(isp)
    [bill] = bills(isp, whole.client_id)
    assert (bill.status, bill.paid_minor) == (InvoiceStatus.ISSUED, 0)
    isp.pay(whole.client_id, 50_000)
    assert bills(isp, whole.client_id)[0].status is InvoiceStatus.PAID


def test_credit_that_waits_behind_an_older_bill_pays_that_first(isp: World) -> None:
    whole = line(isp, allow_partial=False)
    old = isp.invoice(whole.client_id, date(2026, 2, 5), PRICE * 2)
    with isp.transaction() as session:  # paid in part when its profile allowed it
        session.execute(text("UPDATE profiles SET allow_partial = true"))
    isp.pay(whole.client_id, 30_000)
    run(isp)
    [first, second] = bills(isp, whole.client_id)
    assert (first.invoice_id, first.paid_minor, second.paid_minor) == (old.invoice_id, 30_000, 0)


def test_a_month_that_has_not_begun_is_not_billed(isp: World) -> None:
    with pytest.raises(MonthAhead):
        requested(isp, APRIL)


def test_a_month_has_one_run(isp: World) -> None:
    requested(isp)
    with pytest.raises(BillRunExists):
        requested(isp)


def test_an_isp_that_makes_its_bills_itself_gets_none_from_the_clock(isp: World) -> None:
    settings(isp, auto_generate=False)
    line(isp)
    assert run_bills(isp.transaction, isp.tenant_id, MARCH, now=MARCH_BEGINS, actor=SYSTEM) is None
    assert count(isp, "invoices") == 0


def test_bills_above_a_sum_wait_for_a_second_person(isp: World) -> None:
    settings(isp, approval_above_minor=PRICE)
    lines = [line(isp), line(isp)]
    assert run(isp).state is RunState.WAITING
    assert (run(isp).state, count(isp, "invoices")) == (RunState.WAITING, 0)
    with isp.transaction() as session:
        waiting = run_of_month(session, isp.tenant_id, MARCH)
        told = session.scalars(text("SELECT event FROM outbox")).all()
        assert waiting is not None
        with pytest.raises(SamePerson):
            approve_run(session, isp.tenant_id, waiting.run_id, now=MARCH_BEGINS, actor=SYSTEM)
    assert told == ["bill_run.waiting"]
    later = MARCH_BEGINS + timedelta(days=2)
    with isp.transaction() as session:
        approved = approve_run(
            session, isp.tenant_id, waiting.run_id, now=later, actor=operator("nadia")
        )
    assert (approved.state, approved.issued_on) == (RunState.RUNNING, date(2026, 3, 3))
    with pytest.raises(BillRunInState), isp.transaction() as session:
        approve_run(session, isp.tenant_id, waiting.run_id, now=later, actor=operator("karim"))
    run(isp, now=later)
    assert [totals(isp, one.client_id) for one in lines] == [[PRICE]] * 2


def test_bills_of_as_much_as_one_person_may_bill_do_not_wait(isp: World) -> None:
    settings(isp, approval_above_minor=PRICE)
    line(isp)
    assert run(isp).state is RunState.DONE


def test_progress_is_told_part_by_part(isp: World) -> None:
    line(isp)
    seen: list[int] = []
    begun = requested(isp)
    run_to_end(
        isp.transaction, isp.tenant_id, begun.run_id, now=MARCH_BEGINS, actor=SYSTEM,
        progress=lambda so_far: seen.append(so_far.billed_count),
    )  # fmt: skip
    assert seen == [1, 1]


def test_a_bill_is_told_to_its_client_and_written_down(isp: World) -> None:
    one = line(isp)
    run(isp)
    [bill] = bills(isp, one.client_id)
    with isp.transaction() as session:
        told = session.execute(text("SELECT event, recipient_id, payload FROM outbox")).one()
        noted = session.execute(
            text("SELECT subject_id, after FROM audit_log WHERE action = 'invoice.issued'")
        ).one()
    assert (told.event, told.recipient_id) == ("invoice.issued", one.client_id)
    assert told.payload["due_minor"] == PRICE
    assert (noted.subject_id, noted.after["total_minor"]) == (bill.invoice_id, PRICE)


def test_another_isps_clients_are_not_billed(isp: World, other_isp: World) -> None:
    theirs = line(other_isp)
    line(isp)
    assert run(isp).billed_count == 1
    assert totals(other_isp, theirs.client_id) == []


CLIENTS = st.lists(
    st.tuples(
        st.integers(0, 200_001),  # price
        st.sampled_from(FirstBill),
        st.integers(1, 28),  # payment day
        st.dates(date(2026, 1, 20), date(2026, 3, 31)),  # since
        st.integers(0, 300_000),  # paid before
        st.integers(0, 10_000),  # discount
        st.booleans(),  # allow_partial
    ),
    max_size=5,
)


@hypothesis_settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(clients=CLIENTS, vat=st.integers(0, 10_000), inclusive=st.booleans(), step=st.just(100))
def test_whatever_is_billed_sums_up_and_a_second_run_changes_nothing(
    new_isp,
    clients,
    vat: int,
    inclusive: bool,
    step: int,  # type: ignore[no-untyped-def]
) -> None:
    isp = new_isp()
    settings(isp, vat_points=vat, vat_inclusive=inclusive, round_to_minor=step)
    for price, first_bill, day, since, paid, points, partial in clients:
        one = line(
            isp, since=since, price_minor=price, first_bill=first_bill, payment_day=day,
            allow_partial=partial,
        )  # fmt: skip
        if paid:
            isp.pay(one.client_id, paid)
        with isp.transaction() as session:
            terms = ClientTerms(discount_points=points)
            set_client_terms(session, isp.tenant_id, one.client_id, terms, actor=SYSTEM)
    for month_on, now in ((MARCH, MARCH_BEGINS), (APRIL, APRIL_BEGINS)):
        done = run(isp, month_on, now)
        assert (done.billed_count, done.billed_minor) == (done.foreseen_count, done.foreseen_minor)
        before = written(isp)
        assert run(isp, month_on, now) == done
        assert written(isp) == before
    assert books_hold(isp)
