"""All that is served over HTTP: the portal, gateways' doors, the walled garden, health, metrics."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from ipaddress import ip_address

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Middleware
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.process_collector import ProcessCollector
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.application import portal_application
from portal.captive import landing
from portal.doors import Office, on_leaving
from portal.rendering import PREFIX
from storage.database import Database
from storage.secrets import KeyRing
from webhooks.application import API, api, gateway_doors
from webhooks.application import PREFIX as DOORS

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SCHEMES = {"http", "https"}
NOWHERE = "none"  # the route of a path that is nowhere

log = logging.getLogger(__name__)


def web_application(
    database: Database, keys: KeyRing, *, proxies: frozenset[str] = frozenset()
) -> web.Application:
    """`proxies`: addresses that are believed when they say where a request came from, and how."""
    watch = Watch()
    application = web.Application(middlewares=[watch.count, behind(proxies)])
    application.add_subapp(DOORS, gateway_doors(database, keys))
    application.add_subapp(API, api(database))
    application.add_subapp(PREFIX, portal_application(database, keys))
    application.add_routes(
        [
            web.get("/health", health(database)),
            web.get("/metrics", watch.tell),
            landing(Office(database, keys)),  # whatever is left
        ]
    )
    application.on_response_prepare.append(on_leaving)
    return application


class Watch:
    """Counts requests by route, for Prometheus."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        labels = ("method", "route", "status")
        self.requests = Counter(
            "web_requests", "Requests answered.", labels, registry=self.registry
        )
        self.seconds = Histogram(
            "web_request_seconds", "How long that took.", ("route",), registry=self.registry
        )

    @property
    def count(self) -> Middleware:
        @web.middleware
        async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
            began, status = time.perf_counter(), 500
            try:
                response = await handler(request)
                status = response.status
            except web.HTTPException as answer:
                status = answer.status
                raise
            else:
                return response
            finally:
                route = route_of(request)
                self.requests.labels(method_of(request), route, str(status)).inc()
                self.seconds.labels(route).observe(time.perf_counter() - began)

        return middleware

    async def tell(self, request: web.Request) -> web.StreamResponse:
        """For whoever is on this machine, and came through no proxy."""
        peer = request.get_extra_info("peername")
        here = peer is not None and ip_address(peer[0]).is_loopback
        if not here or "X-Forwarded-For" in request.headers:
            raise web.HTTPNotFound
        headers = {"Content-Type": CONTENT_TYPE_LATEST}
        return web.Response(body=generate_latest(self.registry), headers=headers)


def behind(proxies: frozenset[str]) -> Middleware:
    """A request as its sender made it, where a proxy of ours passed it on.

    Of several addresses the last that is no proxy's counts: anybody may have made up those before.
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.remote not in proxies:
            return await handler(request)
        said = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        senders = [address for address in said if address and address not in proxies]
        scheme = request.headers.get("X-Forwarded-Proto", request.scheme)
        passed_on = request.clone(
            remote=senders[-1] if senders else request.remote,
            scheme=scheme if scheme in SCHEMES else request.scheme,
        )
        return await handler(passed_on)

    return middleware


def health(database: Database) -> Handler:
    """Whether pages can be made: 200, or 503 while the database does not answer."""

    def ask(session: Session) -> None:
        session.execute(text("SELECT 1"))

    async def handle(_request: web.Request) -> web.StreamResponse:
        try:
            await database.run(None, ask)
        except Exception:  # whatever it is, nothing can be served
            log.exception("The database does not answer.")
            return web.Response(status=503, text="unwell\n")
        return web.Response(text="well\n")

    return handle


def route_of(request: web.Request) -> str:
    """The pattern that a path fits, never the path: that may hold what is secret."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else NOWHERE


def method_of(request: web.Request) -> str:
    """One of a few words, whatever was sent."""
    return request.method if request.method in {"GET", "HEAD", "POST"} else "other"


def without_its_words(record: logging.LogRecord) -> bool:
    """Of a request that is no HTTP the log says whence; what was sent may be secret, or long."""
    if record.exc_info and isinstance(record.exc_info[1], HttpProcessingError):
        record.exc_info = None
    return True


class AccessLog(AbstractAccessLogger):
    """A line a request: from where, which route, what was answered, how long it took."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        route = route_of(request) if isinstance(request, web.Request) else NOWHERE
        self.logger.info(
            "%s %s %s %s %.0f ms",
            request.remote,
            request.method,
            route,
            response.status,
            time * 1e3,
        )
