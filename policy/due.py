"""Which days of a connection a month's bill charges, and which days nobody is charged for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from policy.facts import ProfileKind
from policy.periods import Period, cycle_before, cycle_from, cycle_of
from policy.shares import part_by_days


class FirstBill(StrEnum):
    """What a new connection pays for the days before its first whole cycle.

    FULL_MONTH: the whole price. UNTIL_MONTH_END: the days. UNTIL_PAYMENT_DAY: the days until the
    profile's payment day, on which all its cycles begin.
    """

    FULL_MONTH = "full_month"
    UNTIL_MONTH_END = "until_month_end"
    UNTIL_PAYMENT_DAY = "until_payment_day"


@dataclass(frozen=True, slots=True)
class Terms:
    """The part of a billing profile that says when and what to bill."""

    kind: ProfileKind
    first_bill: FirstBill
    payment_day: int  # 1..28

    @property
    def anchor_day(self) -> int:
        """On which day of the month its cycles begin."""
        return self.payment_day if self.first_bill is FirstBill.UNTIL_PAYMENT_DAY else 1

    @property
    def by_invoice(self) -> bool:
        """Free of charge or paid by validity, nothing is invoiced by the month."""
        return self.kind not in {ProfileKind.FREE, ProfileKind.DAILY}


@dataclass(frozen=True, slots=True)
class Service:
    """The days on which a connection is served, as far as they decide what is charged."""

    began_on: date
    billed_until_on: date | None = None  # exclusive; None: never billed
    resumed_on: date | None = None  # the last time it was not served ended here
    ended_on: date | None = None  # exclusive: the day it ends is not charged


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days to be charged, within the cycle whose price they share."""

    cycle: Period
    days: Period
    at_full_price: bool = False  # a first bill of a whole month, however few its days are

    def price_minor(self, cycle_minor: int) -> int:
        """What it costs where the cycle costs `cycle_minor`."""
        return (
            cycle_minor if self.at_full_price else part_by_days(cycle_minor, self.cycle, self.days)
        )


def stretches_due(terms: Terms, service: Service, month_on: date) -> tuple[Stretch, ...]:
    """What the bill of the month beginning on `month_on` charges; nothing, or one, or two parts.

    Monthly bills charge the cycle that begins in the month, postpaid ones the last that has ended
    when it begins. A first bill reaches back to where service began, but no further than the
    cycle before: what lies longer back was left out on purpose. What is billed already (a month
    paid in advance) is not billed again.
    """
    if not terms.by_invoice:
        return ()
    cycle = _cycle_due(terms, month_on)
    former = cycle_before(cycle)
    begins = service.billed_until_on or service.began_on
    if service.billed_until_on is not None or begins < former.from_on:
        begins = max(begins, cycle.from_on)
    begins = max(begins, service.resumed_on or begins)
    ends = min(cycle.until_on, service.ended_on or cycle.until_on)
    served = Period(begins, max(begins, ends))
    parts = [(whole, served.meet(whole)) for whole in (former, cycle)]
    return tuple(
        Stretch(whole, part, _full_price(terms, service, part))
        for whole, part in parts
        if part.days
    )


def stretch_now(terms: Terms, service: Service, today: date) -> Stretch | None:
    """A bill made amid a cycle, for a new connection or after a pause: the rest of the cycle.

    From where service began, or from where it is billed to; where that lies before the cycle,
    from `today`. None for postpaid connections, whose days are charged when they have passed.
    """
    if not terms.by_invoice or terms.kind is ProfileKind.POSTPAID:
        return None
    cycle = cycle_of(today, terms.anchor_day)
    begins = service.billed_until_on or service.began_on
    if begins < cycle.from_on:
        begins = today
    ends = min(cycle.until_on, service.ended_on or cycle.until_on)
    part = Period(begins, max(begins, ends)).meet(cycle)
    return Stretch(cycle, part, _full_price(terms, service, part)) if part.days else None


def _cycle_due(terms: Terms, month_on: date) -> Period:
    cycle = cycle_from(month_on, terms.anchor_day)
    if terms.kind is ProfileKind.POSTPAID:
        cycle = cycle_before(cycle)
        return cycle if cycle.until_on <= month_on.replace(day=1) else cycle_before(cycle)
    return cycle


def _full_price(terms: Terms, service: Service, part: Period) -> bool:
    first = service.billed_until_on is None and part.from_on == service.began_on
    return first and terms.first_bill is FirstBill.FULL_MONTH
