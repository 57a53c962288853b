"""What clients change by themselves: their password and their language. `me` is the client."""

from __future__ import annotations

from sqlalchemy.orm import Session

from billing.connections import locked_connection, sealed
from billing.errors import ClientNotFound, ConnectionNotFound, NoPassword, PasswordRefused
from billing.rows import ClientRow, ConnectionRow
from policy.facts import ClientId, ConnectionId, TenantId
from storage.actors import Actor, ActorKind
from storage.audit import Subject, record
from storage.rows import locked, write
from storage.secrets import KeyRing, Secret

PASSWORD_LENGTH_MIN = 8
PASSWORD_LENGTH_MAX = 63  # what the routers at home take


def change_own_password(
    session: Session,
    tenant_id: TenantId,
    me: Actor,
    connection_id: ConnectionId,
    password: Secret,
    *,
    keys: KeyRing,
) -> None:
    """In force at the next login of one's connection. Locks the connection.

    Signs of ASCII without spaces, for all routers can send those. Raises ConnectionNotFound,
    NoPassword (it logs in by its device), PasswordRefused.
    """
    row = own_connection(session, tenant_id, me, connection_id)
    if row.sealed_password is None:
        raise NoPassword(connection_id)
    if len(password) < PASSWORD_LENGTH_MIN:
        raise PasswordRefused("too_short")
    if len(password) > PASSWORD_LENGTH_MAX:
        raise PasswordRefused("too_long")
    if not all("!" <= sign <= "~" for sign in password):
        raise PasswordRefused("bad_sign")
    if password.lower() == row.username.lower():
        raise PasswordRefused("is_username")
    row.sealed_password = sealed(password, keys, tenant_id, connection_id)
    write(session)
    record(session, me, "connection.password_set", Subject(tenant_id, "connection", connection_id))


def choose_own_language(session: Session, tenant_id: TenantId, me: Actor, language: str) -> None:
    """In which language one is spoken to: "en" or "bn". Locks the client.

    Raises ClientNotFound, ValueRefused.
    """
    row = locked(session, ClientRow, tenant_id, own_id(me), ClientNotFound(own_id(me)))
    before, row.language = row.language, language
    write(session)
    subject = Subject(tenant_id, "client", row.id)
    was, became = {"language": before}, {"language": language}
    record(session, me, "client.language_chosen", subject, before=was, after=became)


def own_connection(
    session: Session, tenant_id: TenantId, me: Actor, connection_id: ConnectionId
) -> ConnectionRow:
    """One's connection, locked; another client's is not there. Raises ConnectionNotFound."""
    row = locked_connection(session, tenant_id, connection_id)
    if row.client_id != own_id(me):
        raise ConnectionNotFound(connection_id)
    return row


def own_id(me: Actor) -> ClientId:
    """Of a client who acts; 0, which is nobody, of anybody else."""
    return ClientId(me.id or 0) if me.kind is ActorKind.CLIENT else ClientId(0)
