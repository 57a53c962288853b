"""Gateways' callbacks: a hint is noted and answered, and the gateway itself is asked behind it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy.orm import Session

from billing.errors import GatewayOff
from billing.gateways.accounts import gateway_account
from billing.gateways.attempts import named_attempt, take_hint
from billing.gateways.contents import driver_of
from billing.gateways.desk import Desk
from billing.gateways.words import Gateway, Hint, Reference
from policy.facts import TenantId
from storage.database import Database
from storage.secrets import KeyRing
from webhooks.fields import is_form, read_fields
from webhooks.strangers import Strangers

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Whose = tuple[TenantId, Reference]

PATIENCE_SECONDS = 3.0  # of who comes back in a browser; then the page waits instead
AT_ONCE = 6  # questions; the rest wait in line, so that notices are taken meanwhile
LINE_MAX = 10_000  # attempts in that line; more are left to the clock, which asks soon
RETRY_SECONDS = "60"
HOME = "/portal/"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """Which attempt a call speaks of, if any; and whether it was noted."""

    whose: Whose | None
    is_noted: bool


class Reception:
    """Where hints arrive. Many about one attempt at once are asked about once."""

    def __init__(
        self,
        database: Database,
        keys: KeyRing,
        desk: Desk,
        clock: Callable[[], datetime],
    ) -> None:
        self.strangers = Strangers(time.monotonic)
        self._database = database
        self._keys = keys
        self._desk = desk
        self._clock = clock
        self._asking: dict[Whose, asyncio.Task[None]] = {}
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def hear(self, gateway: Gateway, said: Mapping[str, str], origin: str) -> Heard:
        """Which attempt is spoken of; it is now noted to be asked about, unless that is forged."""
        heard = await self._database.run(None, self._note, gateway, said)
        if not heard.is_noted:
            self.strangers.note(origin)
            fits = "no attempt" if heard.whose is None else "no signature"
            log.warning("A callback of %s from %s fits %s.", gateway, origin, fits)
        return heard

    def ask(self, whose: Whose) -> asyncio.Task[None] | None:
        """Ask the gateway meanwhile; None where too many wait already."""
        if whose not in self._asking and len(self._asking) < LINE_MAX:
            task = asyncio.create_task(self._ask(whose))
            self._asking[whose] = task
            task.add_done_callback(lambda _task: self._asking.pop(whose))
        return self._asking.get(whose)

    async def finish(self) -> None:
        """What has been begun comes to its end."""
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    async def _ask(self, whose: Whose) -> None:
        try:
            async with self._turn:
                await self._desk.come_back(*whose)
        except Exception:  # the clock asks again; this is the outermost of the task
            log.exception("Asking about attempt %s failed.", whose[1])

    def _note(self, session: Session, gateway: Gateway, said: Mapping[str, str]) -> Heard:
        driver = driver_of(gateway)
        hint: Hint = driver.read_return(said)
        whose = named_attempt(session, gateway, hint)
        if whose is None:
            return Heard(None, is_noted=False)
        if driver.is_signed is not None:
            account = gateway_account(session, whose[0], gateway, keys=self._keys)
            if not driver.is_signed(account, said):
                return Heard(whose, is_noted=False)
        take_hint(session, *whose, hint.word, now=self._clock())
        return Heard(whose, is_noted=True)


RECEPTION = web.AppKey("reception", Reception)


def callback(gateway: Gateway, *, is_notice: bool = False) -> Handler:
    """The door of one gateway, for browsers that come back and for its notices.

    A browser is led to the page of its attempt. A notice is answered 200 once it is noted, 404
    where it fits nothing known (or not yet), 429 to who did so too often, 503 for "again, please".
    """

    async def handle(request: web.Request) -> web.StreamResponse:
        reception, origin = request.app[RECEPTION], request.remote or ""
        if reception.strangers.is_barred(origin):
            return web.Response(status=429, headers={"Retry-After": RETRY_SECONDS})
        by_form = is_form(request) and driver_of(gateway).posts_back
        is_page = not is_notice and (request.method != "POST" or by_form)
        try:
            heard = await reception.hear(gateway, await read_fields(request), origin)
        except GatewayOff:
            heard = Heard(None, is_noted=False)
        except Exception:  # the outermost of this door
            log.exception("A callback of %s failed.", gateway)
            return web.Response(status=503, headers={"Retry-After": RETRY_SECONDS})
        task = reception.ask(heard.whose) if heard.whose and heard.is_noted else None
        if not is_page:
            return web.Response(status=200 if heard.is_noted else 404, text="")
        if task is not None:
            await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
        place = HOME if heard.whose is None else f"{HOME}pay/{heard.whose[1]}"
        return web.Response(status=303, headers={"Location": place})

    return handle
