"""Coming back from each gateway's page: what is believed, what is asked, what is credited."""

from __future__ import annotations

import asyncio

import pytest

from billing.gateways.contents import DRIVERS
from billing.gateways.words import AttemptState, Gateway
from sandbox.gateways.server import ROUTES
from tests.webhooks.conftest import DUE_MINOR, Shop

GATEWAYS = [gateway for gateway in DRIVERS if gateway.value in ROUTES]
each = pytest.mark.parametrize("gateway", GATEWAYS)


@each
async def test_a_client_who_pays_is_credited_on_the_way_back(shop: Shop, gateway: Gateway) -> None:
    after = await shop.pay(await shop.begin(gateway))
    assert after.state is AttemptState.PAID
    assert shop.paid() == [(DUE_MINOR, gateway.value)]
    assert shop.owed() == 0


@each
@pytest.mark.parametrize("choice", ["cancel", "failure"])
async def test_who_does_not_pay_is_not_credited(shop: Shop, gateway: Gateway, choice: str) -> None:
    attempt = await shop.begin(gateway)
    await shop.pay(attempt, choice)
    await shop.tend(32)
    assert shop.state(attempt).state.is_certain
    assert (shop.paid(), shop.suspended(), shop.owed()) == ([], [], DUE_MINOR)


@each
async def test_the_browsers_word_alone_credits_nothing(shop: Shop, gateway: Gateway) -> None:
    attempt = await shop.begin(gateway)
    await shop.pay(attempt, "forged")
    assert not shop.state(attempt).state.is_certain
    assert shop.paid() == []
    assert (await shop.pay(attempt)).state is AttemptState.PAID, "and it may still be paid"


@each
async def test_fifty_ways_back_at_once_credit_once(shop: Shop, gateway: Gateway) -> None:
    attempt = await shop.begin(gateway)
    address, fields = await shop.press(attempt), dict(shop.browser)
    await asyncio.gather(
        *(shop.follow(address, fields) for _ in range(50)),
        *(shop.desk.come_back(shop.isp.tenant_id, attempt.reference) for _ in range(5)),
    )
    await shop.tend(2)
    assert shop.paid() == [(DUE_MINOR, gateway.value)]
    assert shop.suspended() == []
    assert shop.box.kept(gateway) * 100 == DUE_MINOR
