"""Another package amid a cycle, and leaving: each day is charged once, at the price it had."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from billing.client_terms import ClientTerms, set_client_terms
from billing.connections import Connection, get_connection
from billing.departures import end_connection
from billing.errors import DayPassed
from billing.extra_charges import pending_lines
from billing.invoices import InvoiceStatus
from billing.ledger import Balance, balance_of
from billing.package_changes import apply_package_changes, change_package_of
from billing.run_reversals import reverse_run, reverse_to_end
from billing.single_bills import bill_at_once
from policy.due import FirstBill
from policy.facts import PackageId, ProfileKind
from storage.actors import SYSTEM, Actor, ActorKind, Permission
from storage.errors import NotPermitted
from tests.fixtures.bills import (
    APRIL,
    APRIL_BEGINS,
    FEBRUARY,
    MARCH,
    bills,
    books_hold,
    count,
    line,
    run,
    settings,
    totals,
)
from tests.fixtures.isps import World

SLOW, FAST = 31_000, 62_000  # so that a day of March costs 1,000 and 2,000
ELEVENTH = datetime(2026, 3, 10, 18, tzinfo=UTC)  # begins in Dhaka: 21 days are left
MAY, MAY_BEGINS = date(2026, 5, 1), datetime(2026, 4, 30, 18, tzinfo=UTC)


def slow(isp: World, **said: object) -> Connection:
    return line(isp, price_minor=SLOW, **said)  # type: ignore[arg-type]


def fast(isp: World) -> PackageId:
    return isp.package(price_minor=FAST).package_id


def change(
    isp: World,
    one: Connection,
    package_id: PackageId,
    now: datetime = ELEVENTH,
    on: date | None = None,
) -> None:
    with isp.transaction() as session:
        change_package_of(
            session, isp.tenant_id, one.connection_id, package_id, now=now, on=on, actor=SYSTEM
        )


def apply(isp: World, now: datetime) -> int:
    with isp.transaction() as session:
        return apply_package_changes(session, isp.tenant_id, now=now, actor=SYSTEM)


def end(isp: World, one: Connection, now: datetime = ELEVENTH, actor: Actor = SYSTEM) -> None:
    with isp.transaction() as session:
        end_connection(session, isp.tenant_id, one.connection_id, now=now, actor=actor)


def package_of(isp: World, one: Connection) -> PackageId:
    with isp.transaction() as session:
        return get_connection(session, isp.tenant_id, one.connection_id).details.package_id


def waiting(isp: World, one: Connection) -> list[int]:
    with isp.transaction() as session:
        found = pending_lines(session, isp.tenant_id, one.client_id)
    return [entry.amount_minor for entry in found]


def balance(isp: World, one: Connection) -> Balance:
    with isp.transaction() as session:
        return balance_of(session, isp.tenant_id, one.client_id)


def test_days_left_are_credited_and_charged_anew_on_the_next_bill(isp: World) -> None:
    one = slow(isp)
    run(isp)
    change(isp, one, fast(isp))
    assert waiting(isp, one) == [-21_000, 42_000]
    run(isp, APRIL, APRIL_BEGINS)
    assert totals(isp, one.client_id) == [SLOW, FAST + 21_000]
    kinds = [part.kind.value for part in bills(isp, one.client_id)[-1].lines]
    assert kinds == ["base", "adjustment", "adjustment"]
    assert books_hold(isp)


def test_a_cheaper_package_is_credited_the_difference(isp: World) -> None:
    one = line(isp, price_minor=FAST)
    run(isp)
    change(isp, one, isp.package(price_minor=SLOW).package_id)
    run(isp, APRIL, APRIL_BEGINS)
    assert totals(isp, one.client_id) == [FAST, SLOW - 21_000]


def test_of_a_credit_larger_than_the_next_bills_each_takes_what_it_asks(isp: World) -> None:
    one = line(isp, price_minor=FAST)
    run(isp)
    change(isp, one, isp.package(price_minor=10_000).package_id)  # 42,000 back, 6,774 anew
    run(isp, APRIL, APRIL_BEGINS)
    assert (totals(isp, one.client_id), sum(waiting(isp, one))) == ([FAST, 0], -25_226)
    run(isp, MAY, MAY_BEGINS)
    assert (totals(isp, one.client_id), sum(waiting(isp, one))) == ([FAST, 0, 0], -15_226)
    assert books_hold(isp)


def test_a_reversed_run_gives_back_the_part_of_a_credit_that_it_took(isp: World) -> None:
    one = line(isp, price_minor=FAST)
    run(isp)
    change(isp, one, isp.package(price_minor=10_000).package_id)
    april = run(isp, APRIL, APRIL_BEGINS)
    with isp.transaction() as session:
        reverse_run(session, isp.tenant_id, april.run_id, now=APRIL_BEGINS, actor=SYSTEM)
    reverse_to_end(isp.transaction, isp.tenant_id, april.run_id, now=APRIL_BEGINS, actor=SYSTEM)
    assert sum(waiting(isp, one)) == 6_774 - 42_000


def test_where_the_isp_says_so_a_change_waits_for_the_next_cycle(isp: World) -> None:
    settings(isp, package_change="next_cycle")
    one, wanted = slow(isp), fast(isp)
    run(isp)
    change(isp, one, wanted)
    assert (package_of(isp, one), waiting(isp, one)) == (one.details.package_id, [])
    assert apply(isp, APRIL_BEGINS - timedelta(seconds=1)) == 0
    assert apply(isp, APRIL_BEGINS) == 1
    assert apply(isp, APRIL_BEGINS) == 0
    run(isp, APRIL, APRIL_BEGINS)
    assert (package_of(isp, one), totals(isp, one.client_id)) == (wanted, [SLOW, FAST])


def test_a_later_wish_takes_the_place_of_an_earlier_one(isp: World) -> None:
    one, wanted = slow(isp), fast(isp)
    run(isp)
    change(isp, one, isp.package().package_id, on=date(2026, 3, 20))
    change(isp, one, wanted, on=APRIL)
    assert apply(isp, APRIL_BEGINS) == 1
    assert package_of(isp, one) == wanted


def test_a_change_that_is_made_late_counts_from_its_own_day(isp: World) -> None:
    one = slow(isp)
    run(isp)
    change(isp, one, fast(isp), on=date(2026, 3, 21))
    apply(isp, APRIL_BEGINS)
    assert waiting(isp, one) == [-11_000, 22_000]


def test_a_day_that_has_passed_is_refused(isp: World) -> None:
    one = slow(isp)
    with pytest.raises(DayPassed):
        change(isp, one, fast(isp), on=date(2026, 3, 10))


def test_the_same_package_changes_nothing(isp: World) -> None:
    one = slow(isp)
    run(isp)
    change(isp, one, one.details.package_id)
    assert waiting(isp, one) == []


def test_two_changes_of_one_day_leave_the_last(isp: World) -> None:
    one = slow(isp)
    run(isp)
    change(isp, one, fast(isp))
    change(isp, one, one.details.package_id)
    assert sum(waiting(isp, one)) == 0
    run(isp, APRIL, APRIL_BEGINS)
    assert totals(isp, one.client_id) == [SLOW, SLOW]


def test_a_first_bill_of_a_whole_month_is_shared_among_its_own_days(isp: World) -> None:
    one = slow(isp, since=date(2026, 3, 22), first_bill=FirstBill.FULL_MONTH)
    with isp.transaction() as session:
        bill_at_once(
            session, isp.tenant_id, one.client_id, now=ELEVENTH + timedelta(days=11), actor=SYSTEM
        )
    change(isp, one, fast(isp), ELEVENTH + timedelta(days=16))  # the 27th: 5 of 10 days are left
    assert waiting(isp, one) == [-15_500, 31_000]


def test_a_package_that_was_free_is_charged_for_the_days_left_alone(isp: World) -> None:
    one = line(isp, price_minor=0)
    run(isp)
    change(isp, one, fast(isp))
    assert waiting(isp, one) == [42_000]


def test_who_pays_afterwards_pays_each_day_at_the_price_it_had(isp: World) -> None:
    one = slow(isp, kind=ProfileKind.POSTPAID)
    change(isp, one, fast(isp))
    run(isp, APRIL, APRIL_BEGINS)
    assert totals(isp, one.client_id) == [10_000 + 42_000]
    run(isp, MAY, MAY_BEGINS)
    assert totals(isp, one.client_id) == [52_000, FAST]
    assert books_hold(isp)


def test_who_pays_afterwards_and_changes_on_the_first_pays_the_month_at_its_price(
    isp: World,
) -> None:
    one = slow(isp, kind=ProfileKind.POSTPAID)
    change(isp, one, fast(isp), APRIL_BEGINS)
    run(isp, APRIL, APRIL_BEGINS)
    assert totals(isp, one.client_id) == [SLOW]


def test_a_discount_is_off_the_new_price_as_off_the_old(isp: World) -> None:
    one = slow(isp)
    with isp.transaction() as session:
        terms = ClientTerms(discount_points=1_000)
        set_client_terms(session, isp.tenant_id, one.client_id, terms, actor=SYSTEM)
    run(isp)
    change(isp, one, fast(isp))
    assert waiting(isp, one) == [-18_900, 37_800]


def test_who_leaves_gets_a_credit_note_for_the_days_that_are_not_served(isp: World) -> None:
    settings(isp, vat_points=1_000)
    one = slow(isp)
    run(isp)
    isp.pay(one.client_id, 34_100)
    end(isp, one)
    assert balance(isp, one) == Balance(0, 23_100)  # 21 days with their tax
    run(isp, APRIL, APRIL_BEGINS)
    assert (totals(isp, one.client_id), count(isp, "credit_notes")) == ([34_100], 1)
    assert books_hold(isp)


def test_who_leaves_without_having_paid_owes_the_days_that_were_served(isp: World) -> None:
    one = slow(isp)
    run(isp)
    end(isp, one)
    assert balance(isp, one) == Balance(10_000, 0)
    [bill] = bills(isp, one.client_id)
    assert bill.status is InvoiceStatus.PARTIAL


def test_who_keeps_another_line_is_credited_on_its_bill(isp: World) -> None:
    one = slow(isp)
    line(isp, one.client_id, price_minor=FAST)
    run(isp)
    end(isp, one)
    run(isp, APRIL, APRIL_BEGINS)
    assert totals(isp, one.client_id) == [SLOW + FAST, FAST - 21_000]
    assert count(isp, "credit_notes") == 0


def test_who_leaves_after_a_dearer_package_pays_what_was_served(isp: World) -> None:
    one = slow(isp)
    run(isp)
    change(isp, one, fast(isp))
    end(isp, one, ELEVENTH + timedelta(days=10))  # the 21st
    run(isp, APRIL, APRIL_BEGINS)
    owed = balance(isp, one)
    assert owed.due_minor - owed.credit_minor == 10_000 + 10 * 2_000
    assert books_hold(isp)


def test_who_comes_and_leaves_on_one_day_gets_all_back(isp: World) -> None:
    one = slow(isp, since=date(2026, 3, 11), first_bill=FirstBill.FULL_MONTH)
    with isp.transaction() as session:
        bill_at_once(session, isp.tenant_id, one.client_id, now=ELEVENTH, actor=SYSTEM)
    end(isp, one)
    run(isp, APRIL, APRIL_BEGINS)
    assert balance(isp, one) == Balance(0, 0)
    assert books_hold(isp)


def test_giving_money_back_needs_the_permission_for_it(isp: World) -> None:
    one = slow(isp)
    run(isp)
    doorman = Actor(
        ActorKind.STAFF, "Karim", id=1, permissions=frozenset({Permission.CONTROL_ACCESS})
    )
    with pytest.raises(NotPermitted):
        end(isp, one, actor=doorman)
    idle = slow(isp, since=APRIL)
    end(isp, idle, actor=doorman)


PRICES = st.integers(0, 99_999)


@hypothesis_settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    first=PRICES,
    changes=st.lists(st.tuples(PRICES, st.integers(0, 30)), max_size=3),
    kind=st.sampled_from([ProfileKind.MONTHLY, ProfileKind.POSTPAID]),
)
def test_however_often_it_changes_each_day_is_charged_at_its_price(  # type: ignore[no-untyped-def]
    new_isp, first: int, changes: list[tuple[int, int]], kind: ProfileKind
) -> None:
    isp = new_isp()
    one = line(isp, price_minor=first, kind=kind)
    run(isp)
    price_on = [first] * 31
    for price, day in sorted(changes, key=lambda wish: wish[1]):
        now = datetime(2026, 2, 28, 19, tzinfo=UTC) + timedelta(days=day)
        change(isp, one, isp.package(price_minor=price).package_id, now)
        price_on[day:] = [price] * (31 - day)
    end(isp, one, APRIL_BEGINS)
    run(isp, APRIL, APRIL_BEGINS)
    stands = balance(isp, one)
    left = sum(waiting(isp, one))  # a credit that found no bill
    charged = stands.due_minor - stands.credit_minor + left
    exact = sum(price_on) / 31
    assert abs(charged - exact) <= 1 + len(changes)
    assert books_hold(isp)


def test_february_is_shared_among_its_own_days(isp: World) -> None:
    one = line(isp, since=FEBRUARY, price_minor=28_000)
    run(isp, FEBRUARY, datetime(2026, 1, 31, 18, tzinfo=UTC))
    change(isp, one, fast(isp), datetime(2026, 2, 27, 18, tzinfo=UTC))
    assert waiting(isp, one) == [-1_000, 2_214]
    run(isp, MARCH)
    assert totals(isp, one.client_id) == [28_000, FAST + 1_214]
