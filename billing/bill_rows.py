"""The tables of billing terms and bill runs as the ORM has them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from storage.rows import NumberedRow, Row

SMALL_INTEGER = SmallInteger()


class AdvanceTierRow(Row):
    __tablename__ = "advance_tiers"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    months: Mapped[int] = mapped_column(SMALL_INTEGER, primary_key=True)
    points: Mapped[int] = mapped_column(SMALL_INTEGER)


class PackageChangeRow(NumberedRow):
    __tablename__ = "package_changes"

    connection_id: Mapped[int]
    package_id: Mapped[int]
    change_on: Mapped[date]
    made_at: Mapped[datetime | None]


class PromiseRow(Row):
    __tablename__ = "promises"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(primary_key=True)
    cycle_from_on: Mapped[date] = mapped_column(primary_key=True)
    promised_until: Mapped[datetime]
    given_at: Mapped[datetime]


class BillRunRow(NumberedRow):
    __tablename__ = "bill_runs"

    month_on: Mapped[date]
    state: Mapped[str]
    issued_on: Mapped[date]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    foreseen_count: Mapped[int]
    foreseen_minor: Mapped[int]
    billed_count: Mapped[int]
    billed_minor: Mapped[int]
    reached_client_id: Mapped[int]
    ended_at: Mapped[datetime | None]


class PendingLineRow(NumberedRow):
    __tablename__ = "pending_lines"

    client_id: Mapped[int]
    kind: Mapped[str]
    description: Mapped[str]
    amount_minor: Mapped[int]
    invoice_id: Mapped[int | None]
    source_invoice_id: Mapped[int | None]


class BilledPeriodRow(Row):
    """Days of a connection that are billed: nobody bills them again while this row is there."""

    __tablename__ = "billed_periods"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(primary_key=True)
    charge: Mapped[str] = mapped_column(primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    until_on: Mapped[date]
    cycle_from_on: Mapped[date]
    cycle_until_on: Mapped[date]
    month_on: Mapped[date]
    package_id: Mapped[int]
    cycle_minor: Mapped[int]
    charged_minor: Mapped[int]
    discount_minor: Mapped[int]
    invoice_id: Mapped[int | None]
    bill_run_id: Mapped[int | None]
