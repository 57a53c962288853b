"""`./skylink kick`: end a client's live sessions, and see whether the router did."""

from __future__ import annotations

import os
import time
from contextlib import closing

import click

from billing.connections import find_connection
from commands.caller import caller
from commands.dsn import role_dsn
from commands.enforcement_state import problem_line
from commands.errors import CommandError
from commands.settings import Settings
from network.kicks import kick
from network.problems import AskedBy, open_problems, pending_changes
from policy.facts import ConnectionId, TenantId
from sql.migrate import APP
from storage.database import Database
from tenancy.isps import find_isp

WAIT_SECONDS = 10  # for the router's Stop; what is not done then goes on without us
POLL_SECONDS = 0.2


class NoSuchUsername(CommandError):
    code = "no_such_username"

    def __init__(self, username: str) -> None:
        super().__init__(f"There is no connection {username}: ./skylink why {username} tells more.")


@click.command("kick")
@click.argument("username")
@click.option("--isp", help="The ISP of the username.  [default: SKYLINK_ISP]")
@click.option("--wait", default=WAIT_SECONDS, show_default=True, help="Seconds, for the router.")
@click.pass_context
def kick_command(ctx: click.Context, username: str, isp: str | None, wait: int) -> None:
    """End the live sessions of USERNAME; the client may dial again. Exits 1 where one lives on."""
    settings = Settings.from_environ(os.environ)
    with closing(Database(role_dsn(settings, APP), connections=1)) as database:
        with database.transaction(None) as session:
            tenant_id = find_isp(session, isp or settings.isp).tenant_id
        with database.transaction(tenant_id) as session:
            line = find_connection(session, tenant_id, username)
            if line is None:
                raise NoSuchUsername(username)
            kicked = kick(session, tenant_id, line.connection_id, actor=caller())
        if not kicked:
            click.echo(f"{username} has no live session.")
            return
        left = wait_for_end(database, tenant_id, line.connection_id, wait)
        click.echo("\n".join(words(database, tenant_id, username, kicked, left)))
    ctx.exit(1 if left else 0)


def wait_for_end(
    database: Database, tenant_id: TenantId, connection_id: ConnectionId, seconds: int
) -> int:
    """How many of the sessions have not ended after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        with database.transaction(tenant_id) as session:
            pending = pending_changes(session, tenant_id, connection_id)
        left = sum(1 for change in pending if change.asked_by is AskedBy.KICK)
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(POLL_SECONDS)


def words(
    database: Database, tenant_id: TenantId, username: str, kicked: int, left: int
) -> list[str]:
    """What became of it, and what keeps it."""
    sessions = "1 session" if kicked == 1 else f"{kicked} sessions"
    if not left:
        return [f"Ended {sessions} of {username}."]
    with database.transaction(tenant_id) as session:
        problems = open_problems(session, tenant_id)
    asked = (
        f"Asked for the end of {sessions} of {username}; not confirmed yet: {left}. It is tried on"
        " as long as the clock runs (./skylink status)."
    )
    return [asked, *(problem_line(problem) for problem in problems)]


COMMAND = kick_command
