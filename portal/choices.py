"""What a client can pay for: what is due, days where one pays by the day, months ahead."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from billing.advance import quote_advance
from billing.connections import connections_of
from billing.credits import allows_partial
from billing.errors import BillingError
from billing.gateways.accounts import enabled_gateways
from billing.gateways.words import Gateway, NewAttempt, Purpose
from billing.ledger import balance_of
from billing.renewals import quote_renewal
from billing.rows import ClientRow
from policy.facts import ClientId, ConnectionId, Status
from portal.visits import Visit
from storage.rows import read
from tenancy.portals import Feature

MONTHS_OFFERED = (2, 3, 6, 12)
LINES_OFFERED = 5  # connections that pay by the day


@dataclass(frozen=True, slots=True)
class Choice:
    """`name` is what the form sends; `points` the discount, in hundredths of a percent."""

    name: str
    purpose: Purpose
    amount_minor: int
    months: int | None = None
    points: int = 0
    connection_id: ConnectionId | None = None
    username: str = ""
    days: int = 0

    def attempt(self, gateway: Gateway, amount_minor: int | None = None) -> NewAttempt:
        """What is to be frozen; another amount where a part is paid, or more."""
        return NewAttempt(
            gateway=gateway,
            amount_minor=self.amount_minor if amount_minor is None else amount_minor,
            purpose=self.purpose,
            months=self.months,
            connection_id=self.connection_id,
        )


@dataclass(frozen=True, slots=True)
class Counter:
    """What a client may pay, and by what. `in_part`: of dues any part is taken."""

    choices: tuple[Choice, ...]
    gateways: tuple[Gateway, ...]
    in_part: bool

    def chosen(self, name: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.name == name), None)


def read_counter(session: Session, visit: Visit, client_id: ClientId, *, ahead: bool) -> Counter:
    """`ahead`: months ahead, too, where the ISP offers them."""
    tenant_id = visit.tenant_id
    client = read(session, ClientRow, tenant_id, client_id, BillingError(str(client_id)))
    balance = balance_of(session, tenant_id, client_id)
    due = balance.due_minor - balance.credit_minor
    found = [Choice("dues", Purpose.DUES, due)] if due > 0 else []
    found += _renewals(session, visit, client_id)
    if ahead and visit.portal.offers(Feature.ADVANCE):
        found += _months_ahead(session, visit, client_id)
    return Counter(
        tuple(found), enabled_gateways(session, tenant_id), allows_partial(session, client)
    )


def _renewals(session: Session, visit: Visit, client_id: ClientId) -> list[Choice]:
    found: list[Choice] = []
    for line in connections_of(session, visit.tenant_id, client_id):
        if line.status is Status.INACTIVE or len(found) == LINES_OFFERED:
            continue
        try:
            quote = quote_renewal(session, visit.tenant_id, line.connection_id, now=visit.now)
        except BillingError:
            continue  # it is billed by the month
        if quote.to_pay_minor > 0:
            found.append(
                Choice(
                    f"days-{line.connection_id}",
                    Purpose.RENEWAL,
                    quote.to_pay_minor,
                    connection_id=line.connection_id,
                    username=line.details.username,
                    days=quote.validity_days,
                )
            )
    return found


def _months_ahead(session: Session, visit: Visit, client_id: ClientId) -> list[Choice]:
    found = []
    for months in MONTHS_OFFERED:
        try:
            quote = quote_advance(session, visit.tenant_id, client_id, months, now=visit.now)
        except BillingError:
            break  # nothing of theirs is billed by the month
        if quote.to_pay_minor > 0:
            found.append(
                Choice(
                    f"months-{months}",
                    Purpose.ADVANCE,
                    quote.to_pay_minor,
                    months=months,
                    points=quote.discount_points,
                )
            )
    return found
