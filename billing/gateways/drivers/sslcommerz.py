"""SSLCommerz v4: a hosted page, notices that are signed weakly, and a validation that is believed.

Source: developer.sslcommerz.com/doc/v4 and the vendor's PHP library, read in November 2026.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from billing.errors import GatewayUnwell
from billing.gateways.money import read_amount, written
from billing.gateways.wire import Line, NoAnswer, ask, one, words
from billing.gateways.words import (
    Answer,
    Attempt,
    Gateway,
    GatewayAccount,
    Hint,
    Opened,
    Order,
    RefundAnswer,
    RefundOrder,
    RefundWord,
    Word,
)

GATEWAY = Gateway.SSLCOMMERZ
NEEDS = ("store_id", "store_passwd")
VALID = {"VALID", "VALIDATED"}
SAYS = {"VALID": Word.PAID, "FAILED": Word.FAILED, "CANCELLED": Word.CANCELLED}
SIGNED = ("tran_id", "amount", "status", "store_id")  # or a signature says nothing
NO_MAIL = "client@example.invalid"  # a field that must be filled in
QUERY = "validator/api/merchantTransIDvalidationAPI.php"
VALIDATION = "validator/api/validationserverAPI.php"


async def open_page(line: Line, account: GatewayAccount, order: Order) -> Opened:
    """Raises GatewayUnwell, NoAnswer."""
    attempt = order.attempt
    form = {
        **_store(account),
        "total_amount": written(attempt.amount_minor, attempt.currency),
        "currency": attempt.currency,
        "tran_id": attempt.reference,
        "product_category": "internet",
        "product_name": f"Internet, {order.isp_name}"[:255],
        "product_profile": "non-physical-goods",
        "shipping_method": "NO",
        "num_of_item": "1",
        "emi_option": "0",
        "cus_name": order.client_name[:50],
        "cus_email": NO_MAIL,
        "cus_phone": order.client_phone[:20],
        "cus_add1": "-",
        "cus_city": "Dhaka",
        "cus_postcode": "1000",
        "cus_country": "Bangladesh",
    }
    for name in ("success", "fail", "cancel"):
        form[f"{name}_url"] = f"{order.doors}/ssl/{name}?attempt={attempt.reference}"
    form["ipn_url"] = f"{order.doors}/ssl/ipn"
    _status, said = await ask(line, "POST", f"{account.address}/gwprocess/v4/api.php", form=form)
    found = one(said)
    session, page = words(found.get("sessionkey")), found.get("GatewayPageURL")
    if found.get("status") != "SUCCESS" or not session or not isinstance(page, str) or not page:
        raise GatewayUnwell(GATEWAY, words(found.get("failedreason")) or "no page")
    return Opened(session, page)


async def ask_about(line: Line, account: GatewayAccount, attempt: Attempt) -> Answer:
    """Find what was paid under our reference, then have it validated. Raises NoAnswer.

    One reference may have failed several times before it was paid.
    """
    found = await _get(line, account, QUERY, tran_id=attempt.reference)
    elements = found.get("element")
    paid = [
        one(element)
        for element in (elements if isinstance(elements, list) else [])
        if one(element).get("status") in VALID
        and words(one(element).get("tran_id")) == attempt.reference
    ]
    number = words(paid[0].get("val_id")) if paid else ""
    if not number:
        return Answer(word=Word.UNKNOWN)
    valid = await _get(line, account, VALIDATION, val_id=number, v="1")
    return _answer(valid, account, attempt)


async def refund(
    line: Line, account: GatewayAccount, _attempt: Attempt, order: RefundOrder
) -> RefundAnswer:
    """It takes the order, and does it some day. Raises NoAnswer."""
    found = await _get(
        line, account, QUERY,
        bank_tran_id=order.transaction_ref,
        refund_trans_id=order.reference,
        refund_amount=written(order.amount_minor, order.currency),
        refund_remarks=order.reason,
    )  # fmt: skip
    said = words(found.get("errorReason"))
    if found.get("status") == "failed":
        return RefundAnswer(RefundWord.REFUSED, None, said)
    return RefundAnswer(RefundWord.UNKNOWN, words(found.get("refund_ref_id")) or None, said)


async def ask_refund(
    line: Line, account: GatewayAccount, attempt: Attempt, order: RefundOrder
) -> RefundAnswer:
    """By its own number; where that never came, the order is sent again under ours.

    A refusal of that may be of its repetition: a person must look. Raises NoAnswer.
    """
    if order.refund_ref is None:
        answer = await refund(line, account, attempt, order)
        return replace(answer, word=RefundWord.UNKNOWN)
    found = await _get(line, account, QUERY, refund_ref_id=order.refund_ref)
    said = {"refunded": RefundWord.DONE, "cancelled": RefundWord.REFUSED}
    word = said.get(words(found.get("status")), RefundWord.UNKNOWN)
    return RefundAnswer(word, order.refund_ref, words(found.get("errorReason")))


def read_return(said: Mapping[str, str]) -> Hint:
    """Of a page, or of a notice, which names the attempt by `tran_id` alone."""
    word = SAYS.get(said.get("status", ""), Word.UNKNOWN)
    return Hint(word, said.get("tran_id") or said.get("attempt", ""))


def is_signed(account: GatewayAccount, said: Mapping[str, str]) -> bool:
    """MD5 over what the notice itself names, with the store's password: a sieve and no proof."""
    names = said.get("verify_key", "").split(",")
    needed = {*SIGNED, "val_id"} if said.get("status") == "VALID" else {*SIGNED}
    if not needed <= set(names):
        return False
    password = str(account.credentials.get("store_passwd", ""))
    fields = {name: said[name] for name in names if name in said}
    fields["store_passwd"] = hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()
    signed = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
    digest = hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest()
    return hmac.compare_digest(digest.encode(), said.get("verify_sign", "").encode())


def _answer(found: Mapping[str, Any], account: GatewayAccount, attempt: Attempt) -> Answer:
    if found.get("status") not in VALID:
        return Answer(word=Word.UNKNOWN, reason=words(found.get("status")))
    currency = words(found.get("currency_type"))
    ordered = read_amount(found.get("currency_amount"), currency or attempt.currency)
    received = read_amount(found.get("amount"), attempt.currency)
    return Answer(
        word=Word.PAID,
        transaction_ref=words(found.get("bank_tran_id")),
        reference=words(found.get("tran_id")),
        # Where the two disagree, that is not the amount of the attempt, whatever it is.
        amount_minor=ordered if currency != attempt.currency or ordered == received else received,
        currency=currency,
        is_ours=words(found.get("store_id")) in {"", str(account.credentials.get("store_id", ""))},
        is_risky=words(found.get("risk_level")) not in {"", "0"},
    )


async def _get(line: Line, account: GatewayAccount, path: str, **more: str) -> Mapping[str, Any]:
    query = {**_store(account), "format": "json", **more}
    status, said = await ask(line, "GET", f"{account.address}/{path}", query=query)
    found = one(said)
    if status != 200 or found.get("APIConnect") != "DONE":
        raise NoAnswer(words(found.get("APIConnect")) or str(status))
    return found


def _store(account: GatewayAccount) -> dict[str, str]:
    return {name: str(account.credentials.get(name, "")) for name in NEEDS}
