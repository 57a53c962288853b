"""Connections: how a client reaches the network. A client may have several."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from billing.errors import (
    ClientNotFound,
    ConnectionNotFound,
    PackageNotFound,
    ProfileNotFound,
    ReasonMissing,
    UsernameTaken,
)
from billing.rows import ClientRow, ConnectionRow, MacRow
from policy.facts import (
    ClientId,
    ConnectionId,
    MacMode,
    PackageId,
    ProfileId,
    Service,
    Status,
    TenantId,
)
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.errors import SkyLinkError
from storage.rows import change, locked, read, write
from storage.secrets import KeyRing, Secret, connection_password


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionDetails:
    """`pool` and `session_limit` stand instead of the package's; addresses are fixed ones."""

    username: str  # 1..253 bytes, case kept; unique at the ISP
    service: Service
    package_id: PackageId
    profile_id: ProfileId
    mac_mode: MacMode = MacMode.OFF
    ipv4_address: str | None = None
    ipv6_prefix: str | None = None
    delegated_ipv6_prefix: str | None = None
    pool: str | None = None
    session_limit: int | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    connection_id: ConnectionId
    client_id: ClientId
    status: Status
    vip: bool
    expires_at: datetime | None
    macs: tuple[str, ...]
    details: ConnectionDetails
    billed_from_on: date | None = None  # None: the day it was made
    ended_on: date | None = None  # the first day that is not charged


def add_connection(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    details: ConnectionDetails,
    *,
    password: Secret | None,
    keys: KeyRing,
    actor: Actor,
    expires_at: datetime | None = None,
    billed_from_on: date | None = None,
) -> Connection:
    """A new, active connection of a client. Locks the client.

    Without a password it logs in by its device or not at all. Raises NotPermitted,
    ClientNotFound, PackageNotFound, ProfileNotFound, UsernameTaken, ValueRefused.
    """
    actor.require(Permission.EDIT_CLIENTS)
    locked(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    new_id = session.execute(text("SELECT nextval('connections_id_seq')")).scalar_one()
    row = ConnectionRow(
        tenant_id=tenant_id,
        id=new_id,
        client_id=client_id,
        status=Status.ACTIVE,
        vip=False,
        expires_at=expires_at,
        billed_from_on=billed_from_on,
        sealed_password=sealed(password, keys, tenant_id, new_id),
    )
    change(row, details)
    session.add(row)
    write(session, _taken(details))
    added = frozen_connection(session, row)
    record(
        session, actor, "connection.added", Subject(tenant_id, "connection", new_id), after=added
    )
    return added


def change_connection(
    session: Session,
    tenant_id: TenantId,
    connection_id: ConnectionId,
    details: ConnectionDetails,
    *,
    actor: Actor,
) -> Connection:
    """Replace all that is said of a connection: package, username, addresses. Locks it.

    Raises NotPermitted, ConnectionNotFound, PackageNotFound, ProfileNotFound, UsernameTaken,
    ValueRefused.
    """
    actor.require(Permission.EDIT_CLIENTS)
    row = locked_connection(session, tenant_id, connection_id)
    before = frozen_connection(session, row)
    change(row, details)
    write(session, _taken(details))
    return recorded(session, row, before, "connection.changed", actor)


def set_connection_status(
    session: Session,
    tenant_id: TenantId,
    connection_id: ConnectionId,
    status: Status,
    *,
    actor: Actor,
) -> Connection:
    """Suspend, restore or deactivate one connection. Locks it.

    Raises NotPermitted, ConnectionNotFound.
    """
    actor.require(Permission.CONTROL_ACCESS)
    row = locked_connection(session, tenant_id, connection_id)
    before = frozen_connection(session, row)
    row.status = status
    write(session)
    return recorded(session, row, before, "connection.status_set", actor)


def set_vip(
    session: Session, tenant_id: TenantId, connection_id: ConnectionId, *, vip: bool, actor: Actor
) -> Connection:
    """A VIP is never suspended; limits still apply. Locks the connection.

    Raises NotPermitted, ConnectionNotFound.
    """
    actor.require(Permission.CONTROL_ACCESS)
    row = locked_connection(session, tenant_id, connection_id)
    before = frozen_connection(session, row)
    row.vip = vip
    write(session)
    return recorded(session, row, before, "connection.vip_set", actor)


def set_expiry(
    session: Session,
    tenant_id: TenantId,
    connection_id: ConnectionId,
    expires_at: datetime,
    *,
    reason: str,
    actor: Actor,
) -> Connection:
    """Move the end of paid validity (aware, exclusive) by hand, saying why. Locks the connection.

    Raises NotPermitted, ReasonMissing, ConnectionNotFound.
    """
    actor.require(Permission.CONTROL_ACCESS)
    if not reason.strip():
        raise ReasonMissing
    row = locked_connection(session, tenant_id, connection_id)
    was, row.expires_at = row.expires_at, expires_at
    write(session)
    subject = Subject(tenant_id, "connection", connection_id)
    became = {"expires_at": expires_at, "reason": reason}
    record(
        session, actor, "connection.expiry_set", subject, before={"expires_at": was}, after=became
    )
    return frozen_connection(session, row)


def get_connection(
    session: Session, tenant_id: TenantId, connection_id: ConnectionId
) -> Connection:
    """Raises ConnectionNotFound."""
    missing = ConnectionNotFound(connection_id)
    return frozen_connection(
        session, read(session, ConnectionRow, tenant_id, connection_id, missing)
    )


def find_connection(session: Session, tenant_id: TenantId, username: str) -> Connection | None:
    """By username, its case as it is; None where there is none."""
    mine = ConnectionRow.tenant_id == tenant_id, ConnectionRow.username == username
    row = session.scalar(select(ConnectionRow).where(*mine))
    return None if row is None else frozen_connection(session, row)


def connections_of(
    session: Session, tenant_id: TenantId, client_id: ClientId
) -> tuple[Connection, ...]:
    """A client's connections, oldest first. Raises ClientNotFound."""
    read(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    mine = ConnectionRow.tenant_id == tenant_id, ConnectionRow.client_id == client_id
    rows = session.scalars(select(ConnectionRow).where(*mine).order_by(ConnectionRow.id)).all()
    return tuple(frozen_connection(session, row) for row in rows)


def locked_connection(
    session: Session, tenant_id: TenantId, connection_id: ConnectionId
) -> ConnectionRow:
    """The row, locked until the transaction ends. Raises ConnectionNotFound."""
    missing = ConnectionNotFound(connection_id)
    return locked(session, ConnectionRow, tenant_id, connection_id, missing)


def sealed(
    password: Secret | None, keys: KeyRing, tenant_id: int, connection_id: int
) -> bytes | None:
    """The password as it rests in the database: readable with the keys, for this row only."""
    if password is None:
        return None
    return keys.seal(password.encode(), connection_password(tenant_id, connection_id))


def recorded(
    session: Session, row: ConnectionRow, before: Connection, action: str, actor: Actor
) -> Connection:
    """The row as it is now, with its audit row written."""
    after = frozen_connection(session, row)
    subject = Subject(TenantId(row.tenant_id), "connection", row.id)
    record(session, actor, action, subject, before=before, after=after)
    return after


def frozen_connection(session: Session, row: ConnectionRow) -> Connection:
    """The row and its devices as a value."""
    bound = select(MacRow.mac).where(
        MacRow.tenant_id == row.tenant_id, MacRow.connection_id == row.id
    )
    said = {part.name: getattr(row, part.name) for part in fields(ConnectionDetails)}
    said |= {"service": Service(row.service), "mac_mode": MacMode(row.mac_mode)}
    return Connection(
        ConnectionId(row.id),
        ClientId(row.client_id),
        Status(row.status),
        row.vip,
        row.expires_at,
        tuple(session.scalars(bound.order_by(MacRow.mac))),
        ConnectionDetails(**said),
        row.billed_from_on,
        row.ended_on,
    )


def _taken(details: ConnectionDetails) -> dict[str, SkyLinkError]:
    return {
        "connections_tenant_id_username_key": UsernameTaken(details.username),
        "connections_tenant_id_package_id_fkey": PackageNotFound(details.package_id),
        "connections_tenant_id_profile_id_fkey": ProfileNotFound(details.profile_id),
    }
