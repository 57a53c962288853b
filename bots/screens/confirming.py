"""What exactly will happen, one button that does it, and the way back; then what was done."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bots.callers import Caller
from bots.views import Button, Style, View, rows
from bots.words import Html
from storage.audit import last_entry


def confirm(
    session: Session,
    caller: Caller,
    text: Html,
    effect: str,
    payload: dict[str, object],
    *,
    key: str,
    back: Button,
    style: Style = Style.MAIN,
) -> View:
    """`effect` is pinned to what is shown; `key` is what its button says."""
    does = caller.does(session, effect, key, payload, style=style)
    return View(text, rows((does,), (back,)))


def done(session: Session, caller: Caller, key: str, **said: object) -> Html:
    """What was done just now, with the number by which the audit log has it."""
    audit = last_entry(session, caller.tenant_id, caller.actor) or 0
    return caller.words.say(key, audit=caller.words.number(audit), **said)
