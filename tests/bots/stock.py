"""One of each thing of an ISP, and what each deed is pinned with: what any button may speak of."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from billing.bill_runs import request_run
from billing.pictures import keep_picture
from billing.zones import add_zone
from bots.codec import Visit, written
from bots.contents import SCREENS
from policy.facts import ProfileKind
from storage.actors import SYSTEM
from tenancy.roles import Role
from tenancy.staff import add_staff
from tests.fixtures.isps import World
from tests.fixtures.pictures import picture

OF_ROUTES = {"invoices": "client_id", "payments": "client_id", "ledger": "client_id"}
OF_FORMS = {
    "add_connection": "client_id", "add_promise": "client_id", "add_charge": "client_id",
    "add_credit": "client_id", "add_agent": "client_id", "add_expiry": "connection_id",
    "add_change": "connection_id", "add_device": "connection_id", "add_reversal": "payment_id",
}  # fmt: skip
SECRET_NAME = "Rahim Uddin"  # whom nobody of another ISP may ever see
NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Stock:
    """One of each thing of an ISP, of which buttons may speak."""

    isp: World
    ids: dict[str, int]
    payloads: dict[str, dict[str, Any]]

    def visit(self, route: str) -> str:
        """A button that leads there, about what is in stock."""
        return written(Visit(self.isp.tenant_id, route, self.numbers(route)))

    def numbers(self, route: str) -> tuple[int, ...]:
        if route in OF_FORMS:
            return (self.ids[OF_FORMS[route]],)
        parameters = list(inspect.signature(SCREENS[route].open).parameters.values())[2:]
        needed = [one.name for one in parameters
                  if one.default is one.empty and one.kind is not one.VAR_POSITIONAL]  # fmt: skip
        of = OF_ROUTES.get(route.removesuffix("_file"), "")
        return tuple(self.ids.get(of if name == "of" else name, 0) for name in needed)


def stocked(isp: World) -> Stock:
    monthly, package = isp.profile(), isp.package()
    isp.profile(ProfileKind.DAILY)
    today = NOW.date()
    client = isp.client(SECRET_NAME, phone="01711000001")
    line = isp.connection(
        "rahim",
        client_id=client.client_id,
        profile_id=monthly.profile_id,
        package_id=package.package_id,
        billed_from_on=today.replace(day=1),
        expires_at=NOW + timedelta(days=9),
    )
    invoice = isp.invoice(client.client_id, due_on=today + timedelta(days=5))
    payment = isp.pay(client.client_id, 100, now=NOW)
    nas = isp.nas()
    with isp.transaction() as session:
        member = add_staff(
            session, isp.tenant_id, name="Somebody", role=Role.TECHNICIAN, actor=SYSTEM
        )
        zone = add_zone(session, isp.tenant_id, "Mirpur", actor=SYSTEM)
        kept = keep_picture(session, isp.tenant_id, picture(), actor=SYSTEM)
        session.execute(text("UPDATE clients SET photo_ref = :ref"), {"ref": str(kept)})
        month_on = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        run = request_run(session, isp.tenant_id, month_on, now=NOW, actor=SYSTEM)
    ids = {
        "client_id": client.client_id,
        "connection_id": line.connection_id,
        "invoice_id": invoice.invoice_id,
        "payment_id": payment.payment_id,
        "nas_id": nas.nas_id,
        "staff_id": member.staff_id,
        "package_id": package.package_id,
        "run_id": run.run_id,
        "role_number": 5,
        "amount_minor": 100,
    }
    return Stock(isp, ids, payloads(ids, monthly.profile_id, zone.zone_id, today.isoformat()))


def payloads(ids: dict[str, int], profile: int, zone: int, today: str) -> dict[str, dict[str, Any]]:
    """What each deed is pinned with, as its screen pins it."""
    client, line = {"client_id": ids["client_id"]}, {"connection_id": ids["connection_id"]}
    staff, nas, run = (
        {"staff_id": ids["staff_id"]},
        {"nas_id": ids["nas_id"]},
        {"run_id": ids["run_id"]},
    )
    about, of_line = {"client": ids["client_id"]}, {"connection": ids["connection_id"]}
    new_line = {"username": "karim", "package": ids["package_id"], "profile": profile}
    later = (NOW + timedelta(days=3)).date().isoformat()
    forms: dict[str, dict[str, Any]] = {
        "expiry": {**of_line, "until": later, "reason": "asked"},
        "device": {**of_line, "mac": "AABBCC001122"},
        "change": {**of_line, "package": ids["package_id"], "when": 0},
        "reversal": {"payment": ids["payment_id"], "reason": "a typo"},
        "charge": {**about, "description": "cable", "amount": 500},
        "credit": {**about, "amount": 100, "reason": "a day off"},
        "promise": {**about, "days": 1},
        "agent": {**about, "agent": 0},
        "client": {"name": "Karim", "zone": zone, "connect": 1, **new_line},
        "connection": {**about, **new_line},
        "package": {"name": "X", "service": 0, "price": 1, "down": 1, "up": 1, "validity": 30},
        "profile": {"name": "X", "kind": 1},
        "zone": {"name": "X"},
        "staff": {"name": "X", "role": 5},
        "phone": {"member": ids["staff_id"], "phone": "+8801711000009"},
    }
    saves = {f"save_{name}": {"form": name, "answers": given} for name, given in forms.items()}
    return {
        **saves,
        "status": {**client, "status": "suspended", "was": "active"},
        "kick": line, "reveal": line, "vip": {**line, "vip": True}, "devices": line,
        "expiry_back": {**line, "expires_at": NOW.isoformat()},
        "pay": {**client, "amount_minor": 100, "method": "cash", "ref": None, "due_minor": 49_900},
        "take_back": {"payment_id": ids["payment_id"]},
        "void": {"invoice_id": ids["invoice_id"]}, "bill_month": client, "bill_first": client,
        "run_request": {"month_on": today[:8] + "01", "count": 0, "total_minor": 0},
        "run_approve": run, "run_reverse": run,
        "router_remove": nas, "router_secret": nas,
        "invite": staff, "unlink": staff, "reset": staff, "dismiss": staff, "rehire": staff,
        "role": {**staff, "role": "admin"},
        "right": {**staff, "permission": "give_credit", "allowed": True},
        "role_right": {"role": "technician", "permission": "give_credit", "allowed": True},
    }  # fmt: skip
