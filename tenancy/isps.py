"""The ISPs of this server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from policy.facts import Reason, Restriction, RestrictionAction, Speed, TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.database import enter_tenant
from storage.rows import columns, write
from tenancy.errors import IspNotFound, SlugTaken, UnknownTimeZone
from tenancy.rows import RestrictionRow, TenantRow

WALLED_GARDEN = Restriction(
    RestrictionAction.WALLED,
    pool="expired",
    address_list="expired",
    speed=Speed(down_kbps=512, up_kbps=512),
    session_seconds=600,
)
REFUSAL = Restriction(RestrictionAction.REJECT)
DEFAULT_RESTRICTIONS = MappingProxyType(
    {
        Reason.DUES: WALLED_GARDEN,
        Reason.EXPIRED: WALLED_GARDEN,
        Reason.QUOTA: WALLED_GARDEN,
        Reason.SUSPENDED: WALLED_GARDEN,
        Reason.WRONG_DEVICE: REFUSAL,
        Reason.SESSION_LIMIT: REFUSAL,
        Reason.INACTIVE: REFUSAL,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IspDetails:
    """`slug` is its name in commands and addresses: a-z, 0-9 and single dashes.

    Sessions and daily use are kept for `keep_sessions_months` (1 to 240; BTRC asks for a year).
    """

    slug: str
    name: str
    time_zone: str = "Asia/Dhaka"
    currency: str = "BDT"
    language: str = "bn"
    interim_seconds: int = 300
    keep_sessions_months: int = 12


@dataclass(frozen=True, slots=True)
class Isp:
    tenant_id: TenantId
    details: IspDetails


@dataclass(frozen=True, slots=True)
class IspEntry:
    """A line of the directory: all that may be known outside of an ISP's own scope."""

    tenant_id: TenantId
    slug: str
    name: str


def create_isp(session: Session, details: IspDetails, *, actor: Actor) -> Isp:
    """A new ISP with the usual restrictions; leaves the session in its scope.

    Raises NotPermitted, SlugTaken, UnknownTimeZone, ValueRefused.
    """
    actor.require(Permission.MANAGE_ISP)
    try:
        ZoneInfo(details.time_zone)
    except (KeyError, ValueError, OSError):  # the name is looked up as a path
        raise UnknownTimeZone(details.time_zone) from None
    number = session.execute(text("SELECT nextval('tenants_tenant_id_seq')")).scalar_one()
    tenant_id = TenantId(number)
    enter_tenant(session, tenant_id)
    session.add(TenantRow(tenant_id=tenant_id, no_cut_weekdays=[], **columns(details)))
    write(session, {"tenants_slug_key": SlugTaken(details.slug)})
    session.execute(
        insert(RestrictionRow),
        [restriction_columns(tenant_id, *rule) for rule in DEFAULT_RESTRICTIONS.items()],
    )
    record(session, actor, "isp.created", Subject(tenant_id, "isp", tenant_id), after=details)
    return Isp(tenant_id, details)


def keep_sessions(session: Session, tenant_id: TenantId, months: int, *, actor: Actor) -> None:
    """From the next night on, forget sessions and daily use that are older. Locks the ISP.

    Raises NotPermitted, IspNotFound, ValueRefused (1 to 240).
    """
    actor.require(Permission.MANAGE_ISP)
    row = locked_isp(session, tenant_id)
    before, row.keep_sessions_months = row.keep_sessions_months, months
    write(session)
    subject = Subject(tenant_id, "isp", tenant_id)
    was, became = {"months": before}, {"months": months}
    record(session, actor, "isp.keep_sessions_set", subject, before=was, after=became)


def find_isp(session: Session, slug: str) -> IspEntry:
    """By slug, from outside of any scope. Raises IspNotFound."""
    for entry in list_isps(session):
        if entry.slug == slug:
            return entry
    raise IspNotFound(slug)


def list_isps(session: Session) -> tuple[IspEntry, ...]:
    """All ISPs of the server, oldest first. There are as many as one server holds: hundreds."""
    rows = session.execute(text("SELECT tenant_id, slug, name FROM isp_directory()"))
    return tuple(IspEntry(TenantId(row.tenant_id), row.slug, row.name) for row in rows)


def locked_isp(session: Session, tenant_id: TenantId) -> TenantRow:
    """Its row, locked. Raises IspNotFound."""
    found = session.scalar(
        select(TenantRow)
        .where(TenantRow.tenant_id == tenant_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise IspNotFound(tenant_id)
    return found


def get_isp(session: Session, tenant_id: TenantId) -> Isp:
    """Raises IspNotFound."""
    row = session.scalar(select(TenantRow).where(TenantRow.tenant_id == tenant_id))
    if row is None:
        raise IspNotFound(tenant_id)
    details = IspDetails(
        slug=row.slug,
        name=row.name,
        time_zone=row.time_zone,
        currency=row.currency,
        language=row.language,
        interim_seconds=row.interim_seconds,
        keep_sessions_months=row.keep_sessions_months,
    )
    return Isp(tenant_id, details)


def local_date(session: Session, tenant_id: TenantId, now: datetime) -> date:
    """The ISP's own day at `now` (aware). Raises IspNotFound."""
    return now.astimezone(ZoneInfo(get_isp(session, tenant_id).details.time_zone)).date()


def restriction_columns(
    tenant_id: TenantId, reason: Reason, restriction: Restriction
) -> dict[str, object]:
    """A restriction as its row."""
    speed = restriction.speed
    return {
        "tenant_id": tenant_id,
        "reason": reason.value,
        "action": restriction.action.value,
        "pool": restriction.pool,
        "address_list": restriction.address_list,
        "down_kbps": speed and speed.down_kbps,
        "up_kbps": speed and speed.up_kbps,
        "session_seconds": restriction.session_seconds,
    }
