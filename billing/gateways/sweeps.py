"""The nightly sweep: each attempt of the last days is asked about again, whatever became of it.

What was paid after all is credited; what was credited must be there. Each gateway that answered
is compared with our books, by the attempts that it answered.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.gateways.attempts import attempts_since
from billing.gateways.comparisons import Comparison, Source, keep_comparison
from billing.gateways.desk import Desk, in_a_round
from billing.gateways.rows import AttemptRow, SuspendedMoneyRow
from billing.gateways.settlement import settle
from billing.gateways.words import Answer, Attempt, Gateway, Word
from billing.rows import CreditRow, PaymentRow
from policy.facts import TenantId
from storage.actors import SYSTEM
from storage.database import Database
from tenancy.isps import get_isp

SWEPT = timedelta(days=3)

Told = dict[str, int]  # minor units by transaction


async def sweep(
    database: Database, desk: Desk, tenant_id: TenantId, *, now: datetime
) -> tuple[Comparison, ...]:
    """One comparison for each gateway of which there are attempts. Takes as long as they take."""
    attempts = await database.run(tenant_id, attempts_since, tenant_id, now - SWEPT)

    async def look(attempt: Attempt) -> tuple[Attempt, Answer] | None:
        answer = await desk.ask(tenant_id, attempt)
        if answer is None:
            return None
        if answer.word is Word.PAID:
            await database.run(tenant_id, settle, tenant_id, attempt.reference, answer, now=now)
        return attempt, answer

    answered = await in_a_round(attempts, look)
    return await database.run(tenant_id, keep, tenant_id, answered, now)


def keep(
    session: Session,
    tenant_id: TenantId,
    answered: list[tuple[Attempt, Answer]],
    now: datetime,
) -> tuple[Comparison, ...]:
    """How what they said compares with what we have."""
    zone = ZoneInfo(get_isp(session, tenant_id).details.time_zone)
    theirs: dict[Gateway, Told] = defaultdict(dict)
    for attempt, answer in answered:
        told = theirs[attempt.gateway]
        if answer.word is Word.PAID and answer.transaction_ref:
            told[answer.transaction_ref] = answer.amount_minor
    ours = _ours(session, tenant_id, [attempt for attempt, _answer in answered])
    today = now.astimezone(zone).date()
    days = (today - SWEPT, today + timedelta(days=1))
    return tuple(
        keep_comparison(
            session, tenant_id, gateway, Source.ASKED, days, ours[gateway], told,
            now=now, actor=SYSTEM,
        )
        for gateway, told in sorted(theirs.items())
    )  # fmt: skip


def _ours(session: Session, tenant_id: TenantId, attempts: list[Attempt]) -> dict[Gateway, Told]:
    """What those attempts brought: as payments that stand, or in suspense."""
    mine = [attempt.attempt_id for attempt in attempts]
    paid = select(AttemptRow.gateway, PaymentRow.transaction_ref, CreditRow.amount_minor).where(
        AttemptRow.tenant_id == tenant_id,
        AttemptRow.id.in_(mine),
        PaymentRow.tenant_id == tenant_id,
        PaymentRow.id == AttemptRow.payment_id,
        CreditRow.tenant_id == tenant_id,
        CreditRow.id == PaymentRow.id,
        CreditRow.reversed_at.is_(None),
    )
    waits = select(
        SuspendedMoneyRow.gateway, SuspendedMoneyRow.transaction_ref, SuspendedMoneyRow.amount_minor
    ).where(SuspendedMoneyRow.tenant_id == tenant_id, SuspendedMoneyRow.attempt_id.in_(mine))
    found: dict[Gateway, Told] = defaultdict(dict)
    for row in (*session.execute(waits), *session.execute(paid)):
        found[Gateway(row.gateway)][str(row.transaction_ref)] = row.amount_minor
    return found
