"""A connection's password: shown once asked twice, behind a spoiler, for a minute, written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from billing.connections import get_connection
from billing.passwords import reveal_password
from bots.callers import Caller
from bots.deletions import SHOWN_FOR
from bots.screens.screen import Deed, Screen
from bots.views import Answer, Button, View, rows
from policy.facts import ConnectionId
from storage.actors import Permission

COPIED_MAX = 256  # core.telegram.org/bots/api#copytextbutton


def open_password(session: Session, caller: Caller, connection_id: int) -> View:
    line = get_connection(session, caller.tenant_id, ConnectionId(connection_id))
    text = caller.words.say("password-confirm", username=line.details.username)
    payload: dict[str, object] = {"connection_id": connection_id}
    does = caller.does(session, "reveal", "password-do", payload)
    return View(text, rows((does,), (caller.to("card", "cancel", line.client_id),)))


def reveal(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    connection_id, words = ConnectionId(pinned["connection_id"]), caller.words
    line = get_connection(session, caller.tenant_id, connection_id)
    secret = reveal_password(
        session, caller.tenant_id, connection_id, keys=caller.keys, actor=caller.actor
    )
    copy = (
        Button(words.plain("password-copy"), copies=secret) if len(secret) <= COPIED_MAX else None
    )
    shown = words.say("password-shown", username=line.details.username, password=str(secret))
    done = View(
        words.say("password-done", username=line.details.username),
        rows((caller.to("card", "to-card", line.client_id), caller.to("home", "to-home"))),
    )
    return Answer(done, aside=View(shown, rows((copy,)), lasts=SHOWN_FOR))


SCREENS = (Screen("password", open_password, Permission.REVEAL_PASSWORDS),)
DEEDS = (Deed("reveal", reveal, Permission.REVEAL_PASSWORDS),)
