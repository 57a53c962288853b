"""This room's tables as the ORM has them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Integer, SmallInteger
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from storage.rows import NumberedRow, Row


class TenantRow(Row):
    __tablename__ = "tenants"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    time_zone: Mapped[str]
    currency: Mapped[str]
    language: Mapped[str]
    interim_seconds: Mapped[int] = mapped_column(Integer)
    no_cut_weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))


class StaffRow(NumberedRow):
    __tablename__ = "staff"

    name: Mapped[str]
    role: Mapped[str]
    active: Mapped[bool]


class RestrictionRow(Row):
    __tablename__ = "access_restrictions"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    action: Mapped[str]
    pool: Mapped[str | None]
    address_list: Mapped[str | None]
    down_kbps: Mapped[int | None] = mapped_column(Integer)
    up_kbps: Mapped[int | None] = mapped_column(Integer)
    session_seconds: Mapped[int] = mapped_column(Integer)


class NoCutDayRow(Row):
    __tablename__ = "no_cut_days"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    no_cut_on: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]


class NumberSeriesRow(Row):
    __tablename__ = "number_series"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(primary_key=True)
    last_number: Mapped[int]
