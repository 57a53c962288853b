"""Months paid in advance: a bill for each, made and paid at once, at the discount of a tier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from billing.advance_tiers import advance_tiers
from billing.bill_facts import Account, Catalogue, read_accounts, read_catalogue
from billing.bill_writing import newest_invoice, write_bills
from billing.credits import locked_client
from billing.drafts import Claim, Draft, by_hand, draft
from billing.errors import ClientNotFound, MonthsRefused, NothingToBill, PaidInPart
from billing.invoices import Invoice, frozen_invoice
from billing.ledger import balance_of
from billing.payments import NewPayment, Payment, take_payment
from billing.rows import ClientRow
from policy.advance import MONTHS_AT_MOST, advance_points
from policy.facts import ClientId, TenantId
from policy.periods import next_month
from storage.actors import Actor, Permission
from storage.rows import read, write
from tenancy.isps import local_date


@dataclass(frozen=True, slots=True)
class AdvanceQuote:
    """Months ahead: the bill of each that is not billed yet, and what is to be paid now.

    `to_pay_minor` is what the bills ask and what is owed already, less what the client has.
    """

    bills: tuple[Draft, ...]
    discount_points: int
    to_pay_minor: int

    @property
    def total_minor(self) -> int:
        """What the bills ask together."""
        return sum(bill.total_minor for bill in self.bills)


def quote_advance(
    session: Session, tenant_id: TenantId, client_id: ClientId, months: int, *, now: datetime
) -> AdvanceQuote:
    """What `months` cost that follow what is billed already, paid at once.

    Raises ClientNotFound, MonthsRefused, NothingToBill (nothing of theirs is billed by the month).
    """
    read(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    if not 0 < months <= MONTHS_AT_MOST:
        raise MonthsRefused(MONTHS_AT_MOST)
    points = advance_points(advance_tiers(session, tenant_id), months)
    today = local_date(session, tenant_id, now)
    [account] = read_accounts(session, tenant_id, [client_id], today.replace(day=1))
    bills = _months_ahead(account, read_catalogue(session, tenant_id), today, months, points)
    if len(bills) < months:
        raise NothingToBill(client_id)
    have = balance_of(session, tenant_id, client_id)
    asked = sum(bill.total_minor for bill in bills) + have.due_minor - have.credit_minor
    return AdvanceQuote(tuple(bills), points, max(0, asked))


def pay_advance(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    months: int,
    payment: NewPayment | None,
    *,
    now: datetime,
    actor: Actor,
) -> tuple[tuple[Invoice, ...], Payment | None]:
    """Bill `months` ahead, each month an invoice marked as paid in advance, and pay them at once.

    `payment` is at least what the quote asks; None where the client's credit pays it all. Locks
    the client. Raises NotPermitted, ClientNotFound, MonthsRefused, NothingToBill, PaidInPart, and
    what `take_payment` raises.
    """
    actor.require(Permission.MAKE_INVOICES)
    locked_client(session, tenant_id, client_id)
    quote = quote_advance(session, tenant_id, client_id, months, now=now)
    missing = quote.to_pay_minor - (0 if payment is None else payment.amount_minor)
    if missing > 0:
        raise PaidInPart(missing)
    paid = None
    if payment is not None:
        paid = take_payment(session, tenant_id, client_id, payment, now=now, actor=actor)
    invoices = []
    for bill in quote.bills:
        write_bills(session, tenant_id, [bill], bill_run_id=None, now=now, actor=actor)
        row = newest_invoice(session, tenant_id, client_id)
        row.in_advance = True
        write(session)
        invoices.append(frozen_invoice(session, row))
    return tuple(invoices), paid


def _months_ahead(
    account: Account, catalogue: Catalogue, today: date, months: int, points: int
) -> list[Draft]:
    """The bills of the next months that are not billed, without use or what waits for a bill."""
    account.pending.clear()
    account.connections = [replace(line, uses=()) for line in account.connections]
    bills: list[Draft] = []
    month_on = today.replace(day=1)
    for _ in range(2 * MONTHS_AT_MOST):
        if len(bills) == months:
            break
        bill = draft(
            account,
            catalogue,
            by_hand(month_on),
            month_on=month_on,
            issued_on=today,
            advance_points=points,
        )
        if bill is not None and bill.asks:
            bills.append(bill)
            _bill_until(account, bill.claims)
        month_on = next_month(month_on)
    return bills


def _bill_until(account: Account, claims: Sequence[Claim]) -> None:
    """The account as it is once these days are billed."""
    ends = {claim.connection_id: claim.until_on for claim in claims}
    account.connections = [
        replace(
            line,
            service=replace(
                line.service,
                billed_until_on=ends.get(line.connection_id, line.service.billed_until_on),
            ),
        )
        for line in account.connections
    ]
