"""The ledger: every amount moves from one account to another, by rows that nobody can change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NewType

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from billing.errors import ClientNotFound
from billing.rows import ClientRow, LedgerEntryRow
from policy.bills import LineKind
from policy.facts import ClientId, TenantId
from storage.actors import Actor
from storage.rows import columns, insert_many, read

EntryId = NewType("EntryId", int)

ENTRIES_MAX = 1_000  # of one page of a client's ledger


class Account(StrEnum):
    """Where money is, is owed, or came from. The first two are each client's own."""

    RECEIVABLE = "receivable"  # what clients owe us
    CLIENT_CREDIT = "client_credit"  # what we owe clients: paid or granted, and not used yet
    CASH = "cash"
    BANK = "bank"
    BKASH = "bkash"
    NAGAD = "nagad"
    ROCKET = "rocket"
    SSLCOMMERZ = "sslcommerz"
    AAMARPAY = "aamarpay"
    SHURJOPAY = "shurjopay"
    GATEWAY_FEES = "gateway_fees"
    SUSPENSE = "suspense"  # received, and nobody knows yet whose it is
    INTERNET = "internet"  # revenue, by kind
    INSTALLATION = "installation"
    OVERAGE = "overage"
    EXTRA = "extra"
    LATE_FEES = "late_fees"
    ROUNDING = "rounding"
    DISCOUNTS = "discounts"
    CREDIT_NOTES = "credit_notes"
    BAD_DEBT = "bad_debt"
    VAT_PAYABLE = "vat_payable"
    OPENING_BALANCES = "opening_balances"  # brought from another system


class Code(StrEnum):
    """What moved an amount."""

    CHARGE = "charge"  # a line of an invoice
    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"
    ALLOCATION = "allocation"  # credit pays an invoice
    OPENING = "opening"
    RELEASE = "release"  # an allocation undone
    REVERSAL = "reversal"  # a payment undone
    VOID = "void"  # a charge undone
    WRITE_OFF = "write_off"
    TRANSFER = "transfer"
    GATEWAY_FEE = "gateway_fee"


REVENUE = MappingProxyType(
    {
        LineKind.BASE: Account.INTERNET,
        LineKind.ADJUSTMENT: Account.INTERNET,
        LineKind.INSTALLATION: Account.INSTALLATION,
        LineKind.OVERAGE: Account.OVERAGE,
        LineKind.EXTRA: Account.EXTRA,
        LineKind.OPENING: Account.OPENING_BALANCES,
        LineKind.DISCOUNT: Account.DISCOUNTS,
        LineKind.LATE_FEE: Account.LATE_FEES,
        LineKind.VAT: Account.VAT_PAYABLE,
        LineKind.ROUNDING: Account.ROUNDING,
    }
)


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement to be booked: `amount_minor` (> 0) from `credit` to `debit`."""

    debit: Account
    credit: Account
    amount_minor: int
    code: Code
    client_id: ClientId | None = None
    invoice_id: int | None = None
    credit_id: int | None = None

    def mirrored(self, code: Code) -> Posting:
        """What undoes it."""
        return replace(self, debit=self.credit, credit=self.debit, code=code)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the ledger. `booked_on` is the ISP's own day, `posted_at` the instant."""

    entry_id: EntryId
    posted_at: datetime
    booked_on: date
    posting: Posting
    actor_name: str


@dataclass(frozen=True, slots=True)
class Balance:
    """A client's standing as the ledger has it; `credit_minor` is what they have with us."""

    due_minor: int
    credit_minor: int


def charge(kind: LineKind, amount_minor: int, client_id: ClientId, invoice_id: int) -> Posting:
    """What a line of an invoice moves; below 0 it moves the other way. Not for lines of nothing."""
    code = Code.OPENING if kind is LineKind.OPENING else Code.CHARGE
    owed = Posting(
        Account.RECEIVABLE, REVENUE[kind], abs(amount_minor), code, client_id, invoice_id
    )
    return owed if amount_minor > 0 else owed.mirrored(code)


def post(
    session: Session,
    tenant_id: TenantId,
    postings: Sequence[Posting],
    *,
    booked_on: date,
    actor: Actor,
) -> None:
    """Book movements, all or none; for services, which have asked the permission."""
    by = {"actor_kind": actor.kind, "actor_id": actor.id, "actor_name": actor.name}
    rows = [
        {"tenant_id": tenant_id, "booked_on": booked_on, **columns(posting), **by}
        for posting in postings
    ]
    insert_many(session, LedgerEntryRow, rows)


def mirror_charges(
    session: Session, tenant_id: TenantId, invoice_id: int, *, booked_on: date, actor: Actor
) -> None:
    """Undo all that an invoice charged, row by row."""
    session.execute(
        text("""
            INSERT INTO ledger_entries (tenant_id, booked_on, debit, credit, client_id,
                amount_minor, code, invoice_id, actor_kind, actor_id, actor_name)
            SELECT tenant_id, :booked_on, credit, debit, client_id, amount_minor, 'void',
                   invoice_id, :kind, :actor_id, :name
              FROM ledger_entries
             WHERE tenant_id = :tenant_id AND invoice_id = :invoice_id
               AND code IN ('charge', 'opening')
             ORDER BY id
        """),
        {
            "tenant_id": tenant_id,
            "invoice_id": invoice_id,
            "booked_on": booked_on,
            "kind": actor.kind.value,
            "actor_id": actor.id,
            "name": actor.name,
        },
    )


def balance_of(session: Session, tenant_id: TenantId, client_id: ClientId) -> Balance:
    """What the ledger says a client owes and has. Raises ClientNotFound."""
    read(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    sums = session.execute(
        text("""
            SELECT coalesce(sum(CASE WHEN debit = 'receivable' THEN amount_minor
                                     WHEN credit = 'receivable' THEN -amount_minor END), 0) AS due,
                   coalesce(sum(CASE WHEN credit = 'client_credit' THEN amount_minor
                                     WHEN debit = 'client_credit' THEN -amount_minor END), 0)
                       AS credit
              FROM ledger_entries WHERE tenant_id = :tenant_id AND client_id = :client_id
        """),
        {"tenant_id": tenant_id, "client_id": client_id},
    ).one()
    return Balance(int(sums.due), int(sums.credit))


def entries_of(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    *,
    after: EntryId | None = None,
    limit: int = ENTRIES_MAX,
) -> tuple[Entry, ...]:
    """A client's rows in the order of their ids, at most `limit` of those after `after`.

    Raises ClientNotFound.
    """
    read(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    mine = LedgerEntryRow.tenant_id == tenant_id, LedgerEntryRow.client_id == client_id
    page = select(LedgerEntryRow).where(*mine, LedgerEntryRow.id > (after or 0))
    rows = session.scalars(page.order_by(LedgerEntryRow.id).limit(min(limit, ENTRIES_MAX)))
    return tuple(_frozen(row) for row in rows)


def _frozen(row: LedgerEntryRow) -> Entry:
    posting = Posting(
        Account(row.debit),
        Account(row.credit),
        row.amount_minor,
        Code(row.code),
        None if row.client_id is None else ClientId(row.client_id),
        row.invoice_id,
        row.credit_id,
    )
    return Entry(EntryId(row.id), row.posted_at, row.booked_on, posting, row.actor_name)
