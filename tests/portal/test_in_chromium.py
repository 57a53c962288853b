"""The portal as a phone has it: scripts, styles and all, in headless Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from billing.notices import NoticeDetails, add_notice
from portal.rendering import PREFIX
from sandbox.gateways.box import Box, Kind, Order
from sandbox.gateways.server import LocalGateways
from storage.actors import SYSTEM
from tenancy.letterheads import Letterhead, set_letterhead, set_logo
from tenancy.portals import set_portal_addresses
from tests.fixtures.isps import NOON, PASSWORD, World
from tests.fixtures.journals import Book
from tests.fixtures.pictures import picture
from tests.portal.conftest import Clock, portal_is, whole_application

SERIOUS = {"serious", "critical"}
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 800}}
# Colours are all that differs between the two.
THEMES: dict[Any, dict[str, Any]] = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
PATHS = ("/", "/pay", "/bills", "/usage", "/account")
LATE = date(2026, 3, 5)
DEVICE = "10.9.8.7"
PICTURES = os.environ.get("SKYLINK_PICTURES")  # a folder; for people who look


@dataclass
class Portal:
    """A running one, and browsers to open it with."""

    address: str
    chromium: Browser
    complaints: list[str] = field(default_factory=list)

    async def open(self, *, language: str = "en", **device: Any) -> Page:
        """A new browser, at the login page; all that its console says against us is kept."""
        context = await self.chromium.new_context(base_url=self.address, **device)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.hear(page, said))
        await page.goto(f"{PREFIX}/login")
        if language == "en":
            await page.get_by_role("button", name="English").click()
        return page

    def hear(self, page: Page, said: ConsoleMessage) -> None:
        """A page may be meant to be refused; a part of one never is."""
        address = said.location["url"]
        if said.type == "error" and address != page.url and address.startswith(self.address):
            self.complaints.append(f"{address}: {said.text}")

    async def log_in(self, page: Page, name: str) -> None:
        await page.locator("#name").fill(name)
        await page.locator("#proof").fill(str(PASSWORD))
        await page.locator("form button.main").click()
        await page.wait_for_url(f"**{PREFIX}/")


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=shutil.which("chromium"))
        yield running
        await running.close()


@pytest.fixture
async def portal(
    isp: World,
    clock: Clock,
    chromium: Browser,
    aiohttp_server: Callable[..., Awaitable[TestServer]],
) -> Portal:
    server = await aiohttp_server(whole_application(isp, clock))
    address = f"http://{isp.slug}.localhost:{server.port}"
    with isp.transaction() as session:
        set_portal_addresses(session, isp.tenant_id, [address], actor=SYSTEM)
    return Portal(address, chromium)


def furnished(isp: World, book: Book) -> None:
    """A client about whom there is something to be said on every page."""
    package = isp.package("Home 20 Mbps", data_limit_bytes=500 * 10**9)
    isp.package("Home 50 Mbps", price_minor=120_000)
    client_id = isp.client("Salma Khatun", name_bn="সালমা খাতুন", phone="01711000042").client_id
    isp.connection("salma", client_id=client_id, package_id=package.package_id)
    isp.settle(isp.invoice(client_id, date(2026, 2, 5), 80_000))
    isp.invoice(client_id, LATE, 80_000)
    letterhead = Letterhead(name_bn="পদ্মা নেট", phone="09612 000000", email="help@padma.example")
    details = NoticeDetails(
        text_en="Work on the line tonight from 2 to 4.",
        text_bn="আজ রাত ২টা থেকে ৪টা পর্যন্ত লাইনের কাজ চলবে।",
        shown_from_at=NOON,
        shown_until=NOON + timedelta(days=1),
    )
    with isp.transaction() as session:
        add_notice(session, isp.tenant_id, details, actor=SYSTEM)
        set_letterhead(session, isp.tenant_id, letterhead, actor=SYSTEM)
        set_logo(session, isp.tenant_id, picture(120, 80), actor=SYSTEM)
    book.bring(
        book("start", ipv4=DEVICE),
        book("interim", 60, ipv4=DEVICE, down=3 * 10**9, up=10**9),
    )


async def wrong_with(page: Page, name: str) -> list[str]:
    """What axe finds serious in either theme, and what does not fit the screen."""
    wrong = []
    for theme, rules in THEMES.items():
        await page.emulate_media(color_scheme=theme)
        found = await Axe().run(page, options=rules)
        wrong += [
            f"{name}, {theme}: {one['id']}: {[node['target'] for node in one['nodes']]}"
            for one in found.response["violations"]
            if one["impact"] in SERIOUS
        ]
        if PICTURES:
            await page.screenshot(path=f"{PICTURES}/{name}-{theme}.png", full_page=True)
    if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append(f"{name} is wider than the screen")
    return wrong


async def starts_to_pay(page: Page, box: Box) -> Order:
    """As far as the gateway's page, and back without a word from it."""
    await page.goto(f"{PREFIX}/pay")
    await page.locator("input[value=aamarpay]").check()
    await page.locator("form button.main").click()
    await page.get_by_text("A sandbox").wait_for()
    order = box.of("aamarpay")[-1]
    await page.goto(f"{PREFIX}/pay/{order.reference}")
    return order


async def tour(isp: World, portal: Portal, page: Page, box: Box) -> AsyncIterator[str]:
    """Every page there is, one after another, by name."""
    yield "login"
    await page.locator("#name").fill("salma")
    await page.locator("form button.second").click()
    yield "login-by-code"
    await page.locator("#proof").fill("000000")
    await page.locator("form button.main").click()
    yield "login-refused"
    await page.goto(f"{PREFIX}/login")
    await portal.log_in(page, "salma")
    for path in PATHS:
        await page.goto(f"{PREFIX}{path}")
        for summary in await page.locator("summary").all():
            await summary.click()
        yield path.strip("/") or "home"
    await page.set_extra_http_headers({"X-Forwarded-For": DEVICE})
    await page.goto(f"{PREFIX}/here")
    yield "here"
    order = await starts_to_pay(page, box)
    yield "outcome-waiting"
    order.pay()
    await page.locator("a.second").click()
    yield "outcome-paid"
    await page.goto(f"{PREFIX}/here")
    yield "here-open"
    (await starts_to_pay(page, box)).pay()
    box.will(Kind.WRONG_AMOUNT, "aamarpay", "search")
    await page.locator("a.second").click()
    yield "outcome-suspense"
    await page.goto(f"{PREFIX}/")
    yield "home-paid"
    assert portal.complaints == []  # of what follows Chromium says that it was refused
    await page.goto(f"{PREFIX}/nowhere")
    yield "problem"
    portal_is(isp, maintenance=True)
    await page.goto(f"{PREFIX}/")
    yield "maintenance"


@pytest.mark.parametrize(
    ("language", "device"), [("bn", PHONE), ("en", DESK)], ids=["bn-phone", "en-desk"]
)
async def test_every_page_can_be_used_by_everybody(
    isp: World,
    book: Book,
    portal: Portal,
    gateways: LocalGateways,
    language: str,
    device: dict[str, Any],
) -> None:
    furnished(isp, book)
    page = await portal.open(language=language, **device)
    kind = "phone" if device is PHONE else "desk"
    wrong = []
    async for name in tour(isp, portal, page, gateways.box):
        wrong += await wrong_with(page, f"{name}-{language}-{kind}")
    assert wrong == []


async def test_the_pay_button_is_under_the_thumb(isp: World, book: Book, portal: Portal) -> None:
    furnished(isp, book)
    page = await portal.open(**PHONE)
    await portal.log_in(page, "salma")
    box = await page.get_by_role("link", name="Pay ৳800").bounding_box()
    assert box is not None
    assert box["y"] > 740 / 2
    assert box["y"] + box["height"] < 740
    assert box["width"] > 300
    assert box["height"] >= 44


async def test_what_was_seen_is_there_offline_and_gone_after_the_log_out(
    isp: World, book: Book, portal: Portal
) -> None:
    furnished(isp, book)
    page = await portal.open(**PHONE)
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await portal.log_in(page, "salma")
    await page.goto(f"{PREFIX}/bills")
    await page.context.set_offline(True)
    await page.goto(f"{PREFIX}/")
    assert "You are offline." in await page.inner_text("#offline")
    assert await page.get_by_role("link", name="Pay ৳800").is_visible()
    await page.context.set_offline(False)
    await page.goto(f"{PREFIX}/account")
    assert await page.locator("#offline").is_hidden()
    await page.get_by_role("button", name="Log out").click()
    await page.wait_for_function("caches.has('pages').then(kept => !kept)")


async def test_live_figures_move_by_themselves(isp: World, book: Book, portal: Portal) -> None:
    furnished(isp, book)
    page = await portal.open(**PHONE)
    await portal.log_in(page, "salma")
    await page.clock.install()
    await page.goto(f"{PREFIX}/usage")
    book.bring(book("interim", 120, ipv4=DEVICE, down=5 * 10**9, up=10**9))
    async with page.expect_response("**/live"):
        await page.clock.fast_forward(10_000)
    await page.get_by_text("5 GB").first.wait_for()
    assert portal.complaints == []


async def test_all_but_live_figures_works_without_a_script(
    isp: World, book: Book, portal: Portal
) -> None:
    furnished(isp, book)
    page = await portal.open(java_script_enabled=False, **PHONE)
    await portal.log_in(page, "salma")
    await page.goto(f"{PREFIX}/account")
    await page.get_by_text("Ask for another package").click()
    await page.get_by_label("Home 50 Mbps").check()
    await page.get_by_role("button", name="Ask for it").click()
    assert await page.get_by_text("We have your wish").is_visible()
