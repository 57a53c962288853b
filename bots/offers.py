"""What is offered while one types after the bot's name: clients, of whom one is picked."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from billing.search import ClientsWanted, FoundClient, PageKey, find_clients
from bots.callers import Caller
from bots.screens.clients import MARKS

OFFERED = 20  # at once; core.telegram.org/bots/api#answerinlinequery takes 50


@dataclass(frozen=True, slots=True)
class Offered:
    """`says`: what the picked one sends, to be heard as if typed: a command, nobody's name."""

    key: str
    title: str
    detail: str
    says: str


@dataclass(frozen=True, slots=True)
class Offers:
    """`more`: what to ask for the next ones by; empty at the end."""

    found: tuple[Offered, ...] = ()
    more: str = ""


def offer_clients(session: Session, caller: Caller, text: str, after: str) -> Offers:
    """Those who are meant, in the scope of the person who types."""
    rank, _, number = after.partition(".")
    key = PageKey(int(rank), int(number)) if rank.isdigit() and number.isdigit() else None
    wanted = ClientsWanted(words=text.strip())
    page = find_clients(session, caller.tenant_id, wanted, now=caller.now, after=key, limit=OFFERED)
    more = f"{page.next_key.rank}.{page.next_key.client_number}" if page.next_key else ""
    return Offers(tuple(_offered(one, caller) for one in page.clients), more)


def _offered(one: FoundClient, caller: Caller) -> Offered:
    words = caller.words
    name = (one.name_bn or one.name) if words.language == "bn" else one.name
    due = words.amount(one.due_minor, caller.currency)
    known = " · ".join(part for part in (one.phone, *one.usernames[:2], due) if part)
    number = words.number(one.client_number)
    return Offered(
        str(one.client_id),
        f"{MARKS[one.state]} {name} · {number}",
        known,
        f"/find {one.client_number}",
    )
