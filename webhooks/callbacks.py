"""Gateways' callbacks: a hint is noted and answered, and the gateway itself is asked behind it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
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
AT_ONCE = 64  # attempts being asked about; more are left to the clock, which asks soon
RETRY_SECONDS = "60"
HOME = "/portal/"

log = logging.getLogger(__name__)


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

    async def hear(self, gateway: Gateway, said: Mapping[str, str], origin: str) -> Whose | None:
        """The attempt that is spoken of, now noted to be asked about; None of a forgery."""
        whose = await self._database.run(None, self._note, gateway, said)
        if whose is None:
            self.strangers.note(origin)
            log.warning("A callback of %s from %s fits no attempt.", gateway, origin)
        return whose

    def ask(self, whose: Whose) -> asyncio.Task[None] | None:
        """Ask the gateway meanwhile; None where too many are asked already."""
        if whose not in self._asking and len(self._asking) < AT_ONCE:
            task = asyncio.create_task(self._ask(whose))
            self._asking[whose] = task
            task.add_done_callback(lambda _task: self._asking.pop(whose))
        return self._asking.get(whose)

    async def finish(self) -> None:
        """What has been begun comes to its end."""
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    async def _ask(self, whose: Whose) -> None:
        try:
            await self._desk.come_back(*whose)
        except Exception:  # the clock asks again; this is the outermost of the task
            log.exception("Asking about attempt %s failed.", whose[1])

    def _note(self, session: Session, gateway: Gateway, said: Mapping[str, str]) -> Whose | None:
        driver = driver_of(gateway)
        hint: Hint = driver.read_return(said)
        whose = named_attempt(session, gateway, hint)
        if whose is None:
            return None
        if driver.is_signed is not None:
            account = gateway_account(session, whose[0], gateway, keys=self._keys)
            if not driver.is_signed(account, said):
                return None
        take_hint(session, *whose, hint.word, now=self._clock())
        return whose


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
            whose = await reception.hear(gateway, await read_fields(request), origin)
        except GatewayOff:
            whose = None
        except Exception:  # the outermost of this door
            log.exception("A callback of %s failed.", gateway)
            return web.Response(status=503, headers={"Retry-After": RETRY_SECONDS})
        task = None if whose is None else reception.ask(whose)
        if not is_page:
            return web.Response(status=404 if whose is None else 200, text="")
        if task is not None:
            await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
        place = HOME if whose is None else f"{HOME}pay/{whose[1]}"
        return web.Response(status=303, headers={"Location": place})

    return handle
