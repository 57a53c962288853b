from datetime import UTC, date, datetime, timedelta

import pytest

from billing.notices import NoticeDetails, add_notice
from billing.package_requests import waiting_requests
from billing.passwords import reveal_password
from billing.portal_sessions import FRESH_FOR
from policy.facts import ProfileKind
from storage.actors import SYSTEM
from tenancy.portals import Feature
from tests.fixtures.isps import NOON, World
from tests.fixtures.journals import Book
from tests.portal.conftest import Clock, Visit, log_in, portal_is

LATE = date(2026, 3, 5)


async def test_home_says_online_and_what_was_used(isp: World, visit: Visit, book: Book) -> None:
    package = isp.package("Home 20", data_limit_bytes=100 * 10**9)
    isp.connection("salma", package_id=package.package_id)
    book.bring(book("start", ipv4="10.9.8.7"), book("interim", 60, down=3 * 10**9, up=10**9))
    home = await log_in(await visit(), "salma")
    assert "Online salma Access is on: nothing is overdue." in home.text
    assert "Package Home 20 Speed ↓ 10 Mbps ↑ 10 Mbps" in home.text
    assert "Used this month 4 GB of 100 GB" in home.text
    assert "Nothing is due" in home.text


async def test_home_says_that_the_line_is_fine_and_the_router_is_not_there(
    isp: World, visit: Visit
) -> None:
    isp.connection("rahim")
    home = await log_in(await visit())
    assert "Not connected rahim" in home.text
    assert "check that your router is on" in home.text


async def test_home_says_why_and_offers_to_pay_before_anything_else(
    isp: World, visit: Visit
) -> None:
    line = isp.connection("rahim")
    isp.invoice(line.client_id, LATE, 80_000)
    home = await log_in(await visit())
    assert "Access is restricted: ৳800 is overdue since 5 March 2026." in home.text
    assert "Pay, and you are online again within seconds." in home.text
    main = home.html[home.html.index("<main") :]
    assert main.index("/portal/pay") < main.index("rahim</h2>")
    assert "To be paid ৳800 It was due on 5 March 2026. Pay ৳800" in home.text


async def test_what_was_paid_before_is_taken_off(isp: World, visit: Visit) -> None:
    line = isp.connection("rahim", profile_id=isp.profile(allow_partial=True).profile_id)
    isp.invoice(line.client_id, LATE, 80_000)
    isp.pay(line.client_id, 30_000)
    assert "Pay ৳500" in (await log_in(await visit())).text


async def test_who_has_credit_sees_it(isp: World, visit: Visit) -> None:
    line = isp.connection("rahim")
    isp.pay(line.client_id, 30_000)
    assert "You have ৳300 with us." in (await log_in(await visit())).text


async def test_who_pays_by_the_day_sees_until_when(isp: World, visit: Visit) -> None:
    profile = isp.profile(ProfileKind.DAILY)
    until = datetime(2026, 3, 20, 18, tzinfo=UTC)
    isp.connection("rahim", profile_id=profile.profile_id, expires_at=until)
    assert "Valid until 21 March 2026, 00:00" in (await log_in(await visit())).text


async def test_notices_are_read_on_the_home_page(isp: World, visit: Visit) -> None:
    isp.connection("rahim")
    details = NoticeDetails(
        text_en="<b>Work</b> tonight", shown_from_at=NOON, shown_until=NOON + timedelta(days=1)
    )
    with isp.transaction() as session:
        add_notice(session, isp.tenant_id, details, actor=SYSTEM)
    home = await log_in(await visit())
    assert "<b>Work</b> tonight" in home.text
    assert "<b>Work" not in home.html


async def test_bills_and_payments_are_listed(isp: World, visit: Visit) -> None:
    line = isp.connection("rahim")
    isp.settle(isp.invoice(line.client_id, date(2026, 2, 5), 70_000))
    isp.invoice(line.client_id, LATE, 80_000)
    isp.invoice(isp.client().client_id, LATE, 99_900)
    browser = await visit()
    await log_in(browser)
    page = await browser.open("/portal/bills")
    assert "৳800 ৳800 Overdue" in page.text
    assert "৳700 ৳0 Paid" in page.text
    assert "Cash" in page.text
    assert "999" not in page.text


async def test_a_bill_and_a_receipt_open_as_papers_for_their_own_client_alone(
    isp: World, visit: Visit
) -> None:
    line = isp.connection("rahim")
    mine = isp.invoice(line.client_id, LATE, 80_000)
    paid = isp.pay(line.client_id, 10_000)
    theirs = isp.invoice(isp.client().client_id, LATE, 99_900)
    browser = await visit()
    await log_in(browser)
    for path in (f"/portal/bills/{mine.invoice_id}.pdf", f"/portal/payments/{paid.payment_id}.pdf"):
        answer = await browser.client.get(path, headers=browser.headers)
        assert answer.status == 200
        assert answer.content_type == "application/pdf"
        assert (await answer.read()).startswith(b"%PDF-")
    for path in (f"/portal/bills/{theirs.invoice_id}.pdf", "/portal/payments/999999.pdf"):
        assert (await browser.client.get(path, headers=browser.headers)).status == 404


async def test_use_is_drawn_and_told_in_numbers(
    isp: World, visit: Visit, book: Book, clock: Clock
) -> None:
    isp.connection("salma")
    book.bring(book("start", ipv4="10.9.8.7"), book("interim", 60, down=3 * 10**9, up=10**9))
    clock.passes(timedelta(days=29))
    browser = await visit()
    await log_in(browser, "salma")
    page = await browser.open("/portal/usage")
    assert "The last 30 days: 4 GB" in page.text
    assert page.html.count("<rect") == 2
    assert "10 March 2026 3 GB 1 GB" in page.text
    clock.passes(timedelta(days=1))
    assert "The last 30 days: 0 B" in (await browser.open("/portal/usage")).text


async def test_live_use_is_a_part_that_is_asked_for_again(
    isp: World, visit: Visit, book: Book
) -> None:
    line, other = isp.connection("salma"), isp.connection("karim")
    browser = await visit()
    await log_in(browser, "salma")
    path = f"/portal/usage/{line.connection_id}/live"
    assert path in (await browser.open("/portal/usage")).html
    assert "Not connected" in (await browser.open(path)).text
    book.bring(book("start", ipv4="10.9.8.7"), book("interim", 60, down=3 * 10**9, up=10**9))
    assert "Download 3 GB Upload 1 GB Address 10.9.8.7" in (await browser.open(path)).text
    theirs = await browser.open(f"/portal/usage/{other.connection_id}/live")
    assert theirs.status == 404


async def test_a_client_changes_the_password_and_others_are_logged_out(
    isp: World, visit: Visit
) -> None:
    line = isp.connection("rahim")
    browser, other = await visit(), await visit()
    await log_in(browser)
    await log_in(other)
    await browser.open("/portal/account")
    page = await browser.press("Change the password", password="Meghna-2026", again="Meghna-2026")
    assert "The password was changed." in page.text
    with isp.transaction() as session:
        kept = reveal_password(
            session, isp.tenant_id, line.connection_id, keys=isp.keys, actor=SYSTEM
        )
    assert kept == "Meghna-2026"
    assert (await other.open("/portal/")).path == "/portal/login"
    assert (await browser.open("/portal/")).path == "/portal/"


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("Meghna-2026", "Meghna-2027", "The two passwords differ."),
        ("7-signs", "7-signs", "That password is too short"),
        ("মেঘনা-২০২৬-ক", "মেঘনা-২০২৬-ক", "Routers cannot send that password"),
    ],
)
async def test_a_password_that_will_not_do_is_refused_in_words(
    isp: World, visit: Visit, password: str, again: str, words: str
) -> None:
    isp.connection("rahim")
    browser = await visit()
    await log_in(browser)
    await browser.open("/portal/account")
    page = await browser.press("Change the password", password=password, again=again)
    assert page.status == 422
    assert words in page.text
    assert "<details open>" in page.html
    assert password not in page.html


async def test_an_old_login_does_not_change_a_password(
    isp: World, visit: Visit, clock: Clock
) -> None:
    isp.connection("rahim")
    browser = await visit()
    await log_in(browser)
    await browser.open("/portal/account")
    clock.passes(FRESH_FOR)
    page = await browser.press("Change the password", password="Meghna-2026", again="Meghna-2026")
    assert "log in again first" in page.text
    assert (await log_in(await visit())).path == "/portal/"


async def test_a_client_asks_for_another_package(isp: World, visit: Visit) -> None:
    line = isp.connection("rahim")
    wanted = isp.package("Home 50")
    browser = await visit()
    await log_in(browser)
    await browser.open("/portal/account")
    page = await browser.press("Ask for it", package=str(wanted.package_id))
    assert "You asked for Home 50. We have not decided yet." in page.text
    with isp.transaction() as session:
        [request] = waiting_requests(session, isp.tenant_id)
    assert (request.connection_id, request.package_name) == (line.connection_id, "Home 50")


@pytest.mark.parametrize("said", [{"package": ""}, {"package": "-1"}, {"package": "9" * 30}])
async def test_a_package_that_is_not_there_is_refused(
    isp: World, visit: Visit, said: dict[str, str]
) -> None:
    isp.connection("rahim")
    isp.package()
    browser = await visit()
    await log_in(browser)
    await browser.open("/portal/account")
    assert "cannot be had" in (await browser.press("Ask for it", **said)).text


async def test_another_clients_connection_is_not_there(isp: World, visit: Visit) -> None:
    isp.connection("rahim")
    theirs = isp.connection("karim")
    isp.package()
    browser = await visit()
    await log_in(browser)
    fields = (await browser.open("/portal/account")).forms[1].fields
    said = {**fields, "connection": str(theirs.connection_id)}
    said |= {"password": "Meghna-2026", "again": "Meghna-2026"}
    assert (await browser.ask("POST", "/portal/account/password", said)).status == 404


SWITCHED = {
    Feature.INVOICES: "/portal/bills",
    Feature.USAGE: "/portal/usage",
}


@pytest.mark.parametrize("feature", SWITCHED)
async def test_what_is_switched_off_is_neither_shown_nor_reached(
    isp: World, visit: Visit, feature: Feature
) -> None:
    isp.connection("rahim")
    browser = await visit()
    await log_in(browser)
    assert SWITCHED[feature] in (await browser.open("/portal/")).links
    portal_is(isp, features_off=frozenset({feature}))
    assert SWITCHED[feature] not in (await browser.open("/portal/")).links
    assert (await browser.open(SWITCHED[feature])).status == 404


async def test_switches_of_parts_of_pages(isp: World, visit: Visit) -> None:
    line = isp.connection("rahim")
    isp.package()
    isp.invoice(line.client_id, LATE)
    browser = await visit()
    await log_in(browser)
    portal_is(isp, features_off=frozenset(Feature) - {Feature.USAGE})
    account = await browser.open("/portal/account")
    assert "Change the password" not in account.text
    assert "Ask for another package" not in account.text
    assert "data-live" not in (await browser.open("/portal/usage")).html
    home = await browser.open("/portal/")
    assert "/portal/pay" not in home.links
    assert "Please pay at our office" in home.text


async def test_under_maintenance_nothing_else_is_shown(isp: World, visit: Visit) -> None:
    isp.connection("rahim")
    browser = await visit()
    await log_in(browser)
    portal_is(isp, maintenance=True, maintenance_en="Back at nine.")
    for path in ("/portal/", "/portal/login", "/portal/nowhere"):
        page = await browser.open(path)
        assert (page.status, page.headers["Retry-After"]) == (503, "600")
        assert "Back at nine." in page.text
    portal_is(isp)
    assert (await browser.open("/portal/")).status == 200


async def test_a_page_that_is_not_there_says_so(isp: World, visit: Visit) -> None:
    browser = await visit()
    for path in ("/portal/nowhere", "/portal/static/secret", "/portal/brand/icon-7.png"):
        page = await browser.open(path)
        assert page.status == 404
        assert "There is no such page" in page.text
    assert (await browser.ask("PUT", "/portal/login")).status == 405
    long = await browser.ask("POST", "/portal/login", {"name": "x" * 20_000})
    assert long.status == 413
