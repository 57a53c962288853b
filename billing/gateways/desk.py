"""The desk at which attempts are opened and asked about: services inside, a gateway outside.

No transaction is open while a gateway is asked: it may take half a minute.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from types import MappingProxyType, ModuleType

import aiohttp
from sqlalchemy.orm import Session

from billing.clients import get_client
from billing.errors import GatewayOff, GatewayUnwell
from billing.gateways.accounts import gateway_account
from billing.gateways.attempts import (
    attempt_opened,
    attempt_state,
    attempts_to_ask,
)
from billing.gateways.drivers import aamarpay
from billing.gateways.settlement import settle
from billing.gateways.words import Answer, Attempt, Gateway, GatewayAccount, Opened, Order
from policy.facts import TenantId
from storage.database import Database
from storage.secrets import KeyRing
from tenancy.isps import get_isp

log = logging.getLogger(__name__)

NO_PHONE = "01700000000"  # a field that gateways want filled in


class Driver:
    """What a module of `drivers` offers."""

    def __init__(self, module: ModuleType) -> None:
        self.needs: tuple[str, ...] = module.NEEDS
        self.open_page: Callable[
            [aiohttp.ClientSession, GatewayAccount, Order], Awaitable[Opened]
        ] = module.open_page
        self.ask_about: Callable[
            [aiohttp.ClientSession, GatewayAccount, Attempt], Awaitable[Answer]
        ] = module.ask_about


DRIVERS: Mapping[Gateway, Driver] = MappingProxyType(
    {module.GATEWAY: Driver(module) for module in (aamarpay,)}
)


class Desk:
    """`clock` tells the instant of what is written down."""

    def __init__(
        self,
        database: Database,
        keys: KeyRing,
        http: aiohttp.ClientSession,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._keys = keys
        self._http = http
        self._clock = clock

    async def open(self, tenant_id: TenantId, attempt: Attempt, back: str) -> Attempt:
        """Tell the gateway, and learn where the client pays; `back`: where it sends them after.

        Raises GatewayOff, GatewayUnwell, NoAnswer. What the gateway may have taken all the same is
        asked about later.
        """
        driver = driver_of(attempt.gateway)
        account, order = await self._database.run(tenant_id, self._order, tenant_id, attempt, back)
        opened = await driver.open_page(self._http, account, order)
        if not opened.page_address.startswith(("https://", "http://")):
            raise GatewayUnwell(attempt.gateway, "no page")
        return await self._database.run(
            tenant_id, attempt_opened, tenant_id, attempt.reference, opened, now=self._clock()
        )

    async def come_back(self, tenant_id: TenantId, reference: str) -> Attempt:
        """Ask the gateway about an attempt, and take its answer; one that is settled is not asked.

        Raises AttemptNotFound.
        """
        attempt = await self._database.run(tenant_id, attempt_state, tenant_id, reference)
        if attempt.settled_at is not None:
            return attempt
        account = await self._database.run(tenant_id, self._account, tenant_id, attempt.gateway)
        answer = await driver_of(attempt.gateway).ask_about(self._http, account, attempt)
        return await self._database.run(
            tenant_id, settle, tenant_id, reference, answer, now=self._clock()
        )

    async def ask_again(self, tenant_id: TenantId) -> int:
        """Ask about all whose time has come; returns how many became certain."""
        due = await self._database.run(tenant_id, attempts_to_ask, tenant_id, now=self._clock())
        certain = 0
        for attempt in due:
            after = await self.come_back(tenant_id, attempt.reference)
            certain += after.state.is_certain
        return certain

    def _order(
        self, session: Session, tenant_id: TenantId, attempt: Attempt, back: str
    ) -> tuple[GatewayAccount, Order]:
        client = get_client(session, tenant_id, attempt.client_id).details
        order = Order(
            attempt=attempt,
            client_name=client.name,
            client_phone=client.phone or NO_PHONE,
            isp_name=get_isp(session, tenant_id).details.name,
            back=back,
        )
        return self._account(session, tenant_id, attempt.gateway), order

    def _account(self, session: Session, tenant_id: TenantId, gateway: Gateway) -> GatewayAccount:
        return gateway_account(session, tenant_id, gateway, keys=self._keys)


def driver_of(gateway: Gateway) -> Driver:
    """Raises GatewayOff where we do not speak its language."""
    driver = DRIVERS.get(gateway)
    if driver is None:
        raise GatewayOff(gateway)
    return driver
