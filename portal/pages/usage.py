"""What was used: thirty days as a chart, and the session that is up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web
from sqlalchemy.orm import Session

from billing.connections import Connection, connections_of
from billing.errors import ConnectionNotFound
from network.sessions import LiveSession, daily_use, list_live_sessions
from policy.facts import ConnectionId, Status
from policy.windows import local
from portal.charts import Chart, daily_chart
from portal.doors import Asked
from portal.lines import LINES_SHOWN, SESSIONS_SHOWN
from portal.rendering import fragment
from portal.visits import Visit

DAYS = 30


@dataclass(frozen=True, slots=True)
class Use:
    """One connection's."""

    connection_id: ConnectionId
    username: str
    chart: Chart
    total_bytes: int
    live: tuple[LiveSession, ...]


async def usage(asked: Asked) -> web.StreamResponse:
    return asked.page("usage.html", lines=await asked.run(read_usage, asked.visit))


async def live(asked: Asked) -> web.StreamResponse:
    """The part of the page that a script asks for again and again."""
    number = ConnectionId(int(asked.request.match_info["connection"]))
    return fragment(asked.visit, "live.html", line=await asked.run(read_one, asked.visit, number))


def read_usage(session: Session, visit: Visit) -> tuple[Use, ...]:
    return tuple(read_use(session, visit, line) for line in own_lines(session, visit))


def read_one(session: Session, visit: Visit, connection_id: ConnectionId) -> Use:
    """Raises ConnectionNotFound, also for another client's."""
    for line in own_lines(session, visit):
        if line.connection_id == connection_id:
            return read_use(session, visit, line)
    raise ConnectionNotFound(connection_id)


def own_lines(session: Session, visit: Visit) -> list[Connection]:
    assert visit.client is not None
    mine = connections_of(session, visit.tenant_id, visit.client.client_id)
    return [line for line in mine if line.status is not Status.INACTIVE][:LINES_SHOWN]


def read_use(session: Session, visit: Visit, line: Connection) -> Use:
    today = local(visit.now, visit.zone).date()
    from_on, until_on = today - timedelta(days=DAYS - 1), today + timedelta(days=1)
    tenant_id, number, username = visit.tenant_id, line.connection_id, line.details.username
    days = daily_use(session, tenant_id, number, from_on=from_on, until_on=until_on)
    used = {day.used_on: (day.down_bytes, day.up_bytes) for day in days}
    return Use(
        number,
        username,
        daily_chart(used, last_on=today, days=DAYS),
        sum(down + up for down, up in used.values()),
        list_live_sessions(session, tenant_id, username, limit=SESSIONS_SHOWN),
    )
