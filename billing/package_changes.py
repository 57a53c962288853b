"""Another package amid a cycle: its days are settled, or it waits for the next cycle."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from billing.bill_rows import PackageChangeRow
from billing.connections import Connection, frozen_connection, recorded
from billing.errors import DayPassed, PackageNotFound
from billing.rows import ConnectionRow, PackageRow
from billing.settings import PackageChange, get_billing_settings
from billing.settled_days import (
    billed_from,
    charge_anew,
    charge_until,
    locked_line,
    terms_of,
)
from policy.facts import ConnectionId, PackageId, TenantId
from policy.periods import Period, cycle_of
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
    row = locked_line(session, tenant_id, connection_id)
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
        row = locked_line(session, tenant_id, ConnectionId(change.connection_id))
        before = frozen_connection(session, row)
        _take_package(session, row, PackageId(change.package_id), change.change_on)
        change.made_at = now
        write(session)
        recorded(session, row, before, "connection.package_changed", actor)
    return len(changes)


def _usual_day(session: Session, tenant_id: TenantId, row: ConnectionRow, today: date) -> date:
    """Today, where days are settled or none are charged; else where the cycle ends, or the last
    that is billed.
    """
    settings = get_billing_settings(session, tenant_id)
    terms = terms_of(session, row)
    if settings.package_change is PackageChange.BY_DAY or not terms.by_invoice:
        return today
    billed = billed_from(session, row, today)
    cycle = cycle_of(today, terms.anchor_day)
    return max((period.until_on for period in billed), default=cycle.until_on)


def _take_package(session: Session, row: ConnectionRow, package_id: PackageId, on: date) -> None:
    """From `on` the connection has the package; days billed already are settled."""
    if package_id == row.package_id:
        return
    charge_until(session, row, on)
    row.package_id = package_id
    write(session)
    for period in billed_from(session, row, on):
        rest = Period(max(on, period.from_on), period.until_on)
        charge_anew(session, row, period, rest)
