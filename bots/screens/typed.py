"""A typed command opens the screen that it means, filled in. It does nothing by itself.

Where several clients fit, they are offered first, each leading to that screen. Words that mean
nothing and are nobody's name get the three nearest meanings.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from sqlalchemy.orm import Session

from billing.connections import connections_of
from billing.search import ClientPage, ClientState, ClientsWanted, FoundClient, find_clients
from billing.zones import list_zones
from bots import prompts
from bots.amounts import read_amount
from bots.callers import Caller
from bots.screens import (
    access,
    acts,
    browse,
    card,
    catalogue,
    clients,
    forms,
    home,
    me,
    money,
    network,
    offline,
    passwords,
    payments,
    routers,
    runs,
    staff,
)
from bots.screens.screen import Screen
from bots.typed.grammar import Meaning, Said, nearest, read
from bots.views import Button, View, rows
from bots.words import Html
from policy.facts import ClientId
from storage.actors import Permission

OFFERED = 6
# What Bangla and Banglish hang on a name: of Rahim, to Rahim.
ENDINGS = ("ের", "কে", "র", "er", "ke", "r")
NAME_MIN = 3  # letters that must be left of it
MODULES = (
    *(access, acts, browse, card, catalogue, clients, forms, home, me, money, network, offline),
    *(passwords, payments, routers, runs, staff),
)
PLACES: dict[str, Screen] = {
    screen.route: screen for module in MODULES for screen in module.SCREENS
}


class About(Enum):
    """Whose id a screen takes."""

    NOBODY = auto()
    CLIENT = auto()
    LINE = auto()


@dataclass(frozen=True, slots=True)
class Opening:
    route: str
    about: About = About.NOBODY
    numbers: tuple[int, ...] = ()


def _state(state: ClientState) -> Opening:
    return Opening("clients", numbers=(browse.STATES.index(state),))


OPENS = {
    Meaning.PAY: Opening("pay", About.CLIENT),
    Meaning.SUSPEND: Opening("suspend", About.CLIENT),
    Meaning.RESUME: Opening("resume", About.CLIENT),
    Meaning.KICK: Opening("kick", About.LINE),
    Meaning.WHY: Opening("why", About.LINE),
    Meaning.CARD: Opening("card", About.CLIENT),
    Meaning.INVOICES: Opening("invoices", About.CLIENT),
    Meaning.PAYMENTS: Opening("payments", About.CLIENT),
    Meaning.LEDGER: Opening("ledger", About.CLIENT),
    Meaning.USE: Opening("use", About.LINE),
    Meaning.PASSWORD: Opening("password", About.LINE),
    Meaning.PROMISE: Opening("add_promise", About.CLIENT),
    Meaning.EXPIRY: Opening("add_expiry", About.LINE),
    Meaning.CHANGE: Opening("add_change", About.LINE),
    Meaning.MAKE_BILL: Opening("bill", About.CLIENT),
    Meaning.SUSPEND_MANY: Opening("clients"),
    Meaning.RESUME_MANY: _state(ClientState.SUSPENDED),
    Meaning.NEW_CLIENT: Opening("add_client"),
    Meaning.NEW_PACKAGE: Opening("add_package"),
    Meaning.NEW_ROUTER: Opening("add_router"),
    Meaning.NEW_STAFF: Opening("add_staff"),
    Meaning.ENDING: Opening("clients"),
    Meaning.OFFLINE: Opening("offline"),
    Meaning.ONLINE: Opening("sessions"),
    Meaning.SUSPENDED: _state(ClientState.SUSPENDED),
    Meaning.EXPIRED: _state(ClientState.EXPIRED),
    Meaning.ACTIVE: _state(ClientState.ACTIVE),
    Meaning.CLIENTS: Opening("clients"),
    Meaning.PROBLEMS: Opening("problems"),
    Meaning.ROUTERS: Opening("routers"),
    Meaning.PACKAGES: Opening("packages"),
    Meaning.ZONES: Opening("zones"),
    Meaning.STAFF: Opening("staff"),
    Meaning.RUNS: Opening("runs"),
    Meaning.TAKINGS: Opening("home"),
    Meaning.HOME: Opening("home"),
    Meaning.ME: Opening("me"),
}


def open_typed(session: Session, caller: Caller, text: str) -> View:
    """The screen of a command; of any other text, whom it finds."""
    said = read(text)
    if said is not None:
        return _open(session, caller, said)
    found = clients.search(session, caller, {}, text)
    nobody = found.text == caller.words.say("search-none", words=text)
    return _near(caller, text, found) if nobody else found


def open_near(session: Session, caller: Caller, place: int) -> View:
    """One of the nearest meanings of what was typed last."""
    asked = prompts.asked(session, caller.tenant_id, caller.staff_id, now=caller.now)
    if asked is None or asked.name != clients.SEARCH:
        return clients.ask_for_words(session, caller)
    near = nearest(str(asked.payload["words"]))
    said = read(near[place][1]) if place < len(near) else None
    if said is None:
        return clients.ask_for_words(session, caller)
    return _open(session, caller, said)


def _near(caller: Caller, text: str, found: View) -> View:
    meanings = [
        (caller.to("typed_near", f"typed-{meaning.replace('_', '-')}", place),)
        for place, (meaning, _corrected) in enumerate(nearest(text))
    ]
    said = Html("\n\n".join((found.text, caller.words.say("typed-near"))))
    return View(said, rows(*meanings, *found.rows))


def _open(session: Session, caller: Caller, said: Said) -> View:
    opening = OPENS[said.meaning]
    if opening.about is About.NOBODY:
        return _place(session, caller, opening.route, *_numbers(session, caller, said, opening))
    page = _meant(session, caller, said.who)
    if not page.clients:
        return View(caller.words.say("search-none", words=said.who), rows(_home(caller)))
    exactly = [one for one in page.clients if one.exactly]
    fitting = exactly if len(exactly) == 1 else page.clients
    if len(fitting) == 1:
        return _of_client(session, caller, said, fitting[0].client_id)
    return _which(session, caller, said, page)


def _of_client(session: Session, caller: Caller, said: Said, client_id: int) -> View:
    opening = OPENS[said.meaning]
    if opening.about is About.LINE:
        lines = connections_of(session, caller.tenant_id, ClientId(client_id))
        if len(lines) != 1:  # which one is chosen there
            return card.open_card(session, caller, client_id)
        return _place(session, caller, opening.route, lines[0].connection_id)
    if said.meaning is not Meaning.PAY:
        return _place(session, caller, opening.route, client_id)
    return _pay(session, caller, said, client_id)


def _pay(session: Session, caller: Caller, said: Said, client_id: int) -> View:
    caller.actor.require(Permission.TAKE_PAYMENTS)
    method, amount_minor = _method(said), _amount(caller, said)
    if not amount_minor:
        return payments.ask_amount(session, caller, client_id, method)
    view = payments.open_pay(session, caller, client_id, amount_minor, method)
    asked = prompts.asked(session, caller.tenant_id, caller.staff_id, now=caller.now)
    if said.ref and asked is not None and asked.name == "transaction":
        return payments.hear_transaction(session, caller, asked.payload, said.ref)
    return view


def _method(said: Said) -> int:
    return payments.METHODS.index(said.method) if said.method else 0


def _amount(caller: Caller, said: Said) -> int:
    return (read_amount(said.amount, caller.currency) or 0) if said.amount else 0


def _place(session: Session, caller: Caller, route: str, *numbers: int) -> View:
    screen = PLACES[route]
    if screen.needs is not None:
        caller.actor.require(screen.needs)
    return screen.open(session, caller, *numbers)


def _numbers(session: Session, caller: Caller, said: Said, opening: Opening) -> tuple[int, ...]:
    """What a list is filtered by."""
    if said.meaning is Meaning.ENDING:
        return (0, 0, 0, 1 if said.days == 1 else 2)
    if said.meaning in {Meaning.SUSPEND_MANY, Meaning.RESUME_MANY} and said.who:
        state = opening.numbers[0] if opening.numbers else 0
        return (state, _zone(session, caller, said.who))
    return opening.numbers


def _zone(session: Session, caller: Caller, name: str) -> int:
    """The zone of that name; 0 for all where there is none."""
    called = name.casefold()
    zones = list_zones(session, caller.tenant_id)
    return next((zone.zone_id for zone in zones if zone.name.casefold() == called), 0)


def _meant(session: Session, caller: Caller, who: str) -> ClientPage:
    """As it was typed, or without what the language hangs on a name."""
    wanted, bare = ClientsWanted(words=who), ClientsWanted(words=_bare(who))
    now, tenant_id = caller.now, caller.tenant_id
    page = find_clients(session, tenant_id, wanted, now=now, limit=OFFERED)
    if page.clients or wanted == bare:
        return page
    return find_clients(session, tenant_id, bare, now=now, limit=OFFERED)


def _bare(who: str) -> str:
    ending = next((end for end in ENDINGS if who.endswith(end)), "")
    left = who.removesuffix(ending)
    return left if len(left) >= NAME_MIN else who


def _which(session: Session, caller: Caller, said: Said, page: ClientPage) -> View:
    words = caller.words
    meaning = words.plain(f"typed-{said.meaning.replace('_', '-')}")
    text = words.say("typed-which", meaning=meaning, words=said.who, count=words.number(page.total))
    buttons = ((_leads(session, caller, said, one),) for one in page.clients)
    return View(text, rows(*buttons, _home(caller)))


def _leads(session: Session, caller: Caller, said: Said, one: FoundClient) -> Button:
    """To the same screen about this client; their card, where a connection must be chosen."""
    shown = clients.client_button(one, caller)
    opening = OPENS[said.meaning]
    route, numbers = opening.route, [int(one.client_id)]
    if opening.about is About.LINE:
        lines = connections_of(session, caller.tenant_id, one.client_id)
        numbers = [lines[0].connection_id] if len(lines) == 1 else numbers
        route = route if len(lines) == 1 else "card"
    if said.meaning is Meaning.PAY:
        amount_minor, method = _amount(caller, said), _method(said)
        route = "pay" if amount_minor else "pay_amount"
        numbers += [amount_minor, method] if amount_minor else [method]
    needs = PLACES[route].needs
    if needs is not None:
        caller.actor.require(needs)
    return Button(shown.words, caller.to(route, "to-card", *numbers).data)


def _home(caller: Caller) -> tuple[Button | None, ...]:
    return (caller.to("home", "to-home"),)


SCREENS = (Screen("typed_near", open_near),)
