"""This room's tables as the ORM has them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import FetchedValue, Integer, SmallInteger, text
from sqlalchemy.dialects.postgresql import ARRAY, CIDR, INET
from sqlalchemy.orm import Mapped, mapped_column

from storage.rows import NumberedRow, Row

PLAIN_INTEGER = Integer()
SMALL_INTEGER = SmallInteger()


class ZoneRow(NumberedRow):
    __tablename__ = "zones"

    name: Mapped[str]


class PackageRow(NumberedRow):
    __tablename__ = "packages"

    name: Mapped[str]
    service: Mapped[str]
    price_minor: Mapped[int]
    validity_days: Mapped[int] = mapped_column(PLAIN_INTEGER)
    down_kbps: Mapped[int] = mapped_column(PLAIN_INTEGER)
    up_kbps: Mapped[int] = mapped_column(PLAIN_INTEGER)
    burst_down_kbps: Mapped[int | None] = mapped_column(PLAIN_INTEGER)
    burst_up_kbps: Mapped[int | None] = mapped_column(PLAIN_INTEGER)
    burst_threshold_down_kbps: Mapped[int | None] = mapped_column(PLAIN_INTEGER)
    burst_threshold_up_kbps: Mapped[int | None] = mapped_column(PLAIN_INTEGER)
    burst_seconds: Mapped[int | None] = mapped_column(SMALL_INTEGER)
    priority: Mapped[int] = mapped_column(SMALL_INTEGER)
    pool: Mapped[str | None]
    ipv6_pool: Mapped[str | None]
    delegated_ipv6_pool: Mapped[str | None]
    router_profile: Mapped[str | None]
    address_list: Mapped[str | None]
    data_limit_bytes: Mapped[int | None]
    quota_action: Mapped[str]
    throttle_down_kbps: Mapped[int | None] = mapped_column(PLAIN_INTEGER)
    throttle_up_kbps: Mapped[int | None] = mapped_column(PLAIN_INTEGER)
    session_limit: Mapped[int | None] = mapped_column(PLAIN_INTEGER)
    idle_timeout_seconds: Mapped[int | None] = mapped_column(PLAIN_INTEGER)
    interim_seconds: Mapped[int | None] = mapped_column(PLAIN_INTEGER)
    free_bytes: Mapped[int]
    per_gb_minor: Mapped[int]
    whole_volume: Mapped[bool]


class PackagePart(Row):
    """What a package has several of; always read and written whole, with its package."""

    __abstract__ = True

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(primary_key=True)


class FairUseStepRow(PackagePart):
    __tablename__ = "package_fair_use_steps"

    above_bytes: Mapped[int] = mapped_column(primary_key=True)
    down_kbps: Mapped[int] = mapped_column(PLAIN_INTEGER)
    up_kbps: Mapped[int] = mapped_column(PLAIN_INTEGER)


class SpeedWindowRow(PackagePart):
    __tablename__ = "package_speed_windows"

    position: Mapped[int] = mapped_column(SMALL_INTEGER, primary_key=True)
    start_minute: Mapped[int] = mapped_column(SMALL_INTEGER)
    end_minute: Mapped[int] = mapped_column(SMALL_INTEGER)
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    down_kbps: Mapped[int] = mapped_column(PLAIN_INTEGER)
    up_kbps: Mapped[int] = mapped_column(PLAIN_INTEGER)


class UncountedWindowRow(PackagePart):
    __tablename__ = "package_uncounted_windows"

    position: Mapped[int] = mapped_column(SMALL_INTEGER, primary_key=True)
    start_minute: Mapped[int] = mapped_column(SMALL_INTEGER)
    end_minute: Mapped[int] = mapped_column(SMALL_INTEGER)
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))


class SlabRow(PackagePart):
    __tablename__ = "package_slabs"

    above_bytes: Mapped[int] = mapped_column(primary_key=True)
    per_gb_minor: Mapped[int]


class ProfileRow(NumberedRow):
    __tablename__ = "profiles"

    name: Mapped[str]
    kind: Mapped[str]
    mode: Mapped[str]
    first_bill: Mapped[str]
    payment_day: Mapped[int] = mapped_column(SMALL_INTEGER)
    grace_days: Mapped[int] = mapped_column(SMALL_INTEGER)
    auto_bill: Mapped[bool]
    auto_suspend: Mapped[bool]
    allow_partial: Mapped[bool]


class ClientRow(NumberedRow):
    __tablename__ = "clients"

    client_number: Mapped[int]
    name: Mapped[str]
    name_bn: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    nid: Mapped[str | None]
    father_name: Mapped[str | None]
    address: Mapped[str | None]
    photo_ref: Mapped[str | None]
    signature_ref: Mapped[str | None]
    zone_id: Mapped[int | None]
    status: Mapped[str]
    promised_until: Mapped[datetime | None]
    agent_id: Mapped[int | None] = mapped_column(server_default=FetchedValue())
    vat_points: Mapped[int | None] = mapped_column(SMALL_INTEGER)
    vat_inclusive: Mapped[bool | None]
    discount_minor: Mapped[int] = mapped_column(server_default=text("0"))
    discount_points: Mapped[int] = mapped_column(SMALL_INTEGER, server_default=text("0"))
    discount_until_on: Mapped[date | None]
    language: Mapped[str | None]


class ConnectionRow(NumberedRow):
    __tablename__ = "connections"

    id: Mapped[int] = mapped_column(primary_key=True)  # taken before: the password is sealed for it
    client_id: Mapped[int]
    username: Mapped[str]
    sealed_password: Mapped[bytes | None] = mapped_column(deferred=True)
    service: Mapped[str]
    package_id: Mapped[int]
    profile_id: Mapped[int]
    status: Mapped[str]
    vip: Mapped[bool]
    mac_mode: Mapped[str]
    ipv4_address: Mapped[str | None] = mapped_column(INET)
    ipv6_prefix: Mapped[str | None] = mapped_column(CIDR)
    delegated_ipv6_prefix: Mapped[str | None] = mapped_column(CIDR)
    pool: Mapped[str | None]
    session_limit: Mapped[int | None] = mapped_column(PLAIN_INTEGER)
    expires_at: Mapped[datetime | None]
    billed_from_on: Mapped[date | None]
    ended_on: Mapped[date | None]


class MacRow(Row):
    __tablename__ = "connection_macs"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(primary_key=True)
    mac: Mapped[str] = mapped_column(primary_key=True)
    bound_by: Mapped[str]


class UsageRow(Row):
    __tablename__ = "connection_usage"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(primary_key=True)
    cycle_from_on: Mapped[date] = mapped_column(primary_key=True)
    cycle_until: Mapped[datetime]
    used_bytes: Mapped[int]


class BillingSettingsRow(Row):
    __tablename__ = "billing_settings"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    invoice_prefix: Mapped[str]
    credit_note_prefix: Mapped[str]
    auto_generate: Mapped[bool]
    bill_suspended: Mapped[bool]
    bill_inactive: Mapped[bool]
    vat_points: Mapped[int] = mapped_column(SMALL_INTEGER)
    vat_inclusive: Mapped[bool]
    round_to_minor: Mapped[int] = mapped_column(PLAIN_INTEGER)
    late_fee_after_days: Mapped[int | None] = mapped_column(SMALL_INTEGER)
    late_fee_minor: Mapped[int]
    late_fee_points: Mapped[int] = mapped_column(SMALL_INTEGER)
    grace_days: Mapped[int] = mapped_column(SMALL_INTEGER)
    package_change: Mapped[str]
    promise_days: Mapped[int] = mapped_column(SMALL_INTEGER)
    approval_above_minor: Mapped[int | None]


class InvoiceRow(NumberedRow):
    __tablename__ = "invoices"

    client_id: Mapped[int]
    invoice_number: Mapped[str | None]
    number_year: Mapped[int | None] = mapped_column(SMALL_INTEGER)
    number: Mapped[int | None]
    issued_on: Mapped[date]
    due_on: Mapped[date]
    currency: Mapped[str]
    total_minor: Mapped[int]
    paid_minor: Mapped[int]
    status: Mapped[str]
    bill_run_id: Mapped[int | None]
    in_advance: Mapped[bool] = mapped_column(server_default=text("false"))


class InvoiceLineRow(Row):
    __tablename__ = "invoice_lines"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(SMALL_INTEGER, primary_key=True)
    kind: Mapped[str]
    amount_minor: Mapped[int]
    title: Mapped[str | None]
    connection_id: Mapped[int | None]
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    used_bytes: Mapped[int | None]
    validity_days: Mapped[int | None] = mapped_column(PLAIN_INTEGER)
    extended_from_at: Mapped[datetime | None]
    extended_until: Mapped[datetime | None]


class CreditRow(NumberedRow):
    __tablename__ = "credits"

    client_id: Mapped[int]
    source: Mapped[str]
    currency: Mapped[str]
    amount_minor: Mapped[int]
    used_minor: Mapped[int]
    given_at: Mapped[datetime]
    reversed_at: Mapped[datetime | None]
    reversal_reason: Mapped[str | None]


class PaymentRow(NumberedRow):
    __tablename__ = "payments"

    id: Mapped[int] = mapped_column(primary_key=True)  # the credit's
    method: Mapped[str]
    transaction_ref: Mapped[str | None]
    note: Mapped[str | None]
    actor_kind: Mapped[str]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]


class CreditNoteRow(NumberedRow):
    __tablename__ = "credit_notes"

    id: Mapped[int] = mapped_column(primary_key=True)  # the credit's
    credit_note_number: Mapped[str]
    number_year: Mapped[int] = mapped_column(SMALL_INTEGER)
    number: Mapped[int]
    issued_on: Mapped[date]
    invoice_id: Mapped[int | None]
    vat_minor: Mapped[int]
    reason: Mapped[str]


class AllocationRow(NumberedRow):
    __tablename__ = "allocations"

    credit_id: Mapped[int]
    invoice_id: Mapped[int]
    amount_minor: Mapped[int]
    allocated_at: Mapped[datetime]
    released_at: Mapped[datetime | None]


class LedgerEntryRow(NumberedRow):
    """Inserted by `billing.ledger.post` alone; nobody may change or delete one."""

    __tablename__ = "ledger_entries"

    posted_at: Mapped[datetime]
    booked_on: Mapped[date]
    debit: Mapped[str]
    credit: Mapped[str]
    client_id: Mapped[int | None]
    amount_minor: Mapped[int]
    code: Mapped[str]
    invoice_id: Mapped[int | None]
    credit_id: Mapped[int | None]
    actor_kind: Mapped[str]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]


class PictureRow(NumberedRow):
    __tablename__ = "pictures"

    jpeg: Mapped[bytes]
    added_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
