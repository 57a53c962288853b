import json
import re
from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from portal.colours import ENOUGH, contrast, palette
from portal.rendering import files
from sandbox.gateways.server import LocalGateways
from storage.actors import SYSTEM
from tenancy.letterheads import Letterhead, set_letterhead, set_logo
from tests.fixtures.isps import World
from tests.fixtures.pictures import picture
from tests.portal.browsers import Browser
from tests.portal.conftest import Visit, host_of, log_in, portal_is

FIRST_LOAD_BYTES_MAX = 60_000
PATHS = ("/portal/", "/portal/pay", "/portal/bills", "/portal/usage", "/portal/account")


def branded(isp: World) -> None:
    """With all that an ISP can say of itself."""
    said = Letterhead(name_bn="পদ্মা নেট", phone="09612 000000", email="help@padma.example")
    with isp.transaction() as session:
        set_letterhead(session, isp.tenant_id, said, actor=SYSTEM)
        set_logo(session, isp.tenant_id, picture(1200, 400), actor=SYSTEM)


async def whole_page(browser: Browser, path: str) -> int:
    """How many bytes a first visit to a page loads, with all that it names."""
    before = browser.bytes_loaded
    page = await browser.open(path)
    parts = set(re.findall(r'(?:src|data-worker)="([^"]+)"', page.html))
    parts |= set(re.findall(r'<link[^>]+href="([^"]+)"', page.html))
    for part in parts:
        assert (await browser.ask("GET", part)).status == 200, part
    return browser.bytes_loaded - before


async def test_a_first_visit_loads_less_than_sixty_kilobytes(
    isp: World, visit: Visit, gateways: LocalGateways
) -> None:
    """Any page, with all that is on it: every gateway, a logo, many packages and bills."""
    branded(isp)
    line = isp.connection("rahim")
    for _ in range(20):
        isp.package()
    for month in range(1, 13):
        isp.invoice(line.client_id, date(2025, month, 5), 80_000)
    browser = await visit()
    sizes = {"/portal/login": await whole_page(browser, "/portal/login")}
    await log_in(browser)
    await browser.open("/portal/pay")
    paths = [*PATHS, (await browser.press("Pay", gateway="aamarpay")).path, "/portal/nowhere"]
    sizes |= {path: await whole_page(browser, path) for path in paths}
    assert gateways.box.orders
    assert max(sizes.values()) < FIRST_LOAD_BYTES_MAX, sizes


async def test_nothing_names_the_software(isp: World, visit: Visit) -> None:
    isp.connection("rahim")
    browser = await visit()
    await log_in(browser)
    paths = [*PATHS, "/portal/nowhere", "/portal/manifest.webmanifest", "/portal/worker.js"]
    paths += [file.address for file in files().values()]
    for path in (*paths, "/portal/brand/colours.css", "/portal/brand/icon-192.png"):
        page = await browser.ask("GET", path)
        said = f"{dict(page.headers)} {page.body!r}".lower()
        for name in ("skylink", "aiohttp", "python"):
            assert name not in said, path
    assert not [name for name in browser.cookies() if "sky" in name.lower()]


async def test_every_page_comes_with_a_strict_policy_and_nothing_inline(
    isp: World, visit: Visit
) -> None:
    isp.connection("rahim")
    browser = await visit()
    await log_in(browser)
    for path in (*PATHS, "/portal/login", "/portal/nowhere"):
        page = await browser.ask("GET", path)
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Cache-Control"] == "no-store"
        assert not re.search(r"<style|style=|<script(?![^>]+src=)| on\w+=", page.html), path
        assert not re.search(r'(src|href|action)="(https?:)?//', page.html), path


async def test_files_are_kept_for_ever_under_the_address_of_their_content(
    isp: World, visit: Visit
) -> None:
    browser = await visit()
    for file in files().values():
        kept = await browser.ask("GET", file.address)
        assert "immutable" in kept.headers["Cache-Control"]
        assert kept.body == file.body


async def test_an_isp_has_its_name_and_colours(isp: World, visit: Visit) -> None:
    portal_is(isp, colour="#aa0022")
    browser = await visit()
    page = await browser.open("/portal/login")
    assert "Padma Net" in page.text
    assert "<title>Log in · Padma Net</title>" in page.html
    assert "--brand:#aa0022" in (await browser.open("/portal/brand/colours.css")).html
    manifest = json.loads((await browser.open("/portal/manifest.webmanifest")).body)
    assert (manifest["name"], manifest["theme_color"]) == ("Padma Net", "#aa0022")
    for icon in manifest["icons"]:
        assert (await browser.open(icon["src"])).body.startswith(b"\x89PNG")


async def test_an_isp_has_its_logo_and_contact_and_a_name_in_each_language(
    isp: World, visit: Visit
) -> None:
    branded(isp)
    browser = await visit()
    page = await browser.open("/portal/login")
    assert "Call 09612 000000" in page.text
    assert "tel:09612000000" in page.links
    assert "mailto:help@padma.example" in page.links
    [logo] = re.findall(r'<img src="([^"]+)"', page.html)
    assert (await browser.open(logo)).headers["Content-Type"] == "image/webp"
    icons = json.loads((await browser.open("/portal/manifest.webmanifest")).body)["icons"]
    with Image.open(BytesIO((await browser.open(icons[0]["src"])).body)) as icon:
        assert icon.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    await browser.open("/portal/login")
    page = await browser.press("বাংলা")
    assert "পদ্মা নেট" in page.text
    assert "০৯৬১২ ০০০০০০" in page.text
    manifest = json.loads((await browser.open("/portal/manifest.webmanifest")).body)
    assert manifest["name"] == "পদ্মা নেট"


async def test_without_a_logo_there_is_none(visit: Visit) -> None:
    browser = await visit()
    assert "<img" not in (await browser.open("/portal/login")).html
    assert (await browser.open("/portal/brand/logo")).status == 404


async def test_under_another_host_name_it_is_another_isps_portal(
    isp: World, other_isp: World, visit: Visit
) -> None:
    isp.connection("rahim")
    browser = await visit(other_isp)
    await visit(isp)
    page = await log_in(browser)
    assert page.status == 422
    browser.headers["Host"] = host_of(isp)
    assert (await log_in(browser)).path == "/portal/"


@pytest.mark.usefixtures("other_isp")
async def test_a_host_that_is_nobodys_shows_nothing(visit: Visit) -> None:
    browser = await visit()
    for host in ("elsewhere.example", "127.0.0.1", "[::1]:80", "x" * 300, "a@b", ""):
        browser.headers["Host"] = host
        page = await browser.ask("GET", "/portal/login")
        assert page.status in {400, 404}
        assert "Padma" not in page.html


@pytest.mark.parametrize(
    "colour", ["#000000", "#ffffff", "#ffee00", "#0b5f8a", "#808080", "#ff0000", "#00ff7f"]
)
@pytest.mark.parametrize("dark", [True, False])
def test_any_colour_is_made_legible(colour: str, dark: bool) -> None:
    made = palette(colour, dark=dark)
    assert contrast(made.ink, made.brand) >= ENOUGH
    for page in ("#15181c", "#1e2329") if dark else ("#f4f6f8", "#ffffff"):
        assert contrast(made.link, page) >= ENOUGH
