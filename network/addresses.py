"""Who had this address at this second: the question of an authority, or of an abuse desk.

Answered from the sessions that live and those that ended, by index (see session_history): a probe
for each month that is kept, since of the sessions that began before an instant few end after it. An
IPv6 address is asked for as each prefix that holds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import text
from sqlalchemy.orm import Session

from network.errors import BadAddress
from policy.facts import ClientId, ConnectionId, TenantId

SHORTEST_PREFIX = 32
ANSWERS_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose session had the address. `ended_at` is None where it has not ended.

    Both its instants belong to a session, so that two may answer for the second of a change.
    """

    username: str
    connection_id: ConnectionId | None
    client_id: ClientId | None
    client_name: str | None
    nas_name: str | None
    mac: str | None
    acct_session_id: str
    started_at: datetime
    ended_at: datetime | None


#  What is told beside a session is looked up for each that was found: as a join, the planner reads
#  all connections of the ISP. And it would start workers, which takes longer than the answer.
ALONE = "SET LOCAL max_parallel_workers_per_gather = 0"
FOUND = """
    SELECT had.username, had.connection_id, line.client_id, line.client_name, nas.name, had.mac,
           had.acct_session_id, had.started_at, had.ended_at
      FROM (SELECT username, connection_id, nas_id, mac, acct_session_id, started_at,
                   NULL AS ended_at
              FROM live_sessions
             WHERE tenant_id = :tenant_id AND {holds} AND started_at < :until
            UNION ALL
            SELECT username, connection_id, nas_id, mac, acct_session_id, started_at, ended_at
              FROM session_history
             WHERE tenant_id = :tenant_id AND {holds} AND started_at < :until
               AND ended_at >= :at
             ORDER BY started_at LIMIT :limit) AS had
      LEFT JOIN LATERAL (SELECT one.client_id, client.name AS client_name
                           FROM connections AS one
                           JOIN clients AS client
                             ON client.tenant_id = one.tenant_id AND client.id = one.client_id
                          WHERE one.tenant_id = :tenant_id AND one.id = had.connection_id
                          LIMIT 1) AS line ON true
      LEFT JOIN nas_devices AS nas ON nas.tenant_id = :tenant_id AND nas.id = had.nas_id
     ORDER BY had.started_at"""
#  A subquery, so that the planner does not weigh each of a hundred prefixes in each month.
PREFIXES = "CAST((SELECT CAST(:prefixes AS cidr[])) AS cidr[])"
HOLDS = {
    4: ("framed_ipv4 = CAST(:address AS inet)",),
    6: (
        f"framed_ipv6_prefix = ANY({PREFIXES})",
        f"delegated_ipv6_prefix = ANY({PREFIXES})",
    ),
}


def who_had(
    session: Session, tenant_id: TenantId, address: str, *, at: datetime, until: datetime
) -> tuple[Holder, ...]:
    """The sessions that had `address` at any instant from `at` until `until` (exclusive).

    Both aware; for one second `until` is a second after `at`. Raises BadAddress.
    """
    try:
        asked = ip_address(address)
    except ValueError:
        raise BadAddress(address) from None
    prefixes = []
    if isinstance(asked, IPv6Address):
        lengths = range(SHORTEST_PREFIX, asked.max_prefixlen + 1)
        prefixes = [str(ip_network((asked, length), strict=False)) for length in lengths]
    session.execute(text(ALONE))
    found: dict[tuple[object, ...], Holder] = {}
    for holds in HOLDS[asked.version]:
        rows = session.execute(
            text(FOUND.replace("{holds}", holds)),
            {
                "tenant_id": tenant_id,
                "address": str(asked),
                "prefixes": prefixes,
                "at": at,
                "until": until,
                "limit": ANSWERS_AT_MOST,
            },
        )
        found |= {tuple(row): Holder(*row) for row in rows}
    return tuple(sorted(found.values(), key=lambda holder: holder.started_at))
