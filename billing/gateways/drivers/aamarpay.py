"""aamarPay: a hosted page, and a search by our reference, which alone is believed.

Source: aamarpay.readme.io (initiate payment JSON, search transaction), read in November 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from billing.errors import GatewayUnwell
from billing.gateways.money import read_amount, written
from billing.gateways.wire import Line, ask, one, words
from billing.gateways.words import (
    Answer,
    Attempt,
    Gateway,
    GatewayAccount,
    Hint,
    Opened,
    Order,
    Word,
)

GATEWAY = Gateway.AAMARPAY
NEEDS = ("store_id", "signature_key")
PAID, PAID_CODE = "Successful", "2"
SAYS = {"failed": Word.FAILED, "cancelled": Word.CANCELLED}  # by where it sends people
NO_MAIL = "client@example.invalid"  # a field that must be filled in


async def open_page(line: Line, account: GatewayAccount, order: Order) -> Opened:
    """Raises GatewayUnwell, NoAnswer."""
    attempt = order.attempt
    back = f"{order.doors}/aamarpay/callback?attempt={attempt.reference}"
    body = {
        **_store(account),
        "tran_id": attempt.reference,
        "amount": written(attempt.amount_minor, attempt.currency),
        "currency": attempt.currency,
        "desc": f"Internet, {order.isp_name}",
        "cus_name": order.client_name,
        "cus_email": NO_MAIL,
        "cus_phone": order.client_phone,
        "cus_add1": "-",
        "cus_city": "Dhaka",
        "cus_country": "Bangladesh",
        "success_url": back,
        "fail_url": f"{back}&said=failed",
        "cancel_url": f"{back}&said=cancelled",
        "type": "json",
    }
    _status, said = await ask(line, "POST", f"{account.address}/jsonpost.php", body=body)
    page = one(said).get("payment_url")
    if not isinstance(page, str) or not page:
        raise GatewayUnwell(GATEWAY, words(one(said).get("result")) or "no page")
    return Opened(None, urljoin(f"{account.address}/", page))


async def ask_about(line: Line, account: GatewayAccount, attempt: Attempt) -> Answer:
    """Only its word for success is published: all else may still become one. Raises NoAnswer."""
    store = _store(account)
    query = {**store, "request_id": attempt.reference, "type": "json"}
    address = f"{account.address}/api/v1/trxcheck/request.php"
    _status, said = await ask(line, "GET", address, query=query)
    found = one(said)
    if words(found.get("pay_status")) != PAID or words(found.get("status_code")) != PAID_CODE:
        return Answer(word=Word.UNKNOWN, reason=words(found.get("status_title")))
    return _paid(found, store["store_id"])


def read_return(said: Mapping[str, str]) -> Hint:
    """Of a page or a notice. Who cancels may come back with nothing but what we gave."""
    word = SAYS.get(said.get("said", ""), Word.UNKNOWN)
    if said.get("pay_status") == PAID:
        word = Word.PAID
    return Hint(word, said.get("mer_txnid") or said.get("attempt", ""))


def _paid(found: Mapping[str, Any], store_id: str) -> Answer:
    currency = words(found.get("amount_currency") or found.get("currency"))
    ours = {words(found.get("store_id")), words(found.get("merchant_id"))}
    return Answer(
        word=Word.PAID,
        transaction_ref=words(found.get("pg_txnid")),
        reference=words(found.get("mer_txnid")),
        amount_minor=read_amount(found.get("amount"), currency or "BDT"),
        currency=currency,
        is_ours=store_id in ours,
    )


def _store(account: GatewayAccount) -> dict[str, str]:
    return {name: str(account.credentials.get(name, "")) for name in NEEDS}
