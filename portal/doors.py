"""What stands around every page: whose portal it is, who may see it, what is said of a failure."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from aiohttp import web
from sqlalchemy.orm import Session

from billing.client_logins import Visitor
from portal.forms import Forged, read_form
from portal.rendering import ALL_HEADERS, go, page
from portal.visits import BROWSER_LENGTH_MAX, Visit, host_of, look, read_cookies, whose_portal
from storage.database import Database
from storage.errors import SkyLinkError
from storage.secrets import KeyRing
from tenancy.portals import Feature

P = ParamSpec("P")
T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = logging.getLogger(__name__)

MAINTENANCE_RETRY_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Office:
    """What pages work with."""

    database: Database
    keys: KeyRing
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


OFFICE = web.AppKey("office", Office)
VISIT = web.RequestKey("visit", Visit)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that has come through the doors: a page asks it for all it needs."""

    request: web.Request
    visit: Visit
    office: Office

    async def run(
        self,
        work: Callable[Concatenate[Session, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """One transaction in the scope of the ISP."""
        return await self.office.database.run(self.visit.tenant_id, work, *args, **kwargs)

    async def form(self) -> dict[str, str]:
        """Raises Forged."""
        return dict(await read_form(self.request, self.visit))

    def go(self, path: str) -> web.Response:
        """To another page of ours, by GET."""
        return go(path)

    def page(self, template: str, *, status: int = 200, **said: Any) -> web.Response:
        secure = self.request.secure
        return page(self.visit, template, secure=secure, status=status, **said)


Page = Callable[[Asked], Awaitable[web.StreamResponse]]


def open_to_all(show: Page) -> Handler:
    """A page that needs no login."""

    async def handle(request: web.Request) -> web.StreamResponse:
        return await show(Asked(request, request[VISIT], request.app[OFFICE]))

    return handle


def for_clients(show: Page, *needs: Feature) -> Handler:
    """A page for who is logged in, where the ISP offers what it `needs`."""

    async def handle(request: web.Request) -> web.StreamResponse:
        visit = request[VISIT]
        if visit.client is None:
            return go("/login")
        if not all(visit.portal.offers(feature) for feature in needs):
            raise web.HTTPNotFound
        return await show(Asked(request, visit, request.app[OFFICE]))

    return handle


@web.middleware
async def around(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find out who visits, let them through, and turn what goes wrong into a page."""
    try:
        visit = await visit_of(request)
    except Exception:  # no portal can be shown without its ISP
        log.exception("Nobody can be shown a page.")
        return web.Response(status=503, text="Please try again in a moment.\n")
    if visit is None:
        return web.Response(status=404, text="Not found\n")
    request[VISIT] = visit
    show = partial(page, visit, secure=request.secure)
    try:
        if visit.portal.maintenance and not is_file(request):
            response: web.StreamResponse = show("maintenance.html", status=503)
            response.headers["Retry-After"] = str(MAINTENANCE_RETRY_SECONDS)
            return response
        return await handler(request)
    except Forged:
        return show("problem.html", status=403, key="forged")
    except web.HTTPException as refusal:
        if refusal.status < 400:
            raise
        key = f"problem-{refusal.status}"
        return show(
            "problem.html", status=refusal.status, key=key if visit.words.has(key) else "problem"
        )
    except SkyLinkError as refusal:
        if not refusal.code.endswith("_not_found"):
            raise
        return show("problem.html", status=404, key="problem-404")
    except Exception:  # the outermost loop of this door
        number = secrets.token_hex(4)
        log.exception("A page failed, error %s.", number)
        return show("problem.html", status=500, key="problem-500", number=number)


async def visit_of(request: web.Request) -> Visit | None:
    """None where no ISP's portal is under this host name."""
    office = request.app[OFFICE]
    browser = request.headers.get("User-Agent", "").replace("\0", "")[:BROWSER_LENGTH_MAX]
    visitor = Visitor(request.remote or "", browser or None)
    cookies, host = read_cookies(request), host_of(request)

    def find(session: Session) -> Visit | None:
        tenant_id = whose_portal(session, host, visitor.origin)
        if tenant_id is None:
            return None
        return look(session, tenant_id, cookies, visitor, office.clock())

    return await office.database.run(None, find)


def is_file(request: web.Request) -> bool:
    """Something that pages are made of, a page under maintenance among them."""
    return "/static/" in request.path or "/brand/" in request.path


async def on_leaving(_request: web.Request, response: web.StreamResponse) -> None:
    """No header says what runs here."""
    response.headers.pop("Server", None)
    for name, value in ALL_HEADERS.items():
        response.headers.setdefault(name, value)
