"""What a bill run would ask, before it is made, and why it differs from the month before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.bill_facts import Account, Catalogue, next_clients, read_accounts, read_catalogue
from billing.drafts import Claim, Draft, draft, monthly
from policy.facts import TenantId
from policy.periods import last_month
from storage.actors import Actor, Permission
from tenancy.isps import local_date

CLIENTS_OF_CHUNK = 2_000  # whose facts are in memory at once


class Cause(StrEnum):
    """Why a connection's bill differs from that of the month before."""

    NEW = "new"
    LEFT = "left"
    PACKAGE = "package"
    PRICE = "price"
    DAYS = "days"  # more or fewer days charged
    DISCOUNT = "discount"
    OVERAGE = "overage"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Difference:
    """How many connections (clients, for extras) a cause moved, and by how much before tax."""

    cause: Cause
    count: int
    minor: int


@dataclass(frozen=True, slots=True)
class RunPreview:
    """`total_minor` is what bills ask, tax and rounding included; the rest is before tax.

    `former_minor` and the differences sum to `before_tax_minor`.
    """

    month_on: date
    issued_on: date
    invoices: int
    total_minor: int
    before_tax_minor: int
    former_minor: int
    differences: tuple[Difference, ...]


class Former(NamedTuple):
    """What the month before charged for a connection."""

    charged_minor: int
    discount_minor: int
    use_minor: int
    package_id: int | None
    cycle_minor: int

    @property
    def net_minor(self) -> int:
        return self.charged_minor - self.discount_minor + self.use_minor


NOTHING = Former(0, 0, 0, None, 0)


def preview_bills(
    session: Session, tenant_id: TenantId, month_on: date, *, now: datetime, actor: Actor
) -> RunPreview:
    """What the run of the month would bill now. Writes and locks nothing; every client is read.

    Raises NotPermitted.
    """
    actor.require(Permission.MAKE_INVOICES)
    catalogue = read_catalogue(session, tenant_id)
    issued_on = local_date(session, tenant_id, now)
    counts: Counter[Cause] = Counter()
    sums: Counter[Cause] = Counter()
    invoices = total = before_tax = former_total = 0
    after = 0
    while ids := next_clients(session, tenant_id, after, CLIENTS_OF_CHUNK, lock=False):
        former = _former(session, tenant_id, ids, last_month(month_on))
        extras = _former_extras(session, tenant_id, ids, last_month(month_on))
        former_total += sum(one.net_minor for one in former.values()) + sum(extras.values())
        for account in read_accounts(session, tenant_id, ids, month_on):
            bill = draft(
                account, catalogue, monthly(month_on), month_on=month_on, issued_on=issued_on
            )
            if bill is not None:
                invoices += bill.asks
                total += bill.total_minor
                before_tax += bill.before_tax_minor
            was_extra = extras.get(account.client_id, 0)
            for cause, minor in _differences(account, bill, former, was_extra):
                counts[cause] += 1
                sums[cause] += minor
        after = ids[-1]
    differences = tuple(Difference(cause, counts[cause], sums[cause]) for cause in counts)
    return RunPreview(
        month_on,
        issued_on,
        invoices,
        total,
        before_tax,
        former_total,
        tuple(sorted(differences, key=_by_size)),
    )


def drafts_of(
    session: Session,
    tenant_id: TenantId,
    client_ids: Sequence[int],
    catalogue: Catalogue,
    *,
    month_on: date,
    issued_on: date,
) -> list[Draft]:
    """The bills of the month of those clients."""
    accounts = read_accounts(session, tenant_id, client_ids, month_on)
    stretches = monthly(month_on)
    drafts = (
        draft(account, catalogue, stretches, month_on=month_on, issued_on=issued_on)
        for account in accounts
    )
    return [one for one in drafts if one is not None]


def _by_size(difference: Difference) -> tuple[int, str]:
    return -abs(difference.minor), difference.cause


def _differences(
    account: Account, bill: Draft | None, former: Mapping[int, Former], was_extra: int
) -> Iterable[tuple[Cause, int]]:
    """Each cause of a difference of the client's bill from the former one, and its amount."""
    claims: dict[int, list[Claim]] = {}
    for claim in bill.claims if bill else ():
        claims.setdefault(claim.connection_id, []).append(claim)
    for line in account.connections:
        was = former.get(line.connection_id, NOTHING)
        became = _as_former(claims.get(line.connection_id, ()))
        yield from _of_connection(was, became)
    extra = (bill.extra_minor if bill else 0) - was_extra
    if extra:
        yield Cause.EXTRA, extra


def _of_connection(was: Former, became: Former) -> Iterable[tuple[Cause, int]]:
    if was == became:
        return
    if was.package_id is None or became.package_id is None:
        if was.net_minor != became.net_minor:
            yield (
                (Cause.NEW if was.package_id is None else Cause.LEFT),
                became.net_minor - was.net_minor,
            )
        return
    charged = became.charged_minor - was.charged_minor
    if charged:
        yield _cause_of_price(was, became), charged
    if became.discount_minor != was.discount_minor:
        yield Cause.DISCOUNT, was.discount_minor - became.discount_minor
    if became.use_minor != was.use_minor:
        yield Cause.OVERAGE, became.use_minor - was.use_minor


def _cause_of_price(was: Former, became: Former) -> Cause:
    if was.package_id != became.package_id:
        return Cause.PACKAGE
    return Cause.PRICE if was.cycle_minor != became.cycle_minor else Cause.DAYS


def _as_former(claims: Iterable[Claim]) -> Former:
    sums = NOTHING
    for claim in claims:
        if claim.charge == "use":
            package = claim.package_id if sums.package_id is None else sums.package_id
            sums = sums._replace(use_minor=sums.use_minor + claim.charged_minor, package_id=package)
        else:
            sums = Former(
                sums.charged_minor + claim.charged_minor,
                sums.discount_minor + claim.discount_minor,
                sums.use_minor,
                claim.package_id,
                claim.cycle_minor,
            )
    return sums


def _former(
    session: Session, tenant_id: TenantId, client_ids: Sequence[int], month_on: date
) -> dict[int, Former]:
    """By connection."""
    values: dict[str, Any] = {"tenant_id": tenant_id, "ids": list(client_ids), "month_on": month_on}
    return {row[0]: Former(*row[1:]) for row in session.execute(text(FORMER), values)}


def _former_extras(
    session: Session, tenant_id: TenantId, client_ids: Sequence[int], month_on: date
) -> dict[int, int]:
    """By client."""
    values: dict[str, Any] = {"tenant_id": tenant_id, "ids": list(client_ids), "month_on": month_on}
    return {row[0]: row[1] for row in session.execute(text(FORMER_EXTRAS), values)}


FORMER = """
    SELECT period.connection_id,
           coalesce(sum(charged_minor) FILTER (WHERE charge = 'base'), 0)::bigint,
           sum(discount_minor)::bigint,
           coalesce(sum(charged_minor) FILTER (WHERE charge = 'use'), 0)::bigint,
           (array_agg(period.package_id ORDER BY charge, from_on DESC))[1],
           coalesce((array_agg(cycle_minor ORDER BY from_on DESC)
               FILTER (WHERE charge = 'base'))[1], 0)
      FROM connections AS line
      JOIN billed_periods AS period
        ON period.tenant_id = line.tenant_id AND period.connection_id = line.id
     WHERE line.tenant_id = :tenant_id AND line.client_id = ANY (:ids)
       AND period.month_on = :month_on
     GROUP BY period.connection_id"""
FORMER_EXTRAS = """
    SELECT client_id, sum(amount_minor)::bigint FROM pending_lines
     WHERE tenant_id = :tenant_id AND client_id = ANY (:ids) AND invoice_id IN (
        SELECT invoice_id FROM billed_periods
         WHERE tenant_id = :tenant_id AND month_on = :month_on AND invoice_id IS NOT NULL)
     GROUP BY client_id"""
