"""Why a connection may, or may not, use the network: now, or at any past second.

The same decision as at a RADIUS node, from views of the same text; here read under row-level
security, so that nobody asks about another ISP's client.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from policy.access import Decision, decide_access
from policy.documents import (
    CONNECTION_COLUMNS,
    connection_from_row,
    isp_from_document,
    package_from_document,
    profile_from_document,
)
from policy.facts import AccessRequest, ConnectionId, Facts, ProfileFacts, ProfileId, TenantId

RECENT_DECISIONS = 10
FACTS_AT_ONCE = 5_000
OPERATOR_PORT = "radtest"  # in place of a NAS's name: the port that the command of this name asks

ANY_DEVICE = AccessRequest()


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """What a RADIUS node answered one request with; `mac` as the NAS sent it, if it did.

    `reason` is one of policy's, or "wrong_password", of which policy knows nothing.
    """

    decided_at: datetime
    node: str
    nas_name: str | None  # None: the NAS is gone; a login from the operator's port says so
    mac: str | None
    verdict: str
    reason: str


def why(
    session: Session,
    tenant_id: TenantId,
    username: str,
    *,
    now: datetime,
    at: datetime | None = None,
    request: AccessRequest = ANY_DEVICE,
) -> Decision:
    """What a login of `username` is answered at `now`, or was answered `at` a past instant.

    Both aware. Use of data at a past instant is told as all that was used in its billing cycle.
    Raises BadFacts where what is stored is no fact.
    """
    return decide_access(read_facts(session, tenant_id, username, at=at), request, at or now)


def read_facts(
    session: Session, tenant_id: TenantId, username: str, *, at: datetime | None = None
) -> Facts | None:
    """All that decides, as it is or as it was `at` an aware instant; None: nobody's username."""
    see_as_of = text("SELECT set_config('skylink.as_of', :at, true)")
    session.execute(see_as_of, {"at": "" if at is None else at.isoformat()})
    try:
        return _facts(session, tenant_id, username)
    finally:
        session.execute(see_as_of, {"at": ""})


def facts_of(
    session: Session, tenant_id: TenantId, connection_ids: Sequence[ConnectionId]
) -> Iterator[Facts]:
    """All that decides, as it is, of each of these connections that is the ISP's; in any order."""
    columns = ", ".join(CONNECTION_COLUMNS)
    isp = _one(session, "facts", "asof.isp_facts", tenant_id)
    if isp is None:
        return
    isp_facts = isp_from_document({**isp[0], "tenant_id": tenant_id})
    packages = {
        row.package_id: package_from_document({**row.facts, "package_id": row.package_id})
        for row in _all(session, "package_id, facts", "asof.package_facts", tenant_id)
    }
    profiles = profile_facts(session, tenant_id)
    for start in range(0, len(connection_ids), FACTS_AT_ONCE):
        ids = list(connection_ids[start : start + FACTS_AT_ONCE])
        theirs = " AND connection_id = ANY (:ids)"
        for row in _all(session, columns, "asof.connection_facts", tenant_id, theirs, ids=ids):
            connection = connection_from_row(row)
            yield Facts(
                connection=connection,
                package=packages[connection.package_id],
                profile=profiles[connection.profile_id],
                isp=isp_facts,
            )


def profile_facts(session: Session, tenant_id: TenantId) -> dict[ProfileId, ProfileFacts]:
    """The part of each profile of the ISP that decides access, as it is."""
    rows = _all(session, "profile_id, facts", "asof.profile_facts", tenant_id)
    documents = ({**row.facts, "profile_id": row.profile_id} for row in rows)
    profiles = (profile_from_document(document) for document in documents)
    return {profile.profile_id: profile for profile in profiles}


def recent_decisions(
    session: Session, tenant_id: TenantId, username: str, limit: int = RECENT_DECISIONS
) -> tuple[RecordedDecision, ...]:
    """The last decisions recorded for the connection of `username`, or for that name; latest first.

    Nodes hand them in some seconds late.
    """
    rows = session.execute(
        text("""
            SELECT said.decided_at, said.node,
                   CASE WHEN said.nas_id IS NULL THEN :operator ELSE nas.name END,
                   said.mac, said.verdict, said.reason
              FROM access_decisions AS said
              LEFT JOIN nas_devices AS nas
                ON nas.tenant_id = said.tenant_id AND nas.id = said.nas_id
             WHERE said.tenant_id = :tenant_id
               AND (said.connection_id = (SELECT id FROM connections
                        WHERE tenant_id = :tenant_id AND username = :username)
                    OR said.connection_id IS NULL AND said.username = :username)
             ORDER BY said.decided_at DESC
             LIMIT :limit
        """),
        {
            "tenant_id": tenant_id,
            "username": username,
            "operator": OPERATOR_PORT,
            "limit": limit,
        },
    )
    return tuple(
        RecordedDecision(at, node, nas, mac, verdict, reason)
        for at, node, nas, mac, verdict, reason in rows
    )


def _facts(session: Session, tenant_id: TenantId, username: str) -> Facts | None:
    """From the views of `asof`. The parts are read apart: one plan each, all by index."""
    columns = ", ".join(CONNECTION_COLUMNS)
    row = _one(session, columns, "asof.connection_facts", tenant_id, username=username)
    if row is None:
        return None
    connection = connection_from_row(row)
    package_id, profile_id = connection.package_id, connection.profile_id
    package = _one(session, "facts", "asof.package_facts", tenant_id, package_id=package_id)
    profile = _one(session, "facts", "asof.profile_facts", tenant_id, profile_id=profile_id)
    isp = _one(session, "facts", "asof.isp_facts", tenant_id)
    if package is None or profile is None or isp is None:
        return None  # an instant in the midst of overlapping transactions
    return Facts(
        connection=connection,
        package=package_from_document({**package[0], "package_id": package_id}),
        profile=profile_from_document({**profile[0], "profile_id": profile_id}),
        isp=isp_from_document({**isp[0], "tenant_id": tenant_id}),
    )


def _one(
    session: Session, columns: str, view: str, tenant_id: TenantId, **key: object
) -> Row[Any] | None:
    """The one row of the ISP that has the given value in the column so named."""
    where = "".join(f" AND {column} = :{column}" for column in key)
    query = text(f"SELECT {columns} FROM {view} WHERE tenant_id = :tenant_id{where}")
    return session.execute(query, {"tenant_id": tenant_id, **key}).one_or_none()


def _all(
    session: Session,
    columns: str,
    view: str,
    tenant_id: TenantId,
    where: str = "",
    **said: object,
) -> Sequence[Row[Any]]:
    """The rows of the ISP, of which `where` says more."""
    query = text(f"SELECT {columns} FROM {view} WHERE tenant_id = :tenant_id{where}")
    return session.execute(query, {"tenant_id": tenant_id, **said}).all()
