"""Days that are billed and change afterwards: given back, or charged anew at another price.

What comes of it waits for the client's next bill. Clients are locked by the callers.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.bill_facts import read_accounts
from billing.bill_rows import BilledPeriodRow, PendingLineRow
from billing.client_terms import get_client_terms
from billing.connections import locked_connection
from billing.credits import locked_client
from billing.errors import ConnectionNotFound, PackageNotFound
from billing.rows import ConnectionRow, PackageRow, ProfileRow
from policy.bills import Charge, LineKind, charge_lines
from policy.due import FirstBill, Service, Stretch, Terms
from policy.facts import ClientId, ConnectionId, ProfileKind, TenantId
from policy.periods import DAY, Period, cycle_before, cycle_of
from policy.shares import part_by_days
from storage.rows import read, write


def locked_line(
    session: Session, tenant_id: TenantId, connection_id: ConnectionId
) -> ConnectionRow:
    """A connection after its client: while a bill of theirs is made, nothing of it changes."""
    missing = ConnectionNotFound(connection_id)
    whose = read(session, ConnectionRow, tenant_id, connection_id, missing).client_id
    locked_client(session, tenant_id, ClientId(whose))
    return locked_connection(session, tenant_id, connection_id)


def billed_from(session: Session, row: ConnectionRow, on: date) -> list[BilledPeriodRow]:
    """What is billed of days from `on` on, in their order; locked."""
    mine = (
        BilledPeriodRow.tenant_id == row.tenant_id,
        BilledPeriodRow.connection_id == row.id,
        BilledPeriodRow.charge == "base",
        BilledPeriodRow.until_on > on,
    )
    found = select(BilledPeriodRow).where(*mine).order_by(BilledPeriodRow.from_on)
    return list(session.scalars(found.with_for_update()))


def give_back(session: Session, row: ConnectionRow, period: BilledPeriodRow, on: date) -> int:
    """Shorten `period` to its days before `on`; returns what the others had cost, before tax."""
    whole = Period(period.from_on, period.until_on)
    rest = Period(max(on, period.from_on), period.until_on)
    charged = part_by_days(period.charged_minor, whole, rest)
    off = part_by_days(period.discount_minor, whole, rest)
    period.charged_minor -= charged
    period.discount_minor -= off
    if rest.from_on == period.from_on:
        session.delete(period)
    else:
        period.until_on = rest.from_on
    write(session)
    return charged - off


def charge_anew(
    session: Session, row: ConnectionRow, period: BilledPeriodRow, rest: Period
) -> None:
    """Credit the days of `rest`, and charge them at the price of the connection's new package.

    The share of the cycle stays what it was: who paid a whole month for its last days pays the
    same whole month of the other package.
    """
    cycle = Period(period.cycle_from_on, period.cycle_until_on)
    anew = _claim(session, row, Stretch(cycle, rest), period.month_on)
    anew.invoice_id, anew.bill_run_id = period.invoice_id, period.bill_run_id
    source = period.invoice_id
    back = give_back(session, row, period, rest.from_on)
    pend(session, row, source, -back, f"{row.username}, {span_words(rest)}")
    _add(session, row, anew, source)


def charge_until(session: Session, row: ConnectionRow, on: date) -> None:
    """Charge days before `on` that no bill has charged, at the package that the connection has.

    For who pays afterwards, before the package becomes another: the last cycle, and the one that
    runs, which is as far back as a bill would reach.
    """
    tenant_id = TenantId(row.tenant_id)
    terms = terms_of(session, row)
    if terms.kind is not ProfileKind.POSTPAID:
        return
    service = service_of(session, tenant_id, row, on)
    cycle = cycle_of(on, terms.anchor_day)
    former = cycle_before(cycle)
    begins = max(service.billed_until_on or service.began_on, former.from_on)
    for whole in (former, cycle):
        part = Period(begins, max(begins, on)).meet(whole)
        if part.days:
            month_on = whole.until_on.replace(day=1)
            _add(session, row, _claim(session, row, Stretch(whole, part), month_on), None)


def terms_of(session: Session, row: ConnectionRow) -> Terms:
    """When and what the connection's profile bills."""
    profile = session.get_one(ProfileRow, (row.tenant_id, row.profile_id))
    return Terms(ProfileKind(profile.kind), FirstBill(profile.first_bill), profile.payment_day)


def service_of(session: Session, tenant_id: TenantId, row: ConnectionRow, on: date) -> Service:
    """Since when the connection is served, and how far it is billed."""
    [account] = read_accounts(session, tenant_id, [row.client_id], on.replace(day=1))
    [line] = [one for one in account.connections if one.connection_id == row.id]
    return line.service


def _claim(
    session: Session, row: ConnectionRow, stretch: Stretch, month_on: date
) -> BilledPeriodRow:
    """Days at the price of the package that the connection has; not in the database yet."""
    tenant_id = TenantId(row.tenant_id)
    package = read(session, PackageRow, tenant_id, row.package_id, PackageNotFound(row.package_id))
    discount = get_client_terms(session, tenant_id, ClientId(row.client_id)).discount
    lines = charge_lines(Charge(package.price_minor, (stretch,), discount=discount))
    return BilledPeriodRow(
        tenant_id=tenant_id,
        connection_id=row.id,
        charge="base",
        from_on=stretch.days.from_on,
        until_on=stretch.days.until_on,
        cycle_from_on=stretch.cycle.from_on,
        cycle_until_on=stretch.cycle.until_on,
        month_on=month_on,
        package_id=package.id,
        cycle_minor=package.price_minor,
        charged_minor=sum(one.amount_minor for one in lines if one.kind is LineKind.BASE),
        discount_minor=-sum(one.amount_minor for one in lines if one.kind is LineKind.DISCOUNT),
    )


def _add(
    session: Session, row: ConnectionRow, claim: BilledPeriodRow, source_invoice_id: int | None
) -> None:
    """Claim the days; what they cost waits for the next bill."""
    session.add(claim)
    write(session)
    package = session.get_one(PackageRow, (row.tenant_id, claim.package_id))
    words = f"{package.name}, {span_words(Period(claim.from_on, claim.until_on))}"
    pend(session, row, source_invoice_id, claim.charged_minor - claim.discount_minor, words)


def pend(
    session: Session,
    row: ConnectionRow,
    source_invoice_id: int | None,
    amount_minor: int,
    description: str,
) -> None:
    """Let the client's next bill ask, or give, `amount_minor` for days of a bill that is made."""
    if amount_minor:
        session.add(
            PendingLineRow(
                tenant_id=row.tenant_id,
                client_id=row.client_id,
                kind=LineKind.ADJUSTMENT.value,
                description=description,
                amount_minor=amount_minor,
                source_invoice_id=source_invoice_id,
            )
        )
        write(session)


def span_words(period: Period) -> str:
    """The first and the last day, as a line of an invoice has them."""
    return f"{period.from_on:%d.%m.%Y} - {period.until_on - DAY:%d.%m.%Y}"
