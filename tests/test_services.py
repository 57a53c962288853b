"""What is true of every service: permission first, another ISP's ids are not there, all is audited.

The services are found, not listed: one that is added later is held to the same.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib import import_module
from typing import Any, get_type_hints

import pytest
from sqlalchemy import text

from billing.bill_runs import request_run
from billing.client_terms import ClientTerms
from billing.clients import ClientDetails
from billing.connections import ConnectionDetails
from billing.credit_notes import NewCreditNote
from billing.errors import PackageNotFound, ProfileNotFound, ZoneNotFound
from billing.gateways.accounts import set_gateway
from billing.gateways.attempts import create_attempt
from billing.gateways.comparisons import Source
from billing.gateways.refunds import begin_refund
from billing.gateways.settlement import settle
from billing.gateways.suspense import suspend_unmatched, suspended_money
from billing.gateways.words import (
    Answer,
    Environment,
    Gateway,
    GatewayAccount,
    NewAttempt,
    RefundAnswer,
    RefundWord,
    Word,
)
from billing.invoice_lines import InvoiceLine
from billing.invoices import NewInvoice
from billing.notices import NoticeDetails, add_notice
from billing.package_details import PackageDetails
from billing.package_requests import request_package
from billing.paybill import BillPayment, Named
from billing.payments import NewPayment, PaymentMethod
from billing.pictures import keep_picture
from billing.profiles import ProfileDetails
from billing.settings import BillingSettings, change_billing_settings
from billing.whatif import Supposition
from messaging.reminder_settings import ReminderSettings
from messaging.webhooks import WebhookDetails, add_webhook
from network.nas import NasDetails, NasKind
from policy.bills import LineKind
from policy.facts import (
    ProfileKind,
    Reason,
    Restriction,
    RestrictionAction,
    Service,
    Speed,
    Status,
)
from storage.actors import SYSTEM, Actor, ActorKind, Permission
from storage.errors import NotPermitted, SkyLinkError
from storage.secrets import Secret
from tenancy.api_keys import ApiKeyDetails, ApiScope, make_api_key
from tenancy.letterheads import Letterhead
from tenancy.portals import PortalSettings
from tenancy.roles import Role
from tenancy.staff import add_staff
from tests.fixtures.isps import NOON, World, new_address
from tests.fixtures.pictures import picture

MODULES = (
    "tenancy.access_rules", "tenancy.isps", "tenancy.letterheads", "tenancy.links",
    "tenancy.login_attempts", "tenancy.permissions", "tenancy.second_factor", "tenancy.staff",
    "billing.access",
    "billing.advance", "billing.advance_tiers", "billing.agents", "billing.bill_runs",
    "billing.bulk", "billing.client_terms", "billing.clients", "billing.connections",
    "billing.credit_notes", "billing.departures", "billing.devices", "billing.extra_charges",
    "billing.client_logins", "billing.invoices", "billing.notices", "billing.package_requests",
    "billing.gateways.accounts", "billing.gateways.attempts", "billing.gateways.settlement",
    "billing.gateways.comparisons", "billing.gateways.refunds",
    "billing.gateways.suspense", "billing.gateways.tokens", "billing.gateways.traffic",
    "billing.portal_sessions", "billing.self_service", "tenancy.portals",
    "billing.late_fees", "billing.ledger", "billing.package_changes", "billing.packages",
    "billing.passwords", "billing.payments", "billing.pictures", "billing.profiles",
    "billing.promises", "billing.renewals",
    "billing.run_previews", "billing.run_reversals", "billing.search", "billing.settings",
    "billing.single_bills", "billing.whatif", "billing.zones", "network.kicks", "network.nas",
    "network.problems", "messaging.reminder_settings", "messaging.webhooks", "tenancy.api_keys",
    "billing.paybill",
)  # fmt: skip
FEBRUARY = date(2026, 2, 1)
NOTICE = NoticeDetails(text_en="Eid", shown_from_at=NOON, shown_until=NOON + timedelta(days=1))
KEY = ApiKeyDetails(name="City Bank", scopes=frozenset(ApiScope))
HOOK = WebhookDetails(address="https://crm.example/isp")
LINE = InvoiceLine(LineKind.BASE, 100)
NEEDS_TWO = BillingSettings(approval_above_minor=0)
NOBODY = Actor(ActorKind.STAFF, "Nobody", id=7)
OF_SERVICES = {"post", "mirror_charges"}  # which have asked the permission
IN_THEIR_OWN_TESTS = {
    "add_newcomers",  # it takes many, not one
    "charge_next",  # it does what is due, if anything
    "apply_package_changes",
    "bill_next",
    "reverse_next",
    "renew",  # it takes a connection that is paid by the day
    "begin_refund",  # it takes a payment that came by a gateway
    "preview_bills",  # it only reads
    "try_out",  # it only reads
    "find_bill",  # it only reads
    "find_bill_payment",  # it only reads
    "take_bill_payment",  # it takes a client by what they are called
    "issue_draft",  # it takes a draft
    "recent_attempts",  # it only reads
    "request_package",  # it takes the client themselves
    "change_own_password",
}
SOMEBODY = Actor(ActorKind.STAFF, "Somebody", id=8, permissions=SYSTEM.permissions)

ServiceFunction = Callable[..., object]


def services() -> list[ServiceFunction]:
    """Every public function that takes a session and whose ISP it is."""
    found = []
    for name in MODULES:
        module = import_module(name)
        for function in vars(module).values():
            public = inspect.isfunction(function) and not function.__name__.startswith("_")
            if public and function.__module__ == name and function.__name__ not in OF_SERVICES:
                parameters = inspect.signature(function).parameters
                if "session" in parameters and "tenant_id" in parameters:
                    found.append(function)
    return found


def parameters(function: ServiceFunction) -> set[str]:
    return set(inspect.signature(function).parameters)


def ids(function: ServiceFunction) -> set[str]:
    return {name for name in parameters(function) if name.endswith("_id")} - {"tenant_id"}


CHANGING = [function for function in services() if "actor" in parameters(function)]
BY_ID = [function for function in services() if ids(function)]


OF_ANY_ISP: dict[type, object] = {
    NewInvoice: NewInvoice(date(2026, 3, 1), date(2026, 3, 10), (LINE,)),
    NewPayment: NewPayment(method=PaymentMethod.CASH, amount_minor=100),
    NewCreditNote: NewCreditNote(amount_minor=100, reason="a day without a line"),
    ClientTerms: ClientTerms(discount_minor=100),
    BillingSettings: BillingSettings(vat_points=500),
    NoticeDetails: NOTICE,
    ApiKeyDetails: KEY,
    WebhookDetails: HOOK,
    Named: Named(client_number=1),
    BillPayment: BillPayment(
        named=Named(client_number=1),
        method=PaymentMethod.BANK,
        amount_minor=100,
        transaction_ref="9HX2K1",
    ),
    NewAttempt: NewAttempt(gateway=Gateway.AAMARPAY, amount_minor=1_000_000),
    GatewayAccount: GatewayAccount(
        Gateway.AAMARPAY, Environment.SANDBOX, "https://sandbox.aamarpay.com"
    ),
    PortalSettings: PortalSettings(colour="#102030"),
    Letterhead: Letterhead(phone="09612000000"),
    ReminderSettings: ReminderSettings(before_due_days=frozenset({5})),
}


@dataclass
class Stock:
    """One of each thing of an ISP."""

    ids: dict[str, int]
    details: dict[type, object]
    isp: World


def stock(isp: World) -> Stock:
    """Make one of each."""
    package, other, profile = isp.package(), isp.package(), isp.profile()
    line = isp.connection(
        package_id=package.package_id, profile_id=profile.profile_id, billed_from_on=FEBRUARY
    )
    with isp.transaction() as session:
        change_billing_settings(session, isp.tenant_id, NEEDS_TWO, actor=SYSTEM)
        run = request_run(session, isp.tenant_id, NOON.date(), now=NOON, actor=SYSTEM)
        staff = add_staff(session, isp.tenant_id, name="Nadia", role=Role.ADMIN, actor=SYSTEM)
        notice = add_notice(session, isp.tenant_id, NOTICE, actor=SYSTEM)
        asked = request_package(
            session, isp.tenant_id, Actor(ActorKind.CLIENT, "Rahim", line.client_id),
            line.connection_id, other.package_id, now=NOON,
        )  # fmt: skip
        key = make_api_key(session, isp.tenant_id, KEY, now=NOON, actor=SYSTEM)
        hook = add_webhook(session, isp.tenant_id, HOOK, keys=isp.keys, now=NOON, actor=SYSTEM)
        kept = keep_picture(session, isp.tenant_id, picture(), actor=SYSTEM)
    return Stock(
        {
            "package_id": package.package_id,
            "profile_id": profile.profile_id,
            "connection_id": line.connection_id,
            "client_id": line.client_id,
            "invoice_id": isp.invoice(line.client_id).invoice_id,
            "payment_id": isp.pay(line.client_id, 100).payment_id,
            "run_id": run.run_id,
            "nas_id": isp.nas().nas_id,
            "staff_id": staff.staff_id,
            "notice_id": notice.notice_id,
            "request_id": asked.request_id,
            "picture_id": kept,
            "key_id": key.key.key_id,
            "webhook_id": hook.webhook.webhook_id,
            **gateway_stock(isp),
        },
        {
            ClientDetails: ClientDetails(name="Salma Khatun"),
            ConnectionDetails: ConnectionDetails(
                username="another",
                service=Service.PPPOE,
                package_id=package.package_id,
                profile_id=profile.profile_id,
            ),
            PackageDetails: PackageDetails(
                name="Another", service=Service.PPPOE, price_minor=1, speed=Speed(1, 1)
            ),
            ProfileDetails: ProfileDetails(name="Another", kind=ProfileKind.DAILY),
            **OF_ANY_ISP,
            NasDetails: NasDetails(name="Another", kind=NasKind.RFC, address=new_address()),
        },
        isp,
    )


def gateway_stock(isp: World) -> dict[str, int]:
    """What came by a gateway: money that is nobody's, and money that is given back."""
    client_id = isp.client().client_id
    account = GatewayAccount(Gateway.AAMARPAY, Environment.SANDBOX, "https://sandbox.aamarpay.com")
    bkash, new = (
        replace(account, gateway=Gateway.BKASH),
        NewAttempt(gateway=Gateway.BKASH, amount_minor=1_000_000),
    )
    with isp.transaction() as session:
        for details in (account, bkash):
            set_gateway(session, isp.tenant_id, details, keys=isp.keys, actor=SYSTEM)
        attempt = create_attempt(session, isp.tenant_id, client_id, new, now=NOON)
        paid = Answer(
            word=Word.PAID, transaction_ref="T1", reference=attempt.reference, currency="BDT",
            amount_minor=new.amount_minor,
        )  # fmt: skip
        payment = settle(session, isp.tenant_id, attempt.reference, paid, now=NOON).payment_id
        assert payment is not None
        refund = begin_refund(
            session, isp.tenant_id, payment, 100, reason="moved", now=NOON, actor=SYSTEM
        )
        suspend_unmatched(
            session, isp.tenant_id, Gateway.BKASH, Environment.SANDBOX, "T2", 100,
            now=NOON, actor=SYSTEM,
        )  # fmt: skip
        [waits] = suspended_money(session, isp.tenant_id)
    return {"refund_id": refund.refund_id, "suspended_id": waits.suspended_id}


PLAIN: dict[str, Any] = {
    "after": 0,
    "limit": 10,
    "status": Status.SUSPENDED,
    "vip": True,
    "mac": "AABBCC001122",
    "until": NOON,
    "expires_at": NOON,
    "now": NOON,
    "reason": "asked on the phone",
    "name": "Another",
    "role": Role.TECHNICIAN,
    "phone": "+8801711000009",
    "password": Secret("new"),
    "secret": Secret("new"),
    "line": LINE,
    "currency": "BDT",
    "month_on": FEBRUARY,
    "months": 2,
    "payment": NewPayment(method=PaymentMethod.CASH, amount_minor=1_000_000),
    "tiers": (),
    "description": "cable",
    "amount_minor": 5,
    "method": PaymentMethod.CASH,
    "transaction_ref": "9HX2K1",
    "origin": "a test",
    "username": "another",
    "weekdays": frozenset({5}),
    "dates": {date(2026, 3, 26): "Independence Day"},
    "restriction": Restriction(RestrictionAction.REJECT),
    "newcomers": (),
    "permission": Permission.TAKE_PAYMENTS,
    "allowed": True,
    "code": "000000",
    "picture": None,
    "account_id": 7,
    "addresses": (),
    "approved": True,
    "me": Actor(ActorKind.CLIENT, "Somebody", id=8),
    "supposed": Supposition(),
    "but": "a token",
    "data": picture(),
    "gateway": Gateway.AAMARPAY,
    "environment": Environment.SANDBOX,
    "rows": (),
    "from_on": FEBRUARY,
    "until_on": FEBRUARY + timedelta(days=1),
    "source": Source.STATEMENT,
    "days": (FEBRUARY, FEBRUARY + timedelta(days=1)),
    "ours": {},
    "theirs": {},
    "answer": RefundAnswer(RefundWord.REFUSED),
}


def call(function: ServiceFunction, has: Stock, given: dict[str, int], actor: Actor) -> object:
    """Call a service in the scope of `has.isp`, with the ids `given`."""
    hints = get_type_hints(function)
    isp = has.isp
    plain = {**PLAIN, "keys": isp.keys, "actor": actor, "tenant_id": isp.tenant_id}
    if hints.get("reason") is Reason:
        plain["reason"] = Reason.DUES
    with isp.transaction() as session:
        values: dict[str, Any] = {"session": session}
        for name, parameter in inspect.signature(function).parameters.items():
            if name in given:
                values[name] = given[name]
            elif name == "details":
                values[name] = has.details[hints[name]]
            elif name in plain and parameter.default is parameter.empty:
                values[name] = plain[name]
        return function(**values)


def name_of(function: ServiceFunction) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def test_the_services_are_found() -> None:
    assert len(CHANGING) >= 25
    assert {"set_password", "change_nas", "deactivate_staff"} <= {f.__name__ for f in BY_ID}


@pytest.mark.parametrize("function", CHANGING, ids=name_of)
def test_who_lacks_the_permission_is_refused_before_anything_else(
    function: ServiceFunction, isp: World
) -> None:
    nothing = dict.fromkeys(ids(function), 0)
    details = dict.fromkeys(get_type_hints(function).values())
    with pytest.raises(NotPermitted):
        call(function, Stock({}, details, isp), nothing, NOBODY)


@pytest.mark.parametrize("function", BY_ID, ids=name_of)
def test_another_isps_id_is_not_found(
    function: ServiceFunction, isp: World, other_isp: World
) -> None:
    ours, theirs = stock(isp), stock(other_isp)
    with pytest.raises(SkyLinkError) as refusal:
        call(function, ours, {name: theirs.ids[name] for name in ids(function)}, SOMEBODY)
    assert refusal.value.code.endswith("_not_found")


@pytest.mark.parametrize(
    "function", [f for f in CHANGING if f.__name__ not in IN_THEIR_OWN_TESTS], ids=name_of
)
def test_every_change_is_written_down_with_its_actor(function: ServiceFunction, isp: World) -> None:
    has = stock(isp)
    call(function, has, {name: has.ids[name] for name in ids(function)}, SOMEBODY)
    with isp.transaction() as session:
        query = "SELECT actor_kind, actor_id, actor_name FROM audit_log ORDER BY id DESC LIMIT 1"
        assert tuple(session.execute(text(query)).one()) == ("staff", 8, "Somebody")


def test_a_connection_cannot_have_what_another_isp_sells(isp: World, other_isp: World) -> None:
    theirs = stock(other_isp)
    with pytest.raises(PackageNotFound):
        isp.connection(package_id=theirs.ids["package_id"])
    with pytest.raises(ProfileNotFound):
        isp.connection(profile_id=theirs.ids["profile_id"])


def test_a_client_cannot_live_in_another_isps_zone(isp: World, other_isp: World) -> None:
    with other_isp.transaction() as session:
        query = "INSERT INTO zones (tenant_id, name) VALUES (:isp, 'Mirpur') RETURNING id"
        zone_id = session.execute(text(query), {"isp": other_isp.tenant_id}).scalar_one()
    with pytest.raises(ZoneNotFound):
        isp.client(zone_id=zone_id)
