"""What clients change by themselves, a password, and what they ask for, another package."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.orm import Session

from billing.clients import get_client
from billing.connections import Connection, connections_of
from billing.errors import BillingError, PasswordRefused
from billing.package_requests import request_package, waiting_request
from billing.packages import Package, list_packages
from billing.passwords import has_password
from billing.portal_sessions import end_other_sessions
from billing.self_service import change_own_password
from policy.facts import ConnectionId, PackageId, Status
from portal.doors import Asked
from portal.lines import LINES_SHOWN
from portal.pages.home import name_of
from portal.visits import Visit
from storage.secrets import KeyRing, Secret

WRONG = 422
PACKAGES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Offer:
    """A package that can be asked for."""

    package_id: PackageId
    name: str
    down_kbps: int
    up_kbps: int
    price_minor: int


@dataclass(frozen=True, slots=True)
class Own:
    """`asked` is the name of a package that staff have not decided on."""

    connection_id: ConnectionId
    username: str
    has_password: bool
    package: str
    packages: tuple[Offer, ...]
    asked: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """`fresh`: they proved who they are a moment ago."""

    name: str
    number: int
    phone: str | None
    lines: tuple[Own, ...]
    fresh: bool


async def account(asked: Asked) -> web.StreamResponse:
    key = asked.request.query.get("done", "")
    done = key if key in {"password-done", "package-done"} else ""
    return await show(asked, asked.visit.words.say(done) if done else "", wrong=False)


async def change_password(asked: Asked) -> web.StreamResponse:
    said = await asked.form()
    visit, words = asked.visit, asked.visit.words
    line = ConnectionId(whole(said.get("connection", "")))
    password = Secret(said.get("password", ""))
    assert visit.client is not None
    if not visit.client.is_fresh(visit.now):
        return await show(asked, words.say("password-login-first"))
    if password != said.get("again"):
        return await show(asked, words.say("password-differs"), line)
    try:
        await asked.run(set_password, visit, line, password, asked.office.keys)
    except PasswordRefused as refusal:
        key = f"password-{refusal.problem.replace('_', '-')}"
        return await show(asked, words.say(key), line)
    return asked.go("/account?done=password-done")


async def ask_package(asked: Asked) -> web.StreamResponse:
    said = await asked.form()
    visit = asked.visit
    line = ConnectionId(whole(said.get("connection", "")))
    package = PackageId(whole(said.get("package", "")))
    try:
        await asked.run(request_package, visit.tenant_id, visit.me, line, package, now=visit.now)
    except BillingError:
        return await show(asked, visit.words.say("package-refused"))
    return asked.go("/account?done=package-done")


async def show(
    asked: Asked, said: str, line: ConnectionId | None = None, *, wrong: bool = True
) -> web.Response:
    return asked.page(
        "account.html",
        status=WRONG if said and wrong else 200,
        account=await asked.run(read_account, asked.visit),
        said=said,
        wrong=wrong,
        open=line,
    )


def set_password(
    session: Session, visit: Visit, line: ConnectionId, password: Secret, keys: KeyRing
) -> None:
    """And out of all other browsers with whoever knew the old one."""
    assert visit.client is not None and visit.token is not None
    change_own_password(session, visit.tenant_id, visit.me, line, password, keys=keys)
    client_id = visit.client.client_id
    end_other_sessions(session, visit.tenant_id, client_id, but=visit.token)


def read_account(session: Session, visit: Visit) -> Account:
    assert visit.client is not None
    client = get_client(session, visit.tenant_id, visit.client.client_id)
    packages = list_packages(session, visit.tenant_id)
    mine = connections_of(session, visit.tenant_id, client.client_id)
    in_use = [line for line in mine if line.status is not Status.INACTIVE]
    return Account(
        name_of(visit),
        client.client_number,
        client.details.phone,
        tuple(_own(session, visit, line, packages) for line in in_use[:LINES_SHOWN]),
        visit.client.is_fresh(visit.now),
    )


def _own(session: Session, visit: Visit, line: Connection, packages: tuple[Package, ...]) -> Own:
    details = line.details
    mine = next(one.details.name for one in packages if one.package_id == details.package_id)
    others = [
        Offer(
            one.package_id,
            one.details.name,
            one.details.speed.down_kbps,
            one.details.speed.up_kbps,
            one.details.price_minor,
        )
        for one in packages
        if one.details.service is details.service and one.package_id != details.package_id
    ]
    waiting = waiting_request(session, visit.tenant_id, line.connection_id)
    return Own(
        line.connection_id,
        details.username,
        has_password(session, visit.tenant_id, line.connection_id),
        mine,
        tuple(sorted(others, key=lambda one: one.price_minor)[:PACKAGES_SHOWN]),
        waiting.package_name if waiting else None,
    )


def whole(text: str) -> int:
    """A number of ours; 0, which is nobody's, where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0
