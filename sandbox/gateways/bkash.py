"""bKash's tokenized checkout: execute moves the money, and no status tells of a refusal."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from aiohttp import web

from sandbox.gateways.box import Box, Order, Standing, new_number
from sandbox.gateways.door import BOX, TOKENS, api, pay_page, said_in, with_query

NAME = "bkash"
CREDENTIALS = {
    "username": "sandboxTokenizedUser",
    "password": "sandboxTokenizedPassword",
    "app_key": "sandbox-app-key",
    "app_secret": "sandbox-app-secret",
}
TOKEN_SECONDS = 3600
VERSION = "v1.2.0-beta"
CHOICES = {
    "success": "Pay with PIN",
    "cancel": "Cancel",
    "failure": "Pay, without enough money",
    "forged": "Go back as if paid, without the PIN",
}
POOR = "01823074817"  # the sandbox's wallet without enough money


def bkash() -> list[web.RouteDef]:
    """To be mounted under any prefix: what the real one has under its version."""
    calls = {
        "/token/grant": grant,
        "/token/refresh": refresh,
        "/create": create,
        "/execute": execute,
        "/payment/status": status,
        "/general/searchTransaction": search,
        "/payment/refund": refund,
    }
    routes = [web.post(path, api(NAME, path.lstrip("/"), call)) for path, call in calls.items()]
    return [*routes, web.get("/page/{number}", show_page), web.post("/page/{number}", choose)]


def answer(code: str, message: str, **said: str) -> web.Response:
    return web.json_response({"statusCode": code, "statusMessage": message, **said})


def moment(at: datetime) -> str:
    """With a colon before the thousandths, and a zone in words."""
    return f"{at:%Y-%m-%dT%H:%M:%S}:{at.microsecond // 1000:03} GMT+0000"


async def grant(request: web.Request) -> web.StreamResponse:
    said = await said_in(request)
    who = {name: request.headers.get(name, "") for name in ("username", "password")}
    keys = {name: said.get(name, "") for name in ("app_key", "app_secret")}
    if who | keys != CREDENTIALS:
        return answer("2001", "Invalid App Key")
    return token(request)


async def refresh(request: web.Request) -> web.StreamResponse:
    said = await said_in(request)
    if not said.get("refresh_token", "").startswith("REFRESH"):
        return answer("2079", "Invalid app token")
    return token(request)


def token(request: web.Request) -> web.Response:
    new = new_number(40)
    request.app[TOKENS].add(new)
    return answer(
        "0000",
        "Successful",
        id_token=new,
        token_type="Bearer",  # noqa: S106 (its kind)
        expires_in=str(TOKEN_SECONDS),
        refresh_token=new_number(20, "REFRESH"),
    )


def refused(request: web.Request) -> web.Response | None:
    """Of who has no token, or one that has expired: the raw token, without Bearer."""
    known = request.headers.get("Authorization", "") in request.app[TOKENS]
    if known and request.headers.get("X-APP-Key") == CREDENTIALS["app_key"]:
        return None
    return web.json_response({"message": "The incoming token has expired"}, status=401)


async def create(request: web.Request) -> web.StreamResponse:
    said = await said_in(request)
    if refusal := refused(request) or wrong_with(said):
        return refusal
    order = Order(
        gateway=NAME,
        number=new_number(13, f"TR{said['mode']}"),
        reference=said["merchantInvoiceNumber"],
        amount=Decimal(said["amount"]),
        currency=said["currency"],
        said=said,
    )
    request.app[BOX].add(order)
    page = f"{request.scheme}://{request.host}{request.path.removesuffix('/create')}/page/"
    back = {
        f"{word}CallbackURL": with_query(said["callbackURL"], paymentID=order.number, status=sent)
        for word, sent in (
            ("success", "success"),
            ("failure", "failure"),
            ("cancelled", "cancel"),
        )
    }
    return answer(
        "0000",
        "Successful",
        **common(order),
        **back,
        bkashURL=page + order.number,
        callbackURL=said["callbackURL"],
        paymentCreateTime=moment(datetime.now(UTC)),
        transactionStatus="Initiated",
    )


def wrong_with(said: dict[str, str]) -> web.Response | None:
    needed = {"payerReference", "callbackURL", "merchantInvoiceNumber", "intent", "mode"}
    try:
        amount = Decimal(said.get("amount", ""))
    except InvalidOperation:
        return answer("2006", "Invalid amount")
    if amount < 1 or amount != round(amount, 2):
        return answer("2006", "Invalid amount")
    if said.get("currency") != "BDT":
        return answer("2007", "Invalid currency")
    if missing := needed - {name for name in said if said[name]}:
        return answer("2065", f"Mandatory field missing: {min(missing)}")
    return None


def common(order: Order) -> dict[str, str]:
    amount = order.amount
    shown = str(int(amount)) if amount == int(amount) else f"{amount:.2f}"  # "15", as it is there
    return {
        "paymentID": order.number,
        "amount": shown,
        "intent": "sale",
        "currency": order.currency,
        "merchantInvoiceNumber": order.reference,
    }


async def named(request: web.Request, call: str) -> Order | web.Response:
    if refusal := refused(request):
        return refusal
    order = request.app[BOX].orders.get((await said_in(request)).get("paymentID", ""))
    if order is None or order.gateway != NAME:
        return answer("2002", "Invalid Payment ID")
    order.asked.append(call)
    return order


async def execute(request: web.Request) -> web.StreamResponse:
    """The capture. Once: a second is refused, whatever became of the answer to the first."""
    order = await named(request, "execute")
    if isinstance(order, web.Response):
        return order
    if order.standing is Standing.PAID:
        return answer("2062", "The payment has already been completed")
    if order.standing is not Standing.APPROVED:
        return answer("2056", "Invalid Payment State")
    if order.said["payerReference"] == POOR:
        return answer("2023", "Insufficient Balance")
    order.pay()
    return answer(
        "0000",
        "Successful",
        **common(order),
        **completed(order),
        paymentExecuteTime=moment(order.paid_at or datetime.now(UTC)),
    )


def completed(order: Order) -> dict[str, str]:
    return {
        "trxID": order.transaction,
        "transactionStatus": "Completed",
        "customerMsisdn": "01770618575",
        "payerReference": order.said["payerReference"],
    }


async def status(request: web.Request) -> web.StreamResponse:
    """Initiated until it is executed, also after a refusal. The invoice is named otherwise here."""
    order = await named(request, "status")
    if isinstance(order, web.Response):
        return order
    said = common(order)
    said["merchantInvoice"] = said.pop("merchantInvoiceNumber")
    ended = completed(order) if order.standing is Standing.PAID else {}
    return answer(
        "0000",
        "Successful",
        **{"transactionStatus": "Initiated", **said, **ended},
        mode="0011",
        verificationStatus="Complete" if ended else "Incomplete",
    )


async def search(request: web.Request) -> web.StreamResponse:
    if refusal := refused(request):
        return refusal
    wanted = (await said_in(request)).get("trxID", "")
    order = by_transaction(request.app[BOX], wanted)
    if order is None:
        return answer("2033", "Transaction not found")
    return answer(
        "0000",
        "Successful",
        trxID=order.transaction,
        transactionStatus="Completed",
        amount=common(order)["amount"],
        currency=order.currency,
        organizationShortCode="50022",
    )


def by_transaction(box: Box, wanted: str) -> Order | None:
    found = [order for order in box.of(NAME) if wanted and order.transaction == wanted]
    return found[0] if found else None


async def refund(request: web.Request) -> web.StreamResponse:
    """Without an amount: how the refund stands."""
    order = await named(request, "refund")
    if isinstance(order, web.Response):
        return order
    said = await said_in(request)
    if said.get("trxID") != order.transaction or order.standing is not Standing.PAID:
        return answer("2028", "No such transaction")
    if "amount" not in said:
        number, amount = next(reversed(order.refunded.items()), ("", Decimal(0)))
        return refunded(order, number, amount) if number else answer("2033", "No refund found")
    amount = Decimal(said["amount"])
    if order.kept == 0:
        return answer("2034", "Transaction already reversed")
    if not 0 < amount <= order.kept:
        return answer("2026", "Invalid refund amount")
    number = new_number(10)
    order.refunded[number] = amount
    return refunded(order, number, amount)


def refunded(order: Order, number: str, amount: Decimal) -> web.Response:
    return answer(
        "0000",
        "Successful",
        originalTrxID=order.transaction,
        refundTrxID=number,
        transactionStatus="Completed",
        amount=f"{amount:.2f}",
        currency=order.currency,
        charge="0.00",
        completedTime=moment(datetime.now(UTC)),
    )


async def show_page(request: web.Request) -> web.StreamResponse:
    order = request.app[BOX].orders.get(request.match_info["number"])
    if order is None:
        raise web.HTTPNotFound
    return pay_page(order, order.said["merchantInvoiceNumber"], CHOICES)


async def choose(request: web.Request) -> web.StreamResponse:
    """A button was pressed: the browser goes back with no more than a hint."""
    order = request.app[BOX].orders.get(request.match_info["number"])
    choice = str((await request.post()).get("choice", ""))
    if order is None or choice not in CHOICES:
        raise web.HTTPNotFound
    if order.standing is Standing.OPEN:
        order.standing = {
            "success": Standing.APPROVED,
            "cancel": Standing.CANCELLED,
            "failure": Standing.FAILED,
        }.get(choice, Standing.OPEN)
    said = "success" if choice == "forged" else choice
    back = order.said["callbackURL"]
    raise web.HTTPFound(with_query(back, paymentID=order.number, status=said, apiVersion=VERSION))
