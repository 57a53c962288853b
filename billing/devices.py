"""The devices a connection is bound to, by MAC address."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from billing.connections import Connection, frozen_connection, locked_connection, recorded
from billing.errors import BadMac
from billing.rows import MacRow
from policy.facts import ConnectionId, TenantId
from policy.macs import normalise_mac
from storage.actors import Actor, Permission


def bind_mac(
    session: Session, tenant_id: TenantId, connection_id: ConnectionId, mac: str, *, actor: Actor
) -> Connection:
    """Bind one more device, as any router writes its address. Locks the connection.

    Raises NotPermitted, BadMac, ConnectionNotFound.
    """
    actor.require(Permission.CONTROL_ACCESS)
    address = normalise_mac(mac)
    if address is None:
        raise BadMac(mac)
    row = locked_connection(session, tenant_id, connection_id)
    before = frozen_connection(session, row)
    session.execute(
        insert(MacRow)
        .values(tenant_id=tenant_id, connection_id=connection_id, mac=address, bound_by="operator")
        .on_conflict_do_nothing()
    )
    return recorded(session, row, before, "connection.mac_bound", actor)


def reset_macs(
    session: Session, tenant_id: TenantId, connection_id: ConnectionId, *, actor: Actor
) -> Connection:
    """Forget all devices; a connection that learns binds the next that logs in. Locks it.

    Raises NotPermitted, ConnectionNotFound.
    """
    actor.require(Permission.CONTROL_ACCESS)
    row = locked_connection(session, tenant_id, connection_id)
    before = frozen_connection(session, row)
    mine = MacRow.tenant_id == tenant_id, MacRow.connection_id == connection_id
    session.execute(delete(MacRow).where(*mine))
    return recorded(session, row, before, "connection.macs_reset", actor)
