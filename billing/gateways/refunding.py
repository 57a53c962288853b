"""Asking gateways to give money back, and what became of it."""

from __future__ import annotations

from datetime import datetime

from billing.gateways.contents import driver_of
from billing.gateways.desk import Desk
from billing.gateways.refunds import (
    Refund,
    RefundId,
    RefundState,
    get_refund,
    refunds_to_ask,
    settle_refund,
)
from billing.gateways.words import RefundAnswer, RefundWord
from policy.facts import TenantId
from storage.database import Database

NOBODY_KNOWS = RefundAnswer(RefundWord.UNKNOWN)


async def give_back(
    database: Database, desk: Desk, tenant_id: TenantId, refund_id: RefundId, *, now: datetime
) -> Refund:
    """Ask for one that was begun, once; how it stands then. Raises RefundNotFound."""
    refund = await database.run(tenant_id, get_refund, tenant_id, refund_id)
    driver = driver_of(refund.attempt.gateway)
    assert driver.refund is not None, "none was begun"
    tell = driver.refund
    answer = await desk.call(
        tenant_id,
        refund.attempt,
        lambda line, known: tell(line, known, refund.attempt, refund.order),
    )
    said = answer or NOBODY_KNOWS
    return await database.run(tenant_id, settle_refund, tenant_id, refund_id, said, now=now)


async def ask_refunds(
    database: Database, desk: Desk, tenant_id: TenantId, *, now: datetime
) -> tuple[Refund, ...]:
    """What became of those of which nobody knows; returns those that have come to an end."""
    ended = []
    for refund in await database.run(tenant_id, refunds_to_ask, tenant_id, now=now):
        driver = driver_of(refund.attempt.gateway)
        assert driver.ask_refund is not None, "whoever gives back can be asked"
        ask, attempt, order = driver.ask_refund, refund.attempt, refund.order
        answer = await desk.call(
            tenant_id,
            attempt,
            lambda line, known: ask(line, known, attempt, order),  # noqa: B023
        )
        said = answer or NOBODY_KNOWS
        after = await database.run(
            tenant_id, settle_refund, tenant_id, refund.refund_id, said, now=now
        )
        if after.state in {RefundState.DONE, RefundState.REFUSED}:
            ended.append(after)
    return tuple(ended)
