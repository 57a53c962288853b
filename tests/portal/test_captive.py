"""A device in the walled garden opens any page, and finds where to pay."""

from datetime import date

import pytest

from storage.actors import SYSTEM
from tenancy.portals import set_portal_addresses
from tests.fixtures.isps import World
from tests.fixtures.journals import Book
from tests.portal.browsers import Browser
from tests.portal.conftest import Visit, host_of

LATE = date(2026, 3, 5)


def address_of(isp: World, network: int = 64) -> str:
    """One that no other test's device has."""
    return f"100.{network}.{isp.tenant_id >> 8 & 255}.{isp.tenant_id & 255}"


@pytest.fixture
def restricted(isp: World, book: Book) -> str:
    """A client's device behind an unpaid bill; its address."""
    client_id = isp.client("Salma Khatun", phone="01711000042").client_id
    isp.connection("salma", client_id=client_id)
    isp.invoice(client_id, LATE, 80_000)
    address = address_of(isp)
    book.bring(book("start", ipv4=address))
    return address


async def device(visit: Visit, address: str) -> Browser:
    browser = await visit()
    browser.headers["X-Forwarded-For"] = address
    return browser


async def test_any_page_of_a_restricted_device_is_its_pay_page(
    isp: World, visit: Visit, restricted: str
) -> None:
    browser = await device(visit, restricted)
    for host, path in (
        ("example.com", "/"),
        ("connectivitycheck.gstatic.com", "/generate_204"),
        ("captive.apple.com", "/hotspot-detect.html"),
        ("www.msftconnecttest.com", "/connecttest.txt?x=1"),
    ):
        answer = await browser.ask("GET", path, Host=host)
        assert answer.status == 302
        assert answer.headers["Location"] == f"http://{host_of(isp)}/portal/here"
        assert answer.headers["Cache-Control"] == "no-store"


async def test_it_is_known_without_a_login_and_shows_only_what_it_takes_to_pay(
    visit: Visit, restricted: str
) -> None:
    browser = await device(visit, restricted)
    page = await browser.open("/portal/here")
    assert "Your internet is restricted" in page.text
    assert "৳800 is overdue since 5 March 2026" in page.text
    for private in ("Salma", "01711000042", "salma"):
        assert private not in page.html


async def test_the_page_says_so_when_the_way_is_free(isp: World, visit: Visit, book: Book) -> None:
    isp.connection("salma")
    book.bring(book("start", ipv4=address_of(isp)))
    browser = await device(visit, address_of(isp))
    assert "You are online" in (await browser.open("/portal/here")).text


async def test_whoever_is_not_known_by_the_address_is_asked_to_log_in(
    visit: Visit, restricted: str
) -> None:
    browser = await device(visit, "203.0.113.77")
    assert (await browser.open("/portal/here")).path == "/portal/login"
    browser = await device(visit, "nonsense")
    assert (await browser.open("/portal/here")).path == "/portal/login"


async def test_an_address_that_devices_of_two_isps_have_is_nobodys_until_the_host_tells(
    isp: World, visit: Visit, restricted: str, other_isp: World, book: Book
) -> None:
    other_isp.connection("karim")
    theirs = Book(
        other_isp, book.folder.parent / "theirs", book.dsn, book.admin,
        source=other_isp.nas().details.address,
    )  # fmt: skip
    theirs.bring(theirs("start", user="karim", ipv4=restricted))
    browser = await device(visit, restricted)
    answer = await browser.ask("GET", "/generate_204", Host="connectivitycheck.gstatic.com")
    assert answer.status == 404
    assert "৳800 is overdue" in (await browser.open("/portal/here")).text


async def test_an_isp_without_a_host_name_shows_the_page_under_any(
    visit: Visit, restricted: str, isp: World
) -> None:
    browser = await device(visit, restricted)
    with isp.transaction() as session:
        set_portal_addresses(session, isp.tenant_id, [], actor=SYSTEM)
    browser.headers["Host"] = "example.com"
    page = await browser.open("/anything")
    assert page.path == "/portal/here"
    assert "৳800 is overdue" in page.text


async def test_the_portals_own_root_leads_to_it(visit: Visit) -> None:
    browser = await visit()
    assert (await browser.open("/")).path == "/portal/login"
    assert (await browser.ask("GET", "/elsewhere")).status == 404
