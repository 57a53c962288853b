"""The client's card: may they go online and why, what they owe, what they use; what can be done."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from billing.access import why
from billing.clients import Client, get_client
from billing.connections import Connection, connections_of, get_connection
from billing.invoices import OWING, invoices_of
from bots.callers import Caller
from bots.screens.screen import Screen
from bots.views import Button, Style, View, rows
from bots.words import Html, Words, marked
from network.sessions import LiveSession, list_live_sessions
from policy.decision import Decision, Verdict
from policy.explanation import explain, headline
from policy.facts import ClientId, ConnectionId, Status
from storage.actors import Permission

SESSIONS_SHOWN = 5
LINES_SHOWN = 6  # connections of one client; the rest are counted
MARKS = {Verdict.ACCEPT: "🟢", Verdict.WALLED: "🟠", Verdict.REJECT: "🔴"}


@dataclass(frozen=True, slots=True)
class Line:
    """A connection with what is decided of it, and its sessions now."""

    connection: Connection
    decision: Decision
    sessions: tuple[LiveSession, ...]


@dataclass(frozen=True, slots=True)
class Card:
    client: Client
    due_minor: int
    lines: tuple[Line, ...]


def read_card(session: Session, caller: Caller, client_id: int) -> Card:
    """Raises ClientNotFound."""
    tenant_id, whose = caller.tenant_id, ClientId(client_id)
    client = get_client(session, tenant_id, whose)
    lines = tuple(
        Line(
            line,
            why(session, tenant_id, line.details.username, now=caller.now),
            list_live_sessions(session, tenant_id, line.details.username, limit=SESSIONS_SHOWN),
        )
        for line in connections_of(session, tenant_id, whose)
    )
    return Card(client, due_of(session, caller, whose), lines)


def due_of(session: Session, caller: Caller, client_id: ClientId) -> int:
    """All that the client has not paid, in minor units."""
    invoices = invoices_of(session, caller.tenant_id, client_id)
    return sum(invoice.due_minor for invoice in invoices if invoice.status in OWING)


def open_card(session: Session, caller: Caller, client_id: int) -> View:
    return show(read_card(session, caller, client_id), caller)


def show(card: Card, caller: Caller, note: Html | None = None, undo: Button | None = None) -> View:
    """`note`: what was just done, above; `undo`: the way back from it, below."""
    words, shown = caller.words, card.lines[:LINES_SHOWN]
    parts = [note] if note else []
    parts.append(
        words.say(
            "card",
            isp=caller.isp.name,
            name=name_of(card.client, words),
            number=words.number(card.client.client_number),
            phone=card.client.details.phone or "",
            due=words.amount(card.due_minor, caller.currency),
        )
    )
    parts += [line_text(line, words) for line in shown] or [words.say("card-no-connection")]
    if len(card.lines) > len(shown):
        parts.append(words.say("card-more", count=words.number(len(card.lines) - len(shown))))
    return View(
        Html("\n\n".join(parts)),
        rows(
            (undo,),
            *money_rows(card, caller),
            (access_button(card.client, caller),),
            *(line_row(line, caller, alone=len(shown) == 1) for line in shown),
            (
                caller.to("card", "refresh", card.client.client_id),
                caller.to("acts", "card-acts", card.client.client_id),
            ),
            (caller.to("found", "to-found"), caller.to("home", "to-home")),
        ),
    )


def name_of(client: Client, words: Words) -> str:
    """In the reader's script, where it is known."""
    details = client.details
    return (details.name_bn or details.name) if words.language == "bn" else details.name


def line_text(line: Line, words: Words) -> Html:
    facts = line.decision.facts
    reply = line.decision.reply
    pace = words.plain("speed-none")
    if reply is not None:
        down, up = words.speed(reply.speed.down_kbps), words.speed(reply.speed.up_kbps)
        pace = words.plain("speed", down=down, up=up)
    expires_at = line.connection.expires_at
    return words.say(
        "line",
        mark=MARKS[line.decision.verdict],
        headline=headline(line.decision, words.language, words.figures),
        username=line.connection.details.username,
        speed=pace,
        online=marked(_online(line, words)),
        used=words.volume(facts.connection.used_bytes if facts else 0),
        until=words.moment(expires_at) if expires_at else words.plain("never"),
    )


def _online(line: Line, words: Words) -> Html:
    if not line.sessions:
        return words.say("line-offline")
    first = line.sessions[0]
    return words.say(
        "line-online",
        since=words.moment(first.started_at),
        address=first.framed_ipv4 or "–",
        router=first.nas_name or "–",
    )


def money_rows(card: Card, caller: Caller) -> list[tuple[Button | None, ...]]:
    if not caller.may(Permission.TAKE_PAYMENTS):
        return []
    client_id, due = card.client.client_id, card.due_minor
    amount = caller.words.amount(due, caller.currency)
    all_of_it = caller.to("pay", "card-take", client_id, due, 0, style=Style.MAIN, amount=amount)
    return [
        (all_of_it if due > 0 else None, caller.to("pay_amount", "card-other-amount", client_id, 0))
    ]


def access_button(client: Client, caller: Caller) -> Button | None:
    """Suspend, or in the same place its opposite."""
    if not caller.may(Permission.CONTROL_ACCESS) or client.status is Status.INACTIVE:
        return None
    if client.status is Status.SUSPENDED:
        return caller.to("resume", "card-resume", client.client_id, style=Style.GOOD)
    return caller.to("suspend", "card-suspend", client.client_id, style=Style.DANGER)


def line_row(line: Line, caller: Caller, *, alone: bool) -> tuple[Button | None, ...]:
    """What can be done with a connection; where there are several, behind its name."""
    line_id, username = line.connection.connection_id, line.connection.details.username
    if not alone:
        return (caller.to("line", "card-line", line_id, username=username),)
    kicks = line.sessions and caller.may(Permission.CONTROL_ACCESS)
    reveals = caller.may(Permission.REVEAL_PASSWORDS)
    return (
        caller.to("why", "card-why", line_id),
        caller.to("kick", "card-kick", line_id) if kicks else None,
        caller.to("password", "card-password", line_id) if reveals else None,
    )


def open_line(session: Session, caller: Caller, connection_id: int) -> View:
    """One of several connections: what is behind its name on the card."""
    line = get_connection(session, caller.tenant_id, ConnectionId(connection_id))
    card = read_card(session, caller, line.client_id)
    mine = next(one for one in card.lines if one.connection.connection_id == connection_id)
    back = (caller.to("card", "to-card", line.client_id), caller.to("home", "to-home"))
    acts = (caller.to("line_acts", "card-acts", connection_id),)
    text = line_text(mine, caller.words)
    return View(text, rows(line_row(mine, caller, alone=True), acts, back))


def open_why(session: Session, caller: Caller, connection_id: int) -> View:
    """Every rule and what it saw, as `./skylink why` tells."""
    line = get_connection(session, caller.tenant_id, ConnectionId(connection_id))
    decision = why(session, caller.tenant_id, line.details.username, now=caller.now)
    told = explain(decision, caller.words.language, caller.words.figures)
    text = caller.words.say("why", username=line.details.username, told=told)
    back = (caller.to("card", "to-card", line.client_id), caller.to("home", "to-home"))
    return View(text, rows(back))


SCREENS = (Screen("card", open_card), Screen("line", open_line), Screen("why", open_why))
