"""Whose client somebody is: the agent who looks after them, and who finds nobody else's."""

from __future__ import annotations

from sqlalchemy.orm import Session

from billing.errors import ClientNotFound
from billing.rows import ClientRow
from policy.facts import ClientId, TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import locked, write
from tenancy.errors import StaffNotFound
from tenancy.roles import StaffId


def assign_client(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    staff_id: StaffId | None,
    *,
    actor: Actor,
) -> None:
    """Make the client an agent's; None: nobody's in particular. Locks the client.

    Raises NotPermitted, ClientNotFound, StaffNotFound.
    """
    actor.require(Permission.ASSIGN_CLIENTS)
    row = locked(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    before, row.agent_id = row.agent_id, staff_id
    write(session, {"clients_tenant_id_agent_id_fkey": StaffNotFound(staff_id or 0)})
    subject = Subject(tenant_id, "client", client_id)
    was, became = {"agent_id": before}, {"agent_id": staff_id}
    record(session, actor, "client.assigned", subject, before=was, after=became)
