"""Credit notes: what a client need not pay after all, as a numbered document. It becomes credit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.credits import CreditId, CreditSource, locked_client, settle_client
from billing.document_numbers import take_document_numbers
from billing.errors import CreditTooLarge, InvoiceNotFound, InvoiceSettled, ReasonMissing
from billing.invoice_lines import lines_of
from billing.invoices import InvoiceId, InvoiceStatus
from billing.ledger import Account, Code, Posting, post
from billing.rows import ClientRow, CreditNoteRow, CreditRow, InvoiceRow
from billing.settings import get_billing_settings
from policy.bills import LineKind
from policy.facts import ClientId, TenantId
from policy.shares import share
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.errors import ValueRefused
from storage.rows import read, write
from tenancy.isps import get_isp, local_date
from tenancy.numbers import Series


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCreditNote:
    """Over `amount_minor` (above 0), tax included; `invoice_id` is what it corrects, if anything.

    The notes about one invoice never come to more than it asked, and give its tax back in part.
    """

    amount_minor: int
    reason: str
    invoice_id: InvoiceId | None = None


@dataclass(frozen=True, slots=True)
class CreditNote:
    credit_id: CreditId
    client_id: ClientId
    credit_note_number: str
    issued_on: date
    currency: str
    amount_minor: int
    vat_minor: int
    invoice_id: InvoiceId | None
    reason: str


def issue_credit_note(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    details: NewCreditNote,
    *,
    now: datetime,
    actor: Actor,
) -> CreditNote:
    """Grant a client credit; it pays what they owe, or waits. Locks the client.

    Raises NotPermitted, ReasonMissing, ClientNotFound, InvoiceNotFound (also another client's),
    InvoiceSettled (it is void), CreditTooLarge, ValueRefused.
    """
    actor.require(Permission.GIVE_CREDIT)
    if not details.reason.strip():
        raise ReasonMissing
    client = locked_client(session, tenant_id, client_id)
    if not isinstance(details.amount_minor, int):
        raise ValueRefused("amount_is_whole")
    vat_minor = _vat_given_back(session, client, details)
    note = _add(session, client, details, vat_minor, now, actor)
    settle_client(session, client, now=now, actor=actor)
    subject = Subject(tenant_id, "credit_note", note.credit_id)
    record(session, actor, "credit_note.issued", subject, after=note)
    return note


def _vat_given_back(session: Session, client: ClientRow, details: NewCreditNote) -> int:
    """The part of the note that is tax: as much of it as of the invoice, by sums so far."""
    if details.invoice_id is None:
        return 0
    missing = InvoiceNotFound(details.invoice_id)
    row = read(session, InvoiceRow, TenantId(client.tenant_id), details.invoice_id, missing)
    if row.client_id != client.id or row.status == InvoiceStatus.DRAFT:
        raise missing
    if row.status == InvoiceStatus.VOID:
        raise InvoiceSettled(details.invoice_id, row.status)
    former, former_vat = session.execute(
        select(
            func.coalesce(func.sum(CreditRow.amount_minor), 0),
            func.coalesce(func.sum(CreditNoteRow.vat_minor), 0),
        )
        .join(
            CreditRow,
            (CreditRow.tenant_id == CreditNoteRow.tenant_id) & (CreditRow.id == CreditNoteRow.id),
        )
        .where(CreditNoteRow.tenant_id == row.tenant_id, CreditNoteRow.invoice_id == row.id)
    ).one()
    upto = int(former) + details.amount_minor
    if upto > row.total_minor:
        raise CreditTooLarge(row.total_minor - int(former))
    lines = lines_of(session, row)
    vat = sum(line.amount_minor for line in lines if line.kind is LineKind.VAT)
    return share(vat, max(0, upto), max(1, row.total_minor)) - int(former_vat)


def _add(
    session: Session,
    client: ClientRow,
    details: NewCreditNote,
    vat_minor: int,
    now: datetime,
    actor: Actor,
) -> CreditNote:
    tenant_id, client_id = TenantId(client.tenant_id), ClientId(client.id)
    credit = CreditRow(
        tenant_id=tenant_id,
        client_id=client_id,
        source=CreditSource.CREDIT_NOTE,
        currency=get_isp(session, tenant_id).details.currency,
        amount_minor=details.amount_minor,
        used_minor=0,
        given_at=now,
    )
    session.add(credit)
    write(session)
    today = local_date(session, tenant_id, now)
    parts = (
        (Account.CREDIT_NOTES, details.amount_minor - vat_minor),
        (Account.VAT_PAYABLE, vat_minor),
    )
    postings = [
        Posting(account, Account.CLIENT_CREDIT, part, Code.CREDIT_NOTE, client_id, None, credit.id)
        for account, part in parts
        if part
    ]
    post(session, tenant_id, postings, booked_on=today, actor=actor)
    prefix = get_billing_settings(session, tenant_id).credit_note_prefix
    [number] = take_document_numbers(
        session, tenant_id, Series.CREDIT_NOTE, prefix=prefix, year=today.year
    )
    row = CreditNoteRow(
        tenant_id=tenant_id,
        id=credit.id,
        credit_note_number=number.text,
        number_year=number.year,
        number=number.number,
        issued_on=today,
        invoice_id=details.invoice_id,
        vat_minor=vat_minor,
        reason=details.reason.strip(),
    )
    session.add(row)
    write(session)
    return CreditNote(
        CreditId(credit.id),
        client_id,
        number.text,
        today,
        credit.currency,
        credit.amount_minor,
        vat_minor,
        details.invoice_id,
        row.reason,
    )
