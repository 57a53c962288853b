"""Payments: money received from clients. It becomes credit, and credit pays what is owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.credits import (
    CreditSource,
    allows_partial,
    live_allocations,
    locked_client,
    owing_invoices,
    release,
    settle_client,
    unused_credits,
)
from billing.errors import (
    ClientNotFound,
    InvoiceNotFound,
    InvoiceSettled,
    PartialNotAllowed,
    PaymentNotFound,
    PaymentReversed,
    ReasonMissing,
    TransactionKnown,
)
from billing.invoices import InvoiceId
from billing.ledger import Account, Code, Posting, post
from billing.rows import ClientRow, CreditRow, InvoiceRow, PaymentRow
from policy.facts import ClientId, TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.errors import ValueRefused
from storage.outbox import Event, queue, to_client
from storage.rows import locked, read, write
from tenancy.isps import get_isp, local_date

PaymentId = NewType("PaymentId", int)

PAYMENTS_MAX = 500  # of one list


class PaymentMethod(StrEnum):
    """How money came; each has the ledger account of its name. All but cash and bank name a
    transaction. What a client already has is used by `use_credit` and is no payment.
    """

    CASH = "cash"
    BANK = "bank"
    BKASH = "bkash"
    NAGAD = "nagad"
    ROCKET = "rocket"
    SSLCOMMERZ = "sslcommerz"
    AAMARPAY = "aamarpay"
    SHURJOPAY = "shurjopay"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPayment:
    """Money received: for one invoice, or for the oldest first. What is left becomes credit.

    `already_received`: it cannot be handed back (a gateway has it), so it is never refused; what
    may not pay a part of an invoice waits as credit.
    """

    method: PaymentMethod
    amount_minor: int  # above 0
    transaction_ref: str | None = None  # unique for the ISP and method, whatever its case
    invoice_id: InvoiceId | None = None
    note: str | None = None
    already_received: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """A part of a payment, and the invoice it pays."""

    invoice_id: InvoiceId
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Payment:
    """`uses` are what it pays now; the rest of `amount_minor` is credit, unless it was reversed."""

    payment_id: PaymentId
    client_id: ClientId
    method: PaymentMethod
    transaction_ref: str | None
    currency: str
    amount_minor: int
    received_at: datetime
    collected_by: str
    note: str | None
    uses: tuple[Use, ...]
    reversed_at: datetime | None
    reversal_reason: str | None

    @property
    def unused_minor(self) -> int:
        """What is left of it as credit."""
        if self.reversed_at is not None:
            return 0
        return self.amount_minor - sum(use.amount_minor for use in self.uses)


def take_payment(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    details: NewPayment,
    *,
    now: datetime,
    actor: Actor,
) -> Payment:
    """Money was received from a client, by `actor`. Locks the client.

    Raises NotPermitted, ClientNotFound, InvoiceNotFound (also another client's), InvoiceSettled,
    PartialNotAllowed, TransactionKnown, ValueRefused. Money already received raises none of the
    three about invoices.
    """
    actor.require(Permission.TAKE_PAYMENTS)
    client = locked_client(session, tenant_id, client_id)
    if not details.already_received:
        _refuse_unwanted(session, client, details)
    row = _add(session, client, details, now, actor)
    settle_client(session, client, now=now, actor=actor, first=details.invoice_id)
    payment = _frozen(session, row)
    subject = Subject(tenant_id, "payment", row.id)
    record(session, actor, "payment.received", subject, after=payment)
    queue(
        session,
        tenant_id,
        Event.PAYMENT_RECEIVED,
        f"payment:{row.id}",
        to=to_client(client_id),
        now=now,
        payload={
            "amount_minor": payment.amount_minor,
            "method": payment.method.value,
            "transaction_ref": payment.transaction_ref,
        },
    )
    return payment


def reverse_payment(
    session: Session,
    tenant_id: TenantId,
    payment_id: PaymentId,
    *,
    reason: str,
    now: datetime,
    actor: Actor,
) -> Payment:
    """The money was not received after all, or was given back. Every row of it is mirrored.

    What it paid is owed again, the days it bought are taken back, and other credit of the client
    pays what it can. Locks the client. Raises NotPermitted, ReasonMissing, PaymentNotFound,
    PaymentReversed.
    """
    actor.require(Permission.REVERSE_PAYMENTS)
    if not reason.strip():
        raise ReasonMissing
    client, row, credit = _locked_payment(session, tenant_id, payment_id)
    if credit.reversed_at is not None:
        raise PaymentReversed(payment_id)
    before = _frozen(session, row)
    for allocation in live_allocations(session, tenant_id, credit.id):
        release(session, client, allocation, now=now, actor=actor)
    credit.reversed_at, credit.reversal_reason = now, reason.strip()
    write(session)
    mirror = _received(credit, PaymentMethod(row.method)).mirrored(Code.REVERSAL)
    today = local_date(session, tenant_id, now)
    post(session, tenant_id, [mirror], booked_on=today, actor=actor)
    settle_client(session, client, now=now, actor=actor)
    after = _frozen(session, row)
    subject = Subject(tenant_id, "payment", payment_id)
    record(session, actor, "payment.reversed", subject, before=before, after=after)
    queue(
        session,
        tenant_id,
        Event.PAYMENT_REVERSED,
        f"payment:{payment_id}",
        to=to_client(client.id),
        now=now,
        payload={"amount_minor": after.amount_minor},
    )
    return after


def use_credit(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    *,
    invoice_id: InvoiceId | None = None,
    now: datetime,
    actor: Actor,
) -> None:
    """Pay from a client's credit what it can pay, `invoice_id` first. Locks the client.

    Credit does so by itself as soon as it may; this is for when a profile has changed since.
    Raises NotPermitted, ClientNotFound, InvoiceNotFound.
    """
    actor.require(Permission.TAKE_PAYMENTS)
    client = locked_client(session, tenant_id, client_id)
    if invoice_id is not None:
        _own_invoice(session, client, invoice_id)
    settle_client(session, client, now=now, actor=actor, first=invoice_id)
    record(session, actor, "client.credit_used", Subject(tenant_id, "client", client_id))


def get_payment(session: Session, tenant_id: TenantId, payment_id: PaymentId) -> Payment:
    """Raises PaymentNotFound."""
    missing = PaymentNotFound(payment_id)
    return _frozen(session, read(session, PaymentRow, tenant_id, payment_id, missing))


def find_payment(
    session: Session, tenant_id: TenantId, method: PaymentMethod, transaction_ref: str
) -> Payment | None:
    """By its transaction id in any case, reversed or not; None where there is none."""
    row = session.scalar(
        select(PaymentRow).where(
            PaymentRow.tenant_id == tenant_id,
            PaymentRow.method == method,
            func.upper(PaymentRow.transaction_ref) == transaction_ref.strip().upper(),
        )
    )
    return None if row is None else _frozen(session, row)


def payments_of(
    session: Session, tenant_id: TenantId, client_id: ClientId, *, limit: int = PAYMENTS_MAX
) -> tuple[Payment, ...]:
    """A client's payments, the newest first, at most `limit`. Raises ClientNotFound."""
    read(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    rows = session.scalars(
        select(PaymentRow)
        .join(CreditRow, (CreditRow.tenant_id == tenant_id) & (CreditRow.id == PaymentRow.id))
        .where(PaymentRow.tenant_id == tenant_id, CreditRow.client_id == client_id)
        .order_by(PaymentRow.id.desc())
        .limit(min(limit, PAYMENTS_MAX))
    ).all()
    return tuple(_frozen(session, row) for row in rows)


def _refuse_unwanted(session: Session, client: ClientRow, details: NewPayment) -> None:
    """Raise where money at the counter should not be taken as it is offered."""
    invoices = owing_invoices(session, client)
    if details.invoice_id is not None:
        _own_invoice(session, client, details.invoice_id)
        invoices = [invoice for invoice in invoices if invoice.id == details.invoice_id]
        if not invoices:
            raise InvoiceSettled(details.invoice_id, "paid or void")
    if invoices and not allows_partial(session, client):
        unused = unused_credits(session, client)
        have = sum(credit.amount_minor - credit.used_minor for credit in unused)
        due = invoices[0].total_minor - invoices[0].paid_minor
        if have + details.amount_minor < due:
            raise PartialNotAllowed(due, have + details.amount_minor)


def _own_invoice(session: Session, client: ClientRow, invoice_id: InvoiceId) -> None:
    missing = InvoiceNotFound(invoice_id)
    row = read(session, InvoiceRow, TenantId(client.tenant_id), invoice_id, missing)
    if row.client_id != client.id:
        raise missing


def _add(
    session: Session, client: ClientRow, details: NewPayment, now: datetime, actor: Actor
) -> PaymentRow:
    """The money as a credit of the client's, and in the ledger."""
    tenant_id = TenantId(client.tenant_id)
    if not isinstance(details.amount_minor, int):
        raise ValueRefused("amount_is_whole")  # a fraction of the smallest unit is no money
    credit = CreditRow(
        tenant_id=tenant_id,
        client_id=client.id,
        source=CreditSource.PAYMENT,
        currency=get_isp(session, tenant_id).details.currency,
        amount_minor=details.amount_minor,
        used_minor=0,
        given_at=now,
    )
    session.add(credit)
    write(session)
    ref = (details.transaction_ref or "").strip() or None
    row = PaymentRow(
        tenant_id=tenant_id,
        id=credit.id,
        method=details.method,
        transaction_ref=ref,
        note=details.note,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
    )
    session.add(row)
    write(session, {"payments_transaction_ref_key": TransactionKnown(details.method, ref or "")})
    today = local_date(session, tenant_id, now)
    received = _received(credit, details.method)
    post(session, tenant_id, [received], booked_on=today, actor=actor)
    return row


def _received(credit: CreditRow, method: PaymentMethod) -> Posting:
    return Posting(
        Account(method.value),
        Account.CLIENT_CREDIT,
        credit.amount_minor,
        Code.PAYMENT,
        ClientId(credit.client_id),
        credit_id=credit.id,
    )


def _locked_payment(
    session: Session, tenant_id: TenantId, payment_id: PaymentId
) -> tuple[ClientRow, PaymentRow, CreditRow]:
    """A payment with its client and its credit, the client locked before the credit."""
    missing = PaymentNotFound(payment_id)
    row = read(session, PaymentRow, tenant_id, payment_id, missing)
    whose = read(session, CreditRow, tenant_id, payment_id, missing).client_id
    client = locked_client(session, tenant_id, ClientId(whose))
    return client, row, locked(session, CreditRow, tenant_id, payment_id, missing)


def _frozen(session: Session, row: PaymentRow) -> Payment:
    tenant_id = TenantId(row.tenant_id)
    credit = session.get_one(CreditRow, (row.tenant_id, row.id))
    uses = live_allocations(session, tenant_id, row.id)
    return Payment(
        PaymentId(row.id),
        ClientId(credit.client_id),
        PaymentMethod(row.method),
        row.transaction_ref,
        credit.currency,
        credit.amount_minor,
        credit.given_at,
        row.actor_name,
        row.note,
        tuple(Use(InvoiceId(use.invoice_id), use.amount_minor) for use in uses),
        credit.reversed_at,
        credit.reversal_reason,
    )
