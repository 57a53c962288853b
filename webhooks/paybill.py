"""The pay-bill API: what a client owes, that it was paid, and what became of a transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aiohttp import web
from sqlalchemy.orm import Session

from billing.gateways.money import read_amount, written
from billing.paybill import (
    BillPayment,
    Named,
    Taken,
    find_bill,
    find_bill_payment,
    take_bill_payment,
)
from billing.payments import PaymentMethod
from policy.facts import TenantId
from tenancy.isps import get_isp
from webhooks.api import Asked, refusal
from webhooks.fields import read_fields

AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?")
TRANSACTION = re.compile(r"[!-~]{1,100}")
NUMBER = re.compile(r"[0-9]{1,15}")
NO_CLIENT = 0  # their numbers begin with 1


async def show_bill(asked: Asked) -> web.Response:
    """What one client owes."""
    bill = await asked.run(
        find_bill,
        asked.key.tenant_id,
        named_in(await read_fields(asked.request)),
        actor=asked.actor,
    )
    return web.json_response(
        {
            "client_number": bill.client_number,
            "client_name": bill.client_name,
            "due_amount": written(bill.due_minor, bill.currency),
            "currency": bill.currency,
            "package": ", ".join(bill.packages),
            "status": bill.status.value,
        }
    )


async def take_payment(asked: Asked) -> web.Response:
    """201: recorded now. 200: recorded before, and the same."""
    said = await read_fields(asked.request)
    transaction = said.get("transaction_id", "")
    if not TRANSACTION.fullmatch(transaction):
        words = "Give transaction_id: up to 100 letters, digits and signs, no spaces."
        return refusal(422, "bad_transaction", words)
    currency = await asked.run(currency_of, asked.key.tenant_id)
    amount = said.get("amount", "")
    amount_minor = read_amount(amount, currency) if AMOUNT.fullmatch(amount) else 0
    if not amount_minor:
        return refusal(422, "bad_amount", "Give amount in whole or decimal digits, such as 800.00.")
    details = BillPayment(
        named=named_in(said),
        method=PaymentMethod(asked.key.details.method),
        amount_minor=amount_minor,
        transaction_ref=transaction,
        note=asked.key.details.name,
    )
    taken = await asked.run(
        take_bill_payment,
        asked.key.tenant_id,
        details,
        now=asked.office.clock(),
        actor=asked.actor,
    )
    return told(taken, status=201 if taken.is_new else 200)


async def show_payment(asked: Asked) -> web.Response:
    """What became of a transaction, for who never saw our answer."""
    method = PaymentMethod(asked.key.details.method)
    transaction = asked.request.match_info["transaction_id"]
    if not TRANSACTION.fullmatch(transaction):
        return unknown_transaction()
    found = await asked.run(
        find_bill_payment, asked.key.tenant_id, method, transaction, actor=asked.actor
    )
    if found is None:
        return unknown_transaction()
    return told(found, status=200)


def unknown_transaction() -> web.Response:
    words = "This transaction is not recorded: it may be sent again."
    return refusal(404, "transaction_not_found", words)


def told(taken: Taken, *, status: int) -> web.Response:
    payment = taken.payment
    return web.json_response(
        {
            "payment_id": payment.payment_id,
            "transaction_id": payment.transaction_ref,
            "client_number": taken.client_number,
            "amount": written(payment.amount_minor, payment.currency),
            "currency": payment.currency,
            "received_at": payment.received_at.isoformat(),
            "status": "received" if payment.reversed_at is None else "reversed",
        },
        status=status,
    )


def currency_of(session: Session, tenant_id: TenantId) -> str:
    return get_isp(session, tenant_id).details.currency


def named_in(said: Mapping[str, str]) -> Named:
    """A number that is none is nobody's."""
    number = said.get("client_number", "").strip()
    known = int(number) if NUMBER.fullmatch(number) else NO_CLIENT
    return Named(
        phone=said.get("phone", "").strip() or None,
        username=said.get("username", "").strip() or None,
        client_number=known if number else None,
    )
