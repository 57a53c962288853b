"""Live sessions and use, as an ISP's staff see them. Written by intake alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from policy.facts import ClientId, ConnectionId, TenantId

SESSIONS_AT_MOST = 500  # of one list
DAYS_AT_MOST = 400  # of one question about use


@dataclass(frozen=True, slots=True)
class LiveSession:
    """One session that is up. Down is towards the client; `pending` is what enforcement is about
    to change of it, with what stands in the way, if anything does.
    """

    session_id: int
    connection_id: ConnectionId | None  # None: the username is nobody's
    username: str
    nas_name: str | None  # None: the NAS is gone
    nas_port_id: str | None
    mac: str | None
    framed_ipv4: str | None
    delegated_ipv6_prefix: str | None
    started_at: datetime
    heard_at: datetime
    down_bytes: int
    up_bytes: int
    pending: str | None  # "coa" or "redial"
    problem: str | None


@dataclass(frozen=True, slots=True)
class OfflineLine:
    """A connection in service that has no session now. `seen_on`: the last day of any use."""

    connection_id: ConnectionId
    client_id: ClientId
    client_number: int
    client_name: str
    username: str
    seen_on: date | None


@dataclass(frozen=True, slots=True)
class SessionCounts:
    """Of an ISP's connections that are in service: how many have a session, how many none.

    `unknown` sessions belong to no connection.
    """

    online: int
    offline: int
    unknown: int


@dataclass(frozen=True, slots=True)
class DayUse:
    """All that was used on one local day; `uncounted_bytes` of it in free hours."""

    used_on: date
    down_bytes: int
    up_bytes: int
    uncounted_bytes: int


#  Chosen before anything is joined to them: of 100,000, the latest are a few.
LIVE = """
    SELECT live.id, live.connection_id, live.username, nas.name, live.nas_port_id, live.mac,
           host(live.framed_ipv4), live.delegated_ipv6_prefix::text, live.started_at, live.heard_at,
           live.down_bytes, live.up_bytes,
           CASE WHEN change.next_try_at IS NOT NULL OR change.acked_at IS NOT NULL
                THEN change.step END,
           change.problem
      FROM (SELECT * FROM live_sessions WHERE tenant_id = :tenant_id{mine}
             ORDER BY started_at DESC, id DESC LIMIT :limit) AS live
      LEFT JOIN nas_devices AS nas ON nas.tenant_id = live.tenant_id AND nas.id = live.nas_id
      LEFT JOIN session_changes AS change
        ON change.tenant_id = live.tenant_id AND change.session_id = live.id
     ORDER BY live.started_at DESC, live.id DESC"""


def list_live_sessions(
    session: Session, tenant_id: TenantId, username: str | None = None, *, limit: int = 50
) -> tuple[LiveSession, ...]:
    """The sessions that are up, or those of `username`, the latest first; at most `limit`."""
    mine = "" if username is None else " AND username = :username"
    rows = session.execute(
        text(LIVE.replace("{mine}", mine)),
        {
            "tenant_id": tenant_id,
            "username": username,
            "limit": max(0, min(limit, SESSIONS_AT_MOST)),
        },
    )
    return tuple(LiveSession(*row) for row in rows)


def list_offline(
    session: Session, tenant_id: TenantId, *, limit: int = SESSIONS_AT_MOST
) -> tuple[OfflineLine, ...]:
    """In the order of the clients' numbers; at most `limit`."""
    rows = session.execute(
        text("""
            SELECT line.id, line.client_id, client.client_number, client.name, line.username,
                   (SELECT max(used.used_on) FROM usage_daily AS used
                     WHERE used.tenant_id = :tenant_id AND used.connection_id = line.id)
              FROM connections AS line
              JOIN clients AS client
                ON client.tenant_id = line.tenant_id AND client.id = line.client_id
             WHERE line.tenant_id = :tenant_id AND line.status <> 'inactive'
               AND NOT EXISTS (SELECT FROM live_sessions AS live
                                WHERE live.tenant_id = line.tenant_id
                                  AND live.connection_id = line.id)
             ORDER BY client.client_number, line.id LIMIT :limit
        """),
        {"tenant_id": tenant_id, "limit": max(0, min(limit, SESSIONS_AT_MOST))},
    )
    return tuple(OfflineLine(*row) for row in rows)


def session_counts(session: Session, tenant_id: TenantId) -> SessionCounts:
    """Online and offline, from the live list alone."""
    row = session.execute(
        text("""
            SELECT count(DISTINCT live.connection_id), count(*) - count(live.connection_id),
                   (SELECT count(*) FROM connections AS line
                     WHERE line.tenant_id = :tenant_id AND line.status <> 'inactive')
              FROM live_sessions AS live WHERE live.tenant_id = :tenant_id
        """),
        {"tenant_id": tenant_id},
    ).one()
    online, unknown, in_service = row
    return SessionCounts(online, max(0, in_service - online), unknown)


def daily_use(
    session: Session,
    tenant_id: TenantId,
    connection_id: ConnectionId,
    *,
    from_on: date,
    until_on: date,
) -> tuple[DayUse, ...]:
    """The days from `from_on` until `until_on` (exclusive) on which anything was used, in order."""
    days = min((until_on - from_on).days, DAYS_AT_MOST)
    rows = session.execute(
        text("""
            SELECT used_on, down_bytes, up_bytes, uncounted_bytes FROM usage_daily
             WHERE tenant_id = :tenant_id AND used_on = ANY(:days) AND connection_id = :line
             ORDER BY used_on
        """),
        {
            "tenant_id": tenant_id,
            "days": [from_on + timedelta(days=number) for number in range(days)],
            "line": connection_id,
        },
    )
    return tuple(DayUse(*row) for row in rows)
