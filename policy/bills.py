"""A bill: its lines, from what was sold, what was used, and what was agreed. All in minor units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from policy.due import Stretch
from policy.periods import Period
from policy.shares import WHOLE_BASIS_POINTS, basis_points, part_by_days, share
from policy.tariffs import FREE_OF_USE, BillingMode, Tariff, use_minor
from policy.taxes import with_vat


class LineKind(StrEnum):
    """What a line of an invoice is for, in the order in which lines stand."""

    BASE = "base"
    INSTALLATION = "installation"
    OVERAGE = "overage"
    EXTRA = "extra"
    ADJUSTMENT = "adjustment"  # days paid for and not served, or the reverse
    OPENING = "opening"  # owed from before, as another system knew it
    DISCOUNT = "discount"
    LATE_FEE = "late_fee"
    VAT = "vat"
    ROUNDING = "rounding"


@dataclass(frozen=True, slots=True)
class Discount:
    """Off the price of a cycle, for days before `until_on` (None: for good)."""

    fixed_minor: int = 0
    percent_points: int = 0
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """What was used in a cycle that has ended, and is not billed yet."""

    cycle: Period
    used_bytes: int


@dataclass(frozen=True, slots=True)
class Charge:
    """All that a bill asks for one connection."""

    price_minor: int  # of a whole cycle
    stretches: tuple[Stretch, ...] = ()
    mode: BillingMode = BillingMode.FLAT
    tariff: Tariff = FREE_OF_USE
    uses: tuple[Use, ...] = ()
    discount: Discount | None = None
    advance_points: int = 0
    title: str | None = None  # the package's name


@dataclass(frozen=True, slots=True)
class Taxing:
    """What an ISP adds to a client's bill, and how it rounds it."""

    vat_points: int = 0
    inclusive: bool = False
    round_to_minor: int = 1  # 100: to whole taka, so that a bill can be paid in notes


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `amount_minor` < 0 lowers the bill. `period` is what it is charged for."""

    kind: LineKind
    amount_minor: int
    period: Period | None = None
    used_bytes: int | None = None
    place: int | None = None  # of the charge among those given, for lines of a connection
    title: str | None = None


def charge_lines(charge: Charge, place: int = 0) -> tuple[Line, ...]:
    """The lines of one connection before tax: base and discount by stretch, then its use."""
    lines = []
    for stretch in charge.stretches:
        base = stretch.price_minor(charge.price_minor)
        lines.append(Line(LineKind.BASE, base, stretch.days, None, place, charge.title))
        off = _discount_minor(charge, stretch, base)
        if off:
            lines.append(Line(LineKind.DISCOUNT, -off, stretch.days, None, place))
    for use in charge.uses:
        cost = use_minor(charge.tariff, charge.mode, use.used_bytes)
        if cost:
            lines.append(
                Line(LineKind.OVERAGE, cost, use.cycle, use.used_bytes, place, charge.title)
            )
    return tuple(lines)


def bill_lines(
    charges: Sequence[Charge], extras: Iterable[Line], taxing: Taxing
) -> tuple[Line, ...]:
    """All lines of one client's bill; they sum to what is to be paid.

    What is charged, the tax on it, and the rounding. Where prices include the tax, each line is
    given without its part of the tax. A sum below zero is owed to the client, and is not taxed.
    """
    lines = [line for place, one in enumerate(charges) for line in charge_lines(one, place)]
    lines += extras
    taxable = sum(line.amount_minor for line in lines)
    if taxable <= 0:
        return tuple(lines)
    taxed = with_vat(taxable, taxing.vat_points, inclusive=taxing.inclusive)
    if taxing.inclusive:
        lines = _without_tax(lines, taxing.vat_points)
    if taxed.vat_minor:
        lines.append(Line(LineKind.VAT, taxed.vat_minor))
    gross = taxed.net_minor + taxed.vat_minor
    rounded = rounded_minor(gross, taxing.round_to_minor)
    if rounded != gross:
        lines.append(Line(LineKind.ROUNDING, rounded - gross))
    return tuple(lines)


def _without_tax(lines: Sequence[Line], points: int) -> list[Line]:
    """Each line less the tax inside it; by sums so far, so that what is rounded is never lost."""
    priced = net = 0
    bare = []
    for line in lines:
        priced += line.amount_minor
        upto = share(priced, WHOLE_BASIS_POINTS, WHOLE_BASIS_POINTS + points)
        bare.append(replace(line, amount_minor=upto - net))
        net = upto
    return bare


def rounded_minor(amount_minor: int, step_minor: int) -> int:
    """To the nearest multiple of `step_minor`, halves up; never from something to nothing."""
    nearest = (2 * amount_minor + step_minor) // (2 * step_minor) * step_minor
    return nearest or amount_minor


def _discount_minor(charge: Charge, stretch: Stretch, base_minor: int) -> int:
    """What is taken off a stretch; never more than it costs."""
    agreed = charge.discount
    off = 0
    if agreed is not None:
        until_on = agreed.until_on or stretch.days.until_on
        covered = stretch.days.meet(Period(stretch.days.from_on, until_on))
        cycle_off = agreed.fixed_minor + basis_points(charge.price_minor, agreed.percent_points)
        off = min(base_minor, part_by_days(cycle_off, stretch.cycle, covered))
        if stretch.at_full_price and covered == stretch.days:
            off = min(base_minor, cycle_off)
    points = min(charge.advance_points, WHOLE_BASIS_POINTS)
    return off + basis_points(base_minor - off, points)
