"""An ISP's rules of access: what it does for each reason to restrict, and when nobody is cut."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy.facts import Reason, Restriction, RestrictionAction, Speed, TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import write
from tenancy.errors import NotRestrictable
from tenancy.isps import DEFAULT_RESTRICTIONS, locked_isp, restriction_columns
from tenancy.rows import NoCutDayRow, RestrictionRow, TenantRow


def set_restriction(
    session: Session, tenant_id: TenantId, reason: Reason, restriction: Restriction, *, actor: Actor
) -> None:
    """From now on do this for `reason`. Locks the ISP.

    Raises NotPermitted, NotRestrictable, IspNotFound, ValueRefused (a walled garden needs a speed).
    """
    actor.require(Permission.MANAGE_ISP)
    if reason not in DEFAULT_RESTRICTIONS:
        raise NotRestrictable(reason.value)
    locked_isp(session, tenant_id)
    before = list_restrictions(session, tenant_id).get(reason)
    session.merge(RestrictionRow(**restriction_columns(tenant_id, reason, restriction)))
    write(session)
    subject = Subject(tenant_id, "isp", tenant_id)
    was, became = {reason: before}, {reason: restriction}
    record(session, actor, "isp.restriction_set", subject, before=was, after=became)


def list_restrictions(session: Session, tenant_id: TenantId) -> dict[Reason, Restriction]:
    """By reason; a reason without one is refused."""
    rows = session.scalars(select(RestrictionRow).where(RestrictionRow.tenant_id == tenant_id))
    return {Reason(row.reason): _restriction(row) for row in rows}


def set_no_cut_days(
    session: Session,
    tenant_id: TenantId,
    *,
    weekdays: frozenset[int],
    dates: Mapping[date, str],
    actor: Actor,
) -> None:
    """Nobody is newly cut on these ISO weekdays and dates (with their names), instead of former.

    Locks the ISP. Raises NotPermitted, IspNotFound, ValueRefused.
    """
    actor.require(Permission.MANAGE_ISP)
    row = locked_isp(session, tenant_id)
    days = session.scalars(select(NoCutDayRow).where(NoCutDayRow.tenant_id == tenant_id))
    former = {day.no_cut_on: day for day in days}
    before = _days(row, {day.no_cut_on: day.name for day in former.values()})
    row.no_cut_weekdays = sorted(weekdays)
    for on, day in former.items():
        if on not in dates:
            session.delete(day)
    for on, name in dates.items():
        session.merge(NoCutDayRow(tenant_id=tenant_id, no_cut_on=on, name=name))
    write(session)
    subject = Subject(tenant_id, "isp", tenant_id)
    after = _days(row, dates)
    record(session, actor, "isp.no_cut_days_set", subject, before=before, after=after)


def _days(row: TenantRow, dates: Mapping[date, str]) -> dict[str, object]:
    named = {on.isoformat(): name for on, name in sorted(dates.items())}
    return {"weekdays": list(row.no_cut_weekdays), "dates": named}


def _restriction(row: RestrictionRow) -> Restriction:
    slow = row.down_kbps is not None and row.up_kbps is not None
    return Restriction(
        RestrictionAction(row.action),
        pool=row.pool,
        address_list=row.address_list,
        speed=Speed(row.down_kbps, row.up_kbps) if slow else None,  # type: ignore[arg-type]
        session_seconds=row.session_seconds,
    )
