"""Money given back through the gateway it came by: booked when the gateway says so, not before."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.errors import PaymentReversed, ReasonMissing
from billing.gateways.attempts import ASK_AFTER_SECONDS, OPEN_SECONDS, frozen_attempt
from billing.gateways.contents import driver_of
from billing.gateways.errors import RefundNotFound, RefundRefused
from billing.gateways.rows import AttemptRow, RefundRow
from billing.gateways.words import Attempt, Gateway, RefundAnswer, RefundOrder, RefundWord
from billing.payments import (
    NewPayment,
    PaymentId,
    get_payment,
    reverse_payment,
    take_payment,
)
from policy.facts import TenantId
from storage.actors import Actor, ActorKind, Permission
from storage.audit import Subject, record
from storage.rows import locked, read, write

RefundId = NewType("RefundId", int)

REASON_LENGTH_MAX = 255
MAY = frozenset({Permission.TAKE_PAYMENTS, Permission.REVERSE_PAYMENTS})


class RefundState(StrEnum):
    ASKED = "asked"
    UNKNOWN = "unknown"  # the gateway may have done it; it is asked again
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Refund:
    """`said`: why it was refused, in the gateway's words."""

    refund_id: RefundId
    payment_id: PaymentId
    attempt: Attempt
    order: RefundOrder
    state: RefundState
    said: str | None
    started_at: datetime


def begin_refund(
    session: Session,
    tenant_id: TenantId,
    payment_id: PaymentId,
    amount_minor: int,
    *,
    reason: str,
    now: datetime,
    actor: Actor,
) -> Refund:
    """Write down that the gateway is to be asked for it; nothing is booked yet.

    Raises NotPermitted, ReasonMissing, PaymentNotFound, PaymentReversed, RefundRefused.
    """
    actor.require(Permission.REVERSE_PAYMENTS)
    if not reason.strip():
        raise ReasonMissing
    payment = get_payment(session, tenant_id, payment_id)
    if payment.reversed_at is not None:
        raise PaymentReversed(payment_id)
    mine = AttemptRow.tenant_id == tenant_id, AttemptRow.payment_id == payment_id
    attempt = session.scalar(select(AttemptRow).where(*mine))
    if attempt is None or driver_of(Gateway(attempt.gateway)).refund is None:
        raise RefundRefused("not_by_gateway")
    if not 0 < amount_minor <= payment.amount_minor:
        raise RefundRefused("amount")
    row = RefundRow(
        tenant_id=tenant_id,
        reference=secrets.token_hex(12),
        attempt_id=attempt.id,
        payment_id=payment_id,
        amount_minor=amount_minor,
        reason=reason.strip()[:REASON_LENGTH_MAX],
        state=RefundState.ASKED,
        started_at=now,
        ask_at=now + timedelta(seconds=OPEN_SECONDS),
    )
    session.add(row)
    write(session, {"gateway_refunds_live": RefundRefused("asked_already")})
    after = {"amount_minor": amount_minor, "reason": row.reason}
    record(session, actor, "payment.refund_asked", _subject(tenant_id, row), after=after)
    return _frozen(session, row)


def settle_refund(
    session: Session,
    tenant_id: TenantId,
    refund_id: RefundId,
    answer: RefundAnswer,
    *,
    now: datetime,
) -> Refund:
    """Take what the gateway says of it. Locks the refund, then the client.

    Of one that is done the payment is reversed; what was not given back of it is a payment anew.
    Raises RefundNotFound.
    """
    row = locked(session, RefundRow, tenant_id, refund_id, RefundNotFound(refund_id))
    if row.ended_at is not None:
        return _frozen(session, row)
    row.refund_ref = answer.refund_ref or row.refund_ref
    row.said = (answer.said or "")[:500] or None
    if answer.word is RefundWord.UNKNOWN:
        step = min(row.asks, len(ASK_AFTER_SECONDS) - 1)
        row.state, row.asks = RefundState.UNKNOWN, row.asks + 1
        row.ask_at = now + timedelta(seconds=max(OPEN_SECONDS, ASK_AFTER_SECONDS[step]))
    else:
        row.state, row.ask_at, row.ended_at = RefundState(answer.word.value), None, now
    write(session)
    if answer.word is RefundWord.DONE:
        _book(session, tenant_id, row, now)
    return _frozen(session, row)


def get_refund(session: Session, tenant_id: TenantId, refund_id: RefundId) -> Refund:
    """Raises RefundNotFound."""
    row = read(session, RefundRow, tenant_id, refund_id, RefundNotFound(refund_id))
    return _frozen(session, row)


def refunds_to_ask(session: Session, tenant_id: TenantId, *, now: datetime) -> tuple[Refund, ...]:
    """Those of which nobody knows yet, the longest waiting first."""
    due = RefundRow.tenant_id == tenant_id, RefundRow.ask_at <= now
    rows = session.scalars(select(RefundRow).where(*due).order_by(RefundRow.ask_at).limit(100))
    return tuple(_frozen(session, row) for row in rows)


def open_refunds(session: Session, tenant_id: TenantId) -> tuple[Refund, ...]:
    """Those that have not come to an end, the oldest first."""
    live = RefundRow.tenant_id == tenant_id, RefundRow.ended_at.is_(None)
    rows = session.scalars(select(RefundRow).where(*live).order_by(RefundRow.id).limit(100))
    return tuple(_frozen(session, row) for row in rows)


def _book(session: Session, tenant_id: TenantId, row: RefundRow, now: datetime) -> None:
    gateway = session.get_one(AttemptRow, (tenant_id, row.attempt_id)).gateway
    actor = Actor(ActorKind.SYSTEM, gateway, permissions=MAY, origin=f"gateway:{gateway}")
    payment_id = PaymentId(row.payment_id)
    try:
        before = reverse_payment(
            session, tenant_id, payment_id, reason=row.reason, now=now, actor=actor
        )
    except PaymentReversed:  # staff were quicker
        return
    rest = before.amount_minor - row.amount_minor
    if rest:
        money = NewPayment(
            method=before.method,
            amount_minor=rest,
            transaction_ref=f"{before.transaction_ref}/{row.refund_ref or row.reference}",
            already_received=True,
        )
        take_payment(session, tenant_id, before.client_id, money, now=now, actor=actor)
    record(session, actor, "payment.refunded", _subject(tenant_id, row))


def _subject(tenant_id: TenantId, row: RefundRow) -> Subject:
    return Subject(tenant_id, "payment", row.payment_id)


def _frozen(session: Session, row: RefundRow) -> Refund:
    tenant_id = TenantId(row.tenant_id)
    attempt = frozen_attempt(session.get_one(AttemptRow, (tenant_id, row.attempt_id)))
    payment = get_payment(session, tenant_id, PaymentId(row.payment_id))
    order = RefundOrder(
        reference=row.reference,
        transaction_ref=payment.transaction_ref or "",
        amount_minor=row.amount_minor,
        currency=payment.currency,
        reason=row.reason,
        refund_ref=row.refund_ref,
    )
    return Refund(
        RefundId(row.id),
        PaymentId(row.payment_id),
        attempt,
        order,
        RefundState(row.state),
        row.said,
        row.started_at,
    )
