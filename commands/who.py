"""`./skylink who`: whose session had an address at a second."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import click

from commands.dsn import role_dsn
from commands.settings import Settings
from commands.why import instant
from network.addresses import Holder, who_had
from sql.migrate import APP
from storage.database import Database
from tenancy.isps import find_isp, get_isp

SECOND = timedelta(seconds=1)


@click.command("who")
@click.argument("address")
@click.option("--at", "at_text", metavar="TIME", help="'2026-03-10 12:00:05' on the ISP's clock.")
@click.option("--isp", help="The ISP of the address.  [default: SKYLINK_ISP]")
def who(address: str, at_text: str | None, isp: str | None) -> None:
    """Tell who had the IPv4 or IPv6 ADDRESS at a second; now, unless told."""
    settings = Settings.from_environ(os.environ)
    with closing(Database(role_dsn(settings, APP))) as database:
        with database.transaction(None) as session:
            tenant_id = find_isp(session, isp or settings.isp).tenant_id
        with database.transaction(tenant_id) as session:
            zone = ZoneInfo(get_isp(session, tenant_id).details.time_zone)
            moment = instant(at_text, zone) if at_text else datetime.now(UTC)
            at = moment.replace(microsecond=0)
            holders = who_had(session, tenant_id, address, at=at, until=at + SECOND)
    shown = at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")
    if not holders:
        click.echo(f"Nobody had {address} at {shown}, as far as sessions are kept.")
    for holder in holders:
        click.echo(f"{address} at {shown}:\n  " + "\n  ".join(lines(holder, zone)))


def lines(holder: Holder, zone: ZoneInfo) -> list[str]:
    """What is known of one session, a line a fact."""
    client = "nobody's username" if holder.client_name is None else (
        f"{holder.client_name}, client {holder.client_id}"
    )  # fmt: skip
    ended = "still up" if holder.ended_at is None else f"until {_clock(holder.ended_at, zone)}"
    router = holder.nas_name or "that is gone"
    return [
        f"{holder.username} ({client})",
        f"from {_clock(holder.started_at, zone)}, {ended}",
        f"device {holder.mac or 'not told'}, router {router}, session {holder.acct_session_id}",
    ]


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


COMMAND = who
