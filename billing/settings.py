"""What an ISP's bills follow: numbers, tax, rounding, late fees, who is billed; its currency."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from billing.errors import CurrencyInUse
from billing.rows import BillingSettingsRow
from policy.facts import TenantId
from policy.late_fees import LateFee
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import change, write
from tenancy.errors import IspNotFound
from tenancy.rows import TenantRow


class PackageChange(StrEnum):
    """BY_DAY: the days left are credited and charged anew. NEXT_CYCLE: it waits for the next."""

    BY_DAY = "by_day"
    NEXT_CYCLE = "next_cycle"


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingSettings:
    """`*_points` are hundredths of a percent. The defaults are the schema's own."""

    invoice_prefix: str = "INV-"
    credit_note_prefix: str = "CN-"
    auto_generate: bool = True
    bill_suspended: bool = True
    bill_inactive: bool = False
    vat_points: int = 0  # of clients for whom nothing else was agreed
    vat_inclusive: bool = False
    round_to_minor: int = 1  # of a bill's total; 100: whole taka, so that notes can pay it
    late_fee_after_days: int | None = None  # after the due day; None: no late fees
    late_fee_minor: int = 0
    late_fee_points: int = 0
    grace_days: int = 0  # of a new profile
    package_change: PackageChange = PackageChange.BY_DAY
    promise_days: int = 3  # at most; 0: promises are not taken
    approval_above_minor: int | None = None  # a bill run above it needs a second person

    @property
    def late_fee(self) -> LateFee | None:
        """The rule, where there is one."""
        if self.late_fee_after_days is None:
            return None
        return LateFee(self.late_fee_after_days, self.late_fee_minor, self.late_fee_points)


def get_billing_settings(session: Session, tenant_id: TenantId) -> BillingSettings:
    """Raises IspNotFound."""
    row = session.scalar(
        select(BillingSettingsRow).where(BillingSettingsRow.tenant_id == tenant_id)
    )
    if row is None:
        raise IspNotFound(tenant_id)
    return _frozen(row)


def change_billing_settings(
    session: Session, tenant_id: TenantId, details: BillingSettings, *, actor: Actor
) -> BillingSettings:
    """Replace all of them, for bills from now on. Locks them.

    Raises NotPermitted, IspNotFound, ValueRefused.
    """
    actor.require(Permission.MANAGE_ISP)
    row = session.scalar(
        select(BillingSettingsRow)
        .where(BillingSettingsRow.tenant_id == tenant_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise IspNotFound(tenant_id)
    before = _frozen(row)
    change(row, details)
    write(session)
    subject = Subject(tenant_id, "isp", tenant_id)
    record(session, actor, "isp.billing_set", subject, before=before, after=details)
    return details


def set_currency(session: Session, tenant_id: TenantId, currency: str, *, actor: Actor) -> None:
    """The ISP's currency (ISO 4217), as long as nothing is priced or booked in another.

    Locks the ISP. Raises NotPermitted, IspNotFound, CurrencyInUse, ValueRefused.
    """
    actor.require(Permission.MANAGE_ISP)
    row = session.scalar(
        select(TenantRow)
        .where(TenantRow.tenant_id == tenant_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise IspNotFound(tenant_id)
    before = row.currency
    if currency != before and _money_is_known(session, tenant_id):
        raise CurrencyInUse(before)
    row.currency = currency
    write(session)
    subject = Subject(tenant_id, "isp", tenant_id)
    was, became = {"currency": before}, {"currency": currency}
    record(session, actor, "isp.currency_set", subject, before=was, after=became)


def _money_is_known(session: Session, tenant_id: TenantId) -> bool:
    known = text("""
        SELECT EXISTS (SELECT FROM packages WHERE tenant_id = :isp)
            OR EXISTS (SELECT FROM invoices WHERE tenant_id = :isp)
            OR EXISTS (SELECT FROM ledger_entries WHERE tenant_id = :isp)
    """)
    return bool(session.execute(known, {"isp": tenant_id}).scalar_one())


def _frozen(row: BillingSettingsRow) -> BillingSettings:
    said = {part.name: getattr(row, part.name) for part in fields(BillingSettings)}
    return BillingSettings(**said | {"package_change": PackageChange(row.package_change)})
