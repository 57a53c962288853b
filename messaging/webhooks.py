"""An ISP's own programs, told by HTTP of payments and access: where, of what, and what they heard.

What is told is queued by the database with the change itself (migration 0037); sending is
`webhook_sending`.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NewType

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from messaging.errors import TooManyWebhooks, WebhookAddressRefused, WebhookNotFound
from messaging.rows import WebhookDeliveryRow, WebhookRow
from messaging.targets import problem_with
from policy.facts import TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import locked, read, write
from storage.secrets import KeyRing, Secret, webhook_secret

WebhookId = NewType("WebhookId", int)

WEBHOOKS_MAX = 10  # of an ISP
DELIVERIES_MAX = 100  # of one list
SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105 (as Standard Webhooks has secrets begin)
KEPT_DAYS = 90


class WebhookEvent(StrEnum):
    """What can be told."""

    PAYMENT_RECEIVED = "payment.received"
    PAYMENT_REVERSED = "payment.reversed"
    ACCESS_SUSPENDED = "access.suspended"
    ACCESS_RESTORED = "access.restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDetails:
    address: str
    events: frozenset[WebhookEvent] = frozenset(WebhookEvent)


@dataclass(frozen=True, slots=True)
class Webhook:
    """`waiting` and `given_up` count what it has not heard."""

    webhook_id: WebhookId
    details: WebhookDetails
    made_at: datetime
    waiting: int = 0
    given_up: int = 0


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """`secret` signs what it is told, and is told itself this once."""

    webhook: Webhook
    secret: Secret


@dataclass(frozen=True, slots=True)
class Delivery:
    """`answered` is the HTTP status of the last try, `problem` why there was none."""

    delivery_id: int
    webhook_id: WebhookId
    event: WebhookEvent
    facts: dict[str, Any]
    happened_at: datetime
    tries: int
    try_at: datetime | None
    tried_at: datetime | None
    answered: int | None
    problem: str | None
    delivered_at: datetime | None


def add_webhook(
    session: Session,
    tenant_id: TenantId,
    details: WebhookDetails,
    *,
    private: bool = False,
    keys: KeyRing,
    now: datetime,
    actor: Actor,
) -> NewWebhook:
    """Tell an address from now on. `private`: it may be on this machine or in a private network.

    Raises NotPermitted, WebhookAddressRefused, TooManyWebhooks, ValueRefused.
    """
    actor.require(Permission.MANAGE_ISP)
    why = problem_with(details.address, private=private)
    if why is not None:
        raise WebhookAddressRefused(details.address, why)
    if len(list_webhooks(session, tenant_id)) >= WEBHOOKS_MAX:
        raise TooManyWebhooks(WEBHOOKS_MAX)
    row = WebhookRow(
        tenant_id=tenant_id,
        address=details.address,
        events=sorted(details.events),
        sealed_secret=b"",
        made_at=now,
    )
    session.add(row)
    write(session)
    raw = secrets.token_bytes(SECRET_BYTES)
    row.sealed_secret = keys.seal(raw, webhook_secret(tenant_id, row.id))
    write(session)
    subject = Subject(tenant_id, "webhook", row.id)
    record(session, actor, "webhook.added", subject, after=details)
    secret = Secret(SECRET_PREFIX + base64.b64encode(raw).decode())
    return NewWebhook(Webhook(WebhookId(row.id), details, now), secret)


def list_webhooks(session: Session, tenant_id: TenantId) -> tuple[Webhook, ...]:
    """Those that are told, the oldest first."""
    rows = session.scalars(
        select(WebhookRow)
        .where(WebhookRow.tenant_id == tenant_id, WebhookRow.ended_at.is_(None))
        .order_by(WebhookRow.id)
    ).all()
    counts = session.execute(
        select(
            WebhookDeliveryRow.webhook_id,
            func.count().filter(WebhookDeliveryRow.try_at.is_not(None)),
            func.count().filter(WebhookDeliveryRow.try_at.is_(None)),
        )
        .where(WebhookDeliveryRow.tenant_id == tenant_id, WebhookDeliveryRow.delivered_at.is_(None))
        .group_by(WebhookDeliveryRow.webhook_id)
    )
    unheard = {hook: (waiting, given_up) for hook, waiting, given_up in counts}
    return tuple(_frozen(row, *unheard.get(row.id, (0, 0))) for row in rows)


def remove_webhook(
    session: Session, tenant_id: TenantId, webhook_id: WebhookId, *, now: datetime, actor: Actor
) -> None:
    """Tell it nothing any more, also of what waits. Raises NotPermitted, WebhookNotFound."""
    actor.require(Permission.MANAGE_ISP)
    row = locked(session, WebhookRow, tenant_id, webhook_id, WebhookNotFound(webhook_id))
    if row.ended_at is None:
        end_webhook(session, row, "us", now)
    record(session, actor, "webhook.removed", Subject(tenant_id, "webhook", webhook_id))


def end_webhook(session: Session, row: WebhookRow, ended_by: str, now: datetime) -> None:
    """The row is locked by the caller."""
    row.ended_at, row.ended_by = now, ended_by
    write(session)
    waiting = (
        WebhookDeliveryRow.tenant_id == row.tenant_id,
        WebhookDeliveryRow.webhook_id == row.id,
        WebhookDeliveryRow.try_at.is_not(None),
    )
    session.execute(update(WebhookDeliveryRow).where(*waiting).values(try_at=None))


def list_deliveries(
    session: Session,
    tenant_id: TenantId,
    webhook_id: WebhookId,
    *,
    unheard: bool = False,
    limit: int = DELIVERIES_MAX,
) -> tuple[Delivery, ...]:
    """What an address was told, the newest first; only what it did not hear, where `unheard`.

    Raises WebhookNotFound.
    """
    read(session, WebhookRow, tenant_id, webhook_id, WebhookNotFound(webhook_id))
    wanted = [
        WebhookDeliveryRow.tenant_id == tenant_id,
        WebhookDeliveryRow.webhook_id == webhook_id,
    ]
    if unheard:
        wanted.append(WebhookDeliveryRow.delivered_at.is_(None))
    query = select(WebhookDeliveryRow).where(*wanted).order_by(WebhookDeliveryRow.id.desc())
    rows = session.scalars(query.limit(min(limit, DELIVERIES_MAX)))
    return tuple(frozen_delivery(row) for row in rows)


def replay_deliveries(
    session: Session,
    tenant_id: TenantId,
    webhook_id: WebhookId,
    *,
    since: datetime | None = None,
    now: datetime,
    actor: Actor,
) -> int:
    """Tell again what was given up; where `since` is given, all that happened from then on.

    What is told again has its first number, so that who heard it knows. Returns how many. Raises
    NotPermitted; WebhookNotFound, also of one that was removed.
    """
    actor.require(Permission.MANAGE_ISP)
    missing = WebhookNotFound(webhook_id)
    row = locked(session, WebhookRow, tenant_id, webhook_id, missing)
    if row.ended_at is not None:
        raise missing
    chosen = [
        WebhookDeliveryRow.tenant_id == tenant_id,
        WebhookDeliveryRow.webhook_id == webhook_id,
        WebhookDeliveryRow.try_at.is_(None),
    ]
    if since is None:
        chosen.append(WebhookDeliveryRow.delivered_at.is_(None))
    else:
        chosen.append(WebhookDeliveryRow.happened_at >= since)
    again = (
        update(WebhookDeliveryRow)
        .where(*chosen)
        .values(try_at=now, tries=0, delivered_at=None)
        .returning(WebhookDeliveryRow.id)
    )
    count = len(session.execute(again).all())
    subject = Subject(tenant_id, "webhook", webhook_id)
    record(session, actor, "webhook.replayed", subject, after={"deliveries": count})
    return count


def reseal_webhook_secrets(session: Session, tenant_id: TenantId, keys: KeyRing) -> int:
    """Bring them under the ring's current key; returns how many, 0 when all are."""
    rows = session.scalars(
        select(WebhookRow).where(WebhookRow.tenant_id == tenant_id).with_for_update(key_share=True)
    )
    stale = [row for row in rows if keys.key_id_of(row.sealed_secret) != keys.current_id]
    for row in stale:
        context = webhook_secret(tenant_id, row.id)
        row.sealed_secret = keys.reseal(row.sealed_secret, context)
    write(session)
    return len(stale)


def forget_deliveries(session: Session, tenant_id: TenantId, *, now: datetime) -> int:
    """Remove what happened KEPT_DAYS ago or earlier; returns how many."""
    gone = session.execute(
        text("""
            WITH gone AS (DELETE FROM webhook_deliveries
                           WHERE tenant_id = :tenant_id AND happened_at <= :before RETURNING 1)
            SELECT count(*) FROM gone
        """),
        {"tenant_id": tenant_id, "before": now - timedelta(days=KEPT_DAYS)},
    )
    return int(gone.scalar_one())


def frozen_delivery(row: WebhookDeliveryRow) -> Delivery:
    """The row as a value."""
    return Delivery(
        row.id,
        WebhookId(row.webhook_id),
        WebhookEvent(row.event),
        dict(row.facts),
        row.happened_at,
        row.tries,
        row.try_at,
        row.tried_at,
        row.answered,
        row.problem,
        row.delivered_at,
    )


def _frozen(row: WebhookRow, waiting: int, given_up: int) -> Webhook:
    events = frozenset(WebhookEvent(name) for name in row.events)
    details = WebhookDetails(address=row.address, events=events)
    return Webhook(WebhookId(row.id), details, row.made_at, waiting, given_up)
