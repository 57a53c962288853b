"""One question to a gateway: with a token that all processes share, and what was said kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

import aiohttp

from billing.errors import GatewayUnwell
from billing.gateways.contents import Driver, driver_of
from billing.gateways.tokens import GRANT_SECONDS, drop_token, find_token, keep_token, may_ask
from billing.gateways.traffic import keep_traffic
from billing.gateways.wire import Line, NoAnswer, TokenRefused
from billing.gateways.words import GatewayAccount
from policy.facts import TenantId
from storage.database import Database
from storage.secrets import KeyRing, Secret

T = TypeVar("T")
Ask = Callable[[Line, GatewayAccount], Awaitable[T]]

LOOK_SECONDS = 0.2  # between looks at whether another process has brought a token


class Caller:
    """No transaction is open while a gateway is asked: it may take half a minute."""

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

    async def ask(
        self, tenant_id: TenantId, account: GatewayAccount, reference: str | None, ask: Ask[T]
    ) -> T:
        """What comes of `ask`, tried again with a new token where the old one is refused.

        Raises GatewayUnwell, NoAnswer, and what else `ask` raises.
        """
        line, driver, known = Line(self._http), driver_of(account.gateway), account
        try:
            for is_last in (False, True):
                if driver.grant is not None:
                    known = account.with_token(await self._token(tenant_id, account, driver, line))
                try:
                    return await ask(line, known)
                except TokenRefused:
                    if driver.grant is None or is_last:
                        break
                    await self._drop(tenant_id, known)
            raise NoAnswer("the token is refused")
        finally:
            await self._database.run(
                tenant_id, keep_traffic, tenant_id, account.gateway, reference, line.heard,
                secrets=known.credentials.values(), now=self._clock(),
            )  # fmt: skip

    async def _drop(self, tenant_id: TenantId, account: GatewayAccount) -> None:
        whose = (tenant_id, account.gateway, account.environment)
        await self._database.run(tenant_id, drop_token, *whose, account.token, keys=self._keys)

    async def _token(
        self, tenant_id: TenantId, account: GatewayAccount, driver: Driver, line: Line
    ) -> Secret:
        """Raises GatewayUnwell, NoAnswer."""
        whose = (tenant_id, account.gateway, account.environment)
        for _look in range(int(GRANT_SECONDS / LOOK_SECONDS)):
            now = self._clock()
            found = await self._database.run(
                tenant_id, find_token, *whose, keys=self._keys, now=now
            )
            if found is not None:
                return found
            if await self._database.run(tenant_id, may_ask, *whose, now):
                return await self._granted(tenant_id, account, driver, line)
            await asyncio.sleep(LOOK_SECONDS)
        raise NoAnswer("no token came")

    async def _granted(
        self, tenant_id: TenantId, account: GatewayAccount, driver: Driver, line: Line
    ) -> Secret:
        """A new one, for all. Others wait meanwhile."""
        assert driver.grant is not None
        token, seconds = None, 0
        try:
            granted = await driver.grant(line, account)
            token, seconds = granted.token, granted.good_seconds
        except TokenRefused:
            raise GatewayUnwell(account.gateway, "it does not know us") from None
        finally:
            await self._database.run(
                tenant_id, keep_token, tenant_id, account.gateway, account.environment, token,
                good_seconds=seconds, keys=self._keys, now=self._clock(),
            )  # fmt: skip
        return token
