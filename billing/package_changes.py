"""Another package, or none any more, amid a cycle that is billed: by day, or from the next."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from billing.bill_rows import BilledPeriodRow, PackageChangeRow, PendingLineRow
from billing.client_terms import get_client_terms
from billing.connections import Connection, frozen_connection, locked_connection, recorded
from billing.credits import locked_client
from billing.errors import ConnectionNotFound, DayPassed, PackageNotFound
from billing.rows import ConnectionRow, PackageRow
from billing.settings import PackageChange, get_billing_settings
from policy.bills import Charge, LineKind, charge_lines
from policy.due import Stretch
from policy.facts import ClientId, ConnectionId, PackageId, Status, TenantId
from policy.periods import DAY, Period, cycle_from
from policy.shares import part_by_days
from storage.actors import Actor, Permission
from storage.rows import read, write
from tenancy.isps import local_date

CHANGES_MAX = 200  # of one transaction


def change_package_of(
    session: Session,
    tenant_id: TenantId,
    connection_id: ConnectionId,
    package_id: PackageId,
    *,
    now: datetime,
    actor: Actor,
    on: date | None = None,
) -> Connection:
    """Another package for a connection: at once, or from the day `on`. Locks the connection.

    None leaves the day to the ISP's setting: today, with the days left of the cycle credited and
    charged anew on the next bill; or the first day of the next cycle. A change that waits takes
    the place of an earlier one. Raises NotPermitted, ConnectionNotFound, PackageNotFound,
    DayPassed.
    """
    actor.require(Permission.EDIT_CLIENTS)
    row = _locked(session, tenant_id, connection_id)
    before = frozen_connection(session, row)
    read(session, PackageRow, tenant_id, package_id, PackageNotFound(package_id))
    today = local_date(session, tenant_id, now)
    on = on or _usual_day(session, tenant_id, row, today)
    if on < today:
        raise DayPassed(on)
    mine = (
        PackageChangeRow.tenant_id == tenant_id,
        PackageChangeRow.connection_id == connection_id,
        PackageChangeRow.made_at.is_(None),
    )
    session.execute(delete(PackageChangeRow).where(*mine))
    if on == today:
        _take_package(session, row, package_id, today)
        return recorded(session, row, before, "connection.package_changed", actor)
    key = {"tenant_id": tenant_id, "connection_id": connection_id}
    session.add(PackageChangeRow(**key, package_id=package_id, change_on=on, made_at=None))
    write(session)
    return recorded(session, row, before, "connection.package_change_planned", actor)


def apply_package_changes(
    session: Session, tenant_id: TenantId, *, now: datetime, actor: Actor
) -> int:
    """Make changes whose day has come, at most CHANGES_MAX; returns how many: again, until none.

    Each counts from its own day, also where it is made late. Locks their clients. Raises
    NotPermitted.
    """
    actor.require(Permission.EDIT_CLIENTS)
    today = local_date(session, tenant_id, now)
    due = (
        PackageChangeRow.tenant_id == tenant_id,
        PackageChangeRow.made_at.is_(None),
        PackageChangeRow.change_on <= today,
    )
    waiting = select(PackageChangeRow).where(*due).order_by(PackageChangeRow.id)
    changes = session.scalars(waiting.limit(CHANGES_MAX).with_for_update(skip_locked=True)).all()
    for change in changes:
        row = _locked(session, tenant_id, ConnectionId(change.connection_id))
        before = frozen_connection(session, row)
        _take_package(session, row, PackageId(change.package_id), change.change_on)
        change.made_at = now
        write(session)
        recorded(session, row, before, "connection.package_changed", actor)
    return len(changes)


def end_connection(
    session: Session,
    tenant_id: TenantId,
    connection_id: ConnectionId,
    *,
    now: datetime,
    actor: Actor,
) -> Connection:
    """The client leaves: inactive from today, which is not charged any more. Locks the connection.

    What is paid for days to come is credited on the client's next bill, or by a credit note where
    none will follow. Raises NotPermitted, ConnectionNotFound.
    """
    actor.require(Permission.CONTROL_ACCESS)
    row = _locked(session, tenant_id, connection_id)
    before = frozen_connection(session, row)
    today = local_date(session, tenant_id, now)
    row.status, row.ended_on = Status.INACTIVE, today
    for period in _billed_from(session, row, today):
        _give_back(session, row, period, today)
    write(session)
    return recorded(session, row, before, "connection.ended", actor)


def _locked(session: Session, tenant_id: TenantId, connection_id: ConnectionId) -> ConnectionRow:
    """A connection after its client: while a bill of theirs is made, nothing of it changes."""
    missing = ConnectionNotFound(connection_id)
    whose = read(session, ConnectionRow, tenant_id, connection_id, missing).client_id
    locked_client(session, tenant_id, ClientId(whose))
    return locked_connection(session, tenant_id, connection_id)


def _usual_day(session: Session, tenant_id: TenantId, row: ConnectionRow, today: date) -> date:
    """Today, where nothing is billed that a change would touch, or where days are settled."""
    settings = get_billing_settings(session, tenant_id)
    if settings.package_change is PackageChange.BY_DAY:
        return today
    billed = _billed_from(session, row, today)
    return max((period.until_on for period in billed), default=today)


def _take_package(session: Session, row: ConnectionRow, package_id: PackageId, on: date) -> None:
    """From `on` the connection has the package; days billed already are settled."""
    if package_id == row.package_id:
        return
    row.package_id = package_id
    for period in _billed_from(session, row, on):
        rest = Period(max(on, period.from_on), period.until_on)
        _charge_anew(session, row, period, rest)
    write(session)


def _billed_from(session: Session, row: ConnectionRow, on: date) -> list[BilledPeriodRow]:
    """What is billed of days from `on` on, in their order; locked."""
    mine = (
        BilledPeriodRow.tenant_id == row.tenant_id,
        BilledPeriodRow.connection_id == row.id,
        BilledPeriodRow.charge == "base",
        BilledPeriodRow.until_on > on,
    )
    found = select(BilledPeriodRow).where(*mine).order_by(BilledPeriodRow.from_on)
    return list(session.scalars(found.with_for_update()))


def _give_back(session: Session, row: ConnectionRow, period: BilledPeriodRow, on: date) -> None:
    """Credit the days of `period` from `on` on, and shorten it to what stays charged."""
    whole = Period(period.from_on, period.until_on)
    rest = Period(max(on, period.from_on), period.until_on)
    charged = part_by_days(period.charged_minor, whole, rest)
    off = part_by_days(period.discount_minor, whole, rest)
    _pend(session, row, period.invoice_id, off - charged, f"{row.username}, {_days(rest)}")
    period.charged_minor -= charged
    period.discount_minor -= off
    if rest.from_on == period.from_on:
        session.delete(period)
    else:
        period.until_on = rest.from_on
    write(session)


def _charge_anew(
    session: Session, row: ConnectionRow, period: BilledPeriodRow, rest: Period
) -> None:
    """Credit the days of `rest`, and charge them at the price of the connection's new package.

    The share of the cycle stays what it was: who paid a whole month for its last days pays the
    same whole month of the other package.
    """
    tenant_id = TenantId(row.tenant_id)
    package = read(session, PackageRow, tenant_id, row.package_id, PackageNotFound(row.package_id))
    at_whole_price = period.charged_minor == period.cycle_minor
    billed = Period(period.from_on, period.until_on)
    cycle_on = period.cycle_from_on
    cycle = billed if at_whole_price else cycle_from(cycle_on, cycle_on.day)
    discount = get_client_terms(session, tenant_id, ClientId(row.client_id)).discount
    lines = charge_lines(Charge(package.price_minor, (Stretch(cycle, rest),), discount=discount))
    base = sum(line.amount_minor for line in lines if line.kind is LineKind.BASE)
    off = -sum(line.amount_minor for line in lines if line.kind is LineKind.DISCOUNT)
    anew = BilledPeriodRow(
        tenant_id=tenant_id,
        connection_id=row.id,
        charge="base",
        from_on=rest.from_on,
        until_on=rest.until_on,
        cycle_from_on=cycle_on,
        month_on=period.month_on,
        package_id=package.id,
        cycle_minor=package.price_minor,
        charged_minor=base,
        discount_minor=off,
        invoice_id=period.invoice_id,
        bill_run_id=period.bill_run_id,
    )
    _give_back(session, row, period, rest.from_on)
    session.add(anew)
    _pend(session, row, anew.invoice_id, base - off, f"{package.name}, {_days(rest)}")
    write(session)


def _pend(
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


def _days(period: Period) -> str:
    """The first and the last day, as a line of an invoice has them."""
    return f"{period.from_on:%d.%m.%Y} - {period.until_on - DAY:%d.%m.%Y}"
