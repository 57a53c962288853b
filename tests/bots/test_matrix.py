"""Every button of every screen, as every role, as a stranger, as another ISP's staff, in a group.

Who may open a screen is written here by hand, a letter a role: a screen that is added without a
line fails. The door is asked as Telegram asks it, with data that anybody could send.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.agents import assign_client
from bots import codec, effects
from bots.callers import Caller, find_caller
from bots.codec import Visit, written
from bots.contents import DEEDS, SCREENS
from bots.door import Door, Heard
from bots.presses import press
from bots.views import Answer, View
from sandbox.telegram.people import People, Shown
from sandbox.telegram.server import LocalTelegram
from storage.actors import SYSTEM
from storage.errors import NotPermitted, SkyLinkError
from tenancy.agents import scope_of
from tenancy.links import invite_staff, linked_isps, redeem_invitation
from tenancy.roles import Role, StaffId
from tenancy.staff import add_staff, staff_actor
from tests.bots.conftest import FIRST_ACCOUNT, NewMember
from tests.bots.stock import NOW, SECRET_NAME, stocked
from tests.fixtures.isps import World, new_account

LETTERS = dict(zip("OASRLT", Role, strict=True))  # L: reseller
ALL = "OASRLT"
WHO = {
    "typed_near": ALL, "offline": ALL, "offline_file": ALL,
    "home": ALL, "search": ALL, "found": ALL, "clients": ALL, "clients_zone": ALL,
    "clients_package": ALL, "clients_file": ALL, "card": ALL, "line": ALL, "line_acts": ALL,
    "why": ALL, "acts": ALL, "use": ALL, "photo": ALL, "sessions": ALL, "sessions_file": ALL,
    "code_by_sms": ALL, "me": ALL, "language": ALL, "figures": ALL, "enter": ALL,
    # about the form of a new client, the first
    "form_pick": "OASL", "form_skip": "OASL", "form_page": "OASL", "form_edit": "OASL",
    "form_back": "OASL", "form_drop": "OASL",
    "suspend": "OA", "resume": "OA", "kick": "OA", "vip": "OA", "devices": "OA",
    "add_expiry": "OA", "add_device": "OA", "password": "OA",
    "pay": "OARL", "pay_amount": "OARL", "invoices": "OARL", "invoices_file": "OARL",
    "invoice": "OARL", "invoice_pdf": "OARL", "receipt_pdf": "OARL",
    "payments": "OARL", "payments_file": "OARL", "payment": "OARL",
    "ledger": "OARL", "ledger_file": "OARL",
    "add_client": "OASL", "add_connection": "OASL", "add_change": "OASL", "add_promise": "OAS",
    "void": "OA", "bill": "OA", "add_charge": "OA", "add_credit": "OA", "add_reversal": "OA",
    "runs": "OA", "runs_file": "OA", "run": "OA", "run_preview": "OA", "run_approve": "OA",
    "run_reverse": "OA", "add_agent": "OA",
    "packages": "OA", "packages_file": "OA", "package": "OA", "add_package": "OA",
    "profiles": "OA", "profiles_file": "OA", "add_profile": "OA",
    "zones": "OA", "zones_file": "OA", "add_zone": "OA",
    "problems": "OAT", "routers": "OAT", "routers_file": "OAT", "router": "OAT",
    "router_remove": "OAT", "add_router": "OAT", "router_secret": "OA",
    "staff": "O", "staff_file": "O", "member": "O", "invite": "O", "unlink": "O", "reset": "O",
    "dismiss": "O", "rehire": "O", "role": "O", "role_set": "O", "rights": "O", "right": "O",
    "roles": "O", "role_rights": "O", "role_right": "O", "attempts": "O", "attempts_file": "O",
    "add_staff": "O", "add_phone": "O",
}  # fmt: skip
DONE_BY = {
    "status": "OA", "kick": "OA", "vip": "OA", "devices": "OA", "expiry_back": "OA",
    "save_expiry": "OA", "save_device": "OA", "reveal": "OA",
    "pay": "OARL", "take_back": "OA", "save_reversal": "OA", "void": "OA", "bill_month": "OA",
    "bill_first": "OA", "save_charge": "OA", "save_credit": "OA", "save_promise": "OAS",
    "save_client": "OASL", "save_connection": "OASL", "save_change": "OASL", "save_agent": "OA",
    "run_request": "OA", "run_approve": "OA", "run_reverse": "OA",
    "save_package": "OA", "save_profile": "OA", "save_zone": "OA",
    "save_router": "OAT", "router_remove": "OAT", "router_secret": "OA",
    "save_staff": "O", "save_phone": "O",
    "invite": "O", "unlink": "O", "reset": "O", "dismiss": "O", "rehire": "O",
    "role": "O", "right": "O", "role_right": "O",
}  # fmt: skip


@dataclass(frozen=True)
class Somebody:
    account_id: int
    staff_id: StaffId


def linked(isp: World, role: Role) -> Somebody:
    """Hired and linked, with a code given a moment ago; an agent has the client of the stock."""
    account_id = FIRST_ACCOUNT + new_account()
    with isp.transaction() as session:
        added = add_staff(session, isp.tenant_id, name=f"A {role}", role=role, actor=SYSTEM)
        invited = invite_staff(session, isp.tenant_id, added.staff_id, now=NOW, actor=SYSTEM)
    with isp.database.transaction(None) as session:
        redeem_invitation(session, invited.code, account_id=account_id, now=NOW)
        session.execute(text("UPDATE staff_links SET verified_at = now(), language = 'en'"))
    if role in (Role.SUPPORT_AGENT, Role.RESELLER):
        with isp.transaction() as session:
            for (client_id,) in session.execute(text("SELECT id FROM clients")).all():
                assign_client(session, isp.tenant_id, client_id, added.staff_id, actor=SYSTEM)
    return Somebody(account_id, added.staff_id)


def tapped(isp: World, account_id: int, data: str) -> Answer:
    return Door(isp.database, isp.keys).answer(Heard(account_id, "en", data=data, bot="a_bot"))


def texts(answer: Answer) -> str:
    views = [view for view in (answer.view, answer.aside) if view]
    buttons = [button.words for view in views for row in view.rows for button in row]
    return " ".join([answer.toast, *(view.text for view in views), *buttons])


def test_each_screen_and_each_deed_says_here_whom_it_is_for() -> None:
    assert set(SCREENS) == set(WHO)
    assert set(DEEDS) == set(DONE_BY)


@pytest.mark.parametrize("role", Role)
def test_a_screen_opens_for_whom_it_is_and_for_nobody_else(role: Role, isp: World) -> None:
    stock = stocked(isp)
    me = linked(isp, role)
    seen = {}
    for route in SCREENS:
        answer = tapped(isp, me.account_id, stock.visit(route))
        assert not answer.toast or "You may not" in answer.toast, (route, answer.toast)
        seen[route] = answer.view is not None
    letter = next(key for key, value in LETTERS.items() if value is role)
    assert seen == {route: letter in roles for route, roles in WHO.items()}


@pytest.mark.parametrize("role", Role)
def test_no_button_is_drawn_that_may_not_be_pressed(role: Role, isp: World) -> None:
    stocked(isp)
    me = linked(isp, role)
    waits = deque([written(Visit(isp.tenant_id, "home"))])
    met: set[str] = set()
    while waits:
        data = waits.popleft()
        if data in met or len(met) > 400:
            continue
        met.add(data)
        answer = tapped(isp, me.account_id, data)
        assert "You may not" not in answer.toast, (data, answer.toast)
        assert "Something went wrong" not in texts(answer), data
        waits += [data for data in visits(answer.view) if ".language." not in data]
    assert len(met) > 15


def visits(view: View | None) -> Iterator[str]:
    for row in view.rows if view else ():
        for button in row:
            if isinstance(codec.read(button.data), Visit):
                yield button.data


@contextmanager
def acting(isp: World, me: Somebody) -> Iterator[tuple[Session, Caller]]:
    """In one transaction that is undone."""
    with isp.database.transaction(None) as session:
        [link] = linked_isps(session, me.account_id)
    with isp.transaction() as session:
        actor = staff_actor(session, isp.tenant_id, me.staff_id, origin="a test")
    with pytest.raises(Undone), isp.database.transaction(scope_of(isp.tenant_id, actor)) as session:
        yield (
            session,
            find_caller(
                session, link, me.account_id, elsewhere=(), keys=isp.keys, now=datetime.now(UTC)
            ),
        )
        raise Undone


class Undone(Exception):
    """So that one deed does not meet what another left."""


@pytest.mark.parametrize("role", Role)
def test_a_deed_is_done_by_whom_it_is_for_and_by_nobody_else(role: Role, isp: World) -> None:
    stock = stocked(isp)
    me = linked(isp, role)
    done = {}
    for name in DEEDS:
        with acting(isp, me) as (session, caller):
            done[name] = does(session, caller, name, stock.payloads.get(name, {}))
    letter = next(key for key, value in LETTERS.items() if value is role)
    assert done == {name: letter in roles for name, roles in DONE_BY.items()}


def does(session: Session, caller: Caller, name: str, payload: dict[str, Any]) -> bool:
    """Whether they may; what else a service has to say against it is no matter of rights."""
    if name == "save_router" and not payload:
        return caller.may(DEEDS[name].needs)  # its secret is sealed for who typed it: see forms
    assert payload, f"{name} has no payload here"
    token = effects.pin(session, caller.tenant_id, caller.staff_id, name, payload, now=caller.now)
    try:
        press(session, caller, token)
    except NotPermitted:
        return False
    except SkyLinkError as refusal:
        assert refusal.code in {"bill_run_in_state", "promise_given", "nothing_to_bill"}, refusal
    return True


@pytest.mark.parametrize("name", [name for name, deed in DEEDS.items() if deed.guarded])
def test_a_dangerous_deed_asks_for_a_code_before_anything(name: str, isp: World) -> None:
    stock = stocked(isp)
    me = linked(isp, Role.OWNER)
    with acting(isp, me) as (session, caller):
        before = audit_rows(session)
        sure = replace(caller, verified_at=caller.now - timedelta(minutes=6))
        token = effects.pin(
            session, caller.tenant_id, caller.staff_id, name, stock.payloads[name], now=caller.now
        )
        answer = press(session, sure, token)
        assert answer.view is not None
        assert "fresh code" in answer.view.text
        assert audit_rows(session) == before


def audit_rows(session: Session) -> int:
    return int(session.execute(text("SELECT count(*) FROM audit_log")).scalar_one())


def test_a_stranger_learns_nothing_by_any_button(isp: World) -> None:
    stock = stocked(isp)
    door = Door(isp.database, isp.keys)
    told = set()
    for route in SCREENS:
        account_id = FIRST_ACCOUNT + new_account()
        told.add(texts(door.answer(Heard(account_id, "en", data=stock.visit(route)))))
    [said] = told
    assert "Ask the owner for an invitation" in said
    assert "Padma" not in said


def test_another_isps_owner_learns_nothing_by_any_button(isp: World, other_isp: World) -> None:
    """Neither by our ISP's own buttons, nor by theirs that name our things."""
    theirs = stocked(isp)
    ours = stocked(other_isp)
    with other_isp.transaction() as session:
        session.execute(text("UPDATE clients SET name = 'Another'"))
    me = linked(other_isp, Role.OWNER)
    for route in SCREENS:
        door = Door(isp.database, isp.keys)
        answer = door.answer(Heard(me.account_id, "en", data=theirs.visit(route)))
        assert "Ask the owner for an invitation" in texts(answer), route
        crossed = written(Visit(other_isp.tenant_id, route, theirs.numbers(route)))
        assert SECRET_NAME not in texts(tapped(other_isp, me.account_id, crossed)), route
    for name, payload in theirs.payloads.items():
        before = untouched(isp)
        with acting(other_isp, me) as (session, caller):
            token = effects.pin(
                session, caller.tenant_id, caller.staff_id, name, payload, now=caller.now
            )
            try:
                said = texts(press(session, caller, token))
            except SkyLinkError as refusal:
                said = refusal.code
            assert SECRET_NAME not in said, name
        assert untouched(isp) == before, name
    assert ours


def untouched(isp: World) -> tuple[int, ...]:
    """How much was written down of an ISP."""
    with isp.transaction() as session:
        return (audit_rows(session),)


async def test_in_a_group_no_button_does_anything(
    join: NewMember, people: People, telegram: LocalTelegram, isp: World
) -> None:
    stock = stocked(isp)
    owner = await join()
    group = await owner.chat.founds("Padma staff")
    await group.invites_bot()
    asked = {"chat_id": group.chat_id, "text": "An old screen", "reply_markup": {
        "inline_keyboard": [[{"text": "Home", "callback_data": stock.visit("home")}]]}}  # fmt: skip
    async with ClientSession() as session:
        url = f"{telegram.address}/bot{telegram.token}/sendMessage"
        async with session.post(url, json=asked) as sent:
            message_id = (await sent.json())["result"]["message_id"]
    for route in SCREENS:
        tap = await group.forges(message_id, stock.visit(route))
        assert await tap.answer() == "Write to me in private.", route
    await group.says("/home")
    await group.says("rahim")
    await owner.chat.says("/me")
    await owner.chat.sees("Backup codes left")
    said: list[Shown] = [one for one in (await group.screen()).messages if not one.mine]
    assert [one.text for one in said if one.text] == ["An old screen"]
    assert people
