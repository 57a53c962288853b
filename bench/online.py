"""Sessions as intake would have them, each with what its client is due: nothing is to change."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import psycopg2

from bench.figures import BenchError
from bench.ours import Ours
from bench.routers import KEY, Routers, address_of
from commands.cluster import ADMIN
from commands.demo import DEMO_SLUG
from network.nas import NasDetails, NasKind, add_nas
from network.reconciler import FACT_COLUMNS
from network.shared_facts import KINDS, SharedFacts
from policy.access import decide_access
from policy.documents import connection_from_row
from policy.facts import AccessRequest, ClientId, Reason, TenantId
from policy.grants import grant_of
from radius_modules.keys import NodeKeys
from sql.migrate import ENFORCER
from storage.actors import operator
from storage.database import Database
from storage.secrets import KeyRing
from tenancy.isps import find_isp

ACTOR = operator("bench")
FIRST_ADDRESS = ip_address("100.64.0.1")
COLUMNS = (
    *("tenant_id", "connection_id", "nas_id", "node", "acct_session_id", "username"),
    *("started_at", "heard_at", "framed_ipv4", "granted"),
)


@dataclass(frozen=True, slots=True)
class Online:
    """One client who is online."""

    username: str
    client_id: ClientId
    reason: Reason
    granted: str


def tenant_of(database: Database) -> TenantId:
    with database.transaction(None) as session:
        return find_isp(session, DEMO_SLUG).tenant_id


def add_routers(ours: Ours, database: Database, tenant_id: TenantId, routers: Routers) -> list[int]:
    """The ids of the NAS devices, in the order of the routers."""
    keys, ids = KeyRing.load(ours.settings.keys_file), list[int]()
    with database.transaction(tenant_id) as session:
        for router, port in enumerate(routers.ports):
            details = NasDetails(
                name=f"tower {router + 1}",
                kind=NasKind.MIKROTIK,
                address=address_of(router),
                coa_port=port,
            )
            nas = add_nas(session, tenant_id, details, secret=KEY, keys=keys, actor=ACTOR)
            ids.append(nas.nas_id)
    return ids


def put_online(ours: Ours, tenant_id: TenantId, nas_ids: list[int], number: int) -> list[Online]:
    """`number` sessions, shared out over the NAS devices. Raises BenchError where it cannot be."""
    now, made, rows = datetime.now(UTC), list[Online](), io.StringIO()
    for connection_id, online in who_may(ours, now):
        place = len(made)
        values = (
            *(tenant_id, connection_id, nas_ids[place % len(nas_ids)], "bench", f"81{place:06x}"),
            *(online.username, now.isoformat(), now.isoformat(), FIRST_ADDRESS + place),
            online.granted,
        )
        rows.write("\t".join(map(str, values)) + "\n")
        made.append(online)
        if len(made) == number:
            break
    else:
        raise BenchError(f"only {len(made):,} of the clients may be online: seed more.")
    rows.seek(0)
    with closing(psycopg2.connect(ours.cluster.dsn(ADMIN))) as admin, admin.cursor() as cursor:
        admin.autocommit = True
        cursor.copy_from(rows, "live_sessions", columns=COLUMNS)
        cursor.execute("VACUUM ANALYZE")  # what PostgreSQL would do later, beside what is measured
        cursor.execute("CHECKPOINT")
    return made


def who_may(ours: Ours, now: datetime) -> Iterator[tuple[int, Online]]:
    """Connections that a router without a MAC would be let in for, decided as enforcement does."""
    with closing(psycopg2.connect(ours.cluster.dsn(ENFORCER))) as database:
        cursor: Any = database.cursor()
        shared = SharedFacts(NodeKeys(ours.settings.keys_file), _refuse)
        for kind in KINDS:
            shared.load(cursor, kind)
        cursor.execute(f"SELECT {FACT_COLUMNS} FROM radius.connections ORDER BY connection_id")
        for row in cursor:
            facts = shared.facts_of(connection_from_row(row))
            decision = decide_access(facts, AccessRequest(), now)
            granted = grant_of(decision)
            if facts is None or granted is None:
                continue
            line = facts.connection
            online = Online(line.username, line.client_id, decision.reason, str(granted))
            yield line.connection_id, online


def _refuse(complaint: str) -> None:
    raise BenchError(complaint)
