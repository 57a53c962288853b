"""Who is logged in to the portal: sessions by a random token that their browser alone has."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from billing.errors import ClientNotFound
from billing.portal_rows import PortalSessionRow
from billing.rows import ClientRow
from policy.facts import ClientId, TenantId
from storage.actors import Actor, ActorKind
from storage.rows import read, write
from storage.secrets import Secret

TOKEN_BYTES = 32
IDLE_LIFE = timedelta(days=30)
WHOLE_LIFE = timedelta(days=180)
SEEN_EVERY = timedelta(hours=1)  # a write for each page would be one too many
FRESH_FOR = timedelta(minutes=15)  # so long a proof of who it is counts for what matters most
ORIGIN_LENGTH_MAX = 253


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A client in their session; `language` is None where they chose none."""

    client_id: ClientId
    name: str
    name_bn: str | None
    language: str | None
    opened_at: datetime

    def is_fresh(self, now: datetime) -> bool:
        """Whether they proved who they are a moment ago."""
        return now < self.opened_at + FRESH_FOR

    def actor(self, origin: str) -> Actor:
        """Themselves, on their own behalf: no permission."""
        return Actor(ActorKind.CLIENT, self.name, self.client_id, origin=f"portal:{origin}")


def open_session(
    session: Session, tenant_id: TenantId, client_id: ClientId, *, now: datetime, origin: str
) -> Secret:
    """Log a client in who has proved who they are; returns the token, which is told once.

    Raises ClientNotFound.
    """
    token = Secret(secrets.token_urlsafe(TOKEN_BYTES))
    session.add(
        PortalSessionRow(
            tenant_id=tenant_id,
            token_hash=_hashed(token),
            client_id=client_id,
            opened_at=now,
            seen_at=now,
            origin=origin[:ORIGIN_LENGTH_MAX],
        )
    )
    missing = ClientNotFound(client_id)
    write(session, {"portal_sessions_tenant_id_client_id_fkey": missing})
    return token


def find_session(
    session: Session, tenant_id: TenantId, token: str, *, now: datetime
) -> LoggedIn | None:
    """Whose token it is; None where it is nobody's, or its time is over."""
    key = (tenant_id, _hashed(token))
    row = session.get(PortalSessionRow, key)
    if row is None or now >= min(row.opened_at + WHOLE_LIFE, row.seen_at + IDLE_LIFE):
        return None
    if now >= row.seen_at + SEEN_EVERY:
        row.seen_at = now
        write(session)
    missing = ClientNotFound(row.client_id)
    client = read(session, ClientRow, tenant_id, row.client_id, missing)
    return LoggedIn(
        ClientId(client.id), client.name, client.name_bn, client.language, row.opened_at
    )


def end_session(session: Session, tenant_id: TenantId, token: str) -> None:
    """Log out; a token that is nobody's does nothing."""
    mine = (PortalSessionRow.tenant_id == tenant_id, PortalSessionRow.token_hash == _hashed(token))
    session.execute(delete(PortalSessionRow).where(*mine))


def end_other_sessions(
    session: Session, tenant_id: TenantId, client_id: ClientId, *, but: str
) -> None:
    """Log the client out everywhere but where the token `but` is. Raises ClientNotFound."""
    read(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    session.execute(
        delete(PortalSessionRow).where(
            PortalSessionRow.tenant_id == tenant_id,
            PortalSessionRow.client_id == client_id,
            PortalSessionRow.token_hash != _hashed(but),
        )
    )


def forget_sessions(session: Session, tenant_id: TenantId, *, now: datetime) -> None:
    """Remove those whose time is over."""
    over = or_(
        PortalSessionRow.opened_at <= now - WHOLE_LIFE, PortalSessionRow.seen_at <= now - IDLE_LIFE
    )
    session.execute(delete(PortalSessionRow).where(PortalSessionRow.tenant_id == tenant_id, over))


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
