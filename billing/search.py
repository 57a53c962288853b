"""Finding clients: by name in either script however it is spelt, by phone, username or number.

Who is meant is told by the database's `clients_meant`; this adds what people filter by, and pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.zones import ZoneId
from policy.facts import ClientId, PackageId, TenantId
from policy.windows import day_starts_at, local
from tenancy.isps import get_isp

PAGE_CLIENTS = 20
PAGE_CLIENTS_MAX = 500
WORDS_LENGTH_MAX = 200
EXPIRY_DAYS_MAX = 366
MOST_MEANT = 4000  # the rank of a number, a phone or a username as it stands


class ClientState(StrEnum):
    """A client with all connections, in a word; of several the first here."""

    INACTIVE = "inactive"  # closed, or without any connection that is not
    SUSPENDED = "suspended"  # by hand, the client or a connection
    EXPIRED = "expired"  # a connection billed by the day is not paid for
    ACTIVE = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientsWanted:
    """All that is given must hold; nothing given is everybody.

    `expiry_days`: a connection's validity ends today (1), or today or within the days after it.
    """

    words: str = ""
    state: ClientState | None = None
    zone_id: ZoneId | None = None
    package_id: PackageId | None = None
    expiry_days: int | None = None


@dataclass(frozen=True, slots=True)
class PageKey:
    """Where a page ended: the next begins after it, whoever came or went meanwhile."""

    rank: int
    client_number: int


@dataclass(frozen=True, slots=True)
class FoundClient:
    """A line of the list. `expires_at` is the earliest of the connections'; dues of all invoices.

    `exactly`: the words are this client's number, phone or a username as they stand.
    """

    client_id: ClientId
    client_number: int
    name: str
    name_bn: str | None
    phone: str | None
    state: ClientState
    zone: str | None
    usernames: tuple[str, ...]
    packages: tuple[str, ...]
    expires_at: datetime | None
    unpaid_invoices: int
    due_minor: int
    exactly: bool


@dataclass(frozen=True, slots=True)
class ClientPage:
    """`total` counts all pages; `next_key` is None on the last."""

    clients: tuple[FoundClient, ...]
    total: int
    next_key: PageKey | None


# All statements of a page are one round trip. `fitting` is read twice, so it is made once.
QUERY = """
    WITH meant AS MATERIALIZED ({meant}),
    fitting AS MATERIALIZED (
        SELECT meant.rank, meant.client_number, meant.client_id FROM meant {conditions}
    ),
    page AS (
        SELECT rank, client_number, client_id FROM fitting
         WHERE (-rank, client_number)
             > (-CAST(:after_rank AS integer), CAST(:after_number AS bigint))
         ORDER BY rank DESC, client_number LIMIT :limit
    )
    SELECT (SELECT count(*) FROM fitting) AS total, page.rank, client.id AS client_id,
           page.client_number, client.name, client.name_bn, client.phone, zone.name AS zone,
           {state} AS state, lines.usernames, lines.packages, lines.expires_at,
           dues.unpaid_invoices, dues.due_minor
      FROM (SELECT) AS always
      LEFT JOIN page ON true
      LEFT JOIN clients AS client ON client.tenant_id = :tenant_id AND client.id = page.client_id
      LEFT JOIN zones AS zone ON zone.tenant_id = :tenant_id AND zone.id = client.zone_id
      LEFT JOIN LATERAL ({lines}) AS lines ON true
      LEFT JOIN LATERAL (
          SELECT count(*) AS unpaid_invoices,
                 coalesce(sum(total_minor - paid_minor), 0) AS due_minor
            FROM invoices AS invoice
           WHERE invoice.tenant_id = :tenant_id AND invoice.client_id = client.id
             AND invoice.status IN ('issued', 'partial')) AS dues ON true
     ORDER BY page.rank DESC, page.client_number
"""
EVERYBODY = """
    SELECT 0 AS rank, client_number, id AS client_id FROM clients WHERE tenant_id = :tenant_id"""
MEANT = """
    SELECT max(rank) AS rank, client_number, client_id FROM clients_meant(:words)
     GROUP BY client_id, client_number"""
LINES = """
    SELECT {columns}
      FROM connections AS line
      JOIN profiles AS profile
        ON profile.tenant_id = line.tenant_id AND profile.id = line.profile_id
      {joins}
     WHERE line.tenant_id = :tenant_id AND line.client_id = client.id"""
STANDING = """
           coalesce(bool_and(line.status = 'inactive'), true) AS all_closed,
           bool_or(line.status = 'suspended') AS any_suspended,
           bool_or(line.status <> 'inactive' AND profile.kind = 'daily' AND NOT line.vip
               AND (line.expires_at IS NULL OR line.expires_at <= :now)) AS any_expired"""
SHOWN = f"""{STANDING},
           array_agg(line.username::text ORDER BY line.id) AS usernames,
           array_agg(DISTINCT package.name::text) AS packages,
           min(line.expires_at) AS expires_at"""
PACKAGES = """JOIN packages AS package
        ON package.tenant_id = line.tenant_id AND package.id = line.package_id"""
STATE = """CASE
    WHEN client.status = 'inactive' OR lines.all_closed THEN 'inactive'
    WHEN client.status = 'suspended' OR lines.any_suspended THEN 'suspended'
    WHEN lines.any_expired THEN 'expired' ELSE 'active' END"""
CLIENT_OF_MEANT = """
    JOIN clients AS client ON client.tenant_id = :tenant_id AND client.id = meant.client_id"""


def find_clients(
    session: Session,
    tenant_id: TenantId,
    wanted: ClientsWanted,
    *,
    now: datetime,
    after: PageKey | None = None,
    limit: int = PAGE_CLIENTS,
) -> ClientPage:
    """One page of those wanted: who is meant exactly first, then the more alike, then by number.

    `limit` is cut to 1 to PAGE_CLIENTS_MAX, the words to WORDS_LENGTH_MAX. A name is found by
    words that sound like a part of it or begin it; only where there is none, by alike ones.
    """
    limit = max(1, min(limit, PAGE_CLIENTS_MAX))
    given = {
        "tenant_id": tenant_id,
        "words": wanted.words.replace("\0", "")[:WORDS_LENGTH_MAX].strip(),
        "now": now,
        "limit": limit + 1,
        "after_rank": after.rank if after else MOST_MEANT + 1,
        "after_number": after.client_number if after else 0,
    }
    conditions = _conditions(session, tenant_id, wanted, now, given)
    query = QUERY.format(
        meant=MEANT if given["words"] else EVERYBODY,
        conditions=conditions,
        state=STATE,
        lines=LINES.format(columns=SHOWN, joins=PACKAGES),
    )
    rows = session.execute(text(query), given).mappings().all()
    found = [row for row in rows if row["client_id"] is not None]
    page, more = found[:limit], len(found) > limit
    last = page[-1] if more else None
    return ClientPage(
        tuple(_frozen(dict(row)) for row in page),
        rows[0]["total"],
        PageKey(last["rank"], last["client_number"]) if last else None,
    )


def _conditions(
    session: Session,
    tenant_id: TenantId,
    wanted: ClientsWanted,
    now: datetime,
    given: dict[str, Any],
) -> str:
    """Joins and WHERE for what is filtered by; values go into `given`.

    The clients themselves are joined in any case: of those meant an agent sees their own alone.
    """
    joins, where = CLIENT_OF_MEANT, []
    if wanted.state is not None:
        joins += f" CROSS JOIN LATERAL ({LINES.format(columns=STANDING, joins='')}) AS lines"
        where.append(f"{STATE} = :state")
        given["state"] = wanted.state.value
    if wanted.zone_id is not None:
        where.append("client.zone_id = :zone_id")
        given["zone_id"] = wanted.zone_id
    mine = (
        "FROM connections AS line WHERE line.tenant_id = :tenant_id AND line.client_id = client.id"
    )
    if wanted.package_id is not None:
        where.append(f"EXISTS (SELECT {mine} AND line.package_id = :package_id)")
        given["package_id"] = wanted.package_id
    if wanted.expiry_days is not None:
        days = max(1, min(wanted.expiry_days, EXPIRY_DAYS_MAX))
        zone = ZoneInfo(get_isp(session, tenant_id).details.time_zone)
        today = local(now, zone).toordinal()
        where.append(
            f"EXISTS (SELECT {mine}"
            " AND line.expires_at >= :expires_from AND line.expires_at < :expires_until)"
        )
        given["expires_from"] = day_starts_at(today, zone)
        given["expires_until"] = day_starts_at(today + days, zone)
    return f"{joins} WHERE {' AND '.join(where)}" if where else joins


def _frozen(row: dict[str, Any]) -> FoundClient:
    return FoundClient(
        ClientId(row["client_id"]),
        row["client_number"],
        row["name"],
        row["name_bn"],
        row["phone"],
        ClientState(row["state"]),
        row["zone"],
        tuple(row["usernames"] or ()),
        tuple(row["packages"] or ()),
        row["expires_at"],
        row["unpaid_invoices"],
        int(row["due_minor"]),
        row["rank"] == MOST_MEANT,
    )
