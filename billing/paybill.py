"""Bills that others collect: what a client owes, and that it was paid, a transaction once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.client_logins import written_phones
from billing.credits import locked_client
from billing.errors import ClientNotFound, NobodyNamed, SeveralNamed, TransactionKnown
from billing.ledger import balance_of
from billing.payments import NewPayment, Payment, PaymentMethod, find_payment, take_payment
from billing.rows import ClientRow, ConnectionRow, PackageRow
from policy.facts import ClientId, Status, TenantId
from storage.actors import Actor, Permission
from tenancy.isps import get_isp

PACKAGES_MAX = 20  # named in one bill


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """How a payer names the client; all that is given must fit."""

    phone: str | None = None  # in any form
    username: str | None = None
    client_number: int | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """`due_minor` is all that is owed less what the client has as credit."""

    client_id: ClientId
    client_number: int
    client_name: str
    status: Status
    packages: tuple[str, ...]  # of the named connection, or of all that have not ended
    due_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BillPayment:
    """Money that somebody took for us; `transaction_ref` is unique to the method."""

    named: Named
    method: PaymentMethod
    amount_minor: int
    transaction_ref: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """`is_new` is False where it was told before."""

    payment: Payment
    client_number: int
    is_new: bool


def find_bill(session: Session, tenant_id: TenantId, details: Named, *, actor: Actor) -> Bill:
    """Raises NotPermitted, NobodyNamed, ClientNotFound, SeveralNamed."""
    actor.require(Permission.VIEW_ALL_CLIENTS)
    client = _meant(session, tenant_id, details)
    client_id = ClientId(client.id)
    balance = balance_of(session, tenant_id, client_id)
    return Bill(
        client_id,
        client.client_number,
        client.name,
        Status(client.status),
        _packages(session, client, details.username),
        max(0, balance.due_minor - balance.credit_minor),
        get_isp(session, tenant_id).details.currency,
    )


def take_bill_payment(
    session: Session, tenant_id: TenantId, details: BillPayment, *, now: datetime, actor: Actor
) -> Taken:
    """Record it, or find that it is recorded: the same transaction told again is no new money.

    Money that was taken is never refused for what it pays: the rest becomes credit. Locks the
    client. Raises NotPermitted, NobodyNamed, ClientNotFound, SeveralNamed, ValueRefused;
    TransactionKnown where the transaction was told with another client or amount, or was reversed.
    """
    actor.require(Permission.TAKE_PAYMENTS)
    client = _meant(session, tenant_id, details.named)
    client_id = ClientId(client.id)
    locked_client(session, tenant_id, client_id)  # the same told twice at once: one waits here
    known = find_payment(session, tenant_id, details.method, details.transaction_ref)
    if known is not None:
        same = (known.client_id, known.amount_minor) == (client_id, details.amount_minor)
        if not same or known.reversed_at is not None:
            raise TransactionKnown(details.method, details.transaction_ref)
        return Taken(known, client.client_number, is_new=False)
    money = NewPayment(
        method=details.method,
        amount_minor=details.amount_minor,
        transaction_ref=details.transaction_ref,
        note=details.note,
        already_received=True,
    )
    payment = take_payment(session, tenant_id, client_id, money, now=now, actor=actor)
    return Taken(payment, client.client_number, is_new=True)


def find_bill_payment(
    session: Session,
    tenant_id: TenantId,
    method: PaymentMethod,
    transaction_ref: str,
    *,
    actor: Actor,
) -> Taken | None:
    """What became of a transaction; None where it was never told. Raises NotPermitted."""
    actor.require(Permission.TAKE_PAYMENTS)
    payment = find_payment(session, tenant_id, method, transaction_ref)
    if payment is None:
        return None
    client = session.get_one(ClientRow, (tenant_id, payment.client_id))
    return Taken(payment, client.client_number, is_new=False)


def _meant(session: Session, tenant_id: TenantId, named: Named) -> ClientRow:
    """The one client whom all that was given fits."""
    fits = []
    if named.client_number is not None:
        fits.append(ClientRow.client_number == named.client_number)
    if named.phone is not None:
        fits.append(ClientRow.phone.in_(written_phones(named.phone)))
    if named.username is not None:
        theirs = select(ConnectionRow.client_id).where(
            ConnectionRow.tenant_id == tenant_id, ConnectionRow.username == named.username
        )
        fits.append(ClientRow.id.in_(theirs))
    if not fits:
        raise NobodyNamed
    query = select(ClientRow).where(ClientRow.tenant_id == tenant_id, *fits).order_by(ClientRow.id)
    found = session.scalars(query.limit(2)).all()
    if not found:
        raise ClientNotFound(0)
    if len(found) > 1:
        raise SeveralNamed(len(found))
    return found[0]


def _packages(session: Session, client: ClientRow, username: str | None) -> tuple[str, ...]:
    lines = [
        ConnectionRow.tenant_id == client.tenant_id,
        ConnectionRow.client_id == client.id,
        ConnectionRow.username == username if username else ConnectionRow.ended_on.is_(None),
    ]
    names = (
        select(PackageRow.name)
        .join(
            ConnectionRow,
            (ConnectionRow.tenant_id == PackageRow.tenant_id)
            & (ConnectionRow.package_id == PackageRow.id),
        )
        .where(*lines)
        .order_by(ConnectionRow.id)
        .limit(PACKAGES_MAX)
    )
    return tuple(dict.fromkeys(session.scalars(names)))
