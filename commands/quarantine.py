"""`./skylink quarantine`: accounting records that were not understood."""

from __future__ import annotations

import os
from contextlib import closing

import click
import psycopg2

from commands.dsn import role_dsn
from commands.settings import Settings
from network.quarantine import REPLAYED_AT_MOST, list_quarantined
from network.quarantine import replay as replay_records
from sql.migrate import INTAKE

SHOWN = 20


@click.group("quarantine")
def quarantine() -> None:
    """Look at accounting records that were not understood, and try them again.

    They are kept whole for 90 days. One that came from a router that was not known yet is
    understood after the router was added.
    """


@quarantine.command("list")
@click.option("--limit", default=SHOWN, show_default=True, help="How many to show, oldest first.")
def show(limit: int) -> None:
    """Show records with the reason and their text."""
    settings = Settings.from_environ(os.environ)
    with closing(psycopg2.connect(role_dsn(settings, INTAKE))) as connection:
        kept = list_quarantined(connection, limit)
    for one in kept:
        click.echo(f"{one.record_id}  {one.quarantined_at:%Y-%m-%d %H:%M:%S} UTC  {one.reason}")
        click.echo(f"    node {one.node}, file {one.file}, byte {one.position}")
        click.echo("".join(f"    {line.strip()}\n" for line in one.record.splitlines()))
    if not kept:
        click.echo("The quarantine is empty.")


@quarantine.command("replay")
@click.argument("ids", type=int, nargs=-1)
def replay(ids: tuple[int, ...]) -> None:
    """Try records again: those with the numbers IDS, or all."""
    settings = Settings.from_environ(os.environ)
    with closing(psycopg2.connect(role_dsn(settings, INTAKE))) as connection:
        kept = list_quarantined(connection, REPLAYED_AT_MOST)
        chosen = tuple(one for one in kept if not ids or one.record_id in ids)
        understood = replay_records(connection, chosen)
    click.echo(f"{understood} of {len(chosen)} records were understood and counted.")


COMMAND = quarantine
