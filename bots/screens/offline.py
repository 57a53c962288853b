"""Who has no session now, though their connection is in service."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bots.callers import Caller
from bots.listings import Column, Listing
from bots.listings import Row as Buttons
from bots.views import Button
from network.sessions import OfflineLine, list_offline


def _offline(session: Session, caller: Caller) -> tuple[OfflineLine, ...]:
    return list_offline(session, caller.tenant_id)


def _button(line: OfflineLine, caller: Caller) -> Button:
    words = caller.words
    return caller.to(
        "card",
        "offline-line",
        line.client_id,
        name=line.client_name,
        username=line.username,
        seen=words.day(line.seen_on) if line.seen_on else "–",
    )


def _below(_session: Session, caller: Caller) -> tuple[Buttons, ...]:
    return (
        (caller.to("offline", "refresh"), caller.to("sessions", "to-sessions")),
        (caller.to("home", "to-home"),),
    )


OFFLINE = Listing(
    route="offline",
    title="offline",
    read=_offline,
    leads=_button,
    needs=None,
    below=_below,
    columns=(
        Column("column-number", lambda one, _: one.client_number),
        Column("column-name", lambda one, _: one.client_name),
        Column("column-username", lambda one, _: one.username),
        Column("column-day", lambda one, _: one.seen_on.isoformat() if one.seen_on else ""),
    ),
)
SCREENS = OFFLINE.screens()
