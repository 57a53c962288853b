"""aamarPay: a hosted page, returns that anybody could forge, and a search that tells the truth.

Source: aamarpay.readme.io, read in November 2026. What is published of a search that finds no
success is nothing, so here it is anything.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from aiohttp import web

from sandbox.gateways.box import Box, Order, Standing, new_number
from sandbox.gateways.door import BOX, api, notify, pay_page, post_back, said_in

NAME = "aamarpay"
CREDENTIALS = {
    "store_id": "aamarpaytest",  # of the vendor's own sandbox
    "signature_key": "dbb74894e82415a2f7ff0ec3a97e4183",
}
NEEDS = (
    *("tran_id", "amount", "currency", "desc", "cus_name", "cus_email", "cus_phone", "cus_add1"),
    *("cus_city", "cus_country", "success_url", "fail_url", "cancel_url"),
)
TRAN_ID_LENGTH_MAX = 32
CHOICES = {
    "success": "Pay",
    "cancel": "Cancel",
    "failure": "Pay, without enough money",
    "forged": "Go back as if paid",
    "away": "Pay, and never go back",
}
RESULTS = {
    Standing.PAID: ("Successful", "2", "Successful Transaction"),
    Standing.FAILED: ("Failed", "7", "Failed Transaction"),
}


def aamarpay() -> list[web.RouteDef]:
    return [
        web.post("/jsonpost.php", api(NAME, "create", create)),
        web.get("/api/v1/trxcheck/request.php", api(NAME, "search", search)),
        web.get("/paynow.php", show_page),
        web.post("/paynow.php", choose),
    ]


async def create(request: web.Request) -> web.StreamResponse:
    """What is wrong is told with status 200 and without a page."""
    said = await said_in(request)
    if {name: said.get(name) for name in CREDENTIALS} != CREDENTIALS:
        return web.json_response({"result": "Invalid Store ID or Signature key"})
    if missing := [name for name in NEEDS if not said.get(name)]:
        return web.json_response({missing[0]: f"{missing[0]} is required"})
    if len(said["tran_id"]) > TRAN_ID_LENGTH_MAX:
        return web.json_response({"tran_id": "tran_id is too long"})
    if request.app[BOX].by_reference(NAME, said["tran_id"]):
        return web.json_response({"result": "Duplicate transaction id"})
    try:
        amount = Decimal(said["amount"])
    except InvalidOperation:
        return web.json_response({"amount": "amount is invalid"})
    order = Order(
        gateway=NAME,
        number=new_number(13, "AAM"),
        reference=said["tran_id"],
        amount=amount,
        currency=said["currency"],
        said=said,
    )
    request.app[BOX].add(order)
    page = request.path.replace("/jsonpost.php", f"/paynow.php?track={order.number}")
    return web.json_response({"result": "true", "payment_url": page})  # relative, as it may be


async def search(request: web.Request) -> web.StreamResponse:
    said = request.query
    if {name: said.get(name) for name in CREDENTIALS} != CREDENTIALS:
        return web.json_response({"status": "Invalid-Store"})
    found = request.app[BOX].by_reference(NAME, said.get("request_id", ""))
    if not found:
        return web.json_response({"status": "Invalid-Data", "msg": "No transaction found"})
    found[0].asked.append("search")
    return web.json_response([told(found[0])])


def told(order: Order) -> dict[str, str]:
    status, code, title = RESULTS.get(order.standing, ("Pending", "0", "Pending Transaction"))
    return {
        "pg_txnid": order.transaction,
        "mer_txnid": order.reference,
        "merchant_id": CREDENTIALS["store_id"],
        "store_id": CREDENTIALS["store_id"],
        "amount": f"{order.amount:.2f}",
        "amount_bdt": f"{order.amount:.2f}",
        "currency": order.currency,
        "pay_status": status,
        "status_code": code,
        "status_title": title,
        "bank_trxid": order.transaction,
        "error_code": "0000",
    }


def find(box: Box, request: web.Request) -> Order:
    order = box.orders.get(request.query.get("track", ""))
    if order is None or order.gateway != NAME:
        raise web.HTTPNotFound
    return order


async def show_page(request: web.Request) -> web.StreamResponse:
    order = find(request.app[BOX], request)
    return pay_page(order, order.said["desc"], CHOICES)


async def choose(request: web.Request) -> web.StreamResponse:
    """A button was pressed. Its notice is sent before the browser goes back, where it is wanted."""
    order, choice = find(request.app[BOX], request), str((await request.post()).get("choice"))
    if choice not in CHOICES:
        raise web.HTTPNotFound
    if order.standing in {Standing.OPEN, Standing.FAILED, Standing.CANCELLED}:
        if choice in {"success", "away"}:
            order.pay()
        elif choice != "forged":
            order.standing = Standing.CANCELLED if choice == "cancel" else Standing.FAILED
    if address := request.app[BOX].notices.get(NAME):
        await notify(request, address, told(order))
    if choice == "away":
        return web.Response(text="Paid.")
    if choice == "cancel":
        raise web.HTTPFound(order.said["cancel_url"])
    if choice == "failure":
        return post_back(order.said["fail_url"], told(order))
    fields = told(order)
    if choice == "forged":
        fields |= {"pay_status": "Successful", "status_code": "2", "pg_txnid": new_number(10)}
    return post_back(order.said["success_url"], fields)
