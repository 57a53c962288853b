"""A client's connections as the portal tells of them: online or not, why, and what was used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from billing.access import why
from billing.connections import Connection, connections_of
from billing.packages import get_package
from network.sessions import LiveSession, daily_use, list_live_sessions
from policy.decision import Decision, Verdict
from policy.explanation import explain, headline
from policy.facts import ConnectionId, Reason, Speed, Status
from policy.windows import local
from portal.visits import Visit

LINES_SHOWN = 20  # connections of one client
SESSIONS_SHOWN = 5

ONLINE, READY, WALLED, OFF = "online", "ready", "walled", "off"
# What a client can do that the decision does not say: it speaks to staff as well.
ADVICE = {
    Reason.DUES: "advice-pay",
    Reason.EXPIRED: "advice-pay",
    Reason.SUSPENDED: "advice-call",
    Reason.WRONG_DEVICE: "advice-call",
    Reason.INACTIVE: "advice-call",
    Reason.QUOTA: "advice-quota",
}


@dataclass(frozen=True, slots=True)
class Line:
    """`state` is one of online, ready (nothing stands against it), walled and off."""

    connection_id: ConnectionId
    username: str
    state: str
    why: str
    explained: str
    advice: str | None  # the key of a text
    package: str
    speed: Speed | None
    expires_at: datetime | None
    month_bytes: int
    limit_bytes: int | None
    live: tuple[LiveSession, ...]


def read_lines(session: Session, visit: Visit) -> tuple[Line, ...]:
    """All of the client's connections that were not given up."""
    assert visit.client is not None
    mine = connections_of(session, visit.tenant_id, visit.client.client_id)
    in_use = [line for line in mine if line.status is not Status.INACTIVE]
    return tuple(read_line(session, visit, line) for line in in_use[:LINES_SHOWN])


def read_line(session: Session, visit: Visit, line: Connection) -> Line:
    tenant_id, username, language = visit.tenant_id, line.details.username, visit.words.language
    decision = why(session, tenant_id, username, now=visit.now)
    live = list_live_sessions(session, tenant_id, username, limit=SESSIONS_SHOWN)
    state = state_of(decision, online=bool(live))
    package = get_package(session, tenant_id, line.details.package_id).details
    return Line(
        line.connection_id,
        username,
        state,
        headline(decision, language),
        explain(decision, language),
        "advice-router" if state == READY else ADVICE.get(decision.reason),
        package.name,
        decision.reply.speed if decision.reply else None,
        line.expires_at,
        month_bytes(session, visit, line.connection_id),
        package.data_limit_bytes,
        live,
    )


def state_of(decision: Decision, *, online: bool) -> str:
    """In a word."""
    if decision.verdict is Verdict.ACCEPT:
        return ONLINE if online else READY
    return WALLED if decision.verdict is Verdict.WALLED else OFF


def month_bytes(session: Session, visit: Visit, connection_id: ConnectionId) -> int:
    """Both ways, since the first of the month on the ISP's calendar."""
    today = local(visit.now, visit.zone).date()
    used = daily_use(
        session,
        visit.tenant_id,
        connection_id,
        from_on=today.replace(day=1),
        until_on=today + timedelta(days=1),
    )
    return sum(day.down_bytes + day.up_bytes for day in used)
