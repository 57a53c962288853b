"""Tokens that gateways grant: one for all processes, asked for by one of them at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.gateways.rows import GatewayTokenRow
from billing.gateways.words import Environment, Gateway
from policy.facts import TenantId
from storage.rows import write
from storage.secrets import KeyRing, Secret, gateway_token

GRANT_SECONDS = 40  # so long one who asks for a token has; then another may
EARLY = timedelta(minutes=5)  # before its end it is not used any more


def find_token(
    session: Session,
    tenant_id: TenantId,
    gateway: Gateway,
    environment: Environment,
    *,
    keys: KeyRing,
    now: datetime,
) -> Secret | None:
    """One that is good for a while yet."""
    row = session.get(GatewayTokenRow, (tenant_id, gateway, environment))
    if row is None or row.sealed_token is None or row.good_until is None or row.good_until <= now:
        return None
    return Secret(keys.open(row.sealed_token, gateway_token(tenant_id, gateway)).decode())


def may_ask(
    session: Session, tenant_id: TenantId, gateway: Gateway, environment: Environment, now: datetime
) -> bool:
    """Whether the caller is the one to ask for a token; nobody else is for GRANT_SECONDS."""
    claimed = session.execute(
        text("""
            INSERT INTO gateway_tokens AS known (tenant_id, gateway, environment, claimed_until)
            VALUES (:tenant_id, :gateway, :environment, :until)
            ON CONFLICT (tenant_id, gateway, environment) DO UPDATE SET claimed_until = :until
             WHERE known.claimed_until <= :now
            RETURNING 1
        """),
        {
            "tenant_id": tenant_id,
            "gateway": gateway,
            "environment": environment,
            "until": now + timedelta(seconds=GRANT_SECONDS),
            "now": now,
        },
    )
    return claimed.first() is not None


def keep_token(
    session: Session,
    tenant_id: TenantId,
    gateway: Gateway,
    environment: Environment,
    token: Secret | None,
    *,
    good_seconds: int = 0,
    keys: KeyRing,
    now: datetime,
) -> None:
    """What came of asking; None: nothing, and another may ask at once."""
    row = session.get(GatewayTokenRow, (tenant_id, gateway, environment), with_for_update=True)
    assert row is not None, "whoever asks has claimed it"
    row.claimed_until = now
    if token is not None:
        row.sealed_token = keys.seal(token.encode(), gateway_token(tenant_id, gateway))
        life = timedelta(seconds=good_seconds)
        row.good_until = now + max(life - EARLY, life / 2)
    write(session)


def drop_token(
    session: Session,
    tenant_id: TenantId,
    gateway: Gateway,
    environment: Environment,
    token: Secret,
    *,
    keys: KeyRing,
) -> None:
    """The gateway refuses it; a newer one that another process has brought since is kept."""
    row = session.get(GatewayTokenRow, (tenant_id, gateway, environment), with_for_update=True)
    if row is None or row.sealed_token is None:
        return
    if keys.open(row.sealed_token, gateway_token(tenant_id, gateway)).decode() == token:
        row.sealed_token = row.good_until = None
        write(session)
