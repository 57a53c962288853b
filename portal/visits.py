"""Who visits: the host name tells whose portal it is, a cookie which client, and how to speak.

One transaction answers all of it, before any page is made.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy.orm import Session

from billing.client_logins import Visitor
from billing.portal_sessions import LoggedIn, find_session
from policy.facts import TenantId
from portal.words import LANGUAGES, Words
from storage.actors import Actor
from storage.database import enter_tenant
from storage.secrets import Secret
from tenancy.isps import IspDetails, get_isp, list_isps
from tenancy.letterheads import get_letterhead, logo_digest
from tenancy.portals import (
    Feature,
    PortalSettings,
    devices_at,
    get_portal_settings,
    portal_addresses,
    portal_of_host,
)

BROWSER_LENGTH_MAX = 500
COOKIE_LENGTH_MAX = 100
DIGEST_LENGTH = 12  # signs of it that stand in the address of the logo


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request: whose portal, who asks, in which words. `client` is None before the login."""

    tenant_id: TenantId
    isp: IspDetails
    brand: Brand
    portal: PortalSettings
    addresses: tuple[str, ...]
    client: LoggedIn | None
    token: Secret | None  # of the client's session
    stranger: Secret  # what ties forms to a browser that is not logged in
    words: Words
    visitor: Visitor
    now: datetime

    @property
    def me(self) -> Actor:
        assert self.client is not None, "pages of clients ask for a login first"
        return self.client.actor(self.visitor.origin)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.isp.time_zone)

    def offers(self, feature: str) -> bool:
        return self.portal.offers(Feature(feature))


@dataclass(frozen=True, slots=True)
class Brand:
    """The ISP as its clients know it. `name_bn` where it has one."""

    name: str
    name_bn: str | None = None
    phone: str | None = None
    email: str | None = None
    logo: str | None = None  # the digest of its picture

    def called(self, language: str) -> str:
        return (self.name_bn or self.name) if language == "bn" else self.name


@dataclass(frozen=True, slots=True)
class Cookies:
    """What the browser says of itself; nothing of it is believed before it is looked up."""

    token: str | None
    stranger: str | None
    language: str | None


def cookie_name(name: str, *, secure: bool) -> str:
    """Over TLS a name that no other host can set (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{name}" if secure else name


def read_cookies(request: web.Request) -> Cookies:
    def said(name: str) -> str | None:
        value = request.cookies.get(cookie_name(name, secure=request.secure), "")
        return value if 0 < len(value) <= COOKIE_LENGTH_MAX else None

    return Cookies(said("client"), said("visitor"), said("language"))


def host_of(request: web.Request) -> str:
    """The host name that was asked for, without a port; also of an IPv6 address."""
    host = request.host.rsplit("@", 1)[-1]
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def whose_portal(session: Session, host: str, address: str) -> TenantId | None:
    """By host name; under one that is nobody's, the only ISP's of the server, or the device's."""
    found = portal_of_host(session, host)
    if found is not None:
        return found
    isps = list_isps(session)
    if len(isps) == 1:
        return isps[0].tenant_id
    devices = devices_at(session, address)
    return devices[0].tenant_id if len(devices) == 1 else None


def look(
    session: Session,
    tenant_id: TenantId,
    cookies: Cookies,
    visitor: Visitor,
    now: datetime,
) -> Visit:
    """All that is known of a visit to an ISP's portal; leaves the session in its scope."""
    enter_tenant(session, tenant_id)
    isp = get_isp(session, tenant_id).details
    client = find_session(session, tenant_id, cookies.token, now=now) if cookies.token else None
    asked = (client.language if client else None) or cookies.language
    language = asked if asked in LANGUAGES else isp.language
    return Visit(
        tenant_id=tenant_id,
        isp=isp,
        brand=read_brand(session, tenant_id, isp),
        portal=get_portal_settings(session, tenant_id),
        addresses=portal_addresses(session, tenant_id),
        client=client,
        token=Secret(cookies.token) if client and cookies.token else None,
        stranger=Secret(cookies.stranger or secrets.token_urlsafe(16)),
        words=Words(language or isp.language, ZoneInfo(isp.time_zone), isp.currency),
        visitor=visitor,
        now=now,
    )


def read_brand(session: Session, tenant_id: TenantId, isp: IspDetails) -> Brand:
    said = get_letterhead(session, tenant_id)
    logo = logo_digest(session, tenant_id)
    return Brand(isp.name, said.name_bn, said.phone, said.email, logo and logo[:DIGEST_LENGTH])
