"""The whole portal on a real database, under the host name of the test's ISP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from billing.gateways.accounts import set_gateway
from billing.gateways.words import Environment, Gateway, GatewayAccount
from portal.application import portal_application
from portal.captive import landing
from portal.doors import Handler, Office
from portal.rendering import PREFIX
from sandbox.gateways.server import CREDENTIALS, LocalGateways
from storage.actors import SYSTEM
from storage.secrets import Secret
from tenancy.portals import PortalSettings, set_portal_addresses, set_portal_settings
from tests.fixtures.isps import NOON, PASSWORD, World
from tests.portal.browsers import Browser, Shown
from webhooks.application import PREFIX as DOORS
from webhooks.application import gateway_doors

Visit = Callable[..., Awaitable[Browser]]


@dataclass
class Clock:
    """What time it is, for all of the portal."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def passes(self, span: timedelta) -> None:
        self.now += span


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def visit(
    isp: World,
    clock: Clock,
    aiohttp_client: Callable[..., Awaitable[TestClient[web.Request, web.Application]]],
) -> Visit:
    """Open one more browser on the portal of an ISP, by default the test's own."""

    async def open_browser(whose: World = isp, language: str = "en") -> Browser:
        reached(whose)
        root = whole_application(whose, clock)
        browser = Browser(await aiohttp_client(root), host_of(whose))
        await browser.open("/portal/login")
        if language == "en":
            await browser.press("English")
        return browser

    return open_browser


@pytest.fixture
async def gateways(isp: World) -> AsyncIterator[LocalGateways]:
    """The gateways in a box, at each of which the ISP has an account."""
    async with LocalGateways() as running:
        for name, said in CREDENTIALS.items():
            secret = {key: Secret(value) for key, value in said.items()}
            gateway, address = Gateway(name), running.address(name)
            account = GatewayAccount(gateway, Environment.SANDBOX, address, secret)
            with isp.transaction() as session:
                set_gateway(session, isp.tenant_id, account, keys=isp.keys, actor=SYSTEM)
        yield running


def whole_application(isp: World, clock: Clock) -> web.Application:
    """As the process `web` has it, behind a proxy that says where requests come from."""

    @web.middleware
    async def proxy(request: web.Request, handler: Handler) -> web.StreamResponse:
        came_from = request.headers.get("X-Forwarded-For", request.remote)
        scheme = request.headers.get("X-Forwarded-Proto", request.scheme)
        return await handler(request.clone(remote=came_from, scheme=scheme))

    root = web.Application(middlewares=[proxy])
    root.add_subapp(DOORS, gateway_doors(isp.database, isp.keys, clock=clock))
    root.add_subapp(PREFIX, portal_application(isp.database, isp.keys, clock=clock))
    root.add_routes([landing(Office(isp.database, isp.keys, clock))])
    return root


def host_of(isp: World) -> str:
    return f"{isp.slug}.example"


def reached(isp: World) -> None:
    with isp.transaction() as session:
        address = [f"http://{host_of(isp)}"]
        set_portal_addresses(session, isp.tenant_id, address, actor=SYSTEM)


def portal_is(isp: World, **said: object) -> None:
    with isp.transaction() as session:
        details = PortalSettings(**said)  # type: ignore[arg-type]
        set_portal_settings(session, isp.tenant_id, details, actor=SYSTEM)


async def log_in(browser: Browser, name: str = "rahim", password: str = PASSWORD) -> Shown:
    await browser.open("/portal/login")
    return await browser.press("Log in", name=name, proof=str(password))
