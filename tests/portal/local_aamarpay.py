"""A local aamarPay: it takes orders, shows a page to pay on or not, and answers searches.

Source: aamarpay.readme.io, read in November 2026. What it does wrong is set by a test, on `faults`.
"""

from __future__ import annotations

import html
import secrets
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer

STORE, KEY = "aamarpaytest", "dbb74894e82415a2f7ff0ec3a97e4183"  # of the vendor's own sandbox
NEEDS = (
    *("store_id", "signature_key", "tran_id", "amount", "currency", "desc", "cus_name"),
    *("cus_email", "cus_phone", "success_url", "fail_url", "cancel_url"),
)
PAGE = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title>aamarPay (local)</title><h1>aamarPay (local)</h1><p>{amount} {currency} to {store}</p>
<form method="post">{buttons}</form></html>"""
BUTTON = '<button name="do" value="{value}">{words}</button> '
RETURN = """<!doctype html><html lang="en"><title>aamarPay (local)</title>
<form method="post" action="{address}">{fields}<button>Back to the shop</button></form>
<script>document.forms[0].submit()</script></html>"""


@dataclass
class Order:
    """`status` as a search tells it."""

    said: dict[str, str]
    track: str
    status: str = "Pending"
    pg_txnid: str = ""
    captured: str = ""


@dataclass
class Faults:
    """`answers`: that many searches fail first; `captures`: another amount than was asked."""

    is_down: bool = False
    answers: int = 0
    captures: str | None = None


@dataclass
class LocalAamarpay:
    """Runs on loopback while it is entered; `address` is what an ISP's account names."""

    orders: dict[str, Order] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    address: str = ""

    async def __aenter__(self) -> LocalAamarpay:
        application = web.Application()
        application.add_routes(
            [
                web.post("/jsonpost.php", self.take),
                web.get("/paynow.php", self.show),
                web.post("/paynow.php", self.decide),
                web.get("/api/v1/trxcheck/request.php", self.search),
            ]
        )
        self._server = TestServer(application)
        await self._server.start_server()
        self.address = str(self._server.make_url("")).rstrip("/")
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._server.close()

    def captured(self) -> dict[str, str]:
        """What it has of money, by its own transaction."""
        return {one.pg_txnid: one.captured for one in self.orders.values() if one.captured}

    def pay(self, tran_id: str) -> None:
        """The client pays, and never comes back."""
        order = self.orders[tran_id]
        order.status, order.captured = "Successful", self.faults.captures or order.said["amount"]
        order.pg_txnid = order.pg_txnid or f"AAM{secrets.randbelow(10**10):010d}"

    async def take(self, request: web.Request) -> web.Response:
        """An order; what is wrong with it is told with status 200, as the real one does."""
        if self.faults.is_down:
            return web.Response(status=502, text="<html>Bad Gateway</html>")
        said = {name: str(value) for name, value in (await request.json()).items()}
        if missing := [name for name in NEEDS if not said.get(name)]:
            return web.json_response({missing[0]: f"{missing[0]} is required"})
        if (said["store_id"], said["signature_key"]) != (STORE, KEY):
            return web.json_response({"result": "Invalid Store ID or Signature key"})
        if said["tran_id"] in self.orders:
            return web.json_response({"result": "Duplicate transaction id"})
        order = Order(said, secrets.token_hex(8))
        self.orders[said["tran_id"]] = order
        page = f"/paynow.php?track={order.track}"
        return web.json_response({"result": "true", "payment_url": page})

    async def show(self, request: web.Request) -> web.Response:
        order = self._tracked(request)
        words = {"pay": "Approve", "fail": "Fail", "cancel": "Cancel"}
        buttons = "".join(BUTTON.format(value=do, words=text) for do, text in words.items())
        page = PAGE.format(
            amount=html.escape(order.said["amount"]),
            currency=html.escape(order.said["currency"]),
            store=html.escape(order.said["desc"]),
            buttons=buttons,
        )
        return web.Response(text=page, content_type="text/html")

    async def decide(self, request: web.Request) -> web.StreamResponse:
        """The client's choice, and the way back: a form that the browser sends."""
        order = self._tracked(request)
        do = (await request.post()).get("do")
        if do == "pay":
            self.pay(order.said["tran_id"])
            return self._back(order, order.said["success_url"])
        order.status = "Failed" if do == "fail" else "Cancelled"
        if do == "cancel":
            raise web.HTTPFound(order.said["cancel_url"])
        return self._back(order, order.said["fail_url"])

    async def search(self, request: web.Request) -> web.Response:
        if self.faults.is_down or self.faults.answers > 0:
            self.faults.answers -= 1
            return web.Response(status=502, text="<html>Bad Gateway</html>")
        asked = request.query
        if (asked.get("store_id"), asked.get("signature_key")) != (STORE, KEY):
            return web.json_response({"error": "Invalid store"})
        order = self.orders.get(asked.get("request_id", ""))
        if order is None:
            return web.json_response({"status": "Invalid-Data", "msg": "No transaction"})
        return web.json_response(self._told(order))

    def _told(self, order: Order) -> dict[str, str]:
        paid = order.status == "Successful"
        return {
            "pg_txnid": order.pg_txnid,
            "mer_txnid": order.said["tran_id"],
            "store_id": order.said["store_id"],
            "merchant_id": order.said["store_id"],
            "amount": order.captured or order.said["amount"],
            "amount_bdt": order.captured or order.said["amount"],
            "currency": order.said["currency"],
            "pay_status": order.status,
            "status_code": "2" if paid else "7",
            "status_title": "Successful Transaction" if paid else f"{order.status} Transaction",
        }

    def _back(self, order: Order, address: str) -> web.Response:
        told = self._told(order)
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
            for name, value in told.items()
        )
        text = RETURN.format(address=html.escape(address), fields=fields)
        return web.Response(text=text, content_type="text/html")

    def _tracked(self, request: web.Request) -> Order:
        for order in self.orders.values():
            if order.track == request.query.get("track"):
                return order
        raise web.HTTPNotFound
