"""A bill before it is written: what `policy` asks for what was read. No database here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from billing.bill_facts import (
    Account,
    BilledBy,
    Catalogue,
    LineOfClient,
    Pending,
    Rules,
    Sold,
)
from policy.bills import Charge, Discount, Line, LineKind, Taxing, bill_lines, charge_lines
from policy.due import Stretch, stretch_now, stretches_due
from policy.facts import ClientId, ConnectionId, PackageId, Status
from policy.periods import due_on_after
from policy.tariffs import use_minor

STATES_OF_BILLS = 4_096  # different bills kept: most clients' are alike

lines_of = lru_cache(STATES_OF_BILLS)(bill_lines)
before_tax = lru_cache(STATES_OF_BILLS)(charge_lines)

Stretches = Callable[[BilledBy, LineOfClient], tuple[Stretch, ...]]


@dataclass(frozen=True, slots=True)
class Claim:
    """Days of a connection, or the use of a cycle, that a bill charges."""

    connection_id: ConnectionId
    charge: str  # base, use
    from_on: date
    until_on: date
    cycle_from_on: date  # the days whose price they share
    cycle_until_on: date
    package_id: PackageId
    cycle_minor: int
    charged_minor: int
    discount_minor: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """One client's bill, of `total_minor` >= 0; `connection_ids` by the place of their lines."""

    client_id: ClientId
    month_on: date  # the month whose bill it is
    issued_on: date
    due_on: date
    lines: tuple[Line, ...]
    total_minor: int
    connection_ids: tuple[ConnectionId, ...]
    claims: tuple[Claim, ...]
    pending: tuple[Pending, ...] = ()  # what had waited for this bill, or the part that it takes
    extra_minor: int = 0  # of what had waited, before tax

    @property
    def asks(self) -> bool:
        """Whether it becomes an invoice: any line moves money, be it up and down again."""
        return any(line.amount_minor for line in self.lines)

    @property
    def before_tax_minor(self) -> int:
        """What it charges, as priced."""
        charged = sum(claim.charged_minor - claim.discount_minor for claim in self.claims)
        return charged + self.extra_minor


def monthly(month_on: date) -> Stretches:
    """What the bill of a month charges of a connection that is billed by itself."""

    def due(by: BilledBy, line: LineOfClient) -> tuple[Stretch, ...]:
        return stretches_due(by.terms, line.service, month_on) if by.auto_bill else ()

    return due


def by_hand(month_on: date) -> Stretches:
    """The same for connections that are billed when somebody says so."""

    def due(by: BilledBy, line: LineOfClient) -> tuple[Stretch, ...]:
        return stretches_due(by.terms, line.service, month_on)

    return due


def at_once(today: date) -> Stretches:
    """The rest of the cycle that runs today: a first bill, or one after a pause."""

    def due(by: BilledBy, line: LineOfClient) -> tuple[Stretch, ...]:
        stretch = stretch_now(by.terms, line.service, today)
        return () if stretch is None else (stretch,)

    return due


def draft(
    account: Account,
    catalogue: Catalogue,
    stretches: Stretches,
    *,
    month_on: date,
    issued_on: date,
    advance_points: int = 0,
) -> Draft | None:
    """The client's bill; None where nothing is to be charged.

    A fixed discount is off the client's first connection that is charged. Of what is owed to the
    client a bill takes no more than it asks; the rest waits on.
    """
    charged: list[tuple[LineOfClient, Charge]] = []
    days: list[int] = []
    discount = account.discount
    for line in account.connections:
        by, sold = catalogue.profiles[line.profile_id], catalogue.packages[line.package_id]
        if not _is_billed(account, line, catalogue.rules):
            continue
        due = stretches(by, line)
        uses = line.uses if by.auto_bill or due else ()
        if not (due or uses):
            continue
        charged.append((line, _charge(by, sold, due, line, discount, advance_points)))
        days.append(by.terms.payment_day)
        if due and discount is not None:
            discount = replace(discount, fixed_minor=0)
    return _draft(account, catalogue, charged, days, month_on, issued_on)


def _charge(
    by: BilledBy,
    sold: Sold,
    due: tuple[Stretch, ...],
    line: LineOfClient,
    discount: Discount | None,
    advance_points: int,
) -> Charge:
    return Charge(
        sold.price_minor, due, by.mode, sold.tariff, line.uses, discount, advance_points, sold.name
    )


def _draft(
    account: Account,
    catalogue: Catalogue,
    charged: list[tuple[LineOfClient, Charge]],
    days: list[int],
    month_on: date,
    issued_on: date,
) -> Draft | None:
    charges = tuple(charge for _line, charge in charged)
    claims = tuple(
        claim
        for place, (line, charge) in enumerate(charged)
        for claim in _claims(line, charge, place)
    )
    taxing = _taxing(account, catalogue.rules.taxing)
    pending = account.pending
    lines = lines_of(charges, tuple(one.line for one in pending), taxing)
    total = sum(line.amount_minor for line in lines)
    if total < 0:
        pending = _fitting(
            pending, sum(line.amount_minor for one in charges for line in before_tax(one))
        )
        lines = lines_of(charges, tuple(one.line for one in pending), taxing)
        total = 0
    if not (lines or claims):
        return None
    return Draft(
        account.client_id,
        month_on,
        issued_on,
        min((due_on_after(issued_on, day) for day in days), default=issued_on),
        lines,
        total,
        tuple(line.connection_id for line, _charge in charged),
        claims,
        tuple(pending),
        sum(one.line.amount_minor for one in pending),
    )


def _fitting(pending: Iterable[Pending], charged_minor: int) -> list[Pending]:
    """What a bill takes where more is owed to the client than it asks: so much as makes it zero."""
    asked = [one for one in pending if one.line.amount_minor > 0]
    room = charged_minor + sum(one.line.amount_minor for one in asked)
    taken = []
    for one in pending:
        part = min(room, -one.line.amount_minor)
        if part > 0:
            room -= part
            taken.append(replace(one, line=replace(one.line, amount_minor=-part)))
    return asked + taken


def _is_billed(account: Account, line: LineOfClient, rules: Rules) -> bool:
    """Whether its state lets it be billed; of one that has ended, the days until then are."""
    if line.service.ended_on is not None:
        return True
    states = {account.status, line.status}
    if Status.INACTIVE in states:
        return rules.bill_inactive
    return rules.bill_suspended or Status.SUSPENDED not in states


def _taxing(account: Account, usual: Taxing) -> Taxing:
    if account.vat_points is None and account.vat_inclusive is None:
        return usual
    points = usual.vat_points if account.vat_points is None else account.vat_points
    inclusive = usual.inclusive if account.vat_inclusive is None else account.vat_inclusive
    return Taxing(points, inclusive, usual.round_to_minor)


def _claims(line: LineOfClient, charge: Charge, place: int) -> Iterable[Claim]:
    """What a bill claims of a connection: its days, and each cycle's use, free or not."""
    lines = before_tax(charge, place)
    for stretch in charge.stretches:
        mine = [one for one in lines if one.period == stretch.days]
        cycle = stretch.days if stretch.at_full_price else stretch.cycle
        yield Claim(
            line.connection_id,
            "base",
            stretch.days.from_on,
            stretch.days.until_on,
            cycle.from_on,
            cycle.until_on,
            line.package_id,
            charge.price_minor,
            sum(one.amount_minor for one in mine if one.kind is LineKind.BASE),
            -sum(one.amount_minor for one in mine if one.kind is LineKind.DISCOUNT),
        )
    for use in charge.uses:
        cost = use_minor(charge.tariff, charge.mode, use.used_bytes)
        cycle = use.cycle
        yield Claim(
            line.connection_id, "use", cycle.from_on, cycle.until_on, cycle.from_on, cycle.until_on,
            line.package_id, cost, cost,
        )  # fmt: skip
