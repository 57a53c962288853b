"""Asking gateways to give money back, and what became of it."""

from __future__ import annotations

from datetime import datetime

from billing.gateways.contents import RefundAsk, driver_of
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
    tell = driver_of(refund.attempt.gateway).refund
    return await _put(database, desk, tenant_id, refund, tell, now)


async def ask_refunds(
    database: Database, desk: Desk, tenant_id: TenantId, *, now: datetime
) -> tuple[Refund, ...]:
    """What became of those of which nobody knows; returns those that have come to an end."""
    ended = []
    for refund in await database.run(tenant_id, refunds_to_ask, tenant_id, now=now):
        ask = driver_of(refund.attempt.gateway).ask_refund
        after = await _put(database, desk, tenant_id, refund, ask, now)
        if after.state in {RefundState.DONE, RefundState.REFUSED}:
            ended.append(after)
    return tuple(ended)


async def _put(
    database: Database,
    desk: Desk,
    tenant_id: TenantId,
    refund: Refund,
    ask: RefundAsk | None,
    now: datetime,
) -> Refund:
    """Say it to the gateway, and take what it answers."""
    assert ask is not None, "only who gives back and can be asked about it was begun with"
    answer = await desk.call(
        tenant_id,
        refund.attempt,
        lambda line, known: ask(line, known, refund.attempt, refund.order),
    )
    said = answer or NOBODY_KNOWS
    return await database.run(tenant_id, settle_refund, tenant_id, refund.refund_id, said, now=now)
