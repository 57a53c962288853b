"""Finding a client: any text that answers nothing else is looked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from billing.search import (
    ClientPage,
    ClientState,
    ClientsWanted,
    FoundClient,
    PageKey,
    find_clients,
)
from bots import prompts
from bots.callers import Caller
from bots.screens import card
from bots.screens.screen import Question, Screen
from bots.views import Button, View, rows

PAGE = 8
SEARCH = "search"  # what was asked, while any text is looked for
MARKS = {
    ClientState.ACTIVE: "🟢",
    ClientState.EXPIRED: "🟠",
    ClientState.SUSPENDED: "⏸",
    ClientState.INACTIVE: "✖",
}


def ask_for_words(session: Session, caller: Caller) -> View:
    prompts.forget(session, caller.tenant_id, caller.staff_id)
    as_typed = Button(caller.words.plain("search-as-typed"), searches=True)
    buttons = rows((as_typed,), (caller.to("home", "to-home"),))
    return View(caller.words.say("search-ask"), buttons)


def search(session: Session, caller: Caller, said: Mapping[str, Any], text: str) -> View:
    """One who is meant exactly, or found alone, is shown at once; words are kept for more pages."""
    del said
    if not text:
        return ask_for_words(session, caller)
    payload = {"words": text}
    prompts.ask(session, caller.tenant_id, caller.staff_id, SEARCH, payload, now=caller.now)
    page = find_clients(
        session, caller.tenant_id, ClientsWanted(words=text), now=caller.now, limit=PAGE
    )
    exactly = [one for one in page.clients if one.exactly]
    meant = exactly if len(exactly) == 1 else page.clients
    if len(meant) == 1 and (exactly or page.total == 1):
        return card.open_card(session, caller, meant[0].client_id)
    return show(page, text, 1, caller)


def open_page(
    session: Session, caller: Caller, rank: int = 0, client_number: int = 0, number: int = 1
) -> View:
    """The page after that client; the first without numbers."""
    asked = prompts.asked(session, caller.tenant_id, caller.staff_id, now=caller.now)
    if asked is None or asked.name != SEARCH:
        return ask_for_words(session, caller)
    text = str(asked.payload["words"])
    after = PageKey(rank, client_number) if number > 1 else None
    wanted = ClientsWanted(words=text)
    page = find_clients(session, caller.tenant_id, wanted, now=caller.now, after=after, limit=PAGE)
    return show(page, text, number, caller)


def show(page: ClientPage, text: str, number: int, caller: Caller) -> View:
    words, home = caller.words, caller.to("home", "to-home")
    if not page.clients:
        return View(words.say("search-none", words=text), rows((home,)))
    said = words.say(
        "search-found",
        words=text,
        count=words.number(page.total),
        page=words.number(number),
        pages=words.number(-(-page.total // PAGE)),
    )
    first = caller.to("found", "page-first") if number > 1 else None
    key, more = page.next_key, None
    if key is not None:
        more = caller.to("found", "page-after", key.rank, key.client_number, number + 1)
    return View(
        said, rows(*((client_button(one, caller),) for one in page.clients), (first, more), (home,))
    )


def client_button(one: FoundClient, caller: Caller) -> Button:
    words = caller.words
    name = one.name_bn if words.language == "bn" and one.name_bn else one.name
    return caller.to(
        "card",
        "search-line",
        one.client_id,
        mark=MARKS[one.state],
        name=name,
        number=words.number(one.client_number),
        due=words.amount(one.due_minor, caller.currency) if one.due_minor else one.phone or "",
    )


SCREENS = (Screen("search", ask_for_words), Screen("found", open_page))
QUESTIONS = (Question(SEARCH, search),)
