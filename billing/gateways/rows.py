"""The tables of payment gateways as the ORM has them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import FetchedValue, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from storage.rows import NumberedRow, Row


class GatewayAccountRow(Row):
    __tablename__ = "gateway_accounts"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    gateway: Mapped[str] = mapped_column(primary_key=True)
    environment: Mapped[str]
    enabled: Mapped[bool]
    address: Mapped[str]
    sealed_credentials: Mapped[bytes] = mapped_column(deferred=True)


class AttemptRow(NumberedRow):
    __tablename__ = "payment_attempts"

    reference: Mapped[str]
    client_id: Mapped[int]
    gateway: Mapped[str]
    environment: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    purpose: Mapped[str]
    months: Mapped[int | None] = mapped_column(SmallInteger)
    connection_id: Mapped[int | None]
    state: Mapped[str]
    gateway_ref: Mapped[str | None]
    page_address: Mapped[str | None]
    reason: Mapped[str | None]
    started_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    ask_at: Mapped[datetime | None]
    asks: Mapped[int] = mapped_column(SmallInteger, server_default=FetchedValue())
    settled_at: Mapped[datetime | None]
    payment_id: Mapped[int | None]
    capture_at: Mapped[datetime | None]
    hint: Mapped[str | None]


class SuspendedMoneyRow(NumberedRow):
    __tablename__ = "suspended_money"

    gateway: Mapped[str]
    environment: Mapped[str]
    transaction_ref: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    attempt_id: Mapped[int | None]
    why: Mapped[str]
    found_at: Mapped[datetime]
    assigned_at: Mapped[datetime | None]
    payment_id: Mapped[int | None]
    on_ledger: Mapped[bool] = mapped_column(server_default=FetchedValue())
    dismissed_at: Mapped[datetime | None]
    dismissed_because: Mapped[str | None]


class ComparisonRow(NumberedRow):
    __tablename__ = "gateway_comparisons"

    gateway: Mapped[str]
    source: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date]
    ours: Mapped[int]
    ours_minor: Mapped[int]
    theirs: Mapped[int]
    theirs_minor: Mapped[int]
    compared_at: Mapped[datetime]


class DifferenceRow(NumberedRow):
    __tablename__ = "gateway_differences"

    comparison_id: Mapped[int]
    kind: Mapped[str]
    transaction_ref: Mapped[str]
    ours_minor: Mapped[int]
    theirs_minor: Mapped[int]


class RefundRow(NumberedRow):
    __tablename__ = "gateway_refunds"

    reference: Mapped[str]
    attempt_id: Mapped[int]
    payment_id: Mapped[int]
    amount_minor: Mapped[int]
    reason: Mapped[str]
    state: Mapped[str]
    refund_ref: Mapped[str | None]
    said: Mapped[str | None]
    started_at: Mapped[datetime]
    ask_at: Mapped[datetime | None]
    asks: Mapped[int] = mapped_column(SmallInteger, server_default=FetchedValue())
    ended_at: Mapped[datetime | None]


class GatewayTokenRow(Row):
    __tablename__ = "gateway_tokens"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    gateway: Mapped[str] = mapped_column(primary_key=True)
    environment: Mapped[str] = mapped_column(primary_key=True)
    sealed_token: Mapped[bytes | None]
    good_until: Mapped[datetime | None]
    claimed_until: Mapped[datetime]


class TrafficRow(NumberedRow):
    __tablename__ = "gateway_traffic"

    gateway: Mapped[str]
    reference: Mapped[str | None]
    at: Mapped[datetime]
    address: Mapped[str]
    sent: Mapped[str]
    status: Mapped[int | None] = mapped_column(SmallInteger)
    answered: Mapped[str]
