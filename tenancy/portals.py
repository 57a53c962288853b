"""How an ISP's client portal looks, what it offers, and under which addresses it is reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from policy.facts import TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import write
from tenancy.errors import AddressTaken
from tenancy.rows import PortalAddressRow, PortalSettingsRow

USUAL_COLOUR = "#0b5f8a"


class Feature(StrEnum):
    """What a portal can offer; each is on unless it is switched off."""

    PAY = "pay"
    ADVANCE = "advance"  # months ahead
    INVOICES = "invoices"  # with payments, and both as PDF
    USAGE = "usage"  # of each day
    LIVE = "live"  # of the session that is up
    PASSWORD = "password"  # noqa: S105 (the name of a page)
    PACKAGES = "packages"  # asking for another one
    NOTICES = "notices"


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalSettings:
    """`colour` as #rrggbb, in small letters. Under `maintenance` nothing else is shown."""

    colour: str = USUAL_COLOUR
    features_off: frozenset[Feature] = frozenset()
    maintenance: bool = False
    maintenance_en: str | None = None
    maintenance_bn: str | None = None

    def offers(self, feature: Feature) -> bool:
        return feature not in self.features_off


@dataclass(frozen=True, slots=True)
class Device:
    """A session that is up with an address, and whose it is."""

    tenant_id: TenantId
    connection_id: int


def get_portal_settings(session: Session, tenant_id: TenantId) -> PortalSettings:
    """The usual where nothing was set."""
    row = session.get(PortalSettingsRow, tenant_id)
    if row is None:
        return PortalSettings()
    return PortalSettings(
        colour=row.colour,
        features_off=frozenset(Feature(name) for name in row.features_off),
        maintenance=row.maintenance,
        maintenance_en=row.maintenance_en,
        maintenance_bn=row.maintenance_bn,
    )


def set_portal_settings(
    session: Session, tenant_id: TenantId, details: PortalSettings, *, actor: Actor
) -> None:
    """Replace them. Raises NotPermitted, ValueRefused."""
    actor.require(Permission.MANAGE_ISP)
    before = get_portal_settings(session, tenant_id)
    row = session.get(PortalSettingsRow, tenant_id, with_for_update=True)
    if row is None:
        row = PortalSettingsRow(tenant_id=tenant_id)
        session.add(row)
    row.colour, row.features_off = details.colour, sorted(details.features_off)
    row.maintenance = details.maintenance
    row.maintenance_en, row.maintenance_bn = details.maintenance_en, details.maintenance_bn
    write(session)
    subject = Subject(tenant_id, "isp", tenant_id)
    record(session, actor, "isp.portal_set", subject, before=before, after=details)


def portal_addresses(session: Session, tenant_id: TenantId) -> tuple[str, ...]:
    """As "https://my.isp.net", the one that links name first; none where none was set."""
    mine = select(PortalAddressRow).where(PortalAddressRow.tenant_id == tenant_id)
    rows = session.scalars(mine.order_by(PortalAddressRow.position))
    return tuple(row.address for row in rows)


def set_portal_addresses(
    session: Session, tenant_id: TenantId, addresses: Sequence[str], *, actor: Actor
) -> None:
    """Instead of the former ones. Raises NotPermitted, AddressTaken, ValueRefused."""
    actor.require(Permission.MANAGE_ISP)
    before = portal_addresses(session, tenant_id)
    session.execute(delete(PortalAddressRow).where(PortalAddressRow.tenant_id == tenant_id))
    session.expire_all()
    for position, address in enumerate(addresses, start=1):
        host = address.partition("//")[2].partition(":")[0]
        row = PortalAddressRow(tenant_id=tenant_id, position=position, address=address, host=host)
        session.add(row)
        write(session, {"portal_addresses_host_key": AddressTaken(address)})
    subject = Subject(tenant_id, "isp", tenant_id)
    was, became = {"addresses": before}, {"addresses": tuple(addresses)}
    record(session, actor, "isp.portal_addresses_set", subject, before=was, after=became)


def portal_of_host(session: Session, host: str) -> TenantId | None:
    """Whose portal answers under a host name (without a port), from outside of any scope."""
    found = session.execute(text("SELECT portal_isp(:host)"), {"host": host.lower()}).scalar()
    return None if found is None else TenantId(found)


def devices_at(session: Session, address: str) -> tuple[Device, ...]:
    """Whose session has an address now, from outside of any scope; what is no address, nobody's.

    ISPs of one server may use the same private addresses: then there are several.
    """
    try:
        asked = ip_address(address)
    except ValueError:
        return ()
    rows = session.execute(
        text("SELECT tenant_id, connection_id FROM devices_at(CAST(:address AS inet))"),
        {"address": str(asked)},
    )
    return tuple(Device(TenantId(row.tenant_id), row.connection_id) for row in rows)
