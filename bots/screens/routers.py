"""Routers: which there are, what is known of them, their secret, and their end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from bots.callers import Caller
from bots.deletions import SHOWN_FOR
from bots.listings import Column, Listing
from bots.listings import Row as Buttons
from bots.screens.confirming import confirm, done
from bots.screens.screen import Deed, Screen
from bots.views import Answer, Button, Style, View, rows
from bots.words import Html
from network.nas import Nas, get_nas, list_nas, remove_nas, reveal_nas_secret
from policy.facts import NasId
from storage.actors import Permission

MANAGES = Permission.MANAGE_NETWORK


def _routers(session: Session, caller: Caller) -> tuple[Nas, ...]:
    return list_nas(session, caller.tenant_id)


def _button(nas: Nas, caller: Caller) -> Button:
    details = nas.details
    return caller.to(
        "router", "router-line", nas.nas_id, name=details.name, address=details.address
    )


def _below(_session: Session, caller: Caller) -> tuple[Buttons, ...]:
    return (
        (caller.to("add_router", "router-add", style=Style.GOOD),),
        (caller.to("problems", "to-problems"), caller.to("sessions", "to-sessions")),
        (caller.to("home", "to-home"),),
    )


ROUTERS = Listing(
    route="routers",
    title="routers",
    read=_routers,
    leads=_button,
    needs=MANAGES,
    below=_below,
    columns=(
        Column("column-name", lambda one, _: one.details.name),
        Column("column-kind", lambda one, _: one.details.kind.value),
        Column("column-address", lambda one, _: one.details.address),
        Column("column-coa-port", lambda one, _: one.details.coa_port),
    ),
)


def open_router(session: Session, caller: Caller, nas_id: int) -> View:
    return show(session, caller, NasId(nas_id))


def show(session: Session, caller: Caller, nas_id: NasId, note: Html | None = None) -> View:
    details = get_nas(session, caller.tenant_id, nas_id).details
    text = caller.words.say(
        "router",
        isp=caller.isp.name,
        name=details.name,
        kind=caller.words.plain(f"nas-{details.kind}"),
        address=details.address,
        port=str(details.coa_port),
        coa=caller.words.plain(f"ability-{details.coa}"),
        disconnect=caller.words.plain(f"ability-{details.disconnect}"),
    )
    reveals = caller.may(Permission.REVEAL_NAS_SECRETS)
    return View(
        Html("\n\n".join(part for part in (note, text) if part)),
        rows(
            (caller.to("router_secret", "router-secret", nas_id) if reveals else None,),
            (caller.to("router_remove", "router-remove", nas_id, style=Style.DANGER),),
            (caller.to("routers", "to-routers"), caller.to("home", "to-home")),
        ),
    )


def open_secret(session: Session, caller: Caller, nas_id: int) -> View:
    return _confirm(session, caller, nas_id, "router_secret", Style.MAIN)


def open_remove(session: Session, caller: Caller, nas_id: int) -> View:
    return _confirm(session, caller, nas_id, "router_remove", Style.DANGER)


def _confirm(session: Session, caller: Caller, nas_id: int, effect: str, style: Style) -> View:
    name = get_nas(session, caller.tenant_id, NasId(nas_id)).details.name
    said = effect.replace("_", "-")
    text = caller.words.say(f"{said}-confirm", name=name)
    back = caller.to("router", "cancel", nas_id)
    payload: dict[str, object] = {"nas_id": nas_id}
    return confirm(session, caller, text, effect, payload, key=f"{said}-do", back=back, style=style)


def reveal(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    nas_id, words = NasId(pinned["nas_id"]), caller.words
    secret = reveal_nas_secret(
        session, caller.tenant_id, nas_id, keys=caller.keys, actor=caller.actor
    )
    name = get_nas(session, caller.tenant_id, nas_id).details.name
    copy = Button(words.plain("password-copy"), copies=str(secret))
    shown = words.say("router-secret-shown", name=name, secret=str(secret))
    note = done(session, caller, "router-secret-done")
    aside = View(shown, rows((copy,)), lasts=SHOWN_FOR)
    return Answer(show(session, caller, nas_id, note), aside=aside)


def remove(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    remove_nas(session, caller.tenant_id, NasId(pinned["nas_id"]), actor=caller.actor)
    note = done(session, caller, "router-removed")
    return Answer(ROUTERS.show(session, caller, (), 1, note))


REVEALS = Permission.REVEAL_NAS_SECRETS
SCREENS = (
    *ROUTERS.screens(),
    Screen("router", open_router, MANAGES),
    Screen("router_secret", open_secret, REVEALS),
    Screen("router_remove", open_remove, MANAGES),
)
DEEDS = (
    Deed("router_secret", reveal, REVEALS, guarded=True),
    Deed("router_remove", remove, MANAGES, guarded=True),
)
