"""A promise to pay: until then nothing is cut for dues."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from billing.clients import Client, frozen_client
from billing.errors import ClientNotFound
from billing.rows import ClientRow
from policy.facts import ClientId, TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import locked, write


def promise_until(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    until: datetime | None,
    *,
    actor: Actor,
) -> Client:
    """The client promises to pay before `until` (aware, exclusive); None takes it back.

    Locks the client. Raises NotPermitted, ClientNotFound.
    """
    actor.require(Permission.GIVE_PROMISES)
    row = locked(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    before, row.promised_until = row.promised_until, until
    write(session)
    subject = Subject(tenant_id, "client", client_id)
    was, became = {"promised_until": before}, {"promised_until": until}
    record(session, actor, "client.promised", subject, before=was, after=became)
    return frozen_client(row)
