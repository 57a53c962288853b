"""The doors' table of contents: each address that others were given, and what stands behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import aiohttp
from aiohttp import web

from billing.gateways.contents import DRIVERS
from billing.gateways.desk import DOORS, Desk
from billing.gateways.words import Gateway
from storage.database import Database
from storage.secrets import KeyRing
from tenancy.api_keys import ApiScope
from webhooks import paybill
from webhooks.api import OFFICE, Office, around, on_leaving, with_key
from webhooks.callbacks import RECEPTION, Handler, Reception, callback
from webhooks.fields import BODY_BYTES_MAX

PREFIX = DOORS
SSL = "/ssl"  # its addresses are registered like this
API = "/api"  # where `api` is mounted
SSL_PAGES = ("success", "fail", "cancel")


def both(path: str, handler: Handler) -> list[web.RouteDef]:
    """Gateways change between the two without a word."""
    return [web.get(path, handler), web.post(path, handler)]


def routes() -> list[web.RouteDef]:
    doors = [
        both(f"/{gateway}/callback", callback(gateway))
        for gateway in DRIVERS
        if gateway is not Gateway.SSLCOMMERZ
    ]
    if Gateway.SSLCOMMERZ in DRIVERS:
        page = callback(Gateway.SSLCOMMERZ)
        doors += [both(f"{SSL}/{name}", page) for name in SSL_PAGES]
        doors.append(both(f"{SSL}/ipn", callback(Gateway.SSLCOMMERZ, is_notice=True)))
    return [route for door in doors for route in door]


def gateway_doors(
    database: Database,
    keys: KeyRing,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> web.Application:
    """All of them, to be mounted under PREFIX. `request.remote` says where a call came from."""

    async def reception(application: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as http:
            desk = Desk(database, keys, http, clock)
            application[RECEPTION] = Reception(database, keys, desk, clock)
            yield
            await application[RECEPTION].finish()

    application = web.Application(client_max_size=BODY_BYTES_MAX)
    application.add_routes(routes())
    application.cleanup_ctx.append(reception)
    return application


def api(
    database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> web.Application:
    """What other programs ask by a key, to be mounted under API."""
    application = web.Application(middlewares=[around], client_max_size=BODY_BYTES_MAX)
    application[OFFICE] = Office(database, clock)
    application.add_routes(
        [
            web.get("/paybill/v1", with_key(ApiScope.BILLS, paybill.show_bill)),
            web.post("/paybill/v1/payments", with_key(ApiScope.PAYMENTS, paybill.take_payment)),
            web.get(
                "/paybill/v1/payments/{transaction_id}",
                with_key(ApiScope.PAYMENTS, paybill.show_payment),
            ),
            web.get("/paybill/v1/{api_key}", with_key(ApiScope.BILLS, paybill.show_bill)),
        ]
    )
    application.on_response_prepare.append(on_leaving)
    return application
