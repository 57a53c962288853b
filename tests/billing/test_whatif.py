"""What-if: who would be cut or let in, and what bills would become, before any of it is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.access import why
from billing.connections import Connection
from billing.errors import PackageNotFound, ProfileNotFound
from billing.packages import change_package, get_package
from billing.profiles import change_profile, list_profiles
from billing.run_previews import preview_bills
from billing.whatif import Bills, Moved, Outcome, Supposition, try_out
from policy.access import Verdict
from policy.facts import PackageId, ProfileId, ProfileKind, Reason
from storage.actors import SYSTEM, Actor, ActorKind
from storage.errors import NotPermitted, ValueRefused
from tenancy.access_rules import set_no_cut_days
from tests.fixtures.bills import APRIL, APRIL_BEGINS, PRICE, line
from tests.fixtures.isps import NOON, World

DAY = timedelta(days=1)
DUE = date(2026, 3, 5)  # five days before NOON, a Tuesday
NOBODY = PackageId(999_999_999)


def tried(isp: World, **supposed: object) -> Outcome:
    """In a transaction in which nothing can be written."""
    with isp.transaction() as session:
        session.execute(text("SET TRANSACTION READ ONLY"))
        wanted = Supposition(**supposed)  # type: ignore[arg-type]
        return try_out(session, isp.tenant_id, wanted, now=NOON, actor=SYSTEM)


def names(moved: tuple[Moved, ...]) -> set[str]:
    return {one.username for one in moved}


def test_nothing_supposed_is_nothing_changed(isp: World) -> None:
    owing, _paid = line(isp, since=APRIL), line(isp, since=APRIL)
    isp.invoice(owing.client_id, DUE)
    told = tried(isp)
    assert (told.connections, told.gained, told.lost) == (2, 0, 0)
    assert told.month_on == APRIL
    assert told.bills_now == told.bills_then == Bills(2, 2 * PRICE)


def test_more_grace_lets_those_in_whom_it_reaches_and_says_by_which_rule(isp: World) -> None:
    lines = [line(isp, grace_days=2) for _ in range(3)]
    for one, due_on in zip(lines, (DUE, DUE - 10 * DAY, DUE + 3 * DAY), strict=True):
        isp.invoice(one.client_id, due_on)
    grace = {one.details.profile_id: 6 for one in lines}
    told = tried(isp, grace_days=grace)
    [gains] = told.gaining
    assert (gains.username, gains.now, gains.then) == (
        lines[0].details.username, Reason.DUES, Reason.GRACE,
    )  # fmt: skip
    assert (told.gained, told.lost) == (1, 0)
    back = tried(isp, grace_days=dict.fromkeys(grace, 0))
    assert names(back.losing) == {lines[2].details.username}


def test_a_no_cut_day_lets_nobody_in_who_was_cut_before_it(isp: World) -> None:
    fresh, old = line(isp), line(isp)
    isp.invoice(fresh.client_id, NOON.date() - DAY)  # would be cut today
    isp.invoice(old.client_id, DUE)
    told = tried(isp, no_cut_dates=frozenset({NOON.date()}))
    assert names(told.gaining) == {fresh.details.username}
    same = tried(isp, no_cut_weekdays=frozenset({NOON.isoweekday()}))
    assert names(same.gaining) == {fresh.details.username}


def test_a_later_day_cuts_who_has_not_paid_and_whose_days_have_ended(isp: World) -> None:
    owing, paid = line(isp, grace_days=3), line(isp)
    isp.invoice(owing.client_id, NOON.date() + DAY)
    by_day = isp.profile(ProfileKind.DAILY)
    daily = isp.connection(profile_id=by_day.profile_id, expires_at=NOON + 2 * DAY)
    told = tried(isp, at=NOON + 5 * DAY)
    assert names(told.losing) == {owing.details.username, daily.details.username}
    assert {one.then for one in told.losing} == {Reason.DUES, Reason.EXPIRED}
    assert paid.details.username not in names(told.losing)
    assert tried(isp, at=NOON + 4 * DAY).lost == 1  # grace ends with the fourth day


def test_a_price_moves_the_bills_of_its_package_alone(isp: World) -> None:
    dear, cheap = line(isp, since=APRIL), line(isp, since=APRIL, price_minor=10_000)
    told = tried(isp, price_minor={dear.details.package_id: PRICE + 5_000})
    assert told.bills_now == Bills(2, PRICE + 10_000)
    assert told.bills_then == Bills(2, PRICE + 15_000)
    nothing = tried(isp, price_minor={cheap.details.package_id: 0})
    assert nothing.bills_then == Bills(1, PRICE)


def test_who_is_moved_to_another_profile_is_billed_and_cut_by_that(isp: World) -> None:
    monthly, _other = line(isp, since=APRIL), line(isp, since=APRIL)
    isp.invoice(monthly.client_id, DUE)
    free = isp.profile(ProfileKind.FREE)
    told = tried(isp, moved={monthly.details.profile_id: free.profile_id})
    assert names(told.gaining) == {monthly.details.username}
    assert told.bills_then == Bills(1, PRICE)


def test_what_is_foreseen_is_what_comes(isp: World) -> None:
    lines = [line(isp, grace_days=days) for days in (0, 2, 5)]
    for one in lines:
        isp.invoice(one.client_id, DUE)
    package, profile = lines[0].details.package_id, lines[0].details.profile_id
    today = {NOON.date(): "Eid"}
    told = tried(
        isp, price_minor={package: 1_234}, grace_days={profile: 9}, no_cut_dates=frozenset(today)
    )
    with isp.transaction() as session:
        before = access(isp, session, lines)
        sold = replace(get_package(session, isp.tenant_id, package).details, price_minor=1_234)
        change_package(session, isp.tenant_id, package, sold, actor=SYSTEM)
        [terms] = [p for p in list_profiles(session, isp.tenant_id) if p.profile_id == profile]
        graceful = replace(terms.details, grace_days=9)
        change_profile(session, isp.tenant_id, profile, graceful, actor=SYSTEM)
        set_no_cut_days(session, isp.tenant_id, weekdays=frozenset(), dates=today, actor=SYSTEM)
        after = access(isp, session, lines)
        come = preview_bills(session, isp.tenant_id, APRIL, now=APRIL_BEGINS, actor=SYSTEM)
    assert names(told.gaining) == {name for name in after if after[name] and not before[name]}
    assert names(told.losing) == {name for name in after if before[name] and not after[name]}
    assert told.gained == 1
    assert told.bills_then == Bills(come.invoices, come.total_minor)


def access(isp: World, session: Session, lines: list[Connection]) -> dict[str, bool]:
    usernames = [one.details.username for one in lines]
    return {
        name: why(session, isp.tenant_id, name, now=NOON).verdict is Verdict.ACCEPT
        for name in usernames
    }


def test_another_isps_clients_are_not_looked_at(isp: World, other_isp: World) -> None:
    theirs = line(other_isp)
    line(isp)
    assert tried(isp).connections == 1
    with pytest.raises(PackageNotFound):
        tried(isp, price_minor={theirs.details.package_id: 1})
    with pytest.raises(ProfileNotFound):
        tried(isp, grace_days={theirs.details.profile_id: 1})


@pytest.mark.parametrize(
    ("supposed", "refusal"),
    [
        ({"price_minor": {NOBODY: 1}}, PackageNotFound),
        ({"grace_days": {ProfileId(NOBODY): 1}}, ProfileNotFound),
        ({"moved": {ProfileId(NOBODY): ProfileId(NOBODY)}}, ProfileNotFound),
        ({"no_cut_weekdays": frozenset({0})}, ValueRefused),
    ],
)
def test_what_is_not_there_cannot_be_supposed(
    supposed: dict[str, object], refusal: type[Exception], isp: World
) -> None:
    line(isp)
    with pytest.raises(refusal):
        tried(isp, **supposed)


@pytest.mark.parametrize("price", [-1, 0.5])
def test_no_price_is_below_nothing_or_a_fraction(price: int, isp: World) -> None:
    sold = line(isp).details.package_id
    with pytest.raises(ValueRefused):
        tried(isp, price_minor={sold: price})


@pytest.mark.parametrize("days", [-1, 366])
def test_grace_is_no_day_to_a_year(days: int, isp: World) -> None:
    billed = line(isp).details.profile_id
    with pytest.raises(ValueRefused):
        tried(isp, grace_days={billed: days})


def test_who_may_not_see_all_clients_tries_nothing_out(isp: World) -> None:
    agent = Actor(ActorKind.STAFF, "Agent", id=7)
    with isp.transaction() as session, pytest.raises(NotPermitted):
        try_out(session, isp.tenant_id, Supposition(), now=NOON, actor=agent)
