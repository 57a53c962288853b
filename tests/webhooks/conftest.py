"""Our doors on a real database, in front of the gateways in a box: what a client and they do."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html import unescape

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import text
from yarl import URL

from billing.gateways.accounts import set_gateway
from billing.gateways.attempts import attempt_state, create_attempt
from billing.gateways.desk import Desk
from billing.gateways.words import (
    Attempt,
    Environment,
    Gateway,
    GatewayAccount,
    NewAttempt,
)
from billing.ledger import balance_of
from billing.payments import payments_of
from billing.proof import prove
from policy.facts import ClientId
from sandbox.gateways.box import Box
from sandbox.gateways.server import CREDENTIALS, LocalGateways
from storage.actors import SYSTEM
from storage.secrets import Secret
from tests.fixtures.isps import NOON, World
from webhooks.application import PREFIX, gateway_doors

DUE_MINOR = 80_000
DUE_ON = date(2026, 3, 5)


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Shop:
    """An ISP with an account at each gateway, and a client who owes it eight hundred taka."""

    isp: World
    client_id: ClientId
    gateways: LocalGateways
    http: aiohttp.ClientSession
    root: str  # where our doors are
    desk: Desk
    clock: Clock
    browser: dict[str, str] = field(default_factory=dict)

    @property
    def box(self) -> Box:
        return self.gateways.box

    async def begin(self, gateway: Gateway, amount_minor: int = DUE_MINOR) -> Attempt:
        """The client has chosen to pay, and sees the gateway's page."""
        new = NewAttempt(gateway=gateway, amount_minor=amount_minor)
        with self.isp.transaction() as session:
            attempt = create_attempt(
                session, self.isp.tenant_id, self.client_id, new, now=self.clock()
            )
        back = f"{self.root}/portal/pay/{attempt.reference}/back"
        return await self.desk.open(self.isp.tenant_id, attempt, back)

    async def press(self, attempt: Attempt, choice: str = "success") -> str:
        """Press a button of the gateway's page; the way back to us that it sends the browser.

        Where that is a form, `browser` holds what is in it.
        """
        self.browser.clear()
        address = attempt.page_address or ""
        async with self.http.post(
            address, data={"choice": choice}, allow_redirects=False
        ) as answer:
            if answer.status in {302, 303}:
                return answer.headers["Location"]
            page = await answer.text()
        found = re.search(r'action="([^"]+)"', page)
        fields = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page)
        self.browser |= {unescape(name): unescape(value) for name, value in fields}
        return unescape(found[1]) if found else ""

    async def follow(self, address: str, fields: dict[str, str] | None = None) -> str:
        """What the browser does then: where our door leads it."""
        method = "POST" if fields else "GET"
        async with self.http.request(
            method, URL(address, encoded=True), data=fields, allow_redirects=False
        ) as answer:
            assert answer.status == 303, (answer.status, address)
            return answer.headers["Location"]

    async def pay(self, attempt: Attempt, choice: str = "success") -> Attempt:
        """Press and go back; how the attempt stands then."""
        address = await self.press(attempt, choice)
        if address:
            place = await self.follow(address, dict(self.browser))
            assert place == f"/portal/pay/{attempt.reference}"
        return self.state(attempt)

    async def tend(self, rounds: int = 12) -> None:
        """Hours pass, in which the clock asks about what is not certain."""
        for _round in range(rounds):
            self.clock.now += timedelta(hours=1)
            await self.desk.ask_again(self.isp.tenant_id)

    def state(self, attempt: Attempt) -> Attempt:
        with self.isp.transaction() as session:
            return attempt_state(session, self.isp.tenant_id, attempt.reference)

    def paid(self) -> list[tuple[int, str]]:
        """What the client has paid, by what; the books agree."""
        with self.isp.transaction() as session:
            assert prove(session, self.isp.tenant_id).holds
            payments = payments_of(session, self.isp.tenant_id, self.client_id)
        return [(payment.amount_minor, payment.method.value) for payment in payments]

    def owed(self) -> int:
        with self.isp.transaction() as session:
            return balance_of(session, self.isp.tenant_id, self.client_id).due_minor

    def suspended(self) -> list[tuple[int, str]]:
        with self.isp.transaction() as session:
            rows = session.execute(text("SELECT amount_minor, why FROM suspended_money"))
            return [(row.amount_minor, row.why) for row in rows]

    def ledger(self, account: str) -> int:
        """What that account has, by the ledger."""
        query = """SELECT coalesce(sum(CASE WHEN debit = :it THEN amount_minor END), 0)
                        - coalesce(sum(CASE WHEN credit = :it THEN amount_minor END), 0)
                     FROM ledger_entries"""
        with self.isp.transaction() as session:
            return int(session.execute(text(query), {"it": account}).scalar_one())

    def count(self, table: str) -> int:
        with self.isp.transaction() as session:
            found = session.execute(text(f"SELECT count(*) FROM {table}"))
            return int(found.scalar_one())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def doors(
    isp: World, clock: Clock, aiohttp_server: Callable[..., Awaitable[TestServer]]
) -> str:
    """The address of ours, as `commands.web` serves them."""
    application = web.Application()
    application.add_subapp(PREFIX, gateway_doors(isp.database, isp.keys, clock=clock))
    server = await aiohttp_server(application)
    return str(server.make_url("")).rstrip("/")


@pytest.fixture
async def shop(isp: World, clock: Clock, doors: str) -> AsyncIterator[Shop]:
    client_id = isp.connection("rahim").client_id
    isp.invoice(client_id, DUE_ON, DUE_MINOR)
    async with LocalGateways() as gateways, aiohttp.ClientSession() as http:
        for name, said in CREDENTIALS.items():
            secret = {key: Secret(value) for key, value in said.items()}
            account = GatewayAccount(
                Gateway(name), Environment.SANDBOX, gateways.address(name), secret
            )
            with isp.transaction() as session:
                set_gateway(session, isp.tenant_id, account, keys=isp.keys, actor=SYSTEM)
        desk = Desk(isp.database, isp.keys, http, clock)
        yield Shop(isp, client_id, gateways, http, doors, desk, clock)
