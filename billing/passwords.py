"""Passwords of connections: sealed at rest, opened only for who asks by name and is written down.

PPPoE's CHAP and MS-CHAP need the clear password, so it cannot be kept as a hash.
"""

from __future__ import annotations

from secrets import choice

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from billing.connections import locked_connection, sealed
from billing.errors import ConnectionNotFound, NoPassword
from billing.rows import ConnectionRow
from policy.facts import ConnectionId, TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import read, write
from storage.secrets import KeyRing, Secret, connection_password

RESEAL_ROWS_MAX = 2_000  # in one transaction: enough to be quick, few enough not to block for long
WRITE_RESEALED = text("""
    UPDATE connections AS mine SET sealed_password = fresh.sealed
      FROM unnest(CAST(:ids AS bigint[]), CAST(:sealed AS bytea[])) AS fresh (id, sealed)
     WHERE mine.tenant_id = :tenant_id AND mine.id = fresh.id
""")

NEW_PASSWORD_LENGTH = 10  # 49 bits
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing to be mistaken for another when read aloud


def new_password() -> Secret:
    """One that nobody can guess and anybody can type."""
    return Secret("".join(choice(READABLE) for _ in range(NEW_PASSWORD_LENGTH)))


def set_password(
    session: Session,
    tenant_id: TenantId,
    connection_id: ConnectionId,
    password: Secret | None,
    *,
    keys: KeyRing,
    actor: Actor,
) -> None:
    """In force at the next login; None takes it away. Locks the connection.

    Raises NotPermitted, ConnectionNotFound.
    """
    actor.require(Permission.EDIT_CLIENTS)
    row = locked_connection(session, tenant_id, connection_id)
    row.sealed_password = sealed(password, keys, tenant_id, connection_id)
    write(session)
    subject = Subject(tenant_id, "connection", connection_id)
    record(session, actor, "connection.password_set", subject)


def reveal_password(
    session: Session,
    tenant_id: TenantId,
    connection_id: ConnectionId,
    *,
    keys: KeyRing,
    actor: Actor,
) -> Secret:
    """The clear password; that it was shown, and to whom, stays in the audit log.

    Raises NotPermitted, ConnectionNotFound, NoPassword, and what KeyRing.open raises.
    """
    actor.require(Permission.REVEAL_PASSWORDS)
    missing = ConnectionNotFound(connection_id)
    row = read(session, ConnectionRow, tenant_id, connection_id, missing)
    if row.sealed_password is None:
        raise NoPassword(connection_id)
    clear = keys.open(row.sealed_password, connection_password(tenant_id, connection_id))
    subject = Subject(tenant_id, "connection", connection_id)
    record(session, actor, "connection.password_revealed", subject)
    return Secret(clear.decode())


def has_password(session: Session, tenant_id: TenantId, connection_id: ConnectionId) -> bool:
    """Whether it logs in by one. Raises ConnectionNotFound."""
    missing = ConnectionNotFound(connection_id)
    row = read(session, ConnectionRow, tenant_id, connection_id, missing)
    return row.sealed_password is not None


def reseal_passwords(session: Session, tenant_id: TenantId, keys: KeyRing) -> int:
    """Bring some passwords under the ring's current key; returns how many, 0 when all are.

    At most RESEAL_ROWS_MAX a call, each locked: call it again in a new transaction. Rotation of
    keys is audited once for the ISP by its caller, not by row.
    """
    key_id = func.substring(ConnectionRow.sealed_password, 2, 2)
    mine = ConnectionRow.tenant_id == tenant_id
    stale = session.execute(
        select(ConnectionRow.id, ConnectionRow.sealed_password)
        .where(mine, key_id != keys.current_id.to_bytes(2, "big"))
        .order_by(ConnectionRow.id)
        .limit(RESEAL_ROWS_MAX)
        .with_for_update(key_share=True)
    )
    fresh = {
        row_id: keys.reseal(old, connection_password(tenant_id, row_id))
        for row_id, old in stale
        if old is not None
    }
    if fresh:
        session.execute(
            WRITE_RESEALED,
            {"tenant_id": tenant_id, "ids": list(fresh), "sealed": list(fresh.values())},
        )
    return len(fresh)
