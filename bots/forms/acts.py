"""Acts on a client that take more than a tap: each asks, shows what it will do, and does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from billing.agents import assign_client
from billing.calendars import start_of, zone_of
from billing.connections import get_connection, set_expiry
from billing.credit_notes import NewCreditNote, issue_credit_note
from billing.devices import bind_mac
from billing.extra_charges import add_extra_charge
from billing.package_changes import change_package_of
from billing.payments import PaymentId, get_payment, reverse_payment
from billing.promises import promise_to_pay
from billing.settings import get_billing_settings
from bots.callers import Caller
from bots.drafts import Answers
from bots.forms import fields
from bots.forms.clients import CLIENT, packages
from bots.forms.form import Choice, Field, Form, NotAccepted, Value
from bots.screens import card, money
from bots.screens.confirming import done
from bots.views import Answer, Style
from policy.facts import ClientId, ConnectionId, PackageId
from policy.macs import normalise_mac
from storage.actors import Permission
from tenancy.isps import local_date
from tenancy.roles import StaffId
from tenancy.staff import list_staff

NOW, NEXT_CYCLE = 0, 1
NOBODY = 0  # no staff member has this id


def _this_connection(session: Session, caller: Caller, answers: Answers) -> Sequence[Choice]:
    """Which the form is about: given by where it was opened."""
    if "connection" not in answers:
        return ()
    line = get_connection(session, caller.tenant_id, ConnectionId(answers["connection"]))
    return (Choice(line.connection_id, line.details.username),)


CONNECTION = Field(name="connection", choices=_this_connection, given=True)
REASON = Field(name="reason", read=fields.words_of(200))


def _back_to(session: Session, caller: Caller, client_id: ClientId, key: str) -> Answer:
    note = done(session, caller, key)
    return Answer(card.show(card.read_card(session, caller, client_id), caller, note))


def _save_expiry(session: Session, caller: Caller, answers: Mapping[str, Any]) -> Answer:
    """Valid to the end of that day; the former end stands on the button that undoes it."""
    connection_id = ConnectionId(answers["connection"])
    before = get_connection(session, caller.tenant_id, connection_id)
    until_on = date.fromisoformat(answers["until"]) + timedelta(days=1)
    until = start_of(until_on, zone_of(session, caller.tenant_id))
    set_expiry(
        session,
        caller.tenant_id,
        connection_id,
        until,
        reason=answers["reason"],
        actor=caller.actor,
    )
    undo = None
    if before.expires_at is not None:
        was: dict[str, object] = {
            "connection_id": connection_id,
            "expires_at": before.expires_at.isoformat(),
        }
        undo = caller.does(session, "expiry_back", "undo", was, style=Style.PLAIN, undo=True)
    note = done(session, caller, "expiry-done")
    shown = card.read_card(session, caller, before.client_id)
    return Answer(card.show(shown, caller, note, undo))


def _when(session: Session, caller: Caller, _answers: Answers) -> Sequence[Choice]:
    del session
    return (
        Choice(NOW, caller.words.plain("when-now")),
        Choice(NEXT_CYCLE, caller.words.plain("when-next-month")),
    )


def _save_change(session: Session, caller: Caller, answers: Mapping[str, Any]) -> Answer:
    connection_id = ConnectionId(answers["connection"])
    today = local_date(session, caller.tenant_id, caller.now)
    on: date | None = today
    if answers["when"] == NEXT_CYCLE:
        on = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    elif isinstance(answers["when"], str):
        on = date.fromisoformat(answers["when"])
    changed = change_package_of(
        session,
        caller.tenant_id,
        connection_id,
        PackageId(answers["package"]),
        now=caller.now,
        actor=caller.actor,
        on=on,
    )
    return _back_to(session, caller, changed.client_id, "change-done")


def _promise_days(session: Session, caller: Caller, text: str) -> int:
    most = get_billing_settings(session, caller.tenant_id).promise_days
    digits = fields.plain(text)
    if not digits.isdigit() or len(digits) > 3 or not 0 < int(digits) <= most:
        raise NotAccepted("field-number-wrong", least=1, most=most)
    return int(digits)


def _days(session: Session, caller: Caller, _answers: Answers, text: str) -> Value:
    return _promise_days(session, caller, text)


def _save_promise(session: Session, caller: Caller, answers: Mapping[str, Any]) -> Answer:
    client_id = ClientId(answers["client"])
    promise_to_pay(
        session,
        caller.tenant_id,
        client_id,
        now=caller.now,
        actor=caller.actor,
        days=answers["days"],
    )
    return _back_to(session, caller, client_id, "promise-done")


def _save_charge(session: Session, caller: Caller, answers: Mapping[str, Any]) -> Answer:
    client_id = ClientId(answers["client"])
    add_extra_charge(
        session,
        caller.tenant_id,
        client_id,
        description=answers["description"],
        amount_minor=answers["amount"],
        actor=caller.actor,
    )
    return _back_to(session, caller, client_id, "charge-done")


def _save_credit(session: Session, caller: Caller, answers: Mapping[str, Any]) -> Answer:
    client_id = ClientId(answers["client"])
    details = NewCreditNote(amount_minor=answers["amount"], reason=answers["reason"])
    issue_credit_note(
        session, caller.tenant_id, client_id, details, now=caller.now, actor=caller.actor
    )
    return _back_to(session, caller, client_id, "credit-done")


def _mac(_session: Session, _caller: Caller, _answers: Answers, text: str) -> Value:
    mac = normalise_mac(fields.plain(text))
    if mac is None:
        raise NotAccepted("field-mac-wrong")
    return mac


def _save_device(session: Session, caller: Caller, answers: Mapping[str, Any]) -> Answer:
    connection_id = ConnectionId(answers["connection"])
    line = bind_mac(session, caller.tenant_id, connection_id, answers["mac"], actor=caller.actor)
    return _back_to(session, caller, line.client_id, "device-done")


def _agents(session: Session, caller: Caller, _answers: Answers) -> Sequence[Choice]:
    staff = [one for one in list_staff(session, caller.tenant_id) if one.active]
    nobody = Choice(NOBODY, caller.words.plain("agent-nobody"))
    return [nobody, *(Choice(one.staff_id, one.name) for one in staff)]


def _save_agent(session: Session, caller: Caller, answers: Mapping[str, Any]) -> Answer:
    client_id, agent = ClientId(answers["client"]), answers["agent"]
    staff_id = None if agent == NOBODY else StaffId(agent)
    assign_client(session, caller.tenant_id, client_id, staff_id, actor=caller.actor)
    return _back_to(session, caller, client_id, "agent-done")


def _this_payment(session: Session, caller: Caller, answers: Answers) -> Sequence[Choice]:
    if "payment" not in answers:
        return ()
    payment = get_payment(session, caller.tenant_id, PaymentId(answers["payment"]))
    amount = caller.words.amount(payment.amount_minor, payment.currency)
    return (Choice(payment.payment_id, f"{payment.payment_id} · {amount}"),)


def _save_reversal(session: Session, caller: Caller, answers: Mapping[str, Any]) -> Answer:
    payment = reverse_payment(
        session,
        caller.tenant_id,
        PaymentId(answers["payment"]),
        reason=answers["reason"],
        now=caller.now,
        actor=caller.actor,
    )
    return Answer(money.show_payment(payment, caller, done(session, caller, "reversal-done")))


AMOUNT = Field(name="amount", read=fields.amount, show=fields.show_amount)
FORMS = (
    Form(
        name="expiry",
        needs=Permission.CONTROL_ACCESS,
        save=_save_expiry,
        fields=(CONNECTION, Field(name="until", read=fields.day, show=fields.show_day), REASON),
    ),
    Form(
        name="change",
        needs=Permission.EDIT_CLIENTS,
        save=_save_change,
        fields=(
            CONNECTION,
            Field(name="package", choices=packages),
            Field(name="when", choices=_when, read=fields.day, show=fields.show_day),
        ),
    ),
    Form(
        name="promise",
        needs=Permission.GIVE_PROMISES,
        save=_save_promise,
        fields=(CLIENT, Field(name="days", read=_days, show=fields.show_number)),
    ),
    Form(
        name="charge",
        needs=Permission.MAKE_INVOICES,
        save=_save_charge,
        fields=(CLIENT, Field(name="description", read=fields.words_of(100)), AMOUNT),
    ),
    Form(
        name="credit",
        needs=Permission.GIVE_CREDIT,
        save=_save_credit,
        guarded=True,
        fields=(CLIENT, AMOUNT, REASON),
    ),
    Form(
        name="reversal",
        needs=Permission.REVERSE_PAYMENTS,
        save=_save_reversal,
        guarded=True,
        fields=(Field(name="payment", choices=_this_payment, given=True), REASON),
    ),
    Form(
        name="device",
        needs=Permission.CONTROL_ACCESS,
        save=_save_device,
        fields=(CONNECTION, Field(name="mac", read=_mac)),
    ),
    Form(
        name="agent",
        needs=Permission.ASSIGN_CLIENTS,
        save=_save_agent,
        fields=(CLIENT, Field(name="agent", choices=_agents)),
    ),
)
