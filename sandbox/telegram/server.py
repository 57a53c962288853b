"""The local Telegram on a socket of this machine: both doors, and what runs behind them."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType

from aiohttp import web

from sandbox.telegram import bot_api, page_api
from sandbox.telegram.bot_api import WORLD
from sandbox.telegram.kept import keep_forever, read_file
from sandbox.telegram.limits import UPLOAD_BYTES_MAX
from sandbox.telegram.webhook import deliver_forever
from sandbox.telegram.world import World

HOST = "127.0.0.1"
ENDS_WITHIN_SECONDS = 1.0


def make_app(world: World) -> web.Application:
    app = web.Application(
        middlewares=[page_api.our_own_pages_only], client_max_size=UPLOAD_BYTES_MAX + 1024
    )
    app[WORLD] = world
    app.add_routes(bot_api.routes)
    app.add_routes(page_api.routes)
    return app


class LocalTelegram:
    """Runs for as long as its `async with`. Port 0 is any free one; `file` keeps the world."""

    def __init__(
        self, world: World | None = None, *, port: int = 0, file: Path | None = None
    ) -> None:
        self.world = world or World()
        self._port = port
        self._file = file
        self._open = AsyncExitStack()
        self.address = ""

    @property
    def token(self) -> str:
        return self.world.settings.token

    @property
    def base_url(self) -> str:
        """For python-telegram-bot's `base_url`, which appends the token."""
        return f"{self.address}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.address}/file/bot"

    async def __aenter__(self) -> LocalTelegram:
        if self._file:
            read_file(self.world, self._file)
        # No access log: paths hold the token, as they do at Telegram.
        runner = web.AppRunner(
            make_app(self.world), access_log=None, shutdown_timeout=ENDS_WITHIN_SECONDS
        )
        await runner.setup()
        self._open.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, HOST, self._port).start()
        self.address = f"http://{HOST}:{runner.addresses[0][1]}"
        self._run(deliver_forever(self.world))
        if self._file:
            self._run(keep_forever(self.world, self._file))
        return self

    def _run(self, work: object) -> None:
        assert asyncio.iscoroutine(work), "a coroutine of ours"
        task = asyncio.ensure_future(work)

        async def end() -> None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        self._open.push_async_callback(end)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self._open.aclose()
