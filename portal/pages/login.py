"""Logging in and out, and the language in which one is spoken to."""

from __future__ import annotations

import re

from aiohttp import web
from sqlalchemy.orm import Session

from billing.client_logins import Login, Proof, log_in, send_login_code
from billing.portal_sessions import end_session, open_session
from billing.self_service import choose_own_language
from portal.doors import Asked
from portal.rendering import drop, go, keep
from portal.visits import Visit
from portal.words import LANGUAGES
from storage.secrets import KeyRing, Secret

NO_MORE, WRONG = 429, 422
PLACE = re.compile(r"/[a-z/]{0,40}")  # a page of ours


async def show_login(asked: Asked) -> web.StreamResponse:
    if asked.visit.client is not None:
        return asked.go("/")
    return login_page(asked)


async def do_login(asked: Asked) -> web.StreamResponse:
    """A new token for each login, so that one planted before it is worth nothing."""
    said = await asked.form()
    name, proof = said.get("name", "").strip(), Secret(said.get("proof", ""))
    login, token = await asked.run(attempt, asked.visit, name, proof, asked.office.keys)
    words = asked.visit.words
    if login.proof is Proof.LOCKED and login.until is not None:
        text = words.say("login-locked", until=words.moment(login.until))
        return login_page(asked, name, text, status=NO_MORE)
    if token is None:
        with_code = said.get("with_code") == "1"
        return login_page(asked, name, words.say("login-wrong"), status=WRONG, with_code=with_code)
    response = go("/")
    keep(response, "client", str(token), secure=asked.request.secure)
    drop(response, "visitor", secure=asked.request.secure)
    return response


async def send_code(asked: Asked) -> web.StreamResponse:
    """The answer is the same whether or not anybody is called so."""
    name = (await asked.form()).get("name", "").strip()
    words = asked.visit.words
    if not name:
        return login_page(asked, "", words.say("login-name-first"), status=WRONG)
    visitor, keys, now = asked.visit.visitor, asked.office.keys, asked.visit.now
    sent = await asked.run(
        send_login_code, asked.visit.tenant_id, name, visitor=visitor, keys=keys, now=now
    )
    if not sent:
        return login_page(asked, name, words.say("login-codes-over"), status=NO_MORE)
    return login_page(asked, name, words.say("login-sent"), wrong=False, with_code=True)


async def log_out(asked: Asked) -> web.StreamResponse:
    await asked.form()
    if asked.visit.token:
        await asked.run(end_session, asked.visit.tenant_id, asked.visit.token)
    response = go("/login")
    drop(response, "client", secure=asked.request.secure)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


async def choose_language(asked: Asked) -> web.StreamResponse:
    """Kept with the client where one is logged in, and in the browser."""
    said = await asked.form()
    language, back = said.get("language", ""), said.get("back", "/")
    response = go(back if PLACE.fullmatch(back) else "/")
    if language in LANGUAGES:
        keep(response, "language", language, secure=asked.request.secure)
        if asked.visit.client is not None:
            await asked.run(choose_own_language, asked.visit.tenant_id, asked.visit.me, language)
    return response


def attempt(
    session: Session, visit: Visit, name: str, proof: Secret, keys: KeyRing
) -> tuple[Login, Secret | None]:
    """Whether it is right, and then the token of a new session."""
    tenant_id, visitor, now = visit.tenant_id, visit.visitor, visit.now
    login = log_in(session, tenant_id, name, proof, visitor=visitor, keys=keys, now=now)
    if login.client_id is None:
        return login, None
    if visit.token:
        end_session(session, tenant_id, visit.token)
    origin = visitor.origin
    return login, open_session(session, tenant_id, login.client_id, now=now, origin=origin)


def login_page(
    asked: Asked,
    name: str = "",
    said: str = "",
    *,
    wrong: bool = True,
    with_code: bool = False,
    status: int = 200,
) -> web.Response:
    return asked.page(
        "login.html", status=status, name=name, said=said, wrong=wrong, with_code=with_code
    )
