"""`./skylink backup`: an encrypted backup of the database, now; the clock makes one each night."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

import click

from commands.backups import back_up
from commands.dsn import private_cluster
from commands.errors import NotRunning
from commands.settings import Settings


@click.command("backup")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of sentences.")
def backup(as_json: bool) -> None:
    """Write an encrypted backup of the whole database, and read it back.

    The keys that open it are not in it: keep a copy of the folder secrets somewhere else.
    """
    settings = Settings.from_environ(os.environ)
    cluster = private_cluster(settings)
    if cluster is not None and not cluster.running():
        raise NotRunning
    made = back_up(settings, datetime.now(UTC))
    if as_json:
        click.echo(json.dumps({"path": str(made.path), "bytes": made.bytes}))
        return
    click.echo(f"{made.path}  {made.bytes / 1e6:.1f} MB")
    click.echo(f"It cannot be read without the keys in {settings.keys_file}: keep a copy of them "
               "on another machine, and not beside the backups.")  # fmt: skip


COMMAND = backup
