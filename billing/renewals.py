"""More days for a connection that is paid by the day: a bill for them, made and paid at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from billing.client_terms import get_client_terms
from billing.credits import locked_client
from billing.errors import ConnectionNotFound, NotByDay, PaidInPart
from billing.invoice_lines import InvoiceLine
from billing.invoices import Invoice, NewInvoice, get_invoice, issue_invoice
from billing.ledger import balance_of
from billing.payments import NewPayment, Payment, take_payment
from billing.rows import ConnectionRow, PackageRow, ProfileRow
from billing.settings import get_billing_settings
from policy.bills import Charge, Line, LineKind, bill_lines
from policy.due import Stretch
from policy.facts import ClientId, ConnectionId, ProfileKind, TenantId
from policy.periods import DAY, Period
from storage.actors import Actor, Permission
from storage.rows import read
from tenancy.isps import local_date


@dataclass(frozen=True, slots=True)
class RenewalQuote:
    """What so many days cost. `to_pay_minor` is that and what is owed, less what the client has."""

    validity_days: int
    lines: tuple[InvoiceLine, ...]
    to_pay_minor: int

    @property
    def total_minor(self) -> int:
        """What the bill asks."""
        return sum(line.amount_minor for line in self.lines)


def quote_renewal(
    session: Session, tenant_id: TenantId, connection_id: ConnectionId, *, now: datetime
) -> RenewalQuote:
    """The package's days at its price, as the client's bills are discounted, taxed and rounded.

    Raises ConnectionNotFound, NotByDay.
    """
    row = read(session, ConnectionRow, tenant_id, connection_id, ConnectionNotFound(connection_id))
    if session.get_one(ProfileRow, (tenant_id, row.profile_id)).kind != ProfileKind.DAILY:
        raise NotByDay(row.username)
    package = session.get_one(PackageRow, (tenant_id, row.package_id))
    client_id = ClientId(row.client_id)
    terms = get_client_terms(session, tenant_id, client_id)
    today = local_date(session, tenant_id, now)
    days = Period(today, today + package.validity_days * DAY)
    charge = Charge(
        package.price_minor, (Stretch(days, days),), discount=terms.discount, title=package.name
    )
    taxing = terms.taxing(get_billing_settings(session, tenant_id))
    lines = tuple(
        _line(line, connection_id, package.validity_days)
        for line in bill_lines((charge,), (), taxing)
    )
    have = balance_of(session, tenant_id, client_id)
    asked = sum(line.amount_minor for line in lines) + have.due_minor - have.credit_minor
    return RenewalQuote(package.validity_days, lines, max(0, asked))


def renew(
    session: Session,
    tenant_id: TenantId,
    connection_id: ConnectionId,
    payment: NewPayment | None,
    *,
    now: datetime,
    actor: Actor,
) -> tuple[Invoice, Payment | None]:
    """Buy the package's days: they are added where those paid for end, or to `now`.

    `payment` is at least what the quote asks; None where the client's credit pays it all. Locks
    the client. Raises NotPermitted, ConnectionNotFound, NotByDay, PaidInPart, and what
    `take_payment` raises.
    """
    actor.require(Permission.TAKE_PAYMENTS)
    actor.require(Permission.MAKE_INVOICES)
    missing = ConnectionNotFound(connection_id)
    client_id = ClientId(read(session, ConnectionRow, tenant_id, connection_id, missing).client_id)
    locked_client(session, tenant_id, client_id)
    quote = quote_renewal(session, tenant_id, connection_id, now=now)
    short = quote.to_pay_minor - (0 if payment is None else payment.amount_minor)
    if short > 0:
        raise PaidInPart(short)
    paid = None
    if payment is not None:
        paid = take_payment(session, tenant_id, client_id, payment, now=now, actor=actor)
    today = local_date(session, tenant_id, now)
    new = NewInvoice(today, today, quote.lines)
    made = issue_invoice(session, tenant_id, client_id, new, now=now, actor=actor)
    return get_invoice(session, tenant_id, made.invoice_id), paid


def _line(line: Line, connection_id: ConnectionId, days: int) -> InvoiceLine:
    """What buys days is the line of the price; its span is noted when it is paid."""
    is_price = line.kind is LineKind.BASE
    return InvoiceLine(
        line.kind,
        line.amount_minor,
        line.title,
        connection_id if line.place is not None else None,
        validity_days=days if is_price else None,
    )
