"""A pinned button that is pressed: done once, by who may; what is dangerous after a code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from bots import effects, prompts
from bots.callers import Caller
from bots.contents import DEEDS
from bots.refusals import refused
from bots.screens import home
from bots.screens.sent_codes import by_sms
from bots.views import Answer, View, rows
from storage.errors import SkyLinkError
from tenancy.second_factor import CodeCheck, check_code

AGAIN = "prove_again"


def press(session: Session, caller: Caller, token: str) -> Answer:
    """Do what the token stands for, or say why not."""
    found = effects.look(session, caller.tenant_id, caller.staff_id, token, now=caller.now)
    deed = DEEDS.get(found.name) if found else None
    if found is None or deed is None:
        view = home.open_home(session, caller)
        return Answer(view, toast=caller.words.plain("outdated"))
    if found.done:
        return Answer(toast=caller.words.plain("already-done"))
    if found.late:
        return Answer(toast=caller.words.plain("too-late"))
    if deed.needs is not None:
        caller.actor.require(deed.needs)
    if deed.guarded and not caller.sure:
        return Answer(_ask_again(session, caller, token))
    effects.claim(session, caller.tenant_id, caller.staff_id, token, now=caller.now)
    return deed.do(session, caller, found.payload)


def _ask_again(session: Session, caller: Caller, token: str) -> View:
    payload = {"token": token}
    prompts.ask(session, caller.tenant_id, caller.staff_id, AGAIN, payload, now=caller.now)
    text = caller.words.say("code-again", isp=caller.isp.name)
    return View(text, rows((by_sms(session, caller),), (caller.to("home", "cancel"),)))


def prove_again(session: Session, caller: Caller, asked: Mapping[str, Any], text: str) -> Answer:
    """A code, and then the deed that waits for it.

    The code is used up also where the deed is refused: only the deed is rolled back.
    """
    found = check_code(
        session,
        caller.tenant_id,
        caller.staff_id,
        text,
        keys=caller.keys,
        now=caller.now,
        origin=caller.actor.origin or "",
    )
    cancel = rows((caller.to("home", "cancel"),))
    if found is not CodeCheck.RIGHT:
        return Answer(View(caller.words.say(f"code-{found}"), cancel), forget=True)
    prompts.forget(session, caller.tenant_id, caller.staff_id)
    sure = replace(caller, verified_at=caller.now)
    try:
        with session.begin_nested():
            answer = press(session, sure, str(asked["token"]))
    except SkyLinkError as error:
        answer = refused(error, caller, tapped=False)
    return replace(answer, forget=True)
