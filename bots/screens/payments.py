"""Taking a payment: how much and how, what it will do, one tap, and a minute to take it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from billing.clients import get_client
from billing.payments import (
    NewPayment,
    PaymentId,
    PaymentMethod,
    find_payment,
    payments_of,
    reverse_payment,
    take_payment,
)
from bots import prompts
from bots.amounts import read_amount
from bots.callers import Caller
from bots.screens import card
from bots.screens.screen import Deed, Question, Screen
from bots.views import Answer, Button, Style, View, rows
from bots.words import Html
from policy.facts import ClientId
from storage.actors import Permission
from storage.audit import last_entry

METHODS = (
    PaymentMethod.CASH,
    PaymentMethod.BKASH,
    PaymentMethod.NAGAD,
    PaymentMethod.ROCKET,
    PaymentMethod.BANK,
)
BY_HAND = {PaymentMethod.CASH, PaymentMethod.BANK}  # the others name a transaction
REF_MAX = 64
LIKELY_TWICE = timedelta(minutes=10)
RECENT = 5


def method_of(number: int) -> PaymentMethod:
    return METHODS[min(number, len(METHODS) - 1)]


def open_pay(
    session: Session, caller: Caller, client_id: int, amount_minor: int, method_number: int = 0
) -> View:
    """What will be taken, and by which way; one that names a transaction asks for it first."""
    method = method_of(method_number)
    if method not in BY_HAND:
        return _ask_transaction(session, caller, client_id, amount_minor, method)
    return _confirm(session, caller, ClientId(client_id), amount_minor, method, None)


def _ask_transaction(
    session: Session, caller: Caller, client_id: int, amount_minor: int, method: PaymentMethod
) -> View:
    payload = {"client_id": client_id, "amount_minor": amount_minor, "method": method}
    prompts.ask(session, caller.tenant_id, caller.staff_id, "transaction", payload, now=caller.now)
    words = caller.words
    text = words.say(
        "pay-ask-transaction",
        method=words.plain(f"method-{method}"),
        amount=words.amount(amount_minor, caller.currency),
    )
    return View(
        text,
        rows(
            *_methods(caller, client_id, amount_minor, method),
            (caller.to("card", "cancel", client_id),),
        ),
    )


def hear_transaction(session: Session, caller: Caller, asked: Mapping[str, Any], text: str) -> View:
    ref, method = "".join(text.split()).upper(), PaymentMethod(asked["method"])
    client_id, amount_minor = ClientId(asked["client_id"]), int(asked["amount_minor"])
    if not 4 <= len(ref) <= REF_MAX or not ref.isascii() or not ref.isalnum():
        return _again(caller, "pay-bad-transaction", client_id)
    known = find_payment(session, caller.tenant_id, method, ref)
    if known is not None:
        return _again(caller, "pay-known-transaction", client_id, ref=ref)
    prompts.forget(session, caller.tenant_id, caller.staff_id)
    return _confirm(session, caller, client_id, amount_minor, method, ref)


def ask_amount(session: Session, caller: Caller, client_id: int, method_number: int = 0) -> View:
    client = get_client(session, caller.tenant_id, ClientId(client_id))
    payload = {"client_id": client_id, "method": method_number}
    prompts.ask(session, caller.tenant_id, caller.staff_id, "amount", payload, now=caller.now)
    text = caller.words.say("pay-ask-amount", name=card.name_of(client, caller.words))
    return View(text, rows((caller.to("card", "cancel", client_id),)))


def hear_amount(session: Session, caller: Caller, asked: Mapping[str, Any], text: str) -> View:
    client_id = int(asked["client_id"])
    amount_minor = read_amount(text, caller.currency)
    if amount_minor is None:
        return _again(caller, "pay-bad-amount", client_id)
    prompts.forget(session, caller.tenant_id, caller.staff_id)
    return open_pay(session, caller, client_id, amount_minor, int(asked["method"]))


def _again(caller: Caller, key: str, client_id: int, **said: object) -> View:
    """The question stays open."""
    return View(caller.words.say(key, **said), rows((caller.to("card", "cancel", client_id),)))


def _confirm(
    session: Session,
    caller: Caller,
    client_id: ClientId,
    amount_minor: int,
    method: PaymentMethod,
    ref: str | None,
    note: Html | None = None,
) -> View:
    words = caller.words
    client = get_client(session, caller.tenant_id, client_id)
    due = card.due_of(session, caller, client_id)
    amount = words.amount(amount_minor, caller.currency)
    said = words.say(
        "pay-confirm",
        name=card.name_of(client, words),
        number=words.number(client.client_number),
        amount=amount,
        method=words.plain(f"method-{method}"),
        ref=ref or "–",
        due=words.amount(due, caller.currency),
        after=_after(due - amount_minor, caller),
    )
    warning = _likely_twice(session, caller, client_id, amount_minor)
    payload: dict[str, object] = {
        "client_id": client_id, "amount_minor": amount_minor, "method": method, "ref": ref,
        "due_minor": due,
    }  # fmt: skip
    does = caller.does(session, "pay", "pay-do", payload, style=Style.MAIN, amount=amount)
    return View(
        Html("\n\n".join(part for part in (note, warning, said) if part)),
        rows(
            (does,),
            *_methods(caller, client_id, amount_minor, method),
            (caller.to("pay_amount", "card-other-amount", client_id, METHODS.index(method)),),
            (caller.to("card", "cancel", client_id),),
        ),
    )


def _after(left_minor: int, caller: Caller) -> str:
    """What stays due, or what stays as credit."""
    key = "pay-leaves-due" if left_minor >= 0 else "pay-leaves-credit"
    amount = caller.words.amount(abs(left_minor), caller.currency)
    return caller.words.plain(key, amount=amount)


def _methods(
    caller: Caller, client_id: int, amount_minor: int, chosen: PaymentMethod
) -> list[tuple[Button | None, ...]]:
    buttons = [
        caller.to("pay", "pay-method", client_id, amount_minor, number,
                  mark="✓ " if method is chosen else "",
                  method=caller.words.plain(f"method-{method}"))
        for number, method in enumerate(METHODS)
    ]  # fmt: skip
    return [tuple(buttons[:3]), tuple(buttons[3:])]


def _likely_twice(
    session: Session, caller: Caller, client_id: ClientId, amount_minor: int
) -> Html | None:
    for payment in payments_of(session, caller.tenant_id, client_id, limit=RECENT):
        near = caller.now - payment.received_at < LIKELY_TWICE
        if near and payment.amount_minor == amount_minor and payment.reversed_at is None:
            return caller.words.say(
                "pay-likely-twice",
                amount=caller.words.amount(amount_minor, caller.currency),
                at=caller.words.moment(payment.received_at),
                by=payment.collected_by,
            )
    return None


def take(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    """As it was shown; where what is due has changed since, it is shown anew instead."""
    client_id, method = ClientId(pinned["client_id"]), PaymentMethod(pinned["method"])
    amount_minor, ref = int(pinned["amount_minor"]), pinned["ref"]
    if card.due_of(session, caller, client_id) != pinned["due_minor"]:
        changed = caller.words.say("pay-due-changed")
        return Answer(_confirm(session, caller, client_id, amount_minor, method, ref, changed))
    offer = NewPayment(method=method, amount_minor=amount_minor, transaction_ref=ref)
    payment = take_payment(
        session, caller.tenant_id, client_id, offer, now=caller.now, actor=caller.actor
    )
    words, audit = caller.words, last_entry(session, caller.tenant_id, caller.actor) or 0
    note = words.say(
        "pay-done",
        amount=words.amount(payment.amount_minor, caller.currency),
        method=words.plain(f"method-{method}"),
        number=words.number(payment.payment_id),
        audit=words.number(audit),
    )
    undo = None
    if caller.may(Permission.REVERSE_PAYMENTS):
        back: dict[str, object] = {"payment_id": payment.payment_id}
        undo = caller.does(session, "take_back", "undo", back, style=Style.PLAIN, undo=True)
    return Answer(card.show(card.read_card(session, caller, client_id), caller, note, undo))


def take_back(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    words = caller.words
    payment = reverse_payment(
        session,
        caller.tenant_id,
        PaymentId(pinned["payment_id"]),
        reason=words.plain("pay-undo-reason"),
        now=caller.now,
        actor=caller.actor,
    )
    audit = last_entry(session, caller.tenant_id, caller.actor) or 0
    amount = words.amount(payment.amount_minor, caller.currency)
    note = words.say("pay-undone", amount=amount, audit=words.number(audit))
    return Answer(card.show(card.read_card(session, caller, payment.client_id), caller, note))


SCREENS = (
    Screen("pay", open_pay, Permission.TAKE_PAYMENTS),
    Screen("pay_amount", ask_amount, Permission.TAKE_PAYMENTS),
)
DEEDS = (
    Deed("pay", take, Permission.TAKE_PAYMENTS),
    Deed("take_back", take_back, Permission.REVERSE_PAYMENTS),
)
QUESTIONS = (Question("amount", hear_amount), Question("transaction", hear_transaction))
