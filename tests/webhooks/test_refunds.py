"""Money given back through the gateway: booked when it says so; what is unknown stays unknown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.gateways.contents import DRIVERS
from billing.gateways.errors import RefundRefused
from billing.gateways.refunding import ask_refunds, give_back
from billing.gateways.refunds import Refund, RefundState, begin_refund, get_refund
from billing.gateways.words import Gateway
from billing.payments import payments_of
from sandbox.gateways.box import Kind
from sandbox.gateways.server import ROUTES
from storage.actors import SYSTEM
from tests.webhooks.conftest import DUE_MINOR, Shop

REFUNDING = [name for name, driver in DRIVERS.items() if driver.refund and name in {*ROUTES}]
CALLS = {Gateway.BKASH: "payment/refund", Gateway.SSLCOMMERZ: "query"}
each = pytest.mark.parametrize("gateway", REFUNDING)


async def paid_by(shop: Shop, gateway: Gateway, amount_minor: int = DUE_MINOR) -> Refund:
    """A payment by that gateway, of which `amount_minor` is now to be given back."""
    attempt = await shop.pay(await shop.begin(gateway))
    assert attempt.payment_id is not None
    with shop.isp.transaction() as session:
        return begin_refund(
            session, shop.isp.tenant_id, attempt.payment_id, amount_minor,
            reason="moved away", now=shop.clock(), actor=SYSTEM,
        )  # fmt: skip


async def tell(shop: Shop, refund: Refund) -> RefundState:
    ours = shop.isp.database, shop.desk, shop.isp.tenant_id
    return (await give_back(*ours, refund.refund_id, now=shop.clock())).state


async def wait(shop: Shop, refund: Refund) -> RefundState:
    shop.clock.now += timedelta(hours=2)
    ours = shop.isp.database, shop.desk, shop.isp.tenant_id
    await ask_refunds(*ours, now=shop.clock())
    with shop.isp.transaction() as session:
        return get_refund(session, shop.isp.tenant_id, refund.refund_id).state


def standing(shop: Shop) -> list[int]:
    """What clients have paid and still have, by the books."""
    with shop.isp.transaction() as session:
        payments = payments_of(session, shop.isp.tenant_id, shop.client_id)
    return [one.amount_minor for one in payments if one.reversed_at is None]


@each
async def test_all_is_given_back_and_owed_again(shop: Shop, gateway: Gateway) -> None:
    refund = await paid_by(shop, gateway)
    if await tell(shop, refund) is RefundState.UNKNOWN:
        assert standing(shop) == [DUE_MINOR], "nothing is booked before it is done"
        assert await wait(shop, refund) is RefundState.DONE
    assert (standing(shop), shop.owed(), shop.box.kept(gateway)) == ([], DUE_MINOR, 0)
    shop.paid()


@each
async def test_a_part_is_given_back_and_the_rest_still_pays(shop: Shop, gateway: Gateway) -> None:
    refund = await paid_by(shop, gateway, 30_000)
    if await tell(shop, refund) is RefundState.UNKNOWN:
        assert await wait(shop, refund) is RefundState.DONE
    assert standing(shop) == [50_000]
    assert shop.box.kept(gateway) == 500
    shop.paid()


@each
async def test_a_refund_that_was_done_without_an_answer_is_found_once(
    shop: Shop, gateway: Gateway
) -> None:
    refund = await paid_by(shop, gateway)
    shop.box.will(Kind.LOST, gateway, CALLS[gateway])
    assert await tell(shop, refund) is RefundState.UNKNOWN
    assert standing(shop) == [DUE_MINOR]
    for _look in range(3):
        state = await wait(shop, refund)
    assert state is RefundState.DONE
    assert (standing(shop), shop.box.kept(gateway)) == ([], 0)


@each
async def test_a_payment_is_given_back_only_once(shop: Shop, gateway: Gateway) -> None:
    refund = await paid_by(shop, gateway)
    with shop.isp.transaction() as session, pytest.raises(RefundRefused, match="asked_already"):
        begin_refund(
            session, shop.isp.tenant_id, refund.payment_id, 100,
            reason="again", now=shop.clock(), actor=SYSTEM,
        )  # fmt: skip


async def test_what_a_gateway_refuses_changes_nothing(shop: Shop) -> None:
    refund = await paid_by(shop, Gateway.BKASH)
    [order] = shop.box.of(Gateway.BKASH)
    order.refunded["by hand"] = order.amount
    assert await tell(shop, refund) is RefundState.REFUSED
    assert standing(shop) == [DUE_MINOR]


async def test_where_a_gateway_has_no_refund_none_is_begun(shop: Shop) -> None:
    with pytest.raises(RefundRefused, match="not_by_gateway"):
        await paid_by(shop, Gateway.AAMARPAY)
