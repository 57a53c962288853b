"""Another package, as a client wants it: they ask, and staff approve or refuse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.connections import locked_connection
from billing.errors import ConnectionNotFound, PackageNotFound, RequestDecided, RequestNotFound
from billing.package_changes import change_package_of
from billing.portal_rows import PackageRequestRow
from billing.rows import ConnectionRow, PackageRow
from billing.self_service import own_connection
from policy.facts import ConnectionId, PackageId, TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import locked, read, write

RequestId = NewType("RequestId", int)

REQUESTS_MAX = 200  # of one list


class RequestOutcome(StrEnum):
    APPROVED = "approved"
    REFUSED = "refused"
    REPLACED = "replaced"  # by a later one of the same client


@dataclass(frozen=True, slots=True)
class PackageRequest:
    """`outcome` is None while nobody has decided."""

    request_id: RequestId
    connection_id: ConnectionId
    username: str
    package_id: PackageId
    package_name: str
    asked_at: datetime
    outcome: RequestOutcome | None


def request_package(
    session: Session,
    tenant_id: TenantId,
    me: Actor,
    connection_id: ConnectionId,
    package_id: PackageId,
    *,
    now: datetime,
) -> PackageRequest:
    """Ask for another package for one's connection; it takes the place of what was asked before.

    Only a package of the connection's kind can be had. Locks the connection. Raises
    ConnectionNotFound, PackageNotFound (also the one they have).
    """
    line = own_connection(session, tenant_id, me, connection_id)
    wanted = read(session, PackageRow, tenant_id, package_id, PackageNotFound(package_id))
    if wanted.service != line.service or wanted.id == line.package_id:
        raise PackageNotFound(package_id)
    waiting = _waiting(session, tenant_id, connection_id)
    if waiting is not None:
        if waiting.package_id == package_id:
            return _frozen(session, waiting)
        waiting.decided_at, waiting.outcome = now, RequestOutcome.REPLACED
        write(session)
    row = PackageRequestRow(
        tenant_id=tenant_id, connection_id=connection_id, package_id=package_id, asked_at=now
    )
    session.add(row)
    write(session)
    request = _frozen(session, row)
    subject = Subject(tenant_id, "package_request", row.id)
    record(session, me, "package_request.made", subject, after=request)
    return request


def waiting_request(
    session: Session, tenant_id: TenantId, connection_id: ConnectionId
) -> PackageRequest | None:
    """What was asked for a connection and is not decided. Raises ConnectionNotFound."""
    read(session, ConnectionRow, tenant_id, connection_id, ConnectionNotFound(connection_id))
    row = _waiting(session, tenant_id, connection_id)
    return None if row is None else _frozen(session, row)


def waiting_requests(session: Session, tenant_id: TenantId) -> tuple[PackageRequest, ...]:
    """All that wait for a decision, the oldest first, at most REQUESTS_MAX."""
    open_ones = (PackageRequestRow.tenant_id == tenant_id, PackageRequestRow.decided_at.is_(None))
    rows = session.scalars(
        select(PackageRequestRow).where(*open_ones).order_by(PackageRequestRow.id)
    )
    return tuple(_frozen(session, row) for row in rows.fetchmany(REQUESTS_MAX))


def decide_request(
    session: Session,
    tenant_id: TenantId,
    request_id: RequestId,
    *,
    approved: bool,
    now: datetime,
    actor: Actor,
) -> PackageRequest:
    """Approved, the package is changed as if staff did it by hand. Locks the connection.

    Raises NotPermitted, RequestNotFound, RequestDecided.
    """
    actor.require(Permission.EDIT_CLIENTS)
    missing = RequestNotFound(request_id)
    asked = read(session, PackageRequestRow, tenant_id, request_id, missing)
    connection_id, package_id = ConnectionId(asked.connection_id), PackageId(asked.package_id)
    locked_connection(session, tenant_id, connection_id)
    row = locked(session, PackageRequestRow, tenant_id, request_id, missing)
    if row.decided_at is not None:
        raise RequestDecided(request_id)
    if approved:
        change_package_of(session, tenant_id, connection_id, package_id, now=now, actor=actor)
    row.decided_at = now
    row.outcome = RequestOutcome.APPROVED if approved else RequestOutcome.REFUSED
    write(session)
    request = _frozen(session, row)
    subject = Subject(tenant_id, "package_request", request_id)
    record(session, actor, "package_request.decided", subject, after=request)
    return request


def _waiting(
    session: Session, tenant_id: TenantId, connection_id: ConnectionId
) -> PackageRequestRow | None:
    mine = (
        PackageRequestRow.tenant_id == tenant_id,
        PackageRequestRow.connection_id == connection_id,
        PackageRequestRow.decided_at.is_(None),
    )
    return session.scalar(select(PackageRequestRow).where(*mine))


def _frozen(session: Session, row: PackageRequestRow) -> PackageRequest:
    isp, line_id, package_id = TenantId(row.tenant_id), row.connection_id, row.package_id
    line = read(session, ConnectionRow, isp, line_id, ConnectionNotFound(line_id))
    package = read(session, PackageRow, isp, package_id, PackageNotFound(package_id))
    return PackageRequest(
        RequestId(row.id),
        ConnectionId(row.connection_id),
        line.username,
        PackageId(row.package_id),
        package.name,
        row.asked_at,
        RequestOutcome(row.outcome) if row.outcome else None,
    )
