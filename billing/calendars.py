"""An ISP's own calendar: where its days begin."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy.facts import TenantId
from policy.windows import day_starts_at
from tenancy.errors import IspNotFound
from tenancy.rows import TenantRow


def zone_of(session: Session, tenant_id: TenantId) -> ZoneInfo:
    """The ISP's time zone. Raises IspNotFound."""
    mine = select(TenantRow.time_zone).where(TenantRow.tenant_id == tenant_id)
    name = session.scalar(mine)
    if name is None:
        raise IspNotFound(tenant_id)
    return ZoneInfo(name)


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day of the ISP's, in UTC."""
    starts_at = day_starts_at(day.toordinal(), zone)
    assert starts_at is not None, "nobody bills in the year 10000"
    return starts_at
