"""Bills written many at once, a statement a table: invoices, lines, ledger, credit used, audit.

What one bill would get from `billing.invoices.issue_invoice`, for thousands in one transaction.
The clients are locked by the caller. Numbers are taken last, when all else is known, so that
whoever else waits for the next number waits for the writing only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from billing.bill_rows import BilledPeriodRow
from billing.credit_plans import Part, credit_plans
from billing.credits import settle_client
from billing.document_numbers import take_document_numbers
from billing.drafts import Draft
from billing.invoices import status_of
from billing.ledger import REVENUE, Account
from billing.rows import AllocationRow, ClientRow, InvoiceLineRow, InvoiceRow
from billing.settings import get_billing_settings
from policy.bills import Line
from policy.facts import ClientId, TenantId
from storage.actors import Actor
from storage.rows import as_arrays, columns, insert_many, rows_given
from tenancy.isps import get_isp, local_date
from tenancy.numbers import Series

LEDGER_KINDS = [kind.value for kind in REVENUE]
LEDGER_ACCOUNTS = [account.value for account in REVENUE.values()]


@dataclass(frozen=True, slots=True)
class Written:
    """What came of drafts: how many invoices, over how much."""

    invoices: int = 0
    total_minor: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(self.invoices + other.invoices, self.total_minor + other.total_minor)


@dataclass(frozen=True, slots=True)
class _Bill:
    """A draft on its way to an invoice, with what the client's credit pays of it."""

    draft: Draft
    number: str
    year: int
    serial: int
    parts: tuple[Part, ...]

    @property
    def paid_minor(self) -> int:
        return sum(part.amount_minor for part in self.parts)


def write_bills(
    session: Session,
    tenant_id: TenantId,
    drafts: Sequence[Draft],
    *,
    bill_run_id: int | None,
    now: datetime,
    actor: Actor,
) -> Written:
    """Issue the drafts: one a client, all issued on one day. Days that cost nothing are claimed.

    Raises IntegrityError where days are billed already: the caller locks before it reads.
    """
    asked = [draft for draft in drafts if draft.asks]
    plans = credit_plans(session, tenant_id, asked)
    bills = _numbered(session, tenant_id, asked, plans.parts)
    ids = _insert_invoices(session, tenant_id, bills, bill_run_id)
    invoice_of: dict[int, int] = {bill.draft.client_id: ids[bill.serial] for bill in bills}
    said = {"tenant_id": tenant_id, "ids": list(ids.values()), "now": now}
    by = {"actor_kind": actor.kind.value, "actor_id": actor.id, "actor_name": actor.name}
    _charge(session, tenant_id, bills, ids, by)
    _insert_claims(session, tenant_id, drafts, invoice_of, bill_run_id)
    _use_credit(session, tenant_id, bills, ids, now, by)
    _bill_pending(session, tenant_id, asked, invoice_of)
    for client_id in plans.one_by_one:
        client = session.get_one(ClientRow, (tenant_id, client_id), populate_existing=True)
        settle_client(session, client, now=now, actor=actor)
    session.execute(text(AUDIT), {**said, **by, "origin": actor.origin})
    session.execute(text(TELL), said)
    return Written(len(bills), sum(bill.draft.total_minor for bill in bills))


def newest_invoice(session: Session, tenant_id: TenantId, client_id: ClientId) -> InvoiceRow:
    """The client's, who has one; as it is now."""
    mine = InvoiceRow.tenant_id == tenant_id, InvoiceRow.client_id == client_id
    query = select(InvoiceRow).where(*mine).order_by(InvoiceRow.id.desc()).limit(1)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _numbered(
    session: Session,
    tenant_id: TenantId,
    drafts: Sequence[Draft],
    parts: Mapping[int, tuple[Part, ...]],
) -> list[_Bill]:
    if not drafts:
        return []
    numbers = take_document_numbers(
        session,
        tenant_id,
        Series.INVOICE,
        prefix=get_billing_settings(session, tenant_id).invoice_prefix,
        year=drafts[0].issued_on.year,
        how_many=len(drafts),
    )
    return [
        _Bill(draft, number.text, number.year, number.number, parts.get(draft.client_id, ()))
        for draft, number in zip(drafts, numbers, strict=True)
    ]


def _insert_invoices(
    session: Session, tenant_id: TenantId, bills: Sequence[_Bill], bill_run_id: int | None
) -> dict[int, int]:
    """Their ids by number within the year."""
    if not bills:
        return {}
    currency = get_isp(session, tenant_id).details.currency
    rows = [
        {
            "tenant_id": tenant_id,
            "client_id": bill.draft.client_id,
            "currency": currency,
            "bill_run_id": bill_run_id,
            "invoice_number": bill.number,
            "number_year": bill.year,
            "number": bill.serial,
            "issued_on": bill.draft.issued_on,
            "due_on": bill.draft.due_on,
            "total_minor": bill.draft.total_minor,
            "paid_minor": bill.paid_minor,
            "status": status_of(bill.draft.total_minor, bill.paid_minor).value,
        }
        for bill in bills
    ]
    names = ", ".join(rows[0])
    insert = INVOICES.format(names=names, given=rows_given(session, InvoiceRow, rows[0]))
    inserted = session.execute(text(insert), as_arrays(rows))
    return {number: invoice_id for invoice_id, number in inserted}


def _charge(
    session: Session,
    tenant_id: TenantId,
    bills: Sequence[_Bill],
    ids: Mapping[int, int],
    by: Mapping[str, object],
) -> None:
    """Their lines, and the ledger's row of each that moves money."""
    rows = [
        _line_row(tenant_id, ids[bill.serial], position, line, bill.draft)
        for bill in bills
        for position, line in enumerate(bill.draft.lines, start=1)
    ]
    if not rows:
        return
    names = ", ".join(rows[0])
    charge = CHARGE.format(names=names, given=rows_given(session, InvoiceLineRow, rows[0]))
    whose = {
        "bills": [ids[bill.serial] for bill in bills],
        "clients": [bill.draft.client_id for bill in bills],
        "issued_on": bills[0].draft.issued_on,
        "kinds": LEDGER_KINDS,
        "accounts": LEDGER_ACCOUNTS,
    }
    session.execute(text(charge), {**as_arrays(rows), **whose, **by})


def _line_row(
    tenant_id: int, invoice_id: int, position: int, line: Line, draft: Draft
) -> dict[str, Any]:
    period = line.period
    return {
        "tenant_id": tenant_id,
        "invoice_id": invoice_id,
        "position": position,
        "kind": line.kind,
        "amount_minor": line.amount_minor,
        "title": line.title,
        "connection_id": None if line.place is None else draft.connection_ids[line.place],
        "from_on": period and period.from_on,
        "until_on": period and period.until_on,
        "used_bytes": line.used_bytes,
    }


def _insert_claims(
    session: Session,
    tenant_id: TenantId,
    drafts: Iterable[Draft],
    invoice_of: Mapping[int, int],
    bill_run_id: int | None,
) -> None:
    rows = [
        {
            "tenant_id": tenant_id,
            **columns(claim),
            "month_on": draft.month_on,
            "invoice_id": invoice_of.get(draft.client_id),
            "bill_run_id": bill_run_id,
        }
        for draft in drafts
        for claim in draft.claims
    ]
    insert_many(session, BilledPeriodRow, rows)


def _use_credit(
    session: Session,
    tenant_id: TenantId,
    bills: Iterable[_Bill],
    ids: Mapping[int, int],
    now: datetime,
    by: Mapping[str, object],
) -> None:
    rows: list[dict[str, Any]] = [
        {
            "tenant_id": tenant_id,
            "credit_id": part.credit_id,
            "invoice_id": ids[bill.serial],
            "amount_minor": part.amount_minor,
            "allocated_at": now,
        }
        for bill in bills
        for part in bill.parts
    ]
    if not rows:
        return
    insert_many(session, AllocationRow, rows)
    used = {
        "tenant_id": tenant_id,
        "credits": [row["credit_id"] for row in rows],
        "invoices": [row["invoice_id"] for row in rows],
        "amounts": [row["amount_minor"] for row in rows],
    }
    session.execute(text(USE_CREDITS), used)
    accounts = {"credit": Account.CLIENT_CREDIT.value, "owed": Account.RECEIVABLE.value}
    today = {"today": local_date(session, tenant_id, now)}
    session.execute(text(POST_CREDITS), {**used, **by, **accounts, **today})


def _bill_pending(
    session: Session,
    tenant_id: TenantId,
    drafts: Iterable[Draft],
    invoice_of: Mapping[int, int],
) -> None:
    """What waited for these bills stands on them now; the part that found no room waits on."""
    billed = [
        (one.line_id, invoice_of[draft.client_id], one.line.amount_minor)
        for draft in drafts
        for one in draft.pending
    ]
    if billed:
        lines, invoices, parts = map(list, zip(*billed, strict=True))
        values = {"tenant_id": tenant_id, "lines": lines, "invoices": invoices, "parts": parts}
        session.execute(text(LEAVE_PENDING), values)
        session.execute(text(BILL_PENDING), values)


INVOICES = """
    INSERT INTO invoices ({names}) SELECT {names} FROM {given} ORDER BY number
    RETURNING id, number"""
# A line of nothing moves nothing; one below 0 moves the other way.
CHARGE = """
    WITH line AS (
        INSERT INTO invoice_lines ({names}) SELECT {names} FROM {given}
        RETURNING tenant_id, invoice_id, position, kind, amount_minor)
    INSERT INTO ledger_entries (tenant_id, booked_on, debit, credit, client_id, amount_minor, code,
                                invoice_id, actor_kind, actor_id, actor_name)
    SELECT line.tenant_id, :issued_on,
           CASE WHEN line.amount_minor > 0 THEN 'receivable' ELSE revenue.account END,
           CASE WHEN line.amount_minor > 0 THEN revenue.account ELSE 'receivable' END,
           whose.client, abs(line.amount_minor), 'charge', line.invoice_id,
           :actor_kind, :actor_id, :actor_name
      FROM line
      JOIN unnest(CAST(:bills AS bigint[]), CAST(:clients AS bigint[])) AS whose (bill, client)
        ON whose.bill = line.invoice_id
      JOIN unnest(CAST(:kinds AS text[]), CAST(:accounts AS text[])) AS revenue (kind, account)
        ON revenue.kind = line.kind
     WHERE line.amount_minor <> 0
     ORDER BY line.invoice_id, line.position"""
USE_CREDITS = """
    UPDATE credits SET used_minor = used_minor + used.amount
      FROM (SELECT credit, sum(amount)::bigint AS amount
              FROM unnest(CAST(:credits AS bigint[]), CAST(:amounts AS bigint[]))
                AS part (credit, amount)
             GROUP BY credit) AS used
     WHERE credits.tenant_id = :tenant_id AND credits.id = used.credit"""
POST_CREDITS = """
    INSERT INTO ledger_entries (tenant_id, booked_on, debit, credit, client_id, amount_minor, code,
                                invoice_id, credit_id, actor_kind, actor_id, actor_name)
    SELECT bill.tenant_id, :today, :credit, :owed, bill.client_id, part.amount, 'allocation',
           bill.id, part.credit, :actor_kind, :actor_id, :actor_name
      FROM unnest(CAST(:credits AS bigint[]), CAST(:invoices AS bigint[]),
                  CAST(:amounts AS bigint[])) AS part (credit, invoice, amount)
      JOIN invoices AS bill ON bill.tenant_id = :tenant_id AND bill.id = part.invoice"""
LEAVE_PENDING = """
    INSERT INTO pending_lines (tenant_id, client_id, kind, description, amount_minor,
                               source_invoice_id)
    SELECT tenant_id, client_id, kind, description, amount_minor - billed.part, source_invoice_id
      FROM pending_lines
      JOIN unnest(CAST(:lines AS bigint[]), CAST(:parts AS bigint[])) AS billed (line, part)
        ON billed.line = id AND billed.part <> amount_minor
     WHERE tenant_id = :tenant_id"""
BILL_PENDING = """
    UPDATE pending_lines SET invoice_id = billed.invoice, amount_minor = billed.part
      FROM unnest(CAST(:lines AS bigint[]), CAST(:invoices AS bigint[]), CAST(:parts AS bigint[]))
        AS billed (line, invoice, part)
     WHERE tenant_id = :tenant_id AND id = billed.line"""
AUDIT = """
    INSERT INTO audit_log (tenant_id, actor_kind, actor_id, actor_name, origin, action,
                           subject_kind, subject_id, after)
    SELECT tenant_id, :actor_kind, :actor_id, :actor_name, :origin, 'invoice.issued', 'invoice', id,
           jsonb_build_object('invoice_number', invoice_number, 'client_id', client_id,
               'total_minor', total_minor, 'paid_minor', paid_minor, 'due_on', due_on,
               'bill_run_id', bill_run_id)
      FROM invoices WHERE tenant_id = :tenant_id AND id = ANY (:ids)"""
TELL = """
    INSERT INTO outbox (tenant_id, event, recipient_kind, recipient_id, about, payload, priority,
                        queued_at)
    SELECT tenant_id, 'invoice.issued', 'client', client_id, 'invoice:' || id,
           jsonb_build_object('invoice_number', invoice_number, 'total_minor', total_minor,
               'due_minor', total_minor - paid_minor, 'due_on', due_on), 3, :now
      FROM invoices WHERE tenant_id = :tenant_id AND id = ANY (:ids)"""
