"""Our books beside a gateway's: statements, the sweep of the night, money in suspense."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from openpyxl import Workbook

from billing.gateways.comparisons import Comparison, Difference, DifferenceKind, compare_statement
from billing.gateways.errors import StatementUnreadable, SuspenseEnded
from billing.gateways.statements import StatementRow, read_statement
from billing.gateways.suspense import (
    SuspendedMoney,
    assign_suspended,
    dismiss_suspended,
    suspended_money,
)
from billing.gateways.sweeps import sweep
from billing.gateways.words import AttemptState, Gateway
from sandbox.gateways.box import Kind
from storage.actors import SYSTEM
from tests.webhooks.conftest import DUE_MINOR, Shop
from tests.webhooks.test_callbacks import GATEWAYS

each = pytest.mark.parametrize("gateway", GATEWAYS)
CSV = b"""bKash merchant statement,,,
,,,
Sl,Date & Time,Transaction ID,Transaction Amount,Status
1,2026-03-10 10:00,AAA1,"1,200.00",Completed
2,2026-03-10 11:00,AAA2,500,Failed
3,2026-03-10 12:00,AAA3,-300.00,Completed
4,2026-03-10 13:00,AAA4,75.50,Completed
,,,"1,275.50",
"""


def statement(shop: Shop, gateway: Gateway, *rows: StatementRow) -> Comparison:
    today = shop.clock().date()
    with shop.isp.transaction() as session:
        return compare_statement(
            session, shop.isp.tenant_id, gateway, rows,
            from_on=today, until_on=today + timedelta(days=1), now=shop.clock(), actor=SYSTEM,
        )  # fmt: skip


def waiting(shop: Shop) -> tuple[SuspendedMoney, ...]:
    with shop.isp.transaction() as session:
        return suspended_money(session, shop.isp.tenant_id)


async def night(shop: Shop) -> dict[Gateway, tuple[Difference, ...]]:
    ours = shop.isp.database, shop.desk, shop.isp.tenant_id
    return {one.gateway: one.differences for one in await sweep(*ours, now=shop.clock())}


def test_a_statement_is_read_whatever_stands_around_it() -> None:
    assert read_statement(CSV, "BDT") == (
        StatementRow("AAA1", 120_000),
        StatementRow("AAA4", 7_550),
    )


def test_a_statement_may_be_a_workbook() -> None:
    book, content = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(["Txn ID", "Amount"])
    book.active.append([20260310123456.0, 80.25])
    book.save(content)
    assert read_statement(content.getvalue(), "BDT") == (StatementRow("20260310123456", 8_025),)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\xff", b"PK\x03\x04", b"a,b\n1,2\n", b"\0" * 99]
)
def test_what_is_no_statement_is_refused(content: bytes) -> None:
    with pytest.raises(StatementUnreadable):
        read_statement(content, "BDT")


@each
async def test_a_statement_that_agrees_differs_in_nothing(shop: Shop, gateway: Gateway) -> None:
    await shop.pay(await shop.begin(gateway))
    [order] = shop.box.of(gateway)
    found = statement(shop, gateway, StatementRow(order.transaction, DUE_MINOR))
    assert (found.ours, found.theirs, found.differences) == (1, 1, ())


async def test_money_that_only_the_gateway_has_waits_in_suspense_once(shop: Shop) -> None:
    row = StatementRow("QR12345678", 50_000)
    for _time in range(2):
        found = statement(shop, Gateway.BKASH, row)
    assert shop.suspended() == [(50_000, "unmatched")]
    assert found.differences == ()
    shop.paid()


async def test_payments_that_the_gateway_does_not_have_are_listed(shop: Shop) -> None:
    await shop.pay(await shop.begin(Gateway.BKASH))
    [order] = shop.box.of(Gateway.BKASH)
    found = statement(shop, Gateway.BKASH)
    missing = Difference(DifferenceKind.ONLY_HERE, order.transaction, DUE_MINOR, 0)
    assert found.differences == (missing,)


async def test_money_in_suspense_is_given_to_whom_it_belongs(shop: Shop) -> None:
    statement(shop, Gateway.BKASH, StatementRow("QR12345678", 50_000))
    [money] = waiting(shop)
    with shop.isp.transaction() as session:
        assign_suspended(
            session, shop.isp.tenant_id, money.suspended_id, shop.client_id,
            now=shop.clock(), actor=SYSTEM,
        )  # fmt: skip
    assert shop.paid() == [(50_000, "bkash")]
    assert waiting(shop) == ()
    assert shop.ledger("suspense") == 0
    with shop.isp.transaction() as session, pytest.raises(SuspenseEnded):
        dismiss_suspended(
            session, shop.isp.tenant_id, money.suspended_id,
            reason="twice", now=shop.clock(), actor=SYSTEM,
        )  # fmt: skip


async def test_an_attempt_whose_money_waited_is_paid_once_it_is_assigned(shop: Shop) -> None:
    attempt = await shop.begin(Gateway.SSLCOMMERZ)
    assert (await shop.pay(attempt, "risky")).state is AttemptState.SUSPENSE
    [money] = waiting(shop)
    assert (money.why, money.client_id) == ("risk", shop.client_id)
    with shop.isp.transaction() as session:
        assign_suspended(
            session, shop.isp.tenant_id, money.suspended_id, shop.client_id,
            now=shop.clock(), actor=SYSTEM,
        )  # fmt: skip
    assert shop.state(attempt).state is AttemptState.PAID
    assert shop.paid() == [(DUE_MINOR, "sslcommerz")]


async def test_money_that_is_nobodys_leaves_suspense_with_a_reason(shop: Shop) -> None:
    statement(shop, Gateway.BKASH, StatementRow("QR12345678", 50_000))
    [money] = waiting(shop)
    with shop.isp.transaction() as session:
        dismiss_suspended(
            session, shop.isp.tenant_id, money.suspended_id,
            reason="sent back in the panel", now=shop.clock(), actor=SYSTEM,
        )  # fmt: skip
    assert (waiting(shop), shop.ledger("suspense"), shop.ledger("bkash")) == ((), 0, 0)


@each
async def test_the_night_finds_what_was_paid_after_all(shop: Shop, gateway: Gateway) -> None:
    attempt = await shop.begin(gateway)
    await shop.pay(attempt, "failure")
    await shop.tend(40)
    [order] = shop.box.of(gateway)
    order.pay()
    assert await night(shop) == {gateway: ()}
    assert shop.paid() == [(DUE_MINOR, gateway.value)]


@each
async def test_the_night_finds_nothing_where_all_is_well(shop: Shop, gateway: Gateway) -> None:
    await shop.pay(await shop.begin(gateway))
    await shop.begin(gateway)
    assert await night(shop) == {gateway: ()}


@each
async def test_the_night_tells_of_money_that_went_away(shop: Shop, gateway: Gateway) -> None:
    await shop.pay(await shop.begin(gateway))
    [order] = shop.box.of(gateway)
    order.standing = type(order.standing).FAILED
    missing = Difference(DifferenceKind.ONLY_HERE, order.transaction, DUE_MINOR, 0)
    assert await night(shop) == {gateway: (missing,)}


async def test_a_gateway_that_is_silent_at_night_is_not_held_to_have_nothing(shop: Shop) -> None:
    await shop.pay(await shop.begin(Gateway.BKASH))
    shop.box.will(Kind.DROPPED, Gateway.BKASH, times=0)
    assert await night(shop) == {}
