"""One client's bill: of a month, or of a new connection at once; and a look at the next.

Drafted and written as a bill run does it, for one client.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from billing.bill_facts import read_accounts, read_catalogue
from billing.bill_writing import newest_invoice, write_bills
from billing.credits import locked_client
from billing.drafts import Draft, Stretches, at_once, by_hand, draft
from billing.errors import ClientNotFound, MonthAhead, NothingToBill
from billing.invoices import Invoice, frozen_invoice
from billing.ledger import balance_of
from billing.rows import ClientRow
from policy.facts import ClientId, TenantId
from policy.periods import next_month
from storage.actors import Actor, Permission
from storage.rows import read
from tenancy.isps import local_date


@dataclass(frozen=True, slots=True)
class BillPreview:
    """A bill as it would be made; `credit_minor` is what the client's credit would pay of it."""

    bill: Draft | None
    credit_minor: int

    @property
    def to_pay_minor(self) -> int:
        """What is left for the client to pay."""
        return 0 if self.bill is None else self.bill.total_minor - self.credit_minor


def bill_client(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    month_on: date,
    *,
    now: datetime,
    actor: Actor,
) -> Invoice:
    """Make a client's bill of a month, also where profiles leave it to a person. Locks the client.

    Raises NotPermitted, ClientNotFound, MonthAhead, NothingToBill (all of it is billed).
    """
    actor.require(Permission.MAKE_INVOICES)
    locked_client(session, tenant_id, client_id)
    today = local_date(session, tenant_id, now)
    month_on = month_on.replace(day=1)
    if month_on > today:
        raise MonthAhead(month_on)
    return _bill(session, tenant_id, client_id, by_hand(month_on), month_on, now, actor)


def bill_at_once(
    session: Session, tenant_id: TenantId, client_id: ClientId, *, now: datetime, actor: Actor
) -> Invoice:
    """Make a first bill: the rest of the running cycle, for what is not billed of it.

    Locks the client. Raises NotPermitted, ClientNotFound, NothingToBill.
    """
    actor.require(Permission.MAKE_INVOICES)
    locked_client(session, tenant_id, client_id)
    today = local_date(session, tenant_id, now)
    month_on = today.replace(day=1)
    return _bill(session, tenant_id, client_id, at_once(today), month_on, now, actor)


def preview_bill(
    session: Session, tenant_id: TenantId, client_id: ClientId, *, now: datetime
) -> BillPreview:
    """The bill of next month as it would be today, with the use of the running cycle so far.

    Raises ClientNotFound.
    """
    read(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    month_on = next_month(local_date(session, tenant_id, now).replace(day=1))
    [account] = read_accounts(session, tenant_id, [client_id], month_on)
    catalogue = read_catalogue(session, tenant_id)
    bill = draft(account, catalogue, by_hand(month_on), month_on=month_on, issued_on=month_on)
    have = balance_of(session, tenant_id, client_id)
    left = max(0, have.credit_minor - have.due_minor)
    return BillPreview(bill, 0 if bill is None else min(bill.total_minor, left))


def _bill(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    stretches: Stretches,
    month_on: date,
    now: datetime,
    actor: Actor,
) -> Invoice:
    [account] = read_accounts(session, tenant_id, [client_id], month_on)
    catalogue = read_catalogue(session, tenant_id)
    issued_on = local_date(session, tenant_id, now)
    bill = draft(account, catalogue, stretches, month_on=month_on, issued_on=issued_on)
    if bill is None or not bill.asks:
        raise NothingToBill(client_id)
    write_bills(session, tenant_id, [bill], bill_run_id=None, now=now, actor=actor)
    return frozen_invoice(session, newest_invoice(session, tenant_id, client_id))
