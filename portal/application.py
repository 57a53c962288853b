"""The portal's table of contents: every page, who may see it, and what it needs switched on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from aiohttp import web

from portal.desks import open_desk
from portal.doors import OFFICE, Office, around, for_clients, on_leaving, open_to_all
from portal.pages import account, bills, brand, here, home, login, pay, usage
from storage.database import Database
from storage.secrets import KeyRing
from tenancy.portals import Feature

ATTEMPT = "/pay/{reference:[0-9a-f]{24}}"

ROUTES = (
    web.get("/", for_clients(home.home)),
    web.get("/pay", for_clients(pay.pay, Feature.PAY)),
    web.post("/pay", for_clients(pay.start, Feature.PAY)),
    web.get(ATTEMPT, open_to_all(pay.outcome)),
    web.get(f"{ATTEMPT}/look", open_to_all(pay.look_again)),
    web.get(f"{ATTEMPT}/back", open_to_all(pay.come_back)),
    web.post(f"{ATTEMPT}/back", open_to_all(pay.come_back)),
    web.get("/here", open_to_all(here.here)),
    web.post("/here", open_to_all(here.start)),
    web.get("/login", open_to_all(login.show_login)),
    web.post("/login", open_to_all(login.do_login)),
    web.post("/login/code", open_to_all(login.send_code)),
    web.post("/logout", open_to_all(login.log_out)),
    web.post("/language", open_to_all(login.choose_language)),
    web.get("/bills", for_clients(bills.bills, Feature.INVOICES)),
    web.get(r"/bills/{bill:\d{1,18}}.pdf", for_clients(bills.bill_paper, Feature.INVOICES)),
    web.get(
        r"/payments/{payment:\d{1,18}}.pdf", for_clients(bills.payment_paper, Feature.INVOICES)
    ),
    web.get("/usage", for_clients(usage.usage, Feature.USAGE)),
    web.get(
        r"/usage/{connection:\d{1,18}}/live", for_clients(usage.live, Feature.USAGE, Feature.LIVE)
    ),
    web.get("/account", for_clients(account.account)),
    web.post("/account/password", for_clients(account.change_password, Feature.PASSWORD)),
    web.post("/account/package", for_clients(account.ask_package, Feature.PACKAGES)),
    web.get("/static/{name}", open_to_all(brand.static)),
    web.get("/worker.js", open_to_all(brand.worker)),
    web.get("/brand/colours.css", open_to_all(brand.colours)),
    web.get("/brand/logo", open_to_all(brand.logo)),
    web.get(r"/brand/icon-{size:\d{1,4}}.png", open_to_all(brand.launcher_icon)),
    web.get("/manifest.webmanifest", open_to_all(brand.manifest)),
)


def portal_application(
    database: Database,
    keys: KeyRing,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> web.Application:
    """All of it, to be mounted under `rendering.PREFIX`.

    Whoever mounts it says by `request.remote` and `request.scheme` where a request came from and
    how, also behind a proxy.
    """
    application = web.Application(middlewares=[around])
    application[OFFICE] = Office(database, keys, clock)
    application.add_routes(ROUTES)
    application.cleanup_ctx.append(open_desk)
    application.on_response_prepare.append(on_leaving)
    return application
