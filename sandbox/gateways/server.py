"""All local gateways on one socket of this machine."""

from __future__ import annotations

from contextlib import AsyncExitStack
from types import TracebackType

import aiohttp
from aiohttp import web

from sandbox.gateways import aamarpay, bkash, sslcommerz
from sandbox.gateways.box import Box
from sandbox.gateways.door import BOX, CLIENT, TOKENS

HOST = "127.0.0.1"
ENDS_WITHIN_SECONDS = 1.0
ROUTES = {
    bkash.NAME: bkash.bkash,
    sslcommerz.NAME: sslcommerz.sslcommerz,
    aamarpay.NAME: aamarpay.aamarpay,
}
CREDENTIALS = {
    bkash.NAME: bkash.CREDENTIALS,
    sslcommerz.NAME: sslcommerz.CREDENTIALS,
    aamarpay.NAME: aamarpay.CREDENTIALS,
}


class LocalGateways:
    """Runs for as long as its `async with`. Port 0 is any free one."""

    def __init__(self, box: Box | None = None, *, port: int = 0) -> None:
        self.box = box or Box()
        self._port = port
        self._open = AsyncExitStack()
        self._tokens: set[str] = set()
        self._root = ""

    async def __aenter__(self) -> LocalGateways:
        http = await self._open.enter_async_context(aiohttp.ClientSession())
        root = web.Application()
        for name, routes in ROUTES.items():
            application = web.Application()
            application[BOX], application[CLIENT] = self.box, http
            application[TOKENS] = self._tokens
            application.add_routes(routes())
            root.add_subapp(f"/{name}", application)
        # No access log: queries hold what is secret.
        runner = web.AppRunner(root, access_log=None, shutdown_timeout=ENDS_WITHIN_SECONDS)
        await runner.setup()
        self._open.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, HOST, self._port).start()
        self._root = f"http://{HOST}:{runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self._open.aclose()

    def address(self, gateway: str) -> str:
        """What a merchant is given as the base of a gateway's interface."""
        return f"{self._root}/{gateway}"

    def expire_tokens(self) -> None:
        """Whoever has one must ask for another."""
        self._tokens.clear()
