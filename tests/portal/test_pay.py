"""Paying on the portal, over a local gateway: what is shown, what is frozen, what is credited."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from billing.advance_tiers import set_advance_tiers
from billing.ledger import balance_of
from billing.payments import payments_of
from billing.proof import prove
from policy.advance import Tier
from policy.facts import ClientId, ProfileKind
from sandbox.gateways.box import Box, Kind, Order
from sandbox.gateways.server import LocalGateways
from storage.actors import SYSTEM
from tenancy.portals import Feature
from tests.fixtures.isps import World
from tests.fixtures.journals import Book
from tests.portal.browsers import Browser, Shown
from tests.portal.conftest import Clock, Visit, log_in, portal_is

LATE = date(2026, 3, 5)


@pytest.fixture
def box(gateways: LocalGateways) -> Box:
    """What the gateways know."""
    return gateways.box


@pytest.fixture
def debtor(isp: World) -> ClientId:
    line = isp.connection("rahim", profile_id=isp.profile(allow_partial=True).profile_id)
    isp.invoice(line.client_id, LATE, 80_000)
    return line.client_id


async def starts(browser: Browser, **chosen: str) -> Shown:
    """Log in, choose, press; the page that waits, before anybody has paid."""
    if (await browser.open("/portal/pay")).path != "/portal/pay":
        await log_in(browser)
        await browser.open("/portal/pay")
    return await browser.press("Pay", **{"gateway": "aamarpay", **chosen})


def reference(page: Shown) -> str:
    return page.path.rpartition("/")[2].partition("?")[0]


def order_of(box: Box, it: str) -> Order:
    """As aamarPay has it."""
    [found] = box.by_reference("aamarpay", it)
    return found


def money(isp: World, client_id: ClientId) -> tuple[int, int, list[tuple[int, str]]]:
    """(due, credit, payments) of the client; the books agree."""
    with isp.transaction() as session:
        balance = balance_of(session, isp.tenant_id, client_id)
        paid = payments_of(session, isp.tenant_id, client_id)
        assert prove(session, isp.tenant_id).holds
    return balance.due_minor, balance.credit_minor, [(p.amount_minor, p.method) for p in paid]


def suspended(isp: World) -> list[tuple[int, str]]:
    with isp.transaction() as session:
        rows = session.execute(text("SELECT amount_minor, why FROM suspended_money")).all()
        posted = session.execute(
            text("""SELECT coalesce(sum(amount_minor), 0) FROM ledger_entries
                     WHERE credit = 'suspense'""")
        ).scalar_one()
    assert posted == sum(row.amount_minor for row in rows)
    return [(row.amount_minor, row.why) for row in rows]


async def test_a_client_pays_what_is_due_and_is_let_in(
    isp: World, visit: Visit, gateways: LocalGateways, debtor: ClientId
) -> None:
    browser = await visit()
    page = await starts(browser)
    assert "Waiting for your payment ৳800" in page.text
    order = order_of(gateways.box, reference(page))
    there = f"{gateways.address('aamarpay')}/paynow.php?track={order.number}"
    assert there in page.links
    assert f'content="0;url={there}"' in page.html
    order.pay()
    page = await browser.open(f"/portal/pay/{reference(page)}/back")
    assert "Paid. Thank you! ৳800" in page.text
    assert "You are online" in page.text
    assert money(isp, debtor) == (0, 0, [(80_000, "aamarpay")])


async def test_the_browsers_word_is_worth_nothing(
    isp: World, visit: Visit, box: Box, debtor: ClientId
) -> None:
    browser = await visit()
    it = reference(await starts(browser))
    lies = {"pay_status": "Successful", "status_code": "2", "mer_txnid": it, "amount": "800.00"}
    answer = await browser.ask("POST", f"/portal/pay/{it}/back", lies, Origin="https://x.example")
    assert answer.status == 303
    assert "Waiting for your payment" in (await browser.open(f"/portal/pay/{it}")).text
    assert money(isp, debtor) == (80_000, 0, [])
    assert (await browser.open(f"/portal/pay/{'0' * 24}/back")).status == 404


async def test_coming_back_many_times_credits_once(
    isp: World, visit: Visit, box: Box, debtor: ClientId
) -> None:
    browser = await visit()
    it = reference(await starts(browser))
    order_of(box, it).pay()
    paths = [f"/portal/pay/{it}/back", f"/portal/pay/{it}/look"] * 10
    answers = await asyncio.gather(*(browser.ask("GET", path) for path in paths))
    assert {answer.status for answer in answers} == {200, 303}
    assert money(isp, debtor) == (0, 0, [(80_000, "aamarpay")])


async def test_what_is_not_known_stays_so_until_the_gateway_answers(
    isp: World, visit: Visit, box: Box, debtor: ClientId
) -> None:
    browser = await visit()
    it = reference(await starts(browser))
    order_of(box, it).pay()
    box.will(Kind.BROKEN, "aamarpay", "search", times=2)
    for _ in range(2):
        page = await browser.open(f"/portal/pay/{it}/back")
        assert "You need not stay here, nor pay twice" in page.text
        assert money(isp, debtor)[2] == []
    assert "Paid." in (await browser.open(f"/portal/pay/{it}/back")).text
    assert money(isp, debtor) == (0, 0, [(80_000, "aamarpay")])


async def test_another_amount_goes_to_suspense(
    isp: World, visit: Visit, box: Box, debtor: ClientId
) -> None:
    browser = await visit()
    it = reference(await starts(browser))
    order_of(box, it).pay()
    box.will(Kind.WRONG_AMOUNT, "aamarpay", "search")
    page = await browser.open(f"/portal/pay/{it}/back")
    assert "it does not fit your bill" in page.text
    assert money(isp, debtor) == (80_000, 0, [])
    assert suspended(isp) == [(79_900, "amount")]
    await browser.open(f"/portal/pay/{it}/back")
    assert suspended(isp) == [(79_900, "amount")]


async def test_a_gateway_that_is_down_is_said_to_be(
    visit: Visit, box: Box, debtor: ClientId
) -> None:
    box.will(Kind.BROKEN, "aamarpay", times=0)
    page = await starts(await visit())
    assert page.status == 502
    assert "does not answer at the moment" in page.text
    assert debtor


async def test_dues_may_be_paid_in_part_or_more_where_that_is_allowed(
    isp: World, visit: Visit, box: Box, debtor: ClientId
) -> None:
    browser = await visit()
    for typed, left in (("300", (50_000, 0)), ("৭০০.৫০", (0, 20_050))):
        it = reference(await starts(browser, amount=typed))
        order_of(box, it).pay()
        await browser.open(f"/portal/pay/{it}/back")
        assert money(isp, debtor)[:2] == left


@pytest.mark.parametrize("typed", ["-5", "0", "9", "1e9", "NaN", "800.555", "x", "9" * 12])
async def test_an_amount_that_cannot_be_paid_is_refused(
    isp: World, visit: Visit, box: Box, debtor: ClientId, typed: str
) -> None:
    page = await starts(await visit(), amount=typed)
    assert page.status == 422
    assert "৳800 is asked for" in page.text
    assert box.orders == {}
    assert money(isp, debtor)[2] == []


async def test_where_no_part_is_allowed_none_can_be_typed(
    isp: World, visit: Visit, box: Box
) -> None:
    line = isp.connection("rahim", profile_id=isp.profile(allow_partial=False).profile_id)
    isp.invoice(line.client_id, LATE, 80_000)
    browser = await visit()
    await log_in(browser)
    page = await browser.open("/portal/pay")
    assert 'name="amount"' not in page.html
    fields = {**page.forms[-1].fields, "amount": "10", "what": "dues", "gateway": "aamarpay"}
    await browser.ask("POST", "/portal/pay", fields)
    assert [order.said["amount"] for order in box.orders.values()] == ["800.00"]


async def test_months_ahead_are_offered_with_their_discount_and_had(
    isp: World, visit: Visit, box: Box
) -> None:
    package = isp.package(price_minor=100_000)
    line = isp.connection("rahim", package_id=package.package_id, billed_from_on=date(2026, 4, 1))
    with isp.transaction() as session:
        set_advance_tiers(session, isp.tenant_id, [Tier(3, 500), Tier(12, 1_000)], actor=SYSTEM)
    browser = await visit()
    await log_in(browser)
    page = await browser.open("/portal/pay")
    assert "2 months ahead, and what is due ৳2,000" in page.text
    assert "3 months ahead, and what is due ৳2,850 5% off" in page.text
    assert "12 months ahead, and what is due ৳10,800 10% off" in page.text
    it = reference(await browser.press("Pay", what="months-3", gateway="aamarpay"))
    order_of(box, it).pay()
    await browser.open(f"/portal/pay/{it}/back")
    assert money(isp, line.client_id) == (0, 0, [(285_000, "aamarpay")])
    assert (await browser.open("/portal/bills")).text.count("Paid") == 3


async def test_who_pays_by_the_day_buys_days(
    isp: World, visit: Visit, box: Box, clock: Clock
) -> None:
    package = isp.package(price_minor=30_000, validity_days=10)
    isp.connection(
        "rahim",
        package_id=package.package_id,
        profile_id=isp.profile(ProfileKind.DAILY).profile_id,
        expires_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    browser = await visit()
    await log_in(browser)
    await browser.open("/portal/pay")
    it = reference(await browser.press("Pay", gateway="aamarpay"))
    order_of(box, it).pay()
    page = await browser.open(f"/portal/pay/{it}/back")
    assert "You are online" in page.text
    assert "Valid until 20 March 2026" in (await browser.open("/portal/")).text
    clock.passes(timedelta(days=1))


async def test_who_starts_too_often_waits(
    visit: Visit, box: Box, debtor: ClientId, clock: Clock
) -> None:
    browser = await visit()
    for _ in range(10):
        assert (await starts(browser)).status == 200
    assert (await starts(browser)).status == 429
    clock.passes(timedelta(minutes=10))
    assert (await starts(browser)).status == 200
    assert debtor
    assert len(box.orders) == 11


async def test_what_is_not_offered_cannot_be_chosen(
    visit: Visit, box: Box, debtor: ClientId
) -> None:
    browser = await visit()
    await log_in(browser)
    fields = (await browser.open("/portal/pay")).forms[-1].fields
    for what, by in (
        ("dues", "cash"),
        ("months-99", "aamarpay"),
        ("days-1", "aamarpay"),
        ("", ""),
    ):
        said = {**fields, "what": what, "gateway": by}
        page = await browser.ask("POST", "/portal/pay", said)
        assert page.status == 422
        assert "Choose what you pay for" in page.text
    assert box.orders == {}
    assert debtor


async def test_switched_off_it_is_not_there(
    isp: World, visit: Visit, box: Box, debtor: ClientId
) -> None:
    browser = await visit()
    await log_in(browser)
    portal_is(isp, features_off=frozenset({Feature.PAY}))
    assert (await browser.open("/portal/pay")).status == 404
    assert box.orders == {}
    assert debtor


async def test_a_device_in_the_walled_garden_pays_without_a_login(
    isp: World, visit: Visit, box: Box, book: Book
) -> None:
    line = isp.connection("salma")
    isp.invoice(line.client_id, LATE, 80_000)
    address = f"100.67.{isp.tenant_id >> 8 & 255}.{isp.tenant_id & 255}"
    book.bring(book("start", ipv4=address))
    browser = await visit()
    browser.headers["X-Forwarded-For"] = address
    await browser.open("/portal/here")
    page = await browser.press("Pay", gateway="aamarpay")
    assert "Waiting for your payment ৳800" in page.text
    order_of(box, reference(page)).pay()
    page = await browser.open(f"/portal/pay/{reference(page)}/back")
    assert "Paid. Thank you!" in page.text
    assert "You are online" in page.text
    assert "salma" not in page.html
    assert money(isp, line.client_id) == (0, 0, [(80_000, "aamarpay")])
