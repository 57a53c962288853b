"""The discounts an ISP gives for months paid at once: any number of tiers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from billing.bill_rows import AdvanceTierRow
from policy.advance import Tier
from policy.facts import TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import write


def advance_tiers(session: Session, tenant_id: TenantId) -> tuple[Tier, ...]:
    """Fewest months first; none where nothing was agreed."""
    mine = select(AdvanceTierRow).where(AdvanceTierRow.tenant_id == tenant_id)
    rows = session.scalars(mine.order_by(AdvanceTierRow.months))
    return tuple(Tier(row.months, row.points) for row in rows)


def set_advance_tiers(
    session: Session, tenant_id: TenantId, tiers: Sequence[Tier], *, actor: Actor
) -> None:
    """Instead of the former ones, for what is paid from now on. Raises NotPermitted, ValueRefused.

    Of two for as many months the better one holds.
    """
    actor.require(Permission.MANAGE_ISP)
    before = advance_tiers(session, tenant_id)
    session.execute(delete(AdvanceTierRow).where(AdvanceTierRow.tenant_id == tenant_id))
    session.expire_all()
    best = {tier.months: tier.percent_points for tier in sorted(tiers, key=_percent)}
    session.add_all(
        AdvanceTierRow(tenant_id=tenant_id, months=months, points=points)
        for months, points in best.items()
    )
    write(session)
    subject = Subject(tenant_id, "isp", tenant_id)
    was, became = {"tiers": before}, {"tiers": tuple(tiers)}
    record(session, actor, "isp.advance_tiers_set", subject, before=was, after=became)


def _percent(tier: Tier) -> int:
    return tier.percent_points
