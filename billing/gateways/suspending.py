"""Money that fits nothing is kept once and booked: by a settlement, or by a comparison."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NewType

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from billing.gateways.rows import SuspendedMoneyRow
from billing.ledger import Account, Code, Posting, post
from policy.facts import TenantId
from storage.actors import Actor
from tenancy.isps import local_date

SuspendedId = NewType("SuspendedId", int)


def claim_suspended(
    session: Session, tenant_id: TenantId, now: datetime, actor: Actor, **said: Any
) -> SuspendedId | None:
    """Keep money that fits nothing, once for each transaction of a gateway; None where it is kept.

    `said`: columns of its row. It is booked where it is `on_ledger`.
    """
    row = insert(SuspendedMoneyRow).values(tenant_id=tenant_id, found_at=now, **said)
    claim = row.on_conflict_do_nothing().returning(SuspendedMoneyRow.id)
    taken = session.scalar(claim)
    if taken is None:
        return None
    if said["on_ledger"]:
        came_by = Account(said["gateway"])
        money = Posting(came_by, Account.SUSPENSE, said["amount_minor"], Code.PAYMENT)
        today = local_date(session, tenant_id, now)
        post(session, tenant_id, [money], booked_on=today, actor=actor)
    return SuspendedId(taken)
