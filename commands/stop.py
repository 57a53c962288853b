"""`./skylink stop`: ends the `up` of this home, from anywhere."""

from __future__ import annotations

import os

import click

from commands import running
from commands.settings import Settings


@click.command("stop")
def stop() -> None:
    """Stop SkyLink as Ctrl-C does, and wait until all has ended."""
    stopped = running.stop(Settings.from_environ(os.environ))
    click.echo("Stopped." if stopped else "SkyLink does not run here.")


COMMAND = stop
