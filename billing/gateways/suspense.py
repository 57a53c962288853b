"""Money in suspense: what a gateway has and fits nothing, until a person says whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.errors import ReasonMissing
from billing.gateways.errors import SuspendedMoneyNotFound, SuspenseEnded
from billing.gateways.rows import AttemptRow, SuspendedMoneyRow
from billing.gateways.suspending import SuspendedId, claim_suspended
from billing.gateways.words import AttemptId, AttemptState, Environment, Gateway
from billing.ledger import Account, Code, Posting, post
from billing.payments import NewPayment, Payment, PaymentMethod, take_payment
from policy.facts import ClientId, TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import locked, write
from tenancy.isps import get_isp, local_date

SHOWN_MAX = 200


@dataclass(frozen=True, slots=True)
class SuspendedMoney:
    """`why` is a stable word; `client_id` is whose attempt it came by, if any."""

    suspended_id: SuspendedId
    gateway: Gateway
    environment: Environment
    transaction_ref: str
    amount_minor: int
    currency: str
    why: str
    attempt_id: AttemptId | None
    client_id: ClientId | None
    found_at: datetime
    on_ledger: bool


def suspended_money(
    session: Session, tenant_id: TenantId, *, limit: int = SHOWN_MAX
) -> tuple[SuspendedMoney, ...]:
    """What waits for a person, the oldest first."""
    same = (AttemptRow.tenant_id == tenant_id) & (AttemptRow.id == SuspendedMoneyRow.attempt_id)
    rows = session.execute(
        select(SuspendedMoneyRow, AttemptRow.client_id)
        .outerjoin(AttemptRow, same)
        .where(
            SuspendedMoneyRow.tenant_id == tenant_id,
            SuspendedMoneyRow.assigned_at.is_(None),
            SuspendedMoneyRow.dismissed_at.is_(None),
        )
        .order_by(SuspendedMoneyRow.found_at, SuspendedMoneyRow.id)
        .limit(min(limit, SHOWN_MAX))
    )
    return tuple(_frozen(row, client_id) for row, client_id in rows)


def assign_suspended(
    session: Session,
    tenant_id: TenantId,
    suspended_id: SuspendedId,
    client_id: ClientId,
    *,
    now: datetime,
    actor: Actor,
) -> Payment:
    """It is that client's. Locks the money, then the client.

    Raises NotPermitted, SuspendedMoneyNotFound, SuspenseEnded, ClientNotFound, TransactionKnown.
    """
    actor.require(Permission.TAKE_PAYMENTS)
    row = _locked_open(session, tenant_id, suspended_id)
    if not row.on_ledger:
        raise SuspenseEnded(suspended_id)
    _leave(session, tenant_id, row, now, actor)
    money = NewPayment(
        method=PaymentMethod(row.gateway),
        amount_minor=row.amount_minor,
        transaction_ref=row.transaction_ref,
        already_received=True,
    )
    payment = take_payment(session, tenant_id, client_id, money, now=now, actor=actor)
    row.assigned_at, row.payment_id = now, payment.payment_id
    _end_attempt(session, tenant_id, row, payment)
    write(session)
    subject = Subject(tenant_id, "suspended_money", suspended_id)
    record(session, actor, "suspended_money.assigned", subject, after={"client_id": client_id})
    return payment


def dismiss_suspended(
    session: Session,
    tenant_id: TenantId,
    suspended_id: SuspendedId,
    *,
    reason: str,
    now: datetime,
    actor: Actor,
) -> None:
    """It is nobody's: given back at the gateway, or never there. Locks the money.

    Raises NotPermitted, ReasonMissing, SuspendedMoneyNotFound, SuspenseEnded.
    """
    actor.require(Permission.REVERSE_PAYMENTS)
    if not reason.strip():
        raise ReasonMissing
    row = _locked_open(session, tenant_id, suspended_id)
    if row.on_ledger:
        _leave(session, tenant_id, row, now, actor)
    row.dismissed_at, row.dismissed_because = now, reason.strip()[:500]
    write(session)
    subject = Subject(tenant_id, "suspended_money", suspended_id)
    record(session, actor, "suspended_money.dismissed", subject, after={"reason": reason.strip()})


def suspend_unmatched(
    session: Session,
    tenant_id: TenantId,
    gateway: Gateway,
    environment: Environment,
    transaction_ref: str,
    amount_minor: int,
    *,
    now: datetime,
    actor: Actor,
) -> bool:
    """A gateway has money for us of which nothing here knows; once. Whether that is new.

    Raises NotPermitted.
    """
    actor.require(Permission.TAKE_PAYMENTS)
    taken = claim_suspended(
        session, tenant_id, now, actor,
        gateway=gateway,
        environment=environment,
        transaction_ref=transaction_ref,
        amount_minor=amount_minor,
        currency=get_isp(session, tenant_id).details.currency,
        why="unmatched",
        on_ledger=True,
    )  # fmt: skip
    if taken is None:
        return False
    subject = Subject(tenant_id, "suspended_money", taken)
    record(session, actor, "suspended_money.found", subject, after={"amount_minor": amount_minor})
    return True


def _locked_open(
    session: Session, tenant_id: TenantId, suspended_id: SuspendedId
) -> SuspendedMoneyRow:
    missing = SuspendedMoneyNotFound(suspended_id)
    row = locked(session, SuspendedMoneyRow, tenant_id, suspended_id, missing)
    if row.assigned_at is not None or row.dismissed_at is not None:
        raise SuspenseEnded(suspended_id)
    return row


def _leave(
    session: Session, tenant_id: TenantId, row: SuspendedMoneyRow, now: datetime, actor: Actor
) -> None:
    """Suspense has it no more."""
    back = Posting(Account.SUSPENSE, Account(row.gateway), row.amount_minor, Code.TRANSFER)
    today = local_date(session, tenant_id, now)
    post(session, tenant_id, [back], booked_on=today, actor=actor)


def _end_attempt(
    session: Session, tenant_id: TenantId, row: SuspendedMoneyRow, payment: Payment
) -> None:
    """The client's page says that it is paid, where the money is theirs after all."""
    attempt = session.get(AttemptRow, (tenant_id, row.attempt_id)) if row.attempt_id else None
    if attempt is None or attempt.state != AttemptState.SUSPENSE:
        return
    if attempt.client_id == payment.client_id:
        attempt.state, attempt.payment_id = AttemptState.PAID, payment.payment_id


def _frozen(row: SuspendedMoneyRow, client_id: int | None) -> SuspendedMoney:
    return SuspendedMoney(
        SuspendedId(row.id),
        Gateway(row.gateway),
        Environment(row.environment),
        row.transaction_ref,
        row.amount_minor,
        row.currency,
        row.why,
        AttemptId(row.attempt_id) if row.attempt_id else None,
        ClientId(client_id) if client_id else None,
        row.found_at,
        row.on_ledger,
    )
