"""What stands around each request of the API: who comes in by a key, and refusals as JSON."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Concatenate, ParamSpec, TypeVar

from aiohttp import web
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from storage.actors import Actor
from storage.database import Database
from storage.errors import SkyLinkError
from tenancy.api_keys import Admission, ApiKey, ApiScope, admit
from webhooks.strangers import WITHIN_SECONDS, Strangers

P = ParamSpec("P")
T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

RETRY_SECONDS = 5  # when the database is back, perhaps
HEADERS = MappingProxyType({"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})

log = logging.getLogger(__name__)

# What is said of refusals: the status, and a sentence that says what to do.
WORDS: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "nobody_named": (400, "Name the client: phone, username or client_number."),
        "client_not_found": (404, "No client is called so: check what was typed."),
        "several_named": (409, "Several clients share this: add the username or client_number."),
        "transaction_known": (
            409,
            "This transaction is recorded otherwise, or was reversed: ask before sending it again.",
        ),
        "not_permitted": (403, "This key may not do that: ask for one with the scope it needs."),
        "value_refused": (422, "A value is out of bounds: correct it, and send it again."),
    }
)
STATUS_WORDS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        404: ("no_such_path", "There is nothing here: check the path."),
        405: ("wrong_method", "This path takes another method: see the Allow header."),
        413: ("too_large", "The body is too large: send the fields alone."),
    }
)


@dataclass(frozen=True, slots=True)
class Office:
    """What requests are answered with."""

    database: Database
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    strangers: Strangers = field(default_factory=lambda: Strangers(time.monotonic))


OFFICE = web.AppKey("office", Office)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came in by a key."""

    request: web.Request
    office: Office
    key: ApiKey
    actor: Actor

    async def run(
        self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """One transaction in the scope of the key's ISP."""
        return await self.office.database.run(self.key.tenant_id, work, *args, **kwargs)


def with_key(scope: ApiScope, answer: Callable[[Asked], Awaitable[web.StreamResponse]]) -> Handler:
    """For whoever shows a key of that scope, in time and from where it is good."""

    async def handle(request: web.Request) -> web.StreamResponse:
        office, origin = request.app[OFFICE], request.remote or ""
        if office.strangers.is_barred(origin):
            return too_often(int(WITHIN_SECONDS))
        shown = shown_key(request)
        if not shown:
            return refusal(401, "key_missing", "Show your key in the header X-API-Key.")
        admitted = await office.database.run(None, admit, shown, origin=origin, now=office.clock())
        if admitted.admission is Admission.TOO_OFTEN:
            return too_often(admitted.wait_seconds)
        if admitted.key is None or admitted.admission is not Admission.IN:
            office.strangers.note(origin)
            if admitted.admission is Admission.ELSEWHERE:
                words = f"This key is not good from {origin}: have the address put on its list."
                return refusal(403, "not_from_here", words)
            return refusal(401, "key_unknown", "There is no such key, or it was revoked.")
        key = admitted.key
        if scope not in key.details.scopes:
            return refusal(403, "not_permitted", WORDS["not_permitted"][1])
        return await answer(Asked(request, office, key, key.actor(origin)))

    return handle


def shown_key(request: web.Request) -> str:
    """In a header, or where a caller cannot set any, in the path."""
    kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return (
        request.headers.get("X-API-Key")
        or request.headers.get("API-KEY")
        or (bearer.strip() if kind.lower() == "bearer" else "")
        or request.match_info.get("api_key", "")
    )


@web.middleware
async def around(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what goes wrong into JSON."""
    try:
        return await handler(request)
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        code, words = STATUS_WORDS.get(answer.status, ("refused", answer.reason))
        allow = answer.headers.get("Allow")
        return refusal(answer.status, code, words, **({"Allow": allow} if allow else {}))
    except SkyLinkError as fact:
        status, words = WORDS.get(fact.code, (422, "This cannot be done."))
        return refusal(status, fact.code, words)
    except OperationalError:
        log.exception("The database does not answer.")
        wait = {"Retry-After": str(RETRY_SECONDS)}
        return refusal(503, "unwell", "Try again in some seconds: nothing is lost by it.", **wait)
    except Exception:  # the outermost loop of this door
        number = secrets.token_hex(4)
        log.exception("A request failed, error %s.", number)
        return refusal(500, "failed", f"Something broke: tell the provider error {number}.")


def refusal(status: int, code: str, words: str, **headers: str) -> web.Response:
    """A stable code for the program, a sentence for who reads its log."""
    return web.json_response({"error": code, "message": words}, status=status, headers=headers)


def too_often(wait_seconds: int) -> web.Response:
    words = f"Too many requests: wait {wait_seconds} seconds."
    return refusal(429, "too_often", words, **{"Retry-After": str(wait_seconds)})


async def on_leaving(_request: web.Request, response: web.StreamResponse) -> None:
    """No header says what runs here; nothing in between keeps an answer."""
    response.headers.pop("Server", None)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
