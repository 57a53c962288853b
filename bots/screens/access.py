"""Suspend and resume a client, end sessions: shown first, done by one tap, undone by another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from billing.clients import get_client, set_client_status
from billing.connections import connections_of, get_connection
from bots.callers import Caller
from bots.screens import card
from bots.screens.screen import Deed, Screen
from bots.views import Answer, Style, View, rows
from network.kicks import kick
from network.sessions import list_live_sessions
from policy.facts import ClientId, ConnectionId, Status
from storage.actors import Permission
from storage.audit import last_entry


def open_suspend(session: Session, caller: Caller, client_id: int) -> View:
    return _confirm(session, caller, client_id, Status.SUSPENDED)


def open_resume(session: Session, caller: Caller, client_id: int) -> View:
    return _confirm(session, caller, client_id, Status.ACTIVE)


def _confirm(session: Session, caller: Caller, client_id: int, status: Status) -> View:
    tenant_id, words = caller.tenant_id, caller.words
    client = get_client(session, tenant_id, ClientId(client_id))
    lines = connections_of(session, tenant_id, ClientId(client_id))
    key, style = _KEYS[status], _STYLES[status]
    payload: dict[str, object] = {"client_id": client_id, "status": status, "was": client.status}
    usernames = ", ".join(line.details.username for line in lines) or "–"
    text = words.say(
        f"{key}-confirm",
        name=card.name_of(client, words),
        number=words.number(client.client_number),
        usernames=usernames,
    )
    does = caller.does(session, "status", f"{key}-do", payload, style=style)
    return View(text, rows((does,), (caller.to("card", "cancel", client_id),)))


_KEYS = {Status.SUSPENDED: "suspend", Status.ACTIVE: "resume"}
_STYLES = {Status.SUSPENDED: Style.DANGER, Status.ACTIVE: Style.GOOD}


def set_status(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    client_id, status = ClientId(pinned["client_id"]), Status(pinned["status"])
    before = Status(pinned["was"])
    set_client_status(session, caller.tenant_id, client_id, status, actor=caller.actor)
    audit = last_entry(session, caller.tenant_id, caller.actor) or 0
    note = caller.words.say(f"{_KEYS[status]}-done", audit=caller.words.number(audit))
    back: dict[str, object] = {"client_id": client_id, "status": before, "was": status}
    undo = None
    if before in _KEYS and before is not status:
        undo = caller.does(session, "status", "undo", back, style=Style.PLAIN, undo=True)
    return Answer(card.show(card.read_card(session, caller, client_id), caller, note, undo))


def open_kick(session: Session, caller: Caller, connection_id: int) -> View:
    words = caller.words
    line = get_connection(session, caller.tenant_id, ConnectionId(connection_id))
    username = line.details.username
    live = list_live_sessions(session, caller.tenant_id, username, limit=card.SESSIONS_SHOWN)
    text = words.say("kick-confirm", username=username, count=words.number(len(live)))
    does = caller.does(
        session, "kick", "kick-do", {"connection_id": connection_id}, style=Style.DANGER
    )
    return View(text, rows((does,), (caller.to("card", "cancel", line.client_id),)))


def end_sessions(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    connection_id = ConnectionId(pinned["connection_id"])
    kicked = kick(session, caller.tenant_id, connection_id, actor=caller.actor)
    audit = last_entry(session, caller.tenant_id, caller.actor) or 0
    words = caller.words
    note = words.say("kick-done", count=words.number(kicked), audit=words.number(audit))
    line = get_connection(session, caller.tenant_id, connection_id)
    return Answer(card.show(card.read_card(session, caller, line.client_id), caller, note))


SCREENS = (
    Screen("suspend", open_suspend, Permission.CONTROL_ACCESS),
    Screen("resume", open_resume, Permission.CONTROL_ACCESS),
    Screen("kick", open_kick, Permission.CONTROL_ACCESS),
)
DEEDS = (
    Deed("status", set_status, Permission.CONTROL_ACCESS),
    Deed("kick", end_sessions, Permission.CONTROL_ACCESS),
)
