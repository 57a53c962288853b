"""Fourteen months of two small ISPs, one in Dhaka and one whose clocks change twice a year.

From December to the January after the next: two new years, the 29th of February, both changes of
clocks, months of every length, and days on which the clock was down, among them a first. The clock
makes the bills; people join, change their package, leave, promise and pay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from typing import TypeAlias
from zoneinfo import ZoneInfo

import pytest

from billing.bill_runs import RunState, list_runs
from billing.clients import Client
from billing.connections import Connection
from billing.departures import end_connection
from billing.invoice_lines import InvoiceLine
from billing.invoices import Invoice, InvoiceStatus, NewInvoice, invoices_of, issue_invoice
from billing.ledger import Account, balance_of
from billing.package_changes import change_package_of
from billing.promises import promise_to_pay
from billing.proof import account_balances, prove
from billing.settings import BillingSettings, change_billing_settings
from policy.bills import LineKind
from policy.due import FirstBill
from policy.facts import PackageId, ProfileId, ProfileKind
from policy.periods import Period, next_month
from storage.actors import SYSTEM
from storage.database import Database
from storage.secrets import KeyRing
from tests.fixtures.isps import create_world
from tests.scenarios.life import DAY, NOON, Life, days

BEGIN, END = date(2027, 12, 1), date(2029, 2, 1)
MARCH, JUNE, JULY, OCTOBER = (date(2028, month, 1) for month in (3, 6, 7, 10))
LEAP_DAY, LEFT_ON = date(2028, 2, 29), date(2028, 8, 16)
MOVED_BACK_ON = date(2028, 3, 12)
DOWN = frozenset(
    {*days(date(2028, 3, 11), date(2028, 3, 14)), *days(date(2028, 9, 30), date(2028, 10, 3))}
)

PRICE, DEAR, FEE = 80_000, 100_000, 5_000
VALIDITY = timedelta(days=30)
RULES = BillingSettings(late_fee_after_days=5, late_fee_minor=FEE)  # on the 15th
DUE_DAY, GRACE_DAYS = 10, 2  # cut from the 13th on


Payer: TypeAlias = Client | Connection


@dataclass(frozen=True)
class Town:
    """An ISP with a client of each kind."""

    life: Life
    in_time: Connection  # pays on the 3rd
    late: Connection  # pays on the 20th
    promising: Connection  # pays on the 14th, as promised in June; in July two days too late
    moving: Connection  # takes the dearer package on that day, and goes back on the 12th of March
    leaving: Connection  # leaves on the 16th of August
    daily: Connection  # buys thirty days whenever thirty are over; in February two days too late
    new: Client  # is connected on the 29th of February

    @property
    def punctual(self) -> tuple[Payer, ...]:
        """Who pays on the 3rd."""
        return self.in_time, self.new, self.moving, self.leaving


@pytest.fixture(scope="module", params=["Asia/Dhaka", "Europe/Berlin"])
def town(request: pytest.FixtureRequest, database: Database, keys: KeyRing) -> Town:
    """Lives once; the tests look back."""
    life = Life(create_world(database, keys, request.param), ZoneInfo(request.param), down=DOWN)
    with life.isp.transaction() as session:
        change_billing_settings(session, life.isp.tenant_id, RULES, actor=SYSTEM)
    people = move_in(life)
    plan(people)
    life.live_through(BEGIN - DAY, END)
    return people


def move_in(life: Life) -> Town:
    isp = life.isp
    home = isp.package(price_minor=PRICE).package_id
    terms = {"first_bill": FirstBill.UNTIL_MONTH_END, "payment_day": DUE_DAY}
    monthly = isp.profile(grace_days=GRACE_DAYS, **terms).profile_id
    by_day = isp.profile(ProfileKind.DAILY).profile_id
    begins_at = life.at(BEGIN, NOON)
    lines = [
        isp.connection(package_id=home, profile_id=monthly, billed_from_on=BEGIN) for _ in range(5)
    ]
    lines.append(isp.connection(package_id=home, profile_id=by_day, expires_at=begins_at))
    life.lines += lines
    new = isp.client()
    life.deeds[LEAP_DAY].append(partial(join, life, new, home, monthly))
    return Town(life, *lines, new)


def plan(town: Town) -> None:
    """What people will do, and on which days."""
    life, moving = town.life, town.moving
    for month_on in months():
        for line in town.punctual:
            life.deeds[month_on.replace(day=3)].append(partial(pay, life, line))
        life.deeds[month_on.replace(day=20)].append(partial(pay, life, town.late))
        day = 16 if month_on == JULY else 14
        life.deeds[month_on.replace(day=day)].append(partial(pay, life, town.promising))
    for month_on in (JUNE, JULY):
        life.deeds[month_on.replace(day=12)].append(partial(promise, life, town.promising))
    for on in renewals():
        life.deeds[on].append(partial(renew, life, town.daily))
    dear = life.isp.package(price_minor=DEAR).package_id
    usual = moving.details.package_id
    life.deeds[date(2028, 2, 10)].append(partial(move, life, moving, dear, LEAP_DAY))
    life.deeds[date(2028, 3, 5)].append(partial(move, life, moving, usual, MOVED_BACK_ON))
    life.deeds[LEFT_ON].append(partial(leave, life, town.leaving))


def months() -> Iterator[date]:
    """The first of each."""
    month_on = BEGIN
    while month_on < END:
        yield month_on
        month_on = next_month(month_on)


def renewals() -> Iterator[date]:
    """The days on which thirty days are bought."""
    on = BEGIN
    while on < END:
        yield on
        on += VALIDITY
        if on == LEAP_DAY:
            on += 2 * DAY


def renew(life: Life, line: Connection, now: datetime) -> None:
    today = now.astimezone(life.zone).date()
    bought = InvoiceLine(
        LineKind.BASE, PRICE, connection_id=line.connection_id, validity_days=VALIDITY.days
    )
    new = NewInvoice(today, today, (bought,))
    with life.isp.transaction() as session:
        issue_invoice(session, life.isp.tenant_id, line.client_id, new, now=now, actor=SYSTEM)
    pay(life, line, now)


def pay(life: Life, line: Payer, now: datetime) -> None:
    """All that is owed, if anything is."""
    with life.isp.transaction() as session:
        due = balance_of(session, life.isp.tenant_id, line.client_id).due_minor
    if due:
        life.isp.pay(line.client_id, due, now=now)


def promise(life: Life, line: Connection, now: datetime) -> None:
    """On the 12th: to pay before the 15th begins."""
    with life.isp.transaction() as session:
        promise_to_pay(session, life.isp.tenant_id, line.client_id, now=now, actor=SYSTEM, days=2)


def join(
    life: Life, client: Client, package_id: PackageId, profile_id: ProfileId, now: datetime
) -> None:
    today = now.astimezone(life.zone).date()
    line = life.isp.connection(
        client_id=client.client_id,
        package_id=package_id,
        profile_id=profile_id,
        billed_from_on=today,
    )
    life.lines.append(line)


def move(life: Life, line: Connection, package_id: PackageId, on: date, now: datetime) -> None:
    with life.isp.transaction() as session:
        change_package_of(
            session,
            life.isp.tenant_id,
            line.connection_id,
            package_id,
            now=now,
            actor=SYSTEM,
            on=on,
        )


def leave(life: Life, line: Connection, now: datetime) -> None:
    with life.isp.transaction() as session:
        end_connection(session, life.isp.tenant_id, line.connection_id, now=now, actor=SYSTEM)


def invoices(town: Town, line: Payer) -> list[Invoice]:
    """Oldest first."""
    with town.life.isp.transaction() as session:
        return list(reversed(invoices_of(session, town.life.isp.tenant_id, line.client_id)))


def said_in(town: Town, line: Connection, month_on: date) -> dict[int, list[str]]:
    """What a client was told in a month, by day."""
    told = town.life.told(line.client_id)
    month = Period(month_on, next_month(month_on))
    return {on.day: said for on, said in told.items() if month.from_on <= on < month.until_on}


def cut_in(town: Town, line: Connection, month_on: date) -> list[int]:
    """The days of a month on which a client was kept from the network."""
    until_on = next_month(month_on)
    return [on.day for on in town.life.cut[line.client_id] if month_on <= on < until_on]


def test_who_pays_in_time_is_never_cut_and_hears_of_bills_alone(town: Town) -> None:
    usual = {1: ["invoice.issued"], 3: ["invoice.due", "payment.received"]}
    billed_late = {3: ["invoice.issued", "invoice.due", "payment.received"]}
    for month_on in months():
        expected = billed_late if month_on == OCTOBER else usual
        assert said_in(town, town.in_time, month_on) == expected
    assert town.life.cut[town.in_time.client_id] == []


def test_the_month_of_who_pays_late_is_the_same_in_each_month(town: Town) -> None:
    reminded = {
        1: ["invoice.issued"],
        **{day: ["invoice.due"] for day in (3, 7, 9)},
        20: ["payment.received", "access.restored"],
    }
    usual = reminded | {11: ["invoice.overdue"], 13: ["access.suspended"]}
    cut_while_down = reminded | {14: ["access.suspended", "invoice.overdue"]}
    billed_late = usual | {3: ["invoice.issued", "invoice.due"]}
    del billed_late[1]
    different = {MARCH: cut_while_down, OCTOBER: billed_late}
    for month_on in months():
        assert said_in(town, town.late, month_on) == different.get(month_on, usual)


def test_access_ends_and_returns_on_the_same_days_whether_the_clock_runs_or_not(town: Town) -> None:
    for month_on in months():
        assert cut_in(town, town.late, month_on) == list(range(13, 21))


def test_a_late_fee_is_charged_once_for_each_invoice_that_was_late(town: Town) -> None:
    for invoice in invoices(town, town.late):
        assert [line.kind for line in invoice.lines] == [LineKind.BASE, LineKind.LATE_FEE]
        assert (invoice.total_minor, invoice.status) == (PRICE + FEE, InvoiceStatus.PAID)
    assert {invoice.total_minor for invoice in invoices(town, town.in_time)} == {PRICE}


def test_a_promise_keeps_access_until_its_time_and_a_broken_one_is_told(town: Town) -> None:
    may = date(2028, 5, 1)
    assert [cut_in(town, town.promising, on) for on in (may, JUNE, JULY)] == [
        [13, 14], [], [15, 16],
    ]  # fmt: skip
    july = said_in(town, town.promising, JULY)
    assert july[12] == ["promise.given"]
    assert july[15] == ["promise.broken", "access.suspended"]
    assert july[16] == ["payment.received", "access.restored"]
    assert said_in(town, town.promising, JUNE)[14] == ["payment.received"]


def test_who_joins_on_the_29th_of_february_pays_that_day_with_march(town: Town) -> None:
    first, *others = invoices(town, town.new)
    assert [line.amount_minor for line in first.lines] == [2_759, PRICE]  # a day of 29
    assert [invoice.total_minor for invoice in others] == [PRICE] * 10


def test_a_package_is_paid_for_by_the_days_on_which_it_was_had(town: Town) -> None:
    totals = [invoice.total_minor for invoice in invoices(town, town.moving)]
    leap_day = 3_448 - 2_759  # of the dearer package, for the same of the usual one
    rest_of_march = 51_613 - 64_516  # twenty days of 31, whenever the clock came to it
    april = PRICE + rest_of_march
    assert totals == [PRICE] * 3 + [DEAR + leap_day, april] + [PRICE] * 9


def test_who_has_left_is_billed_no_more(town: Town) -> None:
    billed = [invoice.issued_on for invoice in invoices(town, town.leaving)]
    assert billed == [month_on for month_on in months() if month_on < LEFT_ON]


def test_bills_of_a_first_on_which_the_clock_was_down_are_made_when_it_is_back(town: Town) -> None:
    [october] = [
        invoice
        for invoice in invoices(town, town.in_time)
        if (invoice.issued_on.year, invoice.issued_on.month) == (2028, 10)
    ]
    assert (october.issued_on.day, october.due_on.day) == (3, DUE_DAY)
    assert [line.period for line in october.lines] == [Period(OCTOBER, next_month(OCTOBER))]


def test_thirty_days_are_thirty_days_in_months_of_every_length(town: Town) -> None:
    bought = list(renewals())
    warned = {end - days_left * DAY for end in ends(bought) for days_left in (3, 1)}
    told = town.life.told(town.daily.client_id)
    warned.add(BEGIN)
    assert {on for on, said in told.items() if "expiry.warning" in said} == warned
    assert {on for on, said in told.items() if "expiry.passed" in said} == {LEAP_DAY}
    assert town.life.cut[town.daily.client_id] == [LEAP_DAY + DAY, LEAP_DAY + 2 * DAY]
    assert {on for on, said in told.items() if "payment.received" in said} == set(bought)


def ends(bought: list[date]) -> Iterator[date]:
    """When what was bought is over, as far as the scenario goes."""
    for on, renewed_on in pairwise(bought):
        yield on + VALIDITY
        assert renewed_on - on in {VALIDITY, VALIDITY + 2 * DAY}


def test_nine_in_the_morning_is_the_isps_own_nine(town: Town) -> None:
    reminders = [heard.at for heard in town.life.heard if heard.event == "invoice.due"]
    assert {at.time() for at in reminders} == {time(9)}
    hours = {at.astimezone(UTC).hour for at in reminders}
    assert hours == ({3} if town.life.zone.key == "Asia/Dhaka" else {7, 8})


def test_invoice_numbers_have_no_gap_and_begin_anew_with_each_year(town: Town) -> None:
    made = [
        (invoice.issued_on.year, invoice.invoice_number)
        for line in town.life.lines
        for invoice in invoices(town, line)
    ]
    for year in (2027, 2028, 2029):
        numbers = sorted(str(number) for of_year, number in made if of_year == year)
        assert numbers == [f"INV-{year}-{number:06d}" for number in range(1, len(numbers) + 1)]
    with town.life.isp.transaction() as session:
        runs = list_runs(session, town.life.isp.tenant_id)
    assert [run.month_on for run in reversed(runs)] == list(months())
    assert {run.state for run in runs} == {RunState.DONE}
    assert len(made) == sum(run.billed_count for run in runs) + len(list(renewals()))


def test_every_taka_is_where_it_belongs_and_the_books_were_proved_each_night(town: Town) -> None:
    how_many = len(list(months()))
    whole_months = 3 * how_many + 11 + 13 + 9  # of who stays, joins, moves, leaves
    served = (whole_months + len(list(renewals()))) * PRICE
    served += 2_759 + DEAR + 3_448 - 2_759 + 51_613 - 64_516
    fees = (how_many + 1) * FEE  # July's broken promise is one more
    unused = 41_290  # who left has sixteen of August's 31 days to their credit
    with town.life.isp.transaction() as session:
        balances = account_balances(session, town.life.isp.tenant_id)
        proof = prove(session, town.life.isp.tenant_id)
    assert {account: minor for account, minor in balances.items() if minor} == {
        Account.CASH: served + fees,
        Account.INTERNET: -served,
        Account.LATE_FEES: -fees,
        Account.CREDIT_NOTES: unused,
        Account.CLIENT_CREDIT: -unused,
    }
    assert proof.holds
    assert proof.last_seal is not None
    assert proof.last_seal.number > how_many


def test_staff_hear_of_the_broken_promise_and_of_no_job_that_failed(town: Town) -> None:
    assert town.life.told(None) == {date(2028, 7, 15): ["promise.broken"]}
