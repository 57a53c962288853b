"""The outbox: what people are to be told, kept with what it tells of and sent after the commit.

Many at once are queued by a statement of the caller's own, with `ON CONFLICT DO NOTHING`:
`INSERT INTO outbox (tenant_id, event, recipient_kind, recipient_id, about, payload, priority,
queued_at) SELECT ...`, of priority 3.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from policy.facts import TenantId

Payload = Mapping[str, str | int | bool | None]  # amounts end in _minor, dates are ISO 8601

NOTHING: Payload = MappingProxyType({})
CLAIM_MAX = 100  # messages of one claim
CLAIM_SECONDS = 120  # a sender that died in between is followed by another after these
KEPT_DAYS = 400  # so long an event about the same thing is told once


class Event(StrEnum):
    """What can be told; each is on or off, per channel, at each ISP."""

    INVOICE_ISSUED = "invoice.issued"
    INVOICE_DUE = "invoice.due"  # some days before the due date
    INVOICE_OVERDUE = "invoice.overdue"
    PAYMENT_RECEIVED = "payment.received"
    PAYMENT_REVERSED = "payment.reversed"
    EXPIRY_WARNING = "expiry.warning"  # some days before
    EXPIRY_PASSED = "expiry.passed"
    ACCESS_SUSPENDED = "access.suspended"
    ACCESS_RESTORED = "access.restored"
    PROMISE_GIVEN = "promise.given"
    PROMISE_BROKEN = "promise.broken"  # its time passed and dues are left
    CONNECTION_NEW = "connection.new"
    PACKAGE_CHANGED = "package.changed"
    BILL_RUN_WAITING = "bill_run.waiting"  # for a second person's approval
    JOB_FAILED = "job.failed"
    PROOF_FAILED = "proof.failed"
    CODE_SENT = "code.sent"  # a one-time code
    STAFF_LOCKED = "staff.locked"  # too many wrong codes: the owners are told


SOMEBODY_WAITS, SOON, IN_BULK = 1, 2, 3  # the lowest goes first
PRIORITIES = MappingProxyType(
    {
        Event.CODE_SENT: SOMEBODY_WAITS,
        Event.STAFF_LOCKED: SOMEBODY_WAITS,
        Event.INVOICE_ISSUED: IN_BULK,
        Event.INVOICE_DUE: IN_BULK,
        Event.INVOICE_OVERDUE: IN_BULK,
        Event.EXPIRY_WARNING: IN_BULK,
    }
)


class RecipientKind(StrEnum):
    CLIENT = "client"
    STAFF = "staff"
    CHAT = "chat"  # somebody in a chat whom we do not know otherwise yet


class Outcome(StrEnum):
    SENT = "sent"
    UNWANTED = "unwanted"  # the ISP or the recipient has this event switched off
    UNDELIVERABLE = "undeliverable"
    STALE = "stale"  # its time had passed


@dataclass(frozen=True, slots=True)
class Recipient:
    """`id` is the client's, the staff member's or the chat's; None: all staff concerned."""

    kind: RecipientKind
    id: int | None


STAFF = Recipient(RecipientKind.STAFF, None)


@dataclass(frozen=True, slots=True)
class Message:
    """One queued event; `attempts` counts this claim."""

    message_id: int
    event: Event
    recipient: Recipient
    about: str
    payload: Payload
    queued_at: datetime
    attempts: int


def to_client(client_id: int) -> Recipient:
    """A client as recipient."""
    return Recipient(RecipientKind.CLIENT, client_id)


def queue(
    session: Session,
    tenant_id: TenantId,
    event: Event,
    about: str,
    *,
    to: Recipient,
    now: datetime,
    payload: Payload = NOTHING,
    until: datetime | None = None,
) -> bool:
    """Queue an event in the caller's transaction; False where it was queued before.

    `about` names a thing, and what tells two occasions apart: "invoice:42", "invoice:42:7-days".
    The same event about the same thing is told once to each recipient, and not from `until` on.
    The payload holds facts, nothing secret: a code goes in sealed.
    """
    queued = session.execute(
        text("""
            INSERT INTO outbox (tenant_id, event, recipient_kind, recipient_id, about, payload,
                                priority, queued_at, send_until)
            VALUES (:tenant_id, :event, :kind, :id, :about, CAST(:payload AS jsonb),
                    :priority, :now, :until)
            ON CONFLICT ON CONSTRAINT outbox_told_once DO NOTHING RETURNING id
        """),
        {
            "tenant_id": tenant_id,
            "event": event.value,
            "kind": to.kind.value,
            "id": to.id,
            "about": about,
            "payload": json.dumps(dict(payload), ensure_ascii=False),
            "priority": PRIORITIES.get(event, SOON),
            "now": now,
            "until": until,
        },
    )
    return queued.first() is not None


def queue_many(
    session: Session,
    tenant_id: TenantId,
    event: Event,
    notices: Iterable[tuple[int, str]],
    *,
    now: datetime,
) -> int:
    """Queue an event for many clients, each by id with what it is `about`, in one statement.

    Returns how many were not queued before.
    """
    everybody = list(notices)
    queued = session.execute(
        text("""
            INSERT INTO outbox (tenant_id, event, recipient_kind, recipient_id, about, priority,
                                queued_at)
            SELECT :tenant_id, :event, 'client', client, about, :priority, :now
              FROM unnest(CAST(:clients AS bigint[]), CAST(:abouts AS text[])) AS n (client, about)
            ON CONFLICT ON CONSTRAINT outbox_told_once DO NOTHING RETURNING id
        """),
        {
            "tenant_id": tenant_id,
            "event": event.value,
            "priority": PRIORITIES.get(event, SOON),
            "now": now,
            "clients": [client_id for client_id, _about in everybody],
            "abouts": [about for _client_id, about in everybody],
        },
    )
    return len(queued.all())


def claim(
    session: Session,
    tenant_id: TenantId,
    *,
    now: datetime,
    limit: int = CLAIM_MAX,
    kind: RecipientKind | None = None,
    events: Iterable[Event] = tuple(Event),
) -> tuple[Message, ...]:
    """Messages for the caller alone to send in the next CLAIM_SECONDS, the most urgent first.

    `kind` and `events`: of such recipients, and such messages, alone.

    To be committed before sending. Claimers never wait for each other; what was not settled in
    time is claimed again, so a message is sent at least once. Stale ones are settled on the way.
    """
    session.execute(
        text("""
            UPDATE outbox SET settled_at = :now, outcome = 'stale'
             WHERE tenant_id = :tenant_id AND id IN (
                SELECT id FROM outbox WHERE tenant_id = :tenant_id AND settled_at IS NULL
                   AND send_until <= :now FOR UPDATE SKIP LOCKED)
        """),
        {"tenant_id": tenant_id, "now": now},
    )
    claimed = session.execute(
        text("""
            WITH mine AS (
                SELECT id FROM outbox
                 WHERE tenant_id = :tenant_id AND settled_at IS NULL
                   AND (claimed_until IS NULL OR claimed_until <= :now)
                   AND (send_until IS NULL OR send_until > :now)
                   AND (CAST(:kind AS text) IS NULL OR recipient_kind = :kind)
                   AND event = ANY (:events)
                 ORDER BY priority, id LIMIT :limit FOR UPDATE SKIP LOCKED),
            claimed AS (
                UPDATE outbox SET claimed_until = :claimed_until, attempts = attempts + 1
                 WHERE tenant_id = :tenant_id AND id IN (SELECT id FROM mine)
                RETURNING id, event, recipient_kind, recipient_id, about, payload, queued_at,
                          attempts, priority)
            SELECT * FROM claimed ORDER BY priority, id
        """),
        {
            "tenant_id": tenant_id,
            "now": now,
            "limit": limit,
            "kind": kind,
            "events": [event.value for event in events],
            "claimed_until": now + timedelta(seconds=CLAIM_SECONDS),
        },
    )
    return tuple(_message(row) for row in claimed)


def isps_with_staff_to_tell(session: Session) -> tuple[TenantId, ...]:
    """Where messages to staff wait; from outside of any scope."""
    found = session.execute(text("SELECT isps_with_staff_to_tell()")).scalars()
    return tuple(TenantId(one) for one in found)


def settle(
    session: Session,
    tenant_id: TenantId,
    message_ids: Sequence[int],
    outcome: Outcome,
    *,
    now: datetime,
) -> None:
    """Nothing is left to be done for these messages."""
    session.execute(
        text("""
            UPDATE outbox SET settled_at = :now, outcome = :outcome
             WHERE tenant_id = :tenant_id AND id = ANY (:ids) AND settled_at IS NULL
        """),
        {"tenant_id": tenant_id, "ids": list(message_ids), "outcome": outcome.value, "now": now},
    )


def forget(session: Session, tenant_id: TenantId, *, now: datetime) -> int:
    """Remove what was queued KEPT_DAYS ago or earlier, settled or not; returns how many."""
    gone = session.execute(
        text("""
            WITH gone AS (DELETE FROM outbox
                           WHERE tenant_id = :tenant_id AND queued_at <= :before RETURNING 1)
            SELECT count(*) FROM gone
        """),
        {"tenant_id": tenant_id, "before": now - timedelta(days=KEPT_DAYS)},
    )
    return int(gone.scalar_one())


def _message(row: Row[tuple[object, ...]]) -> Message:
    return Message(
        row.id,
        Event(row.event),
        Recipient(RecipientKind(row.recipient_kind), row.recipient_id),
        row.about,
        row.payload,
        row.queued_at,
        row.attempts,
    )
