"""A whole SkyLink: who was cut for dues pays on the portal, in Chromium, and is back online."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from billing.clients import ClientDetails, add_client
from billing.connections import add_connection
from billing.gateways.contents import DRIVERS
from billing.invoice_lines import InvoiceLine
from billing.invoices import NewInvoice, issue_invoice
from commands.demo import demo_password
from commands.screen import portal_address
from commands.settings import Settings
from policy.bills import LineKind
from sandbox.gateways.server import CREDENTIALS
from sandbox.nas.sessions import Session
from storage.actors import SYSTEM
from storage.secrets import KeyRing
from tests.commands.test_live import Live, copy, live
from tests.radius.server import until

__all__ = ["copy", "live"]  # fixtures

PHONE = {"width": 360, "height": 740}
NEW_PASSWORD = "Meghna-2026-x"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        yield running
        running.close()


def phone(chromium: Browser, behind: Session | None = None) -> Page:
    """Of a client; with the address of the session that it is behind."""
    known = {"X-Forwarded-For": behind.address} if behind else {}
    page = chromium.new_page(viewport=PHONE, extra_http_headers=known)  # type: ignore[arg-type]
    page.set_default_timeout(60_000)
    return page


def overdue(live: Live, username: str) -> None:
    """A new client, with karim's package and profile, and a bill of long ago."""
    like, tenant_id = live.line("karim").details, live.tenant_id
    keys = KeyRing.from_text(Settings.from_environ(live.copy.environ()).keys_file.read_text())
    long_ago = datetime.now(UTC).date() - timedelta(days=60)
    with live.database.transaction(tenant_id) as session:
        who = ClientDetails(name="Sultana Razia", name_bn="সুলতানা রাজিয়া")
        client_id = add_client(session, tenant_id, who, actor=SYSTEM).client_id
        add_connection(
            session, tenant_id, client_id, replace(like, username=username),
            password=demo_password(username), keys=keys, actor=SYSTEM,
        )  # fmt: skip
        lines = (InvoiceLine(LineKind.BASE, 80_000),)
        bill = NewInvoice(long_ago, long_ago + timedelta(days=5), lines)
        issue_invoice(session, tenant_id, client_id, bill, now=datetime.now(UTC), actor=SYSTEM)


def verdict(live: Live, username: str, *more: str) -> str:
    """How the running server answers a login, as radclient is told."""
    told = live.copy.json("radtest", username, *more)
    return str(told["node"]["verdict"] if told["answer"] == "Access-Accept" else "reject")


def is_cut(live: Live, username: str) -> Session:
    """The client's session in the walled garden."""
    overdue(live, username)
    until(lambda: verdict(live, username) == "walled", lambda: live.copy.run("status").stdout)
    walled = live.dial(username)
    assert walled.address_list == "expired"
    return walled


def is_back(live: Live, username: str, walled: Session) -> None:
    """Out of the walled garden by itself, and let in."""
    until(lambda: not walled.is_live, lambda: live.copy.run("status").stdout)
    until(lambda: verdict(live, username) == "accept", lambda: live.copy.run("status").stdout)
    assert live.dial(username).address_list is None


@pytest.mark.parametrize("gateway", sorted(set(CREDENTIALS) & set(DRIVERS)))
def test_a_device_in_the_walled_garden_opens_any_page_pays_and_is_back(
    live: Live, chromium: Browser, gateway: str
) -> None:
    username = f"cut-{gateway}"
    walled = is_cut(live, username)
    page = phone(chromium, behind=walled)
    root = portal_address(Settings.from_environ(live.copy.environ())).removesuffix("/portal/")
    page.goto(f"{root}/generate_204")
    page.get_by_role("button", name="English").click()
    page.locator(f"input[value={gateway}]").check()
    page.get_by_role("button", name="Pay", exact=True).click()
    page.locator("button[value=success]").click()
    page.get_by_role("heading", name="Paid. Thank you!").wait_for()
    assert page.get_by_text("You are online").is_visible()
    page.context.close()
    is_back(live, username, walled)


def test_who_logs_in_sees_why_pays_and_changes_the_password_at_once(
    live: Live, chromium: Browser
) -> None:
    walled, old = is_cut(live, "sultana"), str(demo_password("sultana"))
    page = phone(chromium)
    page.goto(portal_address(Settings.from_environ(live.copy.environ())))
    page.get_by_role("button", name="English").click()
    page.locator("#name").fill("sultana")
    page.locator("#proof").fill(old)
    page.get_by_role("button", name="Log in").click()
    assert page.get_by_text("Access is restricted: ৳800 is overdue").first.is_visible()
    page.get_by_role("link", name="Pay ৳800").click()
    page.get_by_role("button", name="Pay").click()
    page.locator("button[value=success]").click()
    page.get_by_role("heading", name="Paid. Thank you!").wait_for()
    is_back(live, "sultana", walled)

    page.get_by_role("link", name="Account").click()
    page.get_by_text("Change the password").first.click()
    page.get_by_label("New password").fill(NEW_PASSWORD)
    page.get_by_label("Once more").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change the password").click()
    page.get_by_text("The password was changed.").wait_for()
    until(
        lambda: verdict(live, "sultana", "--password", NEW_PASSWORD) == "accept",
        lambda: live.copy.run("status").stdout,
    )
    assert verdict(live, "sultana", "--password", old) == "reject"
    page.context.close()


def answered(live: Live, said: bytes) -> str:
    """In small letters."""
    port = Settings.from_environ(live.copy.environ()).web_port
    with socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
        wire.sendall(said)
        return wire.recv(4096).decode().lower()


def is_open(live: Live) -> bool:
    """Whether the process `web` answers already."""
    try:
        return "well" in answered(live, b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    except ConnectionRefusedError:
        return False


def test_what_is_no_http_is_answered_without_a_name(live: Live) -> None:
    until(lambda: is_open(live), lambda: live.copy.run("status").stdout)
    for said in (b"BOGUS\r\n\r\n", b"GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n"):
        told = answered(live, said)
        assert " 400 " in told
        for name in ("skylink", "aiohttp", "python"):
            assert name not in told
