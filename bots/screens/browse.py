"""All clients, by state, zone, package or the end of what is paid; each view of them as a file."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from billing.packages import list_packages
from billing.search import (
    PAGE_CLIENTS_MAX,
    ClientPage,
    ClientState,
    ClientsWanted,
    FoundClient,
    PageKey,
    find_clients,
)
from billing.zones import ZoneId, list_zones
from bots import prompts
from bots.callers import Caller
from bots.listings import KINDS
from bots.listings import Row as Buttons
from bots.screens.clients import MARKS, PAGE, client_button
from bots.screens.screen import Screen
from bots.sheets import Cell, plain_amount, sheet
from bots.views import View, rows
from policy.facts import PackageId

STATES = (None, *ClientState)
EXPIRIES = (0, 1, 7)  # days, today's included; 0: whenever
FILE_ROWS_MAX = 50_000
CHOICES = 8


@dataclass(frozen=True, slots=True)
class Filter:
    """As buttons carry it: positions and ids, 0 for any."""

    state: int = 0
    zone: int = 0
    package: int = 0
    expiry: int = 0

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        return self.state, self.zone, self.package, self.expiry

    def wanted(self) -> ClientsWanted:
        return ClientsWanted(
            state=STATES[min(self.state, len(STATES) - 1)],
            zone_id=ZoneId(self.zone) if self.zone else None,
            package_id=PackageId(self.package) if self.package else None,
            expiry_days=EXPIRIES[min(self.expiry, len(EXPIRIES) - 1)] or None,
        )


def open_clients(
    session: Session,
    caller: Caller,
    state: int = 0,
    zone: int = 0,
    package: int = 0,
    expiry: int = 0,
    rank: int = 0,
    number: int = 0,
    page: int = 1,
) -> View:
    """The page after that client; the first without."""
    prompts.forget(session, caller.tenant_id, caller.staff_id)
    chosen = Filter(state, zone, package, expiry)
    after = PageKey(rank, number) if page > 1 else None
    found = find_clients(
        session, caller.tenant_id, chosen.wanted(), now=caller.now, after=after, limit=PAGE
    )
    return show(session, caller, found, chosen, page)


def show(session: Session, caller: Caller, found: ClientPage, chosen: Filter, page: int) -> View:
    words = caller.words
    text = words.say(
        "clients",
        isp=caller.isp.name,
        filter=_said(session, caller, chosen),
        count=words.number(found.total),
        page=words.number(page),
        pages=words.number(max(1, -(-found.total // PAGE))),
    )
    key, more = found.next_key, None
    if key is not None:
        at = (*chosen.numbers, key.rank, key.client_number, page + 1)
        more = caller.to("clients", "page-after", *at)
    first = caller.to("clients", "page-first", *chosen.numbers) if page > 1 else None
    files = tuple(
        caller.to("clients_file", f"file-{kind}", *chosen.numbers, place)
        for place, kind in enumerate(KINDS)
    )
    return View(
        text,
        rows(
            *((client_button(one, caller),) for one in found.clients),
            (first, more),
            *_filters(caller, chosen),
            files if found.total else (),
            (caller.to("search", "home-search"), caller.to("home", "to-home")),
        ),
    )


def _said(session: Session, caller: Caller, chosen: Filter) -> str:
    """The filter in words."""
    parts = []
    if chosen.state:
        parts.append(_state_name(min(chosen.state, len(STATES) - 1), caller))
    if chosen.zone:
        parts += [z.name for z in list_zones(session, caller.tenant_id) if z.zone_id == chosen.zone]
    if chosen.package:
        mine = list_packages(session, caller.tenant_id)
        parts += [one.details.name for one in mine if one.package_id == chosen.package]
    if chosen.expiry:
        parts.append(caller.words.plain(f"expiry-{min(chosen.expiry, len(EXPIRIES) - 1)}"))
    return ", ".join(parts) or caller.words.plain("clients-all")


def _state_name(place: int, caller: Caller) -> str:
    state = STATES[place]
    return caller.words.plain("clients-all" if state is None else f"state-{state}")


def _filters(caller: Caller, chosen: Filter) -> tuple[Buttons, ...]:
    """One tap narrows, another of the same kind changes it, and the one that is on takes it off."""
    _, zone, package, expiry = chosen.numbers
    tabs = tuple(
        caller.to(
            "clients", "clients-tab", 0 if chosen.state == place else place, zone, package, expiry,
            mark=("✓" if chosen.state == place else "") + MARKS[state],
        )
        for place, state in enumerate(STATES)
        if state is not None
    )  # fmt: skip
    ends = tuple(
        caller.to(
            "clients", "clients-expiry", chosen.state, zone, package,
            0 if expiry == place else place,
            mark="✓ " if expiry == place else "", expiry=caller.words.plain(f"expiry-{place}"),
        )
        for place in range(1, len(EXPIRIES))
    )  # fmt: skip
    lists = (
        caller.to("clients_zone", "clients-zone", *chosen.numbers),
        caller.to("clients_package", "clients-package", *chosen.numbers),
    )
    return tabs, ends, lists


def open_zones(
    session: Session,
    caller: Caller,
    state: int,
    zone: int,
    package: int,
    expiry: int,
    page: int = 1,
) -> View:
    given = Filter(state, zone, package, expiry)
    found = [(one.zone_id, one.name) for one in list_zones(session, caller.tenant_id)]
    choices = [
        (name, Filter(state, of, package, expiry)) for of, name in [(0, _any(caller)), *found]
    ]
    return _choose(caller, "clients_zone", given, choices, page)


def open_packages(
    session: Session,
    caller: Caller,
    state: int,
    zone: int,
    package: int,
    expiry: int,
    page: int = 1,
) -> View:
    given = Filter(state, zone, package, expiry)
    found = [(one.package_id, one.details.name) for one in list_packages(session, caller.tenant_id)]
    choices = [(name, Filter(state, zone, of, expiry)) for of, name in [(0, _any(caller)), *found]]
    return _choose(caller, "clients_package", given, choices, page)


def _any(caller: Caller) -> str:
    return caller.words.plain("clients-all")


def _choose(
    caller: Caller, route: str, given: Filter, choices: list[tuple[str, Filter]], page: int
) -> View:
    pages = max(1, -(-len(choices) // CHOICES))
    page = min(max(1, page), pages)
    shown = choices[(page - 1) * CHOICES : page * CHOICES]
    back, more = None, None
    if page > 1:
        back = caller.to(route, "page-before", *given.numbers, page - 1)
    if page < pages:
        more = caller.to(route, "page-after", *given.numbers, page + 1)
    buttons: list[Buttons] = [
        (caller.to("clients", "form-choice", *chosen.numbers, label=name),)
        for name, chosen in shown
    ]
    cancel = caller.to("clients", "cancel", *given.numbers)
    return View(caller.words.say("clients-choose"), rows(*buttons, (back, more), (cancel,)))


def open_file(
    session: Session,
    caller: Caller,
    state: int,
    zone: int,
    package: int,
    expiry: int,
    kind: int = 0,
) -> View:
    """All that fit, at most FILE_ROWS_MAX."""
    chosen, words = Filter(state, zone, package, expiry), caller.words
    found: list[FoundClient] = []
    after: PageKey | None = None
    while len(found) < FILE_ROWS_MAX:
        page = find_clients(
            session,
            caller.tenant_id,
            chosen.wanted(),
            now=caller.now,
            after=after,
            limit=PAGE_CLIENTS_MAX,
        )
        found += page.clients
        after = page.next_key
        if after is None:
            break
    headings = [words.plain(f"column-{name}") for name in COLUMNS]
    name = f"{caller.isp.slug}-clients-{caller.now:%Y-%m-%d}"
    text = words.say("file-caption", isp=caller.isp.name, count=words.number(len(found)))
    made = sheet(
        name, KINDS[min(kind, len(KINDS) - 1)], headings, [_cells(one, caller) for one in found]
    )
    return View(text, file=made)


COLUMNS = (
    "number", "name", "name-bn", "phone", "state", "zone", "username", "package", "expires",
    "unpaid", "due",
)  # fmt: skip


def _cells(one: FoundClient, caller: Caller) -> list[Cell]:
    return [
        one.client_number,
        one.name,
        one.name_bn or "",
        one.phone or "",
        one.state.value,
        one.zone or "",
        ", ".join(one.usernames),
        ", ".join(one.packages),
        one.expires_at.isoformat(timespec="minutes") if one.expires_at else "",
        one.unpaid_invoices,
        plain_amount(one.due_minor, caller.currency),
    ]


SCREENS = (
    Screen("clients", open_clients),
    Screen("clients_zone", open_zones),
    Screen("clients_package", open_packages),
    Screen("clients_file", open_file),
)
