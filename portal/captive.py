"""The walled garden: a device that opens any page lands on its pay page, known by its address.

Routers lead the web traffic of restricted clients here, whatever host it was for. Such a device
has a live session, so its address tells whose it is; phones that look for a login page find this.
"""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from policy.facts import TenantId
from portal.doors import Office
from portal.rendering import PREFIX
from portal.visits import host_of
from tenancy.portals import Device, devices_at, portal_addresses, portal_of_host

PAY_HERE = f"{PREFIX}/here"
NOT_KEPT = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Found:
    """`portal` is whose host name was asked for; `device`, where the address is one ISP's alone."""

    portal: TenantId | None
    device: Device | None


def landing(office: Office) -> web.RouteDef:
    """What answers every path that nothing else does, for the root of the whole application."""

    async def land(request: web.Request) -> web.Response:
        found = await office.database.run(None, find, host_of(request), request.remote or "")
        if found.portal is not None or found.device is None:
            return to(f"{PREFIX}/") if request.path == "/" else web.Response(status=404)
        return to(
            await office.database.run(found.device.tenant_id, pay_page, found.device.tenant_id)
        )

    return web.route("*", "/{path:.*}", land)


def find(session: Session, host: str, address: str) -> Found:
    devices = devices_at(session, address)
    return Found(portal_of_host(session, host), devices[0] if len(devices) == 1 else None)


def pay_page(session: Session, tenant_id: TenantId) -> str:
    """Under the ISP's own host name; without one, under whatever name the device asked for."""
    addresses = portal_addresses(session, tenant_id)
    return f"{addresses[0]}{PAY_HERE}" if addresses else PAY_HERE


def to(address: str) -> web.Response:
    return web.Response(status=302, headers={"Location": address, **NOT_KEPT})
