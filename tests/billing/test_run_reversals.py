"""A run undone whole: all is as it was before, and the month can be billed again."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text

from billing.bill_runs import BillRun, BillRunId, RunState, request_run
from billing.credit_notes import NewCreditNote, issue_credit_note
from billing.errors import BillRunInState, LaterBillRun
from billing.extra_charges import add_extra_charge, pending_lines
from billing.invoices import invoices_of
from billing.ledger import Balance, balance_of
from billing.run_reversals import (
    Reversal,
    preview_reversal,
    reverse_next,
    reverse_run,
    reverse_to_end,
)
from policy.facts import ClientId
from storage.actors import SYSTEM
from tests.fixtures.bills import (
    APRIL,
    APRIL_BEGINS,
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
from tests.fixtures.isps import NOON, World


def begin(isp: World, run_id: BillRunId) -> BillRun:
    with isp.transaction() as session:
        return reverse_run(session, isp.tenant_id, run_id, now=NOON, actor=SYSTEM)


def undo(isp: World, run_id: BillRunId) -> BillRun:
    begin(isp, run_id)
    return reverse_to_end(isp.transaction, isp.tenant_id, run_id, now=NOON, actor=SYSTEM)


def balance(isp: World, client_id: ClientId) -> Balance:
    with isp.transaction() as session:
        return balance_of(session, isp.tenant_id, client_id)


def foreseen(isp: World, run_id: BillRunId) -> Reversal:
    with isp.transaction() as session:
        return preview_reversal(session, isp.tenant_id, run_id)


def test_after_a_reversal_nobody_owes_and_every_day_is_free(isp: World) -> None:
    lines = [line(isp) for _ in range(3)]
    done = run(isp)
    assert undo(isp, done.run_id).state is RunState.REVERSED
    assert [balance(isp, one.client_id) for one in lines] == [Balance(0, 0)] * 3
    assert count(isp, "billed_periods") == 0
    assert books_hold(isp)


def test_the_month_can_be_billed_again_at_another_price(isp: World) -> None:
    whose = line(isp)
    undo(isp, run(isp).run_id)
    with isp.transaction() as session:
        session.execute(text("UPDATE packages SET price_minor = 90000"))
    assert run(isp).billed_minor == 90_000
    assert totals(isp, whose.client_id) == [90_000]
    with isp.transaction() as session:
        made = invoices_of(session, isp.tenant_id, whose.client_id)
    assert [one.invoice_number for one in made] == ["INV-2026-000002", "INV-2026-000001"]


def test_what_was_paid_becomes_credit_and_pays_what_else_is_owed(isp: World) -> None:
    paid, owing = line(isp), line(isp)
    done = run(isp)
    isp.pay(paid.client_id, PRICE)
    isp.pay(owing.client_id, PRICE)
    other = isp.invoice(owing.client_id, date(2026, 3, 20), 30_000)
    assert foreseen(isp, done.run_id) == Reversal(2, 2 * PRICE, 2, 2 * PRICE, 0)
    undo(isp, done.run_id)
    assert balance(isp, paid.client_id) == Balance(0, PRICE)
    assert balance(isp, owing.client_id) == Balance(0, PRICE - 30_000)
    assert [bill.due_minor for bill in bills(isp, owing.client_id)] == [0]
    assert bills(isp, owing.client_id)[0].invoice_id == other.invoice_id
    assert books_hold(isp)


def test_what_waited_for_the_bill_waits_again(isp: World) -> None:
    whose = line(isp).client_id
    with isp.transaction() as session:
        add_extra_charge(
            session, isp.tenant_id, whose, description="cable", amount_minor=5, actor=SYSTEM
        )
    undo(isp, run(isp).run_id)
    with isp.transaction() as session:
        assert [one.amount_minor for one in pending_lines(session, isp.tenant_id, whose)] == [5]
    run(isp)
    assert totals(isp, whose) == [PRICE + 5]


def test_a_bill_that_a_credit_note_was_written_about_stays(isp: World) -> None:
    noted, plain = line(isp), line(isp)
    done = run(isp)
    [bill] = bills(isp, noted.client_id)
    note = NewCreditNote(amount_minor=10, reason="two days without", invoice_id=bill.invoice_id)
    with isp.transaction() as session:
        issue_credit_note(session, isp.tenant_id, noted.client_id, note, now=NOON, actor=SYSTEM)
    assert foreseen(isp, done.run_id).kept_invoices == 1
    undo(isp, done.run_id)
    assert (totals(isp, noted.client_id), totals(isp, plain.client_id)) == ([PRICE], [])
    assert run(isp).billed_count == 1
    assert books_hold(isp)


@pytest.mark.parametrize("parts", [0, 1, 2])
def test_a_reversal_that_was_killed_goes_on_where_it_was(isp: World, parts: int) -> None:
    for _ in range(3):
        line(isp)
    done = run(isp)
    begin(isp, done.run_id)
    for _ in range(parts):
        with isp.transaction() as session:
            reverse_next(session, isp.tenant_id, done.run_id, now=NOON, actor=SYSTEM, limit=1)
    with pytest.raises(ZeroDivisionError), isp.transaction() as session:
        reverse_next(session, isp.tenant_id, done.run_id, now=NOON, actor=SYSTEM)
        raise ZeroDivisionError
    again = reverse_to_end(isp.transaction, isp.tenant_id, done.run_id, now=NOON, actor=SYSTEM)
    assert (again.state, count(isp, "billed_periods")) == (RunState.REVERSED, 0)
    assert books_hold(isp)


def test_a_reversal_is_not_reversed(isp: World) -> None:
    line(isp)
    done = run(isp)
    undo(isp, done.run_id)
    with pytest.raises(BillRunInState):
        begin(isp, done.run_id)


def test_a_run_is_not_reversed_below_a_later_one(isp: World) -> None:
    line(isp)
    first, second = run(isp), run(isp, APRIL, APRIL_BEGINS)
    with pytest.raises(LaterBillRun):
        begin(isp, first.run_id)
    undo(isp, second.run_id)
    assert undo(isp, first.run_id).state is RunState.REVERSED


def test_a_run_that_waits_is_taken_back_at_once(isp: World) -> None:
    settings(isp, approval_above_minor=0)
    line(isp)
    waiting = run(isp)
    assert (waiting.state, begin(isp, waiting.run_id).state) == (
        RunState.WAITING, RunState.REVERSED,
    )  # fmt: skip


def test_a_run_that_is_reversed_while_it_runs_bills_no_more(isp: World) -> None:
    lines = [line(isp), line(isp)]
    with isp.transaction() as session:
        begun = request_run(
            session, isp.tenant_id, MARCH_BEGINS.date(), now=MARCH_BEGINS, actor=SYSTEM
        )
    undo(isp, begun.run_id)
    assert [totals(isp, one.client_id) for one in lines] == [[], []]


def test_days_that_cost_nothing_are_free_again_too(isp: World) -> None:
    line(isp, price_minor=0)
    undo(isp, run(isp).run_id)
    assert count(isp, "billed_periods") == 0


@hypothesis_settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    clients=st.lists(
        st.tuples(st.integers(0, 100_000), st.integers(0, 150_000), st.integers(0, 150_000)),
        max_size=4,
    )
)
def test_a_reversal_restores_what_clients_had_and_a_new_run_bills_the_same(  # type: ignore[no-untyped-def]
    new_isp, clients: list[tuple[int, int, int]]
) -> None:
    isp = new_isp()
    lines = [line(isp, price_minor=price) for price, _before, _after in clients]
    for one, (_price, before, _after) in zip(lines, clients, strict=True):
        if before:
            isp.pay(one.client_id, before)
    done = run(isp)
    for one, (_price, _before, after) in zip(lines, clients, strict=True):
        if after:
            isp.pay(one.client_id, after)
    undo(isp, done.run_id)
    assert [balance(isp, one.client_id) for one in lines] == [
        Balance(0, before + after) for _price, before, after in clients
    ]
    assert count(isp, "billed_periods") == 0
    again = run(isp)
    assert (again.billed_count, again.billed_minor) == (done.billed_count, done.billed_minor)
    assert books_hold(isp)
