"""Bad days of gateways, one table for all: whatever happens, the books come to equal theirs."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import event

from billing.errors import GatewayUnwell
from billing.gateways.contents import DRIVERS
from billing.gateways.wire import NoAnswer
from billing.gateways.words import AttemptState, Gateway
from sandbox.gateways.box import Kind
from sandbox.gateways.server import ROUTES
from tests.webhooks.conftest import DUE_MINOR, Shop


@dataclass(frozen=True)
class Calls:
    """What a gateway's own calls are: to open, to take the money if told so, to tell the truth."""

    opens: str
    tells: str
    takes: str | None = None


CALLS = {
    Gateway.BKASH: Calls("create", "payment/status", "execute"),
    Gateway.SSLCOMMERZ: Calls("create", "query"),
    Gateway.AAMARPAY: Calls("create", "search"),
}
GETS = 4  # a notice and a way back each ask, and aiohttp repeats a GET on a line that was cut
SILENT = (Kind.DROPPED, Kind.BROKEN, Kind.EMPTY, Kind.NOTHING)
each = pytest.mark.parametrize("gateway", CALLS)


def as_the_gateway_says(shop: Shop, gateway: Gateway) -> None:
    """What was credited and what waits in suspense is what the gateway has, to the last taka."""
    credited = sum(amount for amount, _method in shop.paid())
    waiting = sum(amount for amount, _why in shop.suspended())
    assert credited + waiting == shop.box.kept(gateway) * 100


def test_each_gateway_in_the_box_stands_in_the_table() -> None:
    assert {gateway.value for gateway in CALLS} == {*DRIVERS} & {*ROUTES}


@each
@pytest.mark.parametrize("kind", SILENT)
async def test_what_is_not_answered_stays_unknown_and_is_asked_again(
    shop: Shop, gateway: Gateway, kind: Kind
) -> None:
    attempt = await shop.begin(gateway)
    calls = CALLS[gateway]
    shop.box.will(kind, gateway, calls.takes or calls.tells, times=GETS)
    if calls.takes:
        shop.box.will(kind, gateway, calls.tells, times=2)
    after = await shop.pay(attempt)
    assert not after.state.is_certain
    assert shop.paid() == []
    if calls.takes:  # without effect: no money moved, and the client comes back once more
        await shop.tend(6)
        assert shop.box.kept(gateway) == 0
        as_the_gateway_says(shop, gateway)
        return
    await shop.tend(GETS + 2)
    assert shop.paid() == [(DUE_MINOR, gateway.value)]
    as_the_gateway_says(shop, gateway)


@each
async def test_money_that_was_taken_without_an_answer_is_found(
    shop: Shop, gateway: Gateway
) -> None:
    attempt = await shop.begin(gateway)
    calls = CALLS[gateway]
    shop.box.will(Kind.LOST, gateway, calls.takes or calls.tells)
    shop.box.will(Kind.DROPPED, gateway, calls.tells, times=GETS)
    await shop.pay(attempt)
    assert shop.box.kept(gateway) * 100 == DUE_MINOR
    assert shop.paid() == []
    await shop.tend(GETS + 2)
    assert shop.paid() == [(DUE_MINOR, gateway.value)]
    as_the_gateway_says(shop, gateway)


@each
async def test_money_of_who_never_comes_back_is_found(shop: Shop, gateway: Gateway) -> None:
    """Where the gateway takes it by itself. A client of the others has then not paid."""
    attempt = await shop.begin(gateway)
    await shop.press(attempt, "success" if CALLS[gateway].takes else "away")
    await shop.tend(2)
    as_the_gateway_says(shop, gateway)
    assert shop.owed() == shop.box.kept(gateway) * -100 + DUE_MINOR


@each
async def test_another_amount_is_never_the_attempts(shop: Shop, gateway: Gateway) -> None:
    attempt = await shop.begin(gateway)
    calls = CALLS[gateway]
    where = "validate" if gateway is Gateway.SSLCOMMERZ else calls.takes or calls.tells
    shop.box.will(Kind.WRONG_AMOUNT, gateway, where, times=0)
    after = await shop.pay(attempt)
    assert after.state is AttemptState.SUSPENSE
    assert shop.paid() == []
    assert shop.suspended() == [(DUE_MINOR - 100, "amount")]


@each
@pytest.mark.parametrize("kind", SILENT)
async def test_a_gateway_that_is_down_opens_no_page_and_owes_nothing(
    shop: Shop, gateway: Gateway, kind: Kind
) -> None:
    shop.box.will(kind, gateway, times=0)
    with pytest.raises((NoAnswer, GatewayUnwell)):
        await shop.begin(gateway)
    await shop.tend(32)
    assert (shop.paid(), shop.suspended(), shop.owed()) == ([], [], DUE_MINOR)


@each
async def test_an_order_that_was_taken_without_an_answer_costs_nothing(
    shop: Shop, gateway: Gateway
) -> None:
    shop.box.will(Kind.LOST, gateway, CALLS[gateway].opens)
    with pytest.raises((NoAnswer, GatewayUnwell)):
        await shop.begin(gateway)
    assert len(shop.box.of(gateway)) == 1
    await shop.tend(32)
    assert (shop.paid(), shop.suspended(), shop.owed()) == ([], [], DUE_MINOR)
    as_the_gateway_says(shop, gateway)


@each
async def test_success_after_failure_is_credited_once(shop: Shop, gateway: Gateway) -> None:
    attempt = await shop.begin(gateway)
    await shop.pay(attempt, "failure")
    for order in shop.box.of(gateway):
        order.standing = type(order.standing).OPEN  # the client tries once more
    await shop.pay(attempt)
    await shop.pay(attempt)
    await shop.tend(3)
    assert shop.paid() == [(DUE_MINOR, gateway.value)]
    as_the_gateway_says(shop, gateway)


@each
async def test_ways_back_that_come_late_and_in_any_order_change_nothing(
    shop: Shop, gateway: Gateway
) -> None:
    attempt = await shop.begin(gateway)
    address, fields = await shop.press(attempt, "cancel"), dict(shop.browser)
    for order in shop.box.of(gateway):
        order.standing = type(order.standing).OPEN
    await shop.pay(attempt)
    await shop.tend(2)
    assert await shop.follow(address, fields) == f"/portal/pay/{attempt.reference}"
    assert shop.state(attempt).state is AttemptState.PAID
    assert shop.paid() == [(DUE_MINOR, gateway.value)]


@each
async def test_somebody_elses_payment_pays_nothing_for_me(shop: Shop, gateway: Gateway) -> None:
    """A way back that names another order of the same gateway, which is paid."""
    theirs, mine = await shop.begin(gateway), await shop.begin(gateway)
    address, fields = await shop.press(theirs), dict(shop.browser)
    swapped = address.replace(theirs.reference, mine.reference)
    fields = {name: mine.reference if value == theirs.reference else value
              for name, value in fields.items()}  # fmt: skip
    place = await shop.follow(swapped, fields)
    assert place in {"/portal/", f"/portal/pay/{mine.reference}"}
    assert shop.state(mine).state is not AttemptState.PAID
    await shop.follow(address, dict(shop.browser))
    assert shop.state(theirs).state is AttemptState.PAID
    as_the_gateway_says(shop, gateway)


@each
async def test_a_settlement_that_could_not_be_written_is_made_later(
    shop: Shop, gateway: Gateway
) -> None:
    """The money is taken, and then our database fails."""
    attempt = await shop.begin(gateway)
    engine = shop.isp.database._engine

    def fail(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "INSERT INTO payments " in statement:
            raise TimeoutError("the database went away")

    event.listen(engine, "before_cursor_execute", fail)
    try:
        await shop.pay(attempt)
    finally:
        event.remove(engine, "before_cursor_execute", fail)
    assert shop.paid() == []
    await shop.tend(2)
    assert shop.paid() == [(DUE_MINOR, gateway.value)]
    as_the_gateway_says(shop, gateway)
