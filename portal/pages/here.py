"""What a device in the walled garden sees: why, and how to pay; no login, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from billing.connections import get_connection
from billing.ledger import balance_of
from policy.facts import ClientId, ConnectionId
from portal.choices import read_counter
from portal.doors import Asked
from portal.lines import ONLINE, READY, Line, read_line
from portal.pages.pay import begin
from portal.visits import Visit
from tenancy.portals import devices_at


@dataclass(frozen=True, slots=True)
class Here:
    """The client whose device this is, and the connection by which it came."""

    client_id: ClientId
    line: Line
    to_pay_minor: int

    @property
    def is_open(self) -> bool:
        """Whether nothing keeps it from the network any more."""
        return self.line.state in {ONLINE, READY}


async def here(asked: Asked) -> web.StreamResponse:
    """Anybody else is asked to log in."""
    return await here_page(asked, "", 200)


async def start(asked: Asked) -> web.StreamResponse:
    found = await asked.run(read_here, asked.visit)
    if found is None:
        return asked.go("/")
    return await begin(asked, found.client_id, here_page)


async def here_page(asked: Asked, said: str, status: int) -> web.StreamResponse:
    found = await asked.run(read_here, asked.visit)
    if found is None:
        return asked.go("/")
    counter = await asked.run(read_counter, asked.visit, found.client_id, ahead=False)
    can_pay = asked.visit.offers("pay") and bool(counter.gateways)
    return asked.page(
        "here.html", status=status, here=found, counter=counter, can_pay=can_pay, said=said
    )


def read_here(session: Session, visit: Visit) -> Here | None:
    """None where the address is no device's of this ISP."""
    for device in devices_at(session, visit.visitor.origin):
        if device.tenant_id == visit.tenant_id:
            line = get_connection(session, visit.tenant_id, ConnectionId(device.connection_id))
            balance = balance_of(session, visit.tenant_id, line.client_id)
            return Here(
                line.client_id,
                read_line(session, visit, line),
                max(0, balance.due_minor - balance.credit_minor),
            )
    return None
