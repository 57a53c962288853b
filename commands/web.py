"""`./skylink web`: the process that serves the client portal; `up` starts it."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import click
from aiohttp import web, web_response

from commands.dsn import role_dsn
from commands.processes import STOPPED_BY
from commands.settings import Settings
from commands.web_application import AccessLog, web_application, without_its_words
from sql.migrate import APP
from storage.database import Database
from storage.secrets import KeyRing

LOG_FORMAT = "%(asctime)s %(message)s"
CONNECTIONS = 16  # and as many threads: each waits for its own
STOP_SECONDS = 10  # for answers that are being made


@click.command("web")
def web_command() -> None:
    """Serve the client portal until stopped. `up` runs this."""
    settings = Settings.from_environ(os.environ)
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT, stream=sys.stdout)
    asyncio.run(serve(settings))


async def serve(settings: Settings) -> None:
    """Answer until a signal asks to stop, then finish what was begun."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in STOPPED_BY:
        loop.add_signal_handler(number, stop.set)
    loop.set_default_executor(ThreadPoolExecutor(CONNECTIONS))
    keys = KeyRing.load(settings.keys_file)
    # Also for what is no HTTP, and reaches no application that could take the header away.
    web_response.SERVER_SOFTWARE = ""  # type: ignore[attr-defined]
    logging.getLogger("aiohttp.server").addFilter(without_its_words)
    with closing(Database(role_dsn(settings, APP), connections=CONNECTIONS)) as database:
        application = web_application(database, keys, proxies=settings.web_proxies)
        runner = web.AppRunner(
            application, access_log_class=AccessLog, shutdown_timeout=STOP_SECONDS
        )
        await runner.setup()
        host = None if settings.web_address == "*" else settings.web_address
        await web.TCPSite(runner, host, settings.web_port).start()
        await stop.wait()
        await runner.cleanup()


COMMAND = web_command
