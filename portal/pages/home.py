"""Home: what is to be paid, whether one is online and why not, what was used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aiohttp import web
from sqlalchemy.orm import Session

from billing.invoices import OWING, invoices_of
from billing.ledger import balance_of
from billing.notices import Notice, notices_for
from policy.windows import local
from portal.doors import Asked
from portal.lines import Line, read_lines
from portal.visits import Visit
from tenancy.portals import Feature


@dataclass(frozen=True, slots=True)
class Home:
    """`due_on` is the oldest unpaid bill's."""

    lines: tuple[Line, ...]
    to_pay_minor: int
    credit_minor: int
    due_on: date | None
    today: date
    notices: tuple[Notice, ...]


async def home(asked: Asked) -> web.StreamResponse:
    return asked.page(
        "home.html",
        home=await asked.run(read_home, asked.visit),
        name=name_of(asked.visit),
        can_pay=asked.visit.offers("pay"),
    )


def read_home(session: Session, visit: Visit) -> Home:
    assert visit.client is not None
    tenant_id, client_id = visit.tenant_id, visit.client.client_id
    balance = balance_of(session, tenant_id, client_id)
    bills = invoices_of(session, tenant_id, client_id)
    due = [bill.due_on for bill in bills if bill.status in OWING]
    shown = visit.portal.offers(Feature.NOTICES)
    return Home(
        read_lines(session, visit),
        max(0, balance.due_minor - balance.credit_minor),
        max(0, balance.credit_minor - balance.due_minor),
        min(due, default=None),
        local(visit.now, visit.zone).date(),
        notices_for(session, tenant_id, client_id, now=visit.now) if shown else (),
    )


def name_of(visit: Visit) -> str:
    """In the reader's script, where it is known."""
    client = visit.client
    assert client is not None
    return (client.name_bn or client.name) if visit.words.language == "bn" else client.name
