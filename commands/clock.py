"""`./skylink clock`: the process that does what is due; `up` starts it."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

import click

from clock.contents import JOBS
from clock.jobs import Server
from clock.process import STOP_SECONDS, Clock
from commands.backups import back_up
from commands.dsn import role_dsn
from commands.processes import STOPPED_BY
from commands.settings import Settings
from network.enforcement import Enforcement, EnforcementSettings
from radius_modules.voice import Voice
from sql.migrate import APP, ENFORCER
from storage.database import Database
from storage.secrets import KeyRing

LOG_FORMAT = "%(asctime)s %(message)s"


@click.command("clock")
def clock() -> None:
    """Do what is due until stopped. `up` runs this; two at once do each thing once."""
    settings = Settings.from_environ(os.environ)
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT, stream=sys.stdout)
    # That a pass took longer than its interval is no news: a bill run may.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    stopping = threading.Event()
    for number in STOPPED_BY:
        signal.signal(number, lambda *_: stopping.set())
    with closing(Database(role_dsn(settings, APP))) as database:
        server = Server(
            database,
            settings.time_zone,
            partial(back_up, settings),
            partial(KeyRing.load, settings.keys_file),
            private_webhooks=settings.private_webhooks,
        )
        with enforcing(settings):
            all_ended = Clock(server, JOBS).run(stopping.wait)
    if not all_ended:
        logging.warning("A job is cut short; it will be done again.")
        logging.shutdown()
        os._exit(0)  # its thread would keep the process for as long as the job takes


@contextmanager
def enforcing(settings: Settings) -> Iterator[None]:
    """Meanwhile, live sessions are kept at what was decided."""
    known_by = None if settings.radius_address == "*" else settings.radius_address
    said = EnforcementSettings(role_dsn(settings, ENFORCER), settings.keys_file, known_by)
    thread = Enforcement(said, Voice(logging.error))
    thread.start()
    try:
        yield
    finally:
        thread.stop(STOP_SECONDS)


COMMAND = clock
