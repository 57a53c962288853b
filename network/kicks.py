"""Kicks: somebody ends a client's live sessions; the client may dial again at once."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.errors import ConnectionNotFound
from billing.rows import ConnectionRow
from policy.facts import ConnectionId, TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import read

KICK = text("""
    INSERT INTO session_changes AS change
           (tenant_id, session_id, nas_id, connection_id, asked_by, step, means, next_try_at)
    SELECT live.tenant_id, live.id, live.nas_id, live.connection_id, 'kick', 'redial',
           'disconnect', now()
      FROM live_sessions AS live
      JOIN nas_devices AS nas ON nas.tenant_id = live.tenant_id AND nas.id = live.nas_id
     WHERE live.tenant_id = :tenant_id AND live.connection_id = :connection_id
     ORDER BY live.id
    ON CONFLICT (tenant_id, session_id) DO UPDATE
       SET asked_by = 'kick', step = 'redial', means = 'disconnect', wanted = NULL, says = '{}',
           tries = 0, rounds = 0, wanted_at = now(), next_try_at = now(), sent_at = NULL,
           acked_at = NULL, error_cause = NULL, problem = NULL
    RETURNING session_id""")
TELL = text("SELECT pg_notify('skylink_sessions', '')")


def kick(
    session: Session, tenant_id: TenantId, connection_id: ConnectionId, *, actor: Actor
) -> int:
    """Ask for the end of all live sessions of a connection; how many there are.

    Carried out by enforcement, within a second while `clock` runs, and tried until the router
    confirms it. Locks the rows of what was pending for the sessions.

    Raises NotPermitted, ConnectionNotFound.
    """
    actor.require(Permission.CONTROL_ACCESS)
    missing = ConnectionNotFound(connection_id)
    read(session, ConnectionRow, tenant_id, connection_id, missing)
    which = {"tenant_id": tenant_id, "connection_id": connection_id}
    kicked = len(session.execute(KICK, which).all())
    session.execute(TELL)
    subject = Subject(tenant_id, "connection", connection_id)
    record(session, actor, "connection.kicked", subject, after={"sessions": kicked})
    return kicked
