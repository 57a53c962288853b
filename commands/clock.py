"""`./skylink clock`: the process that does what is due; `up` starts it."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from contextlib import closing
from functools import partial

import click

from clock.contents import JOBS
from clock.jobs import Server
from clock.process import Clock
from commands.backups import back_up
from commands.dsn import role_dsn
from commands.processes import STOPPED_BY
from commands.settings import Settings
from sql.migrate import APP
from storage.database import Database

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
        server = Server(database, settings.time_zone, partial(back_up, settings))
        all_ended = Clock(server, JOBS).run(stopping.wait)
    if not all_ended:
        logging.warning("A job is cut short; it will be done again.")
        logging.shutdown()
        os._exit(0)  # its thread would keep the process for as long as the job takes


COMMAND = clock
