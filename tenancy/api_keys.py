"""Keys with which other programs come in by HTTP: what each may, from where, and how often."""

from __future__ import annotations

import hashlib
import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network
from types import MappingProxyType
from typing import NewType

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from policy.facts import TenantId
from storage.actors import Actor, ActorKind, Permission
from storage.audit import Subject, record
from storage.database import enter_tenant
from storage.rows import locked, write
from storage.secrets import Secret
from tenancy.errors import ApiKeyNotFound, BadNetwork
from tenancy.rows import ApiKeyRow

ApiKeyId = NewType("ApiKeyId", int)

KEY_BYTES = 20  # 32 letters and digits of base 32: nobody guesses 160 bits
KEY_LENGTH_MAX = 100  # of what is looked at
HINT_LENGTH = 6
PER_MINUTE = 60  # unless said otherwise
MINUTE = timedelta(minutes=1)


class ApiScope(StrEnum):
    """What a key may: read what clients owe, record what they paid, or both."""

    BILLS = "bills"
    PAYMENTS = "payments"


MAY = MappingProxyType(
    {
        ApiScope.BILLS: frozenset({Permission.VIEW_ALL_CLIENTS}),
        ApiScope.PAYMENTS: frozenset({Permission.TAKE_PAYMENTS}),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyDetails:
    """`method` is how money comes that the key records, as payments call it.

    From `networks` alone it is good; where there are none, from anywhere.
    """

    name: str
    scopes: frozenset[ApiScope]
    method: str = "bank"
    networks: tuple[str, ...] = ()
    per_minute: int = PER_MINUTE


@dataclass(frozen=True, slots=True)
class ApiKey:
    """`hint` is how the key begins; more of it is not kept."""

    key_id: ApiKeyId
    tenant_id: TenantId
    hint: str
    details: ApiKeyDetails
    made_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    def actor(self, origin: str) -> Actor:
        """Whoever holds it, coming from `origin`."""
        may = frozenset[Permission]().union(*(MAY[scope] for scope in self.details.scopes))
        where = f"api_key:{self.key_id}:{origin}"
        return Actor(ActorKind.SYSTEM, self.details.name, permissions=may, origin=where)


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """`secret` is told once."""

    key: ApiKey
    secret: Secret


class Admission(StrEnum):
    IN = "in"
    UNKNOWN = "unknown"  # no such key, or a revoked one
    ELSEWHERE = "elsewhere"  # it is not good from there
    TOO_OFTEN = "too_often"


@dataclass(frozen=True, slots=True)
class Admitted:
    """`key` where it is one that is good; `wait_seconds` where it came too often."""

    admission: Admission
    key: ApiKey | None = None
    wait_seconds: int = 0


def make_api_key(
    session: Session, tenant_id: TenantId, details: ApiKeyDetails, *, now: datetime, actor: Actor
) -> NewApiKey:
    """Raises NotPermitted, BadNetwork, ValueRefused."""
    actor.require(Permission.MANAGE_ISP)
    networks = [_network(said) for said in details.networks]
    secret = Secret(b32encode(secrets.token_bytes(KEY_BYTES)).decode().lower())
    row = ApiKeyRow(
        tenant_id=tenant_id,
        name=details.name.strip(),
        hint=secret[:HINT_LENGTH],
        key_hash=_hashed(secret),
        scopes=sorted(details.scopes),
        method=details.method,
        networks=networks,
        per_minute=details.per_minute,
        made_at=now,
        minute_uses=0,
    )
    session.add(row)
    write(session)
    key = _frozen(row)
    subject = Subject(tenant_id, "api_key", row.id)
    record(session, actor, "api_key.made", subject, after=key.details)
    return NewApiKey(key, secret)


def list_api_keys(session: Session, tenant_id: TenantId) -> tuple[ApiKey, ...]:
    """Those that are good, the oldest first."""
    mine = (ApiKeyRow.tenant_id == tenant_id, ApiKeyRow.revoked_at.is_(None))
    rows = session.scalars(select(ApiKeyRow).where(*mine).order_by(ApiKeyRow.id))
    return tuple(_frozen(row) for row in rows)


def revoke_api_key(
    session: Session, tenant_id: TenantId, key_id: ApiKeyId, *, now: datetime, actor: Actor
) -> None:
    """It is good for nothing from now on. Raises NotPermitted, ApiKeyNotFound."""
    actor.require(Permission.MANAGE_ISP)
    row = locked(session, ApiKeyRow, tenant_id, key_id, ApiKeyNotFound(key_id))
    row.revoked_at = row.revoked_at or now
    write(session)
    record(session, actor, "api_key.revoked", Subject(tenant_id, "api_key", key_id))


def admit(session: Session, secret: str, *, origin: str, now: datetime) -> Admitted:
    """Whether who shows a key comes in, from outside of any scope; to be committed either way.

    One that is good is counted, `per_minute` to the minute of the clock, and leaves the session in
    the scope of its ISP.
    """
    key_hash = _hashed(secret[:KEY_LENGTH_MAX])
    found = session.execute(text("SELECT api_key_isp(:hash)"), {"hash": key_hash}).scalar()
    if found is None:
        return Admitted(Admission.UNKNOWN)
    enter_tenant(session, TenantId(found))
    query = select(ApiKeyRow).where(ApiKeyRow.tenant_id == found, ApiKeyRow.key_hash == key_hash)
    row = session.scalars(query.with_for_update(key_share=True)).one()
    if row.revoked_at is not None:
        return Admitted(Admission.UNKNOWN)
    if not _is_good_from(row.networks, origin):
        return Admitted(Admission.ELSEWHERE, _frozen(row))
    minute = now.replace(second=0, microsecond=0)
    if row.minute_at != minute:
        row.minute_at, row.minute_uses = minute, 0
    if row.minute_uses >= row.per_minute:
        wait = int((minute + MINUTE - now).total_seconds()) + 1
        return Admitted(Admission.TOO_OFTEN, _frozen(row), wait)
    row.minute_uses, row.used_at = row.minute_uses + 1, now
    write(session)
    return Admitted(Admission.IN, _frozen(row))


def _hashed(secret: str) -> bytes:
    """No salt: there is nothing to guess in so many random bits."""
    return hashlib.sha256(secret.strip().lower().encode(errors="replace")).digest()


def _network(said: str) -> str:
    try:
        return str(ip_network(said.strip(), strict=False))
    except ValueError:
        raise BadNetwork(said) from None


def _is_good_from(networks: list[str], origin: str) -> bool:
    if not networks:
        return True
    try:
        address = ip_address(origin)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return any(mapped in ip_network(network) for network in networks)


def _frozen(row: ApiKeyRow) -> ApiKey:
    details = ApiKeyDetails(
        name=row.name,
        scopes=frozenset(ApiScope(scope) for scope in row.scopes),
        method=row.method,
        networks=tuple(row.networks),
        per_minute=row.per_minute,
    )
    return ApiKey(
        ApiKeyId(row.id),
        TenantId(row.tenant_id),
        row.hint,
        details,
        row.made_at,
        row.used_at,
        row.revoked_at,
    )
