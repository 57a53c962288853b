"""Credit: what a client has paid or was granted, and how it pays what they owe.

A credit never lies beside an invoice that it could pay: whenever either comes to be, the oldest
credit pays the oldest debt. So the order in which independent things happen decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from billing.errors import ClientNotFound
from billing.ledger import Account, Code, Posting, post
from billing.rows import AllocationRow, ClientRow, CreditRow, InvoiceRow
from billing.validity import extend, take_back
from policy.facts import ClientId, TenantId
from storage.actors import Actor
from storage.rows import locked, write
from tenancy.isps import local_date

CreditId = NewType("CreditId", int)

OWING = ("issued", "partial")


class CreditSource(StrEnum):
    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"
    OPENING = "opening"


def locked_client(session: Session, tenant_id: TenantId, client_id: ClientId) -> ClientRow:
    """A client, locked: all that moves their money waits for one another here, and only here.

    Raises ClientNotFound.
    """
    return locked(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))


def settle_client(
    session: Session,
    client: ClientRow,
    *,
    now: datetime,
    actor: Actor,
    first: int | None = None,
) -> None:
    """Pay with the client's credit what they owe: the invoice `first`, then the oldest due.

    Where a profile of theirs forbids part payments, an invoice is paid whole or not at all, and
    one that cannot be paid keeps those due later waiting. The client is locked by the caller.
    """
    unused = unused_credits(session, client)
    have = sum(credit.amount_minor - credit.used_minor for credit in unused)
    if not have:
        return
    invoices = sorted(owing_invoices(session, client), key=lambda invoice: invoice.id != first)
    partial = invoices and allows_partial(session, client)
    today = local_date(session, TenantId(client.tenant_id), now)
    for invoice in invoices:
        due = invoice.total_minor - invoice.paid_minor
        if not have or (have < due and not partial):
            break
        have -= _pay(session, client, unused, invoice, now, today, actor)


def _pay(
    session: Session,
    client: ClientRow,
    unused: Iterable[CreditRow],
    invoice: InvoiceRow,
    now: datetime,
    today: date,
    actor: Actor,
) -> int:
    """Use the oldest credits for one invoice; returns how much."""
    due = still = invoice.total_minor - invoice.paid_minor
    tenant_id, client_id = TenantId(client.tenant_id), ClientId(client.id)
    postings = []
    for credit in unused:
        part = min(still, credit.amount_minor - credit.used_minor)
        if part <= 0:
            continue
        still -= part
        credit.used_minor += part
        session.add(
            AllocationRow(
                tenant_id=tenant_id,
                credit_id=credit.id,
                invoice_id=invoice.id,
                amount_minor=part,
                allocated_at=now,
            )
        )
        used = (Account.CLIENT_CREDIT, Account.RECEIVABLE, part, Code.ALLOCATION)
        postings.append(Posting(*used, client_id, invoice.id, credit.id))
    invoice.paid_minor += due - still
    invoice.status = "paid" if still == 0 else "partial"
    write(session)
    post(session, tenant_id, postings, booked_on=today, actor=actor)
    if still == 0:
        extend(session, invoice, now)
    return due - still


def release(
    session: Session, client: ClientRow, allocation: AllocationRow, *, now: datetime, actor: Actor
) -> None:
    """Undo one use of a credit: the invoice is owed again, and what paying it bought is taken back.

    The client is locked by the caller.
    """
    tenant_id = TenantId(client.tenant_id)
    invoice_key, credit_key = (tenant_id, allocation.invoice_id), (tenant_id, allocation.credit_id)
    invoice = session.get_one(InvoiceRow, invoice_key, populate_existing=True)
    credit = session.get_one(CreditRow, credit_key, populate_existing=True)
    was_paid = invoice.status == "paid"
    allocation.released_at = now
    credit.used_minor -= allocation.amount_minor
    invoice.paid_minor -= allocation.amount_minor
    invoice.status = "partial" if invoice.paid_minor else "issued"
    write(session)
    if was_paid:
        take_back(session, invoice)
    used = (Account.CLIENT_CREDIT, Account.RECEIVABLE, allocation.amount_minor, Code.ALLOCATION)
    posting = Posting(*used, ClientId(client.id), invoice.id, credit.id)
    today = local_date(session, tenant_id, now)
    post(session, tenant_id, [posting.mirrored(Code.RELEASE)], booked_on=today, actor=actor)


def live_allocations(session: Session, tenant_id: TenantId, credit_id: int) -> list[AllocationRow]:
    """What a credit pays, the oldest first."""
    mine = AllocationRow.tenant_id == tenant_id, AllocationRow.credit_id == credit_id
    live = select(AllocationRow).where(*mine, AllocationRow.released_at.is_(None))
    fresh = live.order_by(AllocationRow.id).execution_options(populate_existing=True)
    return list(session.scalars(fresh))


def unused_credits(session: Session, client: ClientRow) -> list[CreditRow]:
    """What a client has left, the oldest first."""
    query = (
        select(CreditRow)
        .where(
            CreditRow.tenant_id == client.tenant_id,
            CreditRow.client_id == client.id,
            CreditRow.reversed_at.is_(None),
            CreditRow.used_minor < CreditRow.amount_minor,
        )
        .order_by(CreditRow.given_at, CreditRow.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def owing_invoices(session: Session, client: ClientRow) -> list[InvoiceRow]:
    """What a client owes, the oldest due first."""
    query = (
        select(InvoiceRow)
        .where(
            InvoiceRow.tenant_id == client.tenant_id,
            InvoiceRow.client_id == client.id,
            InvoiceRow.status.in_(OWING),
        )
        .order_by(InvoiceRow.due_on, InvoiceRow.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def allows_partial(session: Session, client: ClientRow) -> bool:
    """Whether all profiles of the client's connections allow part payments."""
    query = text("""
        SELECT coalesce(bool_and(profile.allow_partial), true)
          FROM connections AS connection
          JOIN profiles AS profile ON profile.tenant_id = connection.tenant_id
                                  AND profile.id = connection.profile_id
         WHERE connection.tenant_id = :tenant_id AND connection.client_id = :client_id
           AND connection.status <> 'inactive'
    """)
    whose = {"tenant_id": client.tenant_id, "client_id": client.id}
    return bool(session.execute(query, whose).scalar_one())
