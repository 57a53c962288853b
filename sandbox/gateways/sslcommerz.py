"""SSLCommerz v4: a session, a page, a notice and a return that are signed, and a validation.

Source: developer.sslcommerz.com/doc/v4 and the vendor's PHP library, read in November 2026.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from aiohttp import web

from sandbox.gateways.box import Box, Order, Standing, new_number
from sandbox.gateways.door import BOX, api, notify, pay_page, post_back, said_in

NAME = "sslcommerz"
CREDENTIALS = {"store_id": "testbox", "store_passwd": "qwerty@ssl"}
NEEDS = (
    *("total_amount", "currency", "tran_id", "product_category", "success_url", "fail_url"),
    *("cancel_url", "cus_name", "cus_email", "cus_add1", "cus_city", "cus_postcode"),
    *("cus_country", "cus_phone", "shipping_method", "num_of_item", "product_name"),
    "product_profile",
)
TRAN_ID_LENGTH_MAX = 30
AMOUNT_MIN, AMOUNT_MAX = 10, 500_000
CHOICES = {
    "success": "Pay",
    "cancel": "Cancel",
    "failure": "Pay, without enough money",
    "risky": "Pay with a card that may be stolen",
    "forged": "Go back as if paid",
    "away": "Pay, and never go back",
}
WORDS = {
    Standing.PAID: "VALID",
    Standing.FAILED: "FAILED",
    Standing.CANCELLED: "CANCELLED",
    Standing.OPEN: "PENDING",
}


def sslcommerz() -> list[web.RouteDef]:
    return [
        web.post("/gwprocess/v4/api.php", api(NAME, "create", create)),
        web.get("/validator/api/validationserverAPI.php", api(NAME, "validate", validate)),
        web.get("/validator/api/merchantTransIDvalidationAPI.php", api(NAME, "query", query)),
        web.get("/page/{number}", show_page),
        web.post("/page/{number}", choose),
    ]


def failed(reason: str) -> web.Response:
    return web.json_response({"status": "FAILED", "failedreason": reason, "sessionkey": ""})


def is_known(said: object) -> bool:
    """Whether a call names the store and its password."""
    return {name: said.get(name) for name in CREDENTIALS} == CREDENTIALS  # type: ignore[attr-defined]


async def create(request: web.Request) -> web.StreamResponse:
    said = await said_in(request)
    if not is_known(said):
        return failed("Store Credential Error Or Store is De-active")
    if missing := [name for name in NEEDS if not said.get(name)]:
        return failed(f"'{missing[0]}' is missing")
    if len(said["tran_id"]) > TRAN_ID_LENGTH_MAX:
        return failed("'tran_id' is too long")
    if request.app[BOX].by_reference(NAME, said["tran_id"]):
        return failed("'tran_id' is already in use")
    try:
        amount = Decimal(said["total_amount"])
    except InvalidOperation:
        return failed("Invalid amount")
    if not AMOUNT_MIN <= amount <= AMOUNT_MAX:
        return failed("Amount must be between 10.00 and 500000.00 BDT")
    order = request.app[BOX].add(
        Order(
            gateway=NAME,
            number=new_number(32),
            reference=said["tran_id"],
            amount=amount,
            currency=said["currency"],
            said=said,
        )
    )
    root = request.path.removesuffix("/gwprocess/v4/api.php")
    page = f"{request.scheme}://{request.host}{root}/page/{order.number}"
    return web.json_response(
        {
            "status": "SUCCESS",
            "failedreason": "",
            "sessionkey": order.number,
            "GatewayPageURL": page,
            "storeBanner": "",
            "desc": [],
        }
    )


def val_id(order: Order) -> str:
    return f"V{order.transaction}"


def told(order: Order) -> dict[str, str]:
    """The family of fields that all its answers share. Numbers are texts."""
    paid = order.standing is Standing.PAID
    amount = f"{order.amount:.2f}"
    return {
        "status": WORDS[order.standing],
        "tran_date": f"{order.paid_at or datetime.now(UTC):%Y-%m-%d %H:%M:%S}",
        "tran_id": order.reference,
        "val_id": val_id(order) if paid else "",
        "amount": amount,
        "store_amount": f"{order.amount * Decimal('0.975'):.2f}" if paid else "",
        "currency": order.currency,
        "currency_type": order.currency,
        "currency_amount": amount,
        "currency_rate": "1.0000",
        "bank_tran_id": order.transaction,
        "card_type": "BKASH-BKash",
        "store_id": CREDENTIALS["store_id"],
        "risk_level": order.said.get("risk_level", "0"),
        "risk_title": "Safe" if order.said.get("risk_level", "0") == "0" else "Risky",
        "value_a": "",
    }


def signed(fields: dict[str, str]) -> dict[str, str]:
    """With `verify_key` and `verify_sign`, as the vendor's library checks them."""
    password = hashlib.md5(CREDENTIALS["store_passwd"].encode()).hexdigest()  # noqa: S324
    named = {**fields, "store_passwd": password}
    text = "&".join(f"{name}={named[name]}" for name in sorted(named))
    sign = hashlib.md5(text.encode()).hexdigest()  # noqa: S324 (its protocol)
    return {**fields, "verify_key": ",".join(sorted(fields)), "verify_sign": sign}


async def validate(request: web.Request) -> web.StreamResponse:
    """VALID the first time, VALIDATED ever after."""
    if not is_known(request.query):
        return web.json_response({"APIConnect": "INVALID_REQUEST"})
    wanted = request.query.get("val_id", "")
    paid = [one for one in request.app[BOX].of(NAME) if one.standing is Standing.PAID]
    order = next((one for one in paid if val_id(one) == wanted), None)
    if order is None:
        return web.json_response({"APIConnect": "DONE", "status": "INVALID_TRANSACTION"})
    fields = told(order)
    if "validate" in order.asked:
        fields["status"] = "VALIDATED"
    order.asked.append("validate")
    return web.json_response({**fields, "APIConnect": "DONE", "gw_version": "4.00"})


async def query(request: web.Request) -> web.StreamResponse:
    """By `tran_id`: what was tried under it, a failure before what was paid among them."""
    if not is_known(request.query):
        return web.json_response({"APIConnect": "INVALID_REQUEST"})
    if "refund_amount" in request.query or "refund_ref_id" in request.query:
        return refund(request)
    found = request.app[BOX].by_reference(NAME, request.query.get("tran_id", ""))
    tried = [order for order in found if order.standing is not Standing.OPEN]
    elements = [told(order) for order in tried]
    if tried and tried[0].standing is Standing.PAID:
        elements.insert(0, {**told(tried[0]), "status": "FAILED", "val_id": ""})
    for order in tried:
        order.asked.append("query")
    return web.json_response(
        {"APIConnect": "DONE", "no_of_trans_found": len(elements), "element": elements}
    )


def refund(request: web.Request) -> web.Response:
    """The order to give money back is taken, and done by the time that it is asked about."""
    said = request.query
    orders = [order for order in request.app[BOX].of(NAME) if order.standing is Standing.PAID]
    if number := said.get("refund_ref_id"):
        known = [order for order in orders if number in order.refunded]
        status = "refunded" if known else "cancelled"
        return web.json_response({"APIConnect": "DONE", "status": status, "refund_ref_id": number})
    number = f"R{said.get('refund_trans_id', '')}"
    order = next((one for one in orders if one.transaction == said.get("bank_tran_id")), None)
    amount = Decimal(said["refund_amount"])
    if (
        order is None
        or number == "R"
        or not 0 < amount <= order.kept + order.refunded.get(number, 0)
    ):
        reason = {"status": "failed", "errorReason": "Refund is not possible"}
        return web.json_response({"APIConnect": "DONE", **reason})
    order.refunded[number] = amount
    return web.json_response(
        {"APIConnect": "DONE", "status": "processing", "refund_ref_id": number}
    )


def find(box: Box, request: web.Request) -> Order:
    order = box.orders.get(request.match_info["number"])
    if order is None:
        raise web.HTTPNotFound
    return order


async def show_page(request: web.Request) -> web.StreamResponse:
    order = find(request.app[BOX], request)
    return pay_page(order, order.said["product_name"], CHOICES)


async def choose(request: web.Request) -> web.StreamResponse:
    """A button was pressed. Its notice is sent first; then the browser posts its way back."""
    order, choice = find(request.app[BOX], request), str((await request.post()).get("choice"))
    if choice not in CHOICES:
        raise web.HTTPNotFound
    if order.standing is not Standing.PAID:
        if choice in {"success", "away", "risky"}:
            order.said["risk_level"] = "1" if choice == "risky" else "0"
            order.pay()
        elif choice != "forged":
            order.standing = Standing.CANCELLED if choice == "cancel" else Standing.FAILED
    if choice == "forged":
        lie = {**told(order), "status": "VALID", "val_id": f"V{new_number(10)}"}
        return post_back(order.said["success_url"], {**signed(lie), "verify_sign": "0" * 32})
    if address := order.said.get("ipn_url"):
        await notify(request, address, signed(told(order)))
    if choice == "away":
        return web.Response(text="Paid.")
    name = {"cancel": "cancel_url", "failure": "fail_url"}.get(choice, "success_url")
    return post_back(order.said[name], signed(told(order)))
