"""A gateway's own word held against our books: what only one of both has, and what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import NewType
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from billing.gateways.accounts import gateway_environment
from billing.gateways.rows import ComparisonRow, DifferenceRow, SuspendedMoneyRow
from billing.gateways.statements import StatementRow
from billing.gateways.suspense import suspend_unmatched
from billing.gateways.words import Gateway
from billing.rows import CreditRow, PaymentRow
from policy.facts import TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import write
from tenancy.isps import get_isp

ComparisonId = NewType("ComparisonId", int)

SHOWN_MAX = 500


class Source(StrEnum):
    ASKED = "asked"  # attempt by attempt
    STATEMENT = "statement"


class DifferenceKind(StrEnum):
    ONLY_THERE = "only_there"
    ONLY_HERE = "only_here"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Difference:
    kind: DifferenceKind
    transaction_ref: str
    ours_minor: int
    theirs_minor: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Of the days from `from_on` until before `until_on`. Payments reversed since are not ours."""

    comparison_id: ComparisonId
    gateway: Gateway
    source: Source
    from_on: date
    until_on: date
    ours: int
    ours_minor: int
    theirs: int
    theirs_minor: int
    compared_at: datetime
    differences: tuple[Difference, ...]


def compare_statement(
    session: Session,
    tenant_id: TenantId,
    gateway: Gateway,
    rows: Sequence[StatementRow],
    *,
    from_on: date,
    until_on: date,
    now: datetime,
    actor: Actor,
) -> Comparison:
    """Hold a statement of those days against our books, and keep what differs.

    Money that only the gateway has is put in suspense, once. A payment a few hours over midnight
    is not missed: what the statement names is found on whatever day we have it. Raises
    NotPermitted, GatewayOff.
    """
    actor.require(Permission.TAKE_PAYMENTS)
    environment = gateway_environment(session, tenant_id, gateway)
    theirs: dict[str, int] = {}
    for row in rows:
        theirs[row.transaction_ref] = theirs.get(row.transaction_ref, 0) + row.amount_minor
    ours = _ours(session, tenant_id, gateway, from_on, until_on)
    ours |= _named(session, tenant_id, gateway, theirs)
    days = (from_on, until_on)
    found = keep_comparison(
        session, tenant_id, gateway, Source.STATEMENT, days, ours, theirs, now=now, actor=actor
    )
    for one in found.differences:
        if one.kind is DifferenceKind.ONLY_THERE:
            suspend_unmatched(
                session, tenant_id, gateway, environment, one.transaction_ref, one.theirs_minor,
                now=now, actor=actor,
            )  # fmt: skip
    return found


def differ(ours: Mapping[str, int], theirs: Mapping[str, int]) -> tuple[Difference, ...]:
    """By transaction; those of equal amounts are none."""
    found = []
    for ref in sorted({*ours, *theirs}):
        here, there = ours.get(ref, 0), theirs.get(ref, 0)
        if here == there:
            continue
        kind = DifferenceKind.AMOUNT
        if not here or not there:
            kind = DifferenceKind.ONLY_THERE if there else DifferenceKind.ONLY_HERE
        found.append(Difference(kind, ref, here, there))
    return tuple(found)


def keep_comparison(
    session: Session,
    tenant_id: TenantId,
    gateway: Gateway,
    source: Source,
    days: tuple[date, date],
    ours: Mapping[str, int],
    theirs: Mapping[str, int],
    *,
    now: datetime,
    actor: Actor,
) -> Comparison:
    """Write down how they compare. `ours` and `theirs`: minor units by transaction.

    Raises NotPermitted.
    """
    actor.require(Permission.TAKE_PAYMENTS)
    row = ComparisonRow(
        tenant_id=tenant_id,
        gateway=gateway,
        source=source,
        from_on=days[0],
        until_on=days[1],
        ours=len(ours),
        ours_minor=sum(ours.values()),
        theirs=len(theirs),
        theirs_minor=sum(theirs.values()),
        compared_at=now,
    )
    session.add(row)
    write(session)
    differences = differ(ours, theirs)
    session.add_all(
        DifferenceRow(
            tenant_id=tenant_id,
            comparison_id=row.id,
            kind=one.kind,
            transaction_ref=one.transaction_ref,
            ours_minor=one.ours_minor,
            theirs_minor=one.theirs_minor,
        )
        for one in differences
    )
    write(session)
    after = {"gateway": gateway, "differences": len(differences)}
    subject = Subject(tenant_id, "gateway_comparison", row.id)
    record(session, actor, "gateway.compared", subject, after=after)
    return _frozen(row, differences)


def last_comparisons(
    session: Session, tenant_id: TenantId, *, limit: int = 20
) -> tuple[Comparison, ...]:
    """The newest first, with their differences, at most SHOWN_MAX of each."""
    mine = select(ComparisonRow).where(ComparisonRow.tenant_id == tenant_id)
    rows = session.scalars(mine.order_by(ComparisonRow.id.desc()).limit(limit)).all()
    return tuple(_frozen(row, _differences(session, tenant_id, row.id)) for row in rows)


def _differences(
    session: Session, tenant_id: TenantId, comparison_id: int
) -> tuple[Difference, ...]:
    mine = DifferenceRow.tenant_id == tenant_id, DifferenceRow.comparison_id == comparison_id
    rows = session.scalars(
        select(DifferenceRow).where(*mine).order_by(DifferenceRow.id).limit(SHOWN_MAX)
    )
    return tuple(
        Difference(DifferenceKind(row.kind), row.transaction_ref, row.ours_minor, row.theirs_minor)
        for row in rows
    )


def _ours(
    session: Session, tenant_id: TenantId, gateway: Gateway, from_on: date, until_on: date
) -> dict[str, int]:
    zone = ZoneInfo(get_isp(session, tenant_id).details.time_zone)
    begins, ends = (datetime.combine(on, time(), zone) for on in (from_on, until_on))
    within = (CreditRow.given_at >= begins, CreditRow.given_at < ends)
    rows = session.execute(_payments(tenant_id, gateway).where(*within))
    return {str(row.transaction_ref): row.amount_minor for row in rows}


def _payments(tenant_id: TenantId, gateway: Gateway) -> Select[str | None, int]:
    """Those that stand: transaction, amount."""
    return (
        select(PaymentRow.transaction_ref, CreditRow.amount_minor)
        .join(CreditRow, (CreditRow.tenant_id == tenant_id) & (CreditRow.id == PaymentRow.id))
        .where(
            PaymentRow.tenant_id == tenant_id,
            PaymentRow.method == gateway,
            CreditRow.reversed_at.is_(None),
        )
    )


def _named(
    session: Session, tenant_id: TenantId, gateway: Gateway, theirs: Mapping[str, int]
) -> dict[str, int]:
    """Of what a statement names: payments of any day, and what waits in suspense already."""
    named = PaymentRow.transaction_ref.in_(theirs)
    payments = session.execute(_payments(tenant_id, gateway).where(named))
    waiting = session.execute(
        select(SuspendedMoneyRow.transaction_ref, SuspendedMoneyRow.amount_minor).where(
            SuspendedMoneyRow.tenant_id == tenant_id,
            SuspendedMoneyRow.gateway == gateway,
            SuspendedMoneyRow.transaction_ref.in_(theirs),
            SuspendedMoneyRow.on_ledger,
        )
    )
    return {str(row.transaction_ref): row.amount_minor for row in (*waiting, *payments)}


def _frozen(row: ComparisonRow, differences: tuple[Difference, ...]) -> Comparison:
    return Comparison(
        ComparisonId(row.id),
        Gateway(row.gateway),
        Source(row.source),
        row.from_on,
        row.until_on,
        row.ours,
        row.ours_minor,
        row.theirs,
        row.theirs_minor,
        row.compared_at,
        differences,
    )
