"""bKash, tokenized checkout: money moves when we execute, and not before.

Sources: bKash-for-woocommerce and the published code table, read in November 2026. What a query
must not do: follow an execute that was answered; bKash's acceptance test refuses that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from billing.errors import GatewayUnwell
from billing.gateways.money import read_amount, written
from billing.gateways.wire import Line, NoAnswer, TokenRefused, ask, one, words
from billing.gateways.words import (
    Answer,
    Attempt,
    Gateway,
    GatewayAccount,
    Grant,
    Hint,
    Opened,
    Order,
    RefundAnswer,
    RefundOrder,
    RefundWord,
    Word,
)
from storage.secrets import Secret

GATEWAY = Gateway.BKASH
NEEDS = ("username", "password", "app_key", "app_secret")
DONE = "0000"
REFUSED = {"2056", "2060"}  # by execute: the client has not agreed yet
# Answers to execute after which only a query tells whether money moved.
AMBIGUOUS = {"", *REFUSED, "2062", "2068", "2117", "2119", "503"}
SAYS = {
    "success": Word.PAID,
    **dict.fromkeys(("failure", "fail", "failed"), Word.FAILED),
    **dict.fromkeys(("cancel", "cancelled", "canceled"), Word.CANCELLED),
}
GOOD_SECONDS = 3600  # where a grant does not say
GOOD_SECONDS_MAX = 24 * 3600
CHECKOUT_URL = "0011"


async def grant(line: Line, account: GatewayAccount) -> Grant:
    """Raises GatewayUnwell, NoAnswer."""
    said = account.credentials
    headers = {name: str(said.get(name, "")) for name in ("username", "password")}
    body = {name: str(said.get(name, "")) for name in ("app_key", "app_secret")}
    address = f"{account.address}/token/grant"
    _status, answered = await ask(line, "POST", address, headers=headers, body=body)
    found = one(answered)
    token = words(found.get("id_token"))
    if not token:
        raise GatewayUnwell(GATEWAY, words(found.get("statusMessage")) or "no token")
    life = words(found.get("expires_in"))
    seconds = int(life) if life.isdecimal() else GOOD_SECONDS
    return Grant(Secret(token), min(seconds, GOOD_SECONDS_MAX))


async def open_page(line: Line, account: GatewayAccount, order: Order) -> Opened:
    """Raises GatewayUnwell, NoAnswer, TokenRefused."""
    attempt = order.attempt
    body = {
        "mode": CHECKOUT_URL,
        "payerReference": order.client_phone,
        "callbackURL": f"{order.doors}/bkash/callback?attempt={attempt.reference}",
        "amount": written(attempt.amount_minor, attempt.currency),
        "currency": attempt.currency,
        "intent": "sale",
        "merchantInvoiceNumber": attempt.reference,
    }
    found = await _call(line, account, "create", body)
    number, page = words(found.get("paymentID")), found.get("bkashURL")
    if words(found.get("statusCode")) != DONE or not number or not isinstance(page, str):
        raise GatewayUnwell(GATEWAY, words(found.get("statusMessage")) or "no page")
    return Opened(number, page)


async def capture(line: Line, account: GatewayAccount, attempt: Attempt) -> Answer:
    """Execute, once; only what leaves open whether money moved is followed by a query.

    Raises NoAnswer, TokenRefused.
    """
    if not attempt.gateway_ref:
        return Answer(word=Word.UNKNOWN)
    try:
        found = await _call(line, account, "execute", {"paymentID": attempt.gateway_ref})
    except NoAnswer:
        return await ask_about(line, account, attempt)
    code = words(found.get("statusCode") or found.get("errorCode"))
    if code == DONE:
        return _answer(found, attempt)
    if code in AMBIGUOUS:
        answer = await ask_about(line, account, attempt)
        return replace(answer, untouched=code in REFUSED and answer.word is Word.UNKNOWN)
    why = words(found.get("statusMessage") or found.get("errorMessage"))
    return Answer(word=Word.FAILED, reason=f"{code} {why}".strip())


async def ask_about(line: Line, account: GatewayAccount, attempt: Attempt) -> Answer:
    """Query. It says Initiated until execute, also of what the client cancelled.

    Raises NoAnswer, TokenRefused.
    """
    if not attempt.gateway_ref:
        return Answer(word=Word.UNKNOWN)
    found = await _call(line, account, "payment/status", {"paymentID": attempt.gateway_ref})
    return _answer(found, attempt)


async def refund(
    line: Line, account: GatewayAccount, attempt: Attempt, order: RefundOrder
) -> RefundAnswer:
    """Raises NoAnswer, TokenRefused."""
    amount = written(order.amount_minor, order.currency)
    more = {"amount": amount, "sku": "internet", "reason": order.reason}
    return await _refund(line, account, attempt, order, more)


async def ask_refund(
    line: Line, account: GatewayAccount, attempt: Attempt, order: RefundOrder
) -> RefundAnswer:
    """The same call without an amount. Raises NoAnswer, TokenRefused."""
    return await _refund(line, account, attempt, order, {})


async def _refund(
    line: Line,
    account: GatewayAccount,
    attempt: Attempt,
    order: RefundOrder,
    more: Mapping[str, str],
) -> RefundAnswer:
    whose = {"paymentID": attempt.gateway_ref or "", "trxID": order.transaction_ref}
    found = await _call(line, account, "payment/refund", {**whose, **more})
    code = words(found.get("statusCode") or found.get("errorCode"))
    said = words(found.get("statusMessage") or found.get("errorMessage"))
    number = words(found.get("refundTrxID"))
    same = read_amount(found.get("amount"), order.currency) == order.amount_minor
    if code == DONE and found.get("transactionStatus") == "Completed" and number and same:
        return RefundAnswer(RefundWord.DONE, number)
    if code in {"", DONE, "503"}:
        return RefundAnswer(RefundWord.UNKNOWN, number or None, said)
    return RefundAnswer(RefundWord.REFUSED, None, f"{code} {said}".strip())


def read_return(said: Mapping[str, str]) -> Hint:
    """`attempt` is ours, in the address that it was given to come back to."""
    word = SAYS.get(said.get("status", "").lower(), Word.UNKNOWN)
    return Hint(word, said.get("attempt", ""), said.get("paymentID", ""))


def _answer(found: Mapping[str, Any], attempt: Attempt) -> Answer:
    if words(found.get("statusCode")) != DONE or found.get("transactionStatus") != "Completed":
        return Answer(word=Word.UNKNOWN, reason=words(found.get("statusMessage")))
    currency = words(found.get("currency"))
    reference = found.get("merchantInvoiceNumber") or found.get("merchantInvoice")
    return Answer(
        word=Word.PAID,
        transaction_ref=words(found.get("trxID")),
        reference=words(reference),
        amount_minor=read_amount(found.get("amount"), currency or attempt.currency),
        currency=currency,
        is_ours=words(found.get("paymentID")) == attempt.gateway_ref,
    )


async def _call(
    line: Line, account: GatewayAccount, name: str, body: Mapping[str, str]
) -> Mapping[str, Any]:
    headers = {
        "Authorization": str(account.token),  # without "Bearer"
        "X-APP-Key": str(account.credentials.get("app_key", "")),
    }
    address = f"{account.address}/{name}"
    status, said = await ask(line, "POST", address, headers=headers, body=dict(body))
    if status in {401, 403}:
        raise TokenRefused
    found = one(said)
    if status >= 500 or ("message" in found and "statusCode" not in found):
        raise NoAnswer(words(found.get("message")) or str(status))
    return found
