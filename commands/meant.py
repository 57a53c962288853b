"""Whom or what a person means who typed a few words, and what to say where that is not clear."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from billing.search import ClientsWanted, FoundClient, find_clients
from bots.amounts import read_amount
from commands.errors import CommandError
from commands.scope import Scope

NAMED_MAX = 5  # in a sentence

T = TypeVar("T")


class NobodyMeant(CommandError):
    code = "nobody_meant"

    def __init__(self, words: str) -> None:
        super().__init__(f"No client is found by {words}: ./skylink client find lists them.")


class SeveralMeant(CommandError):
    code = "several_meant"

    def __init__(self, words: str, found: tuple[FoundClient, ...], total: int) -> None:
        named = ", ".join(f"{one.client_number} {one.name}" for one in found)
        more = f" and {total - len(found)} more" if total > len(found) else ""
        super().__init__(f"{words} may be {named}{more}: say the number.")


class NothingNamed(CommandError):
    code = "nothing_named"

    def __init__(self, kind: str, name: str, known: list[str]) -> None:
        more = f" and {len(known) - NAMED_MAX} more" if len(known) > NAMED_MAX else ""
        there = ", ".join(known[:NAMED_MAX]) + more
        has = f"this ISP has {there}" if known else "this ISP has none yet"
        super().__init__(f"There is no {kind} {name}: {has}.")


def client_meant(scope: Scope, words: str, now: datetime) -> FoundClient:
    """The one whose number, phone or username the words are, or else the only one alike.

    Raises NobodyMeant, SeveralMeant.
    """
    wanted = ClientsWanted(words=words)
    page = find_clients(scope.session, scope.tenant_id, wanted, now=now, limit=NAMED_MAX)
    exactly = [found for found in page.clients if found.exactly]
    if len(exactly) == 1:
        return exactly[0]
    if not page.clients or not words.strip():
        raise NobodyMeant(words)
    if page.total > 1:
        raise SeveralMeant(words, page.clients, page.total)
    return page.clients[0]


class NotAnAmount(CommandError):
    code = "not_an_amount"

    def __init__(self, said: str, currency: str) -> None:
        super().__init__(f"{said} is no amount of {currency}: write it as 800 or 1,200.50.")


def amount_meant(scope: Scope, said: str) -> int:
    """In minor units of the ISP's currency, above 0. Raises NotAnAmount."""
    minor = read_amount(said, scope.isp.currency)
    if minor is None:
        raise NotAnAmount(said, scope.isp.currency)
    return minor


def named(things: Mapping[str, T], name: str, kind: str) -> T:
    """The thing of this name, its case aside. Raises NothingNamed."""
    for known, thing in things.items():
        if known.casefold() == name.casefold():
            return thing
    raise NothingNamed(kind, name, list(things))
