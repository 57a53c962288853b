"""`./skylink sessions`: who is online, how fast, how much, and what is about to change."""

from __future__ import annotations

import json
import os
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import click

from billing.access import why
from commands.dsn import role_dsn
from commands.settings import Settings
from commands.status import duration
from network.sessions import LiveSession, SessionCounts, list_live_sessions, session_counts
from policy.figures import speed, volume
from policy.words import ENGLISH
from sql.migrate import APP
from storage.database import Database
from tenancy.isps import find_isp

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A session, and the speed that billing state gives its connection now: None is no access."""

    live: LiveSession
    down_kbps: int | None
    up_kbps: int | None


@click.command("sessions")
@click.argument("username", required=False)
@click.option("--isp", help="The ISP of the sessions.  [default: SKYLINK_ISP]")
@click.option("--limit", default=SHOWN, show_default=True, help="How many, the latest first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a screen.")
def sessions(username: str | None, isp: str | None, limit: int, as_json: bool) -> None:
    """Show live sessions, or those of USERNAME: speed, use, what is pending."""
    settings = Settings.from_environ(os.environ)
    now = datetime.now(UTC)
    with closing(Database(role_dsn(settings, APP))) as database:
        with database.transaction(None) as session:
            tenant_id = find_isp(session, isp or settings.isp).tenant_id
        with database.transaction(tenant_id) as session:
            counts = session_counts(session, tenant_id)
            shown = []
            for live in list_live_sessions(session, tenant_id, username, limit=limit):
                reply = why(session, tenant_id, live.username, now=now).reply
                down, up = (reply.speed.down_kbps, reply.speed.up_kbps) if reply else (None, None)
                shown.append(Shown(live, down, up))
    if as_json:
        told = [
            asdict(one.live) | {"down_kbps": one.down_kbps, "up_kbps": one.up_kbps} for one in shown
        ]
        click.echo(json.dumps({**asdict(counts), "sessions": told}, default=str, indent=2))
    else:
        click.echo("\n".join(screen(shown, counts, now)))


def screen(shown: list[Shown], counts: SessionCounts, now: datetime) -> list[str]:
    """A line a session, then how many there are."""
    lines = []
    for one in shown:
        live = one.live
        pace = "no access"
        if one.down_kbps and one.up_kbps:
            pace = f"{speed(one.down_kbps, ENGLISH)} down, {speed(one.up_kbps, ENGLISH)} up"
        used = f"{volume(live.down_bytes, ENGLISH)} down, {volume(live.up_bytes, ENGLISH)} up"
        lines.append(
            f"{live.username}  {live.framed_ipv4 or 'no address'}  {live.nas_name or 'NAS gone'}"
            f"  since {duration(int((now - live.started_at).total_seconds()))}"
        )
        lines.append(f"    {pace}; used {used}; {pending(live)}")
    total = f"{counts.online} connections online, {counts.offline} offline"
    strange = f", {counts.unknown} sessions of unknown usernames" if counts.unknown else ""
    return [*lines, *([""] if lines else []), total + strange + "."]


def pending(live: LiveSession) -> str:
    """What enforcement is about to do."""
    if live.pending is None:
        return "nothing pending" if live.problem is None else f"stuck: {live.problem}"
    stuck = f", so far {live.problem}" if live.problem else ""
    return f"pending: {live.pending}{stuck}"


COMMAND = sessions
