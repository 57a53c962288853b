"""One settlement for every gateway: what its own answer says is credited once, or put in suspense.

Whoever brings an answer (a client who comes back, a notice, the asking again) calls `settle`; they
meet at the lock of the attempt, and money at the transaction's key among payments.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from billing.advance import pay_advance
from billing.errors import MonthsRefused, NotByDay, NothingToBill, PaidInPart
from billing.gateways.attempts import ask_again, frozen_attempt, locked_attempt
from billing.gateways.rows import AttemptRow
from billing.gateways.suspending import claim_suspended
from billing.gateways.words import Answer, Attempt, AttemptState, Purpose, Word
from billing.payments import NewPayment, Payment, PaymentMethod, find_payment, take_payment
from billing.renewals import renew
from policy.facts import ClientId, ConnectionId, TenantId
from storage.actors import Actor, ActorKind, Permission
from storage.audit import Subject, record
from storage.rows import write

REASON_LENGTH_MAX = 500
NOT_TO_BE_HAD = (MonthsRefused, NothingToBill, PaidInPart, NotByDay)
MAY = frozenset({Permission.TAKE_PAYMENTS, Permission.MAKE_INVOICES})


def settle(
    session: Session, tenant_id: TenantId, reference: str, answer: Answer, *, now: datetime
) -> Attempt:
    """Take a gateway's answer about an attempt. Locks the attempt, then its client.

    PAID is credited where reference, amount, currency and merchant are those of the attempt, and
    else suspended; once, however often it is answered. A later PAID counts also after a failure:
    the money is there. What is not known stays so and is asked again. Raises AttemptNotFound.
    """
    row = locked_attempt(session, tenant_id, reference)
    if row.settled_at is not None:
        _note_second(session, tenant_id, row, answer, now)
        return frozen_attempt(row)
    if answer.word is Word.PAID:
        _take(session, tenant_id, row, answer, now)
    elif answer.word is Word.UNKNOWN or answer.is_hearsay:
        ask_again(row, now)
        if answer.is_hearsay:  # for the page of the client; the gateway may still say otherwise
            row.state = AttemptState(answer.word.value)
        if answer.untouched:
            row.capture_at = row.hint = None
    elif not AttemptState(row.state).is_certain:
        row.state = AttemptState(answer.word.value)
        row.reason, row.ask_at = (answer.reason or "")[:REASON_LENGTH_MAX] or None, None
    row.asked_at = now
    write(session)
    return frozen_attempt(row)


def _take(
    session: Session, tenant_id: TenantId, row: AttemptRow, answer: Answer, now: datetime
) -> None:
    """The row is changed last and at once: services below flush it, and it must hold then."""
    payment, why = None, _wrong_with(row, answer)
    if why is None:
        method = PaymentMethod(row.gateway)
        payment = find_payment(session, tenant_id, method, answer.transaction_ref)
        if payment is None:
            payment = _credit(session, tenant_id, row, answer, now)
        elif not _is_this(payment, row):
            payment, why = None, "known"
        # else staff were quicker than the gateway's notice
    if why is not None:
        _suspend(session, tenant_id, row, answer, why, now)
    row.state = AttemptState.SUSPENSE if payment is None else AttemptState.PAID
    row.payment_id = None if payment is None else payment.payment_id
    row.settled_at, row.ask_at, row.reason = now, None, None


def _note_second(
    session: Session, tenant_id: TenantId, row: AttemptRow, answer: Answer, now: datetime
) -> None:
    """Two successes of one attempt: the client has paid twice, and a person gives one back."""
    if answer.word is not Word.PAID or _wrong_with(row, answer) is not None:
        return
    ref = answer.transaction_ref
    if find_payment(session, tenant_id, PaymentMethod(row.gateway), ref) is None:
        _suspend(session, tenant_id, row, answer, "second", now)


def _wrong_with(row: AttemptRow, answer: Answer) -> str | None:
    """Why this money cannot be the attempt's."""
    if not answer.is_ours or answer.reference != row.reference:
        return "merchant"
    if answer.currency != row.currency:
        return "currency"
    if answer.amount_minor != row.amount_minor:
        return "amount"
    if not answer.transaction_ref:
        return "unknown"
    return "risk" if answer.is_risky else None


def _is_this(known: Payment, row: AttemptRow) -> bool:
    """Whether a payment that is on record is the attempt's money."""
    same = (known.client_id, known.amount_minor) == (row.client_id, row.amount_minor)
    return same and known.reversed_at is None


def _credit(
    session: Session,
    tenant_id: TenantId,
    row: AttemptRow,
    answer: Answer,
    now: datetime,
) -> Payment:
    """For what it was meant; where that cannot be had any more, for what is owed, or as credit."""
    client_id = ClientId(row.client_id)
    actor = Actor(ActorKind.SYSTEM, row.gateway, permissions=MAY, origin=f"gateway:{row.gateway}")
    money = NewPayment(
        method=PaymentMethod(row.gateway),
        amount_minor=answer.amount_minor,
        transaction_ref=answer.transaction_ref,
        already_received=True,
    )
    try:
        if row.purpose == Purpose.ADVANCE and row.months:
            _made, paid = pay_advance(
                session, tenant_id, client_id, row.months, money, now=now, actor=actor
            )
        elif row.purpose == Purpose.RENEWAL and row.connection_id:
            line = ConnectionId(row.connection_id)
            _bill, paid = renew(session, tenant_id, line, money, now=now, actor=actor)
        else:
            paid = take_payment(session, tenant_id, client_id, money, now=now, actor=actor)
    except NOT_TO_BE_HAD:
        paid = take_payment(session, tenant_id, client_id, money, now=now, actor=actor)
    assert paid is not None, "money was given"
    return paid


def _suspend(
    session: Session,
    tenant_id: TenantId,
    row: AttemptRow,
    answer: Answer,
    why: str,
    now: datetime,
) -> None:
    """Keep that the money is there, once for each transaction, and tell it to the audit log."""
    is_booked = why != "known" and answer.currency == row.currency and answer.amount_minor > 0
    actor = Actor(ActorKind.SYSTEM, row.gateway, origin=f"gateway:{row.gateway}")
    claim_suspended(
        session, tenant_id, now, actor,
        gateway=row.gateway,
        environment=row.environment,
        transaction_ref=answer.transaction_ref or row.reference,
        amount_minor=answer.amount_minor or row.amount_minor,
        currency=answer.currency or row.currency,
        attempt_id=row.id,
        why=why,
        on_ledger=is_booked,
    )  # fmt: skip
    after = {"why": why, "amount_minor": answer.amount_minor, "currency": answer.currency}
    subject = Subject(tenant_id, "payment_attempt", row.id)
    record(session, actor, "payment_attempt.suspended", subject, after=after)
