"""Areas of an ISP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.errors import NameTaken
from billing.rows import ZoneRow
from policy.facts import TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import write

ZoneId = NewType("ZoneId", int)


@dataclass(frozen=True, slots=True)
class Zone:
    zone_id: ZoneId
    name: str


def add_zone(session: Session, tenant_id: TenantId, name: str, *, actor: Actor) -> Zone:
    """Raises NotPermitted, NameTaken, ValueRefused."""
    actor.require(Permission.MANAGE_CATALOGUE)
    row = ZoneRow(tenant_id=tenant_id, name=name)
    session.add(row)
    write(session, {"zones_tenant_id_name_key": NameTaken(name)})
    zone = Zone(ZoneId(row.id), row.name)
    record(session, actor, "zone.added", Subject(tenant_id, "zone", row.id), after=zone)
    return zone


def list_zones(session: Session, tenant_id: TenantId) -> tuple[Zone, ...]:
    """All of them by name: an ISP has dozens."""
    mine = select(ZoneRow).where(ZoneRow.tenant_id == tenant_id).order_by(ZoneRow.name)
    return tuple(Zone(ZoneId(row.id), row.name) for row in session.scalars(mine))
