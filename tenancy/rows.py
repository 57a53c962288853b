"""This room's tables as the ORM has them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Integer, SmallInteger, Text
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
    keep_sessions_months: Mapped[int] = mapped_column(SmallInteger)
    no_cut_weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))


class StaffRow(NumberedRow):
    __tablename__ = "staff"

    name: Mapped[str]
    role: Mapped[str]
    active: Mapped[bool]
    phone: Mapped[str | None]


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
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    last_number: Mapped[int]


class RolePermissionRow(Row):
    __tablename__ = "role_permissions"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    permission: Mapped[str] = mapped_column(primary_key=True)
    allowed: Mapped[bool]


class StaffPart(Row):
    """What belongs to one staff member."""

    __abstract__ = True

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(primary_key=True)


class StaffPermissionRow(StaffPart):
    __tablename__ = "staff_permissions"

    permission: Mapped[str] = mapped_column(primary_key=True)
    allowed: Mapped[bool]


class InvitationRow(NumberedRow):
    __tablename__ = "staff_invitations"

    staff_id: Mapped[int]
    code_hash: Mapped[bytes]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class StaffLinkRow(StaffPart):
    __tablename__ = "staff_links"

    account_id: Mapped[int]
    linked_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    language: Mapped[str | None]
    chosen_at: Mapped[datetime | None]
    bangla_digits: Mapped[bool | None]
    lakhs: Mapped[bool | None]


class SecondFactorRow(StaffPart):
    __tablename__ = "staff_second_factors"

    sealed_totp: Mapped[bytes | None]
    totp_step: Mapped[int]
    confirmed_at: Mapped[datetime | None]
    sent_code_hash: Mapped[bytes | None]
    sent_code_until: Mapped[datetime | None]
    salt: Mapped[bytes]


class BackupCodeRow(StaffPart):
    __tablename__ = "staff_backup_codes"

    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class LoginAttemptRow(NumberedRow):
    __tablename__ = "login_attempts"

    subject_kind: Mapped[str]
    subject_id: Mapped[int | None]
    door: Mapped[str]
    origin: Mapped[str]
    browser: Mapped[str | None]
    succeeded: Mapped[bool]
    attempted_at: Mapped[datetime]


class PortalSettingsRow(Row):
    __tablename__ = "portal_settings"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    colour: Mapped[str]
    features_off: Mapped[list[str]] = mapped_column(ARRAY(Text))
    maintenance: Mapped[bool]
    maintenance_en: Mapped[str | None]
    maintenance_bn: Mapped[str | None]


class PortalAddressRow(Row):
    __tablename__ = "portal_addresses"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    address: Mapped[str]
    host: Mapped[str]


class LetterheadRow(Row):
    __tablename__ = "letterheads"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    name_bn: Mapped[str | None]
    address: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    vat_number: Mapped[str | None]
    pay_link: Mapped[str | None]
    footer: Mapped[str | None]
    logo: Mapped[bytes | None] = mapped_column(deferred=True)


class ApiKeyRow(NumberedRow):
    __tablename__ = "api_keys"

    name: Mapped[str]
    hint: Mapped[str]
    key_hash: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    method: Mapped[str]
    networks: Mapped[list[str]] = mapped_column(ARRAY(Text))
    per_minute: Mapped[int] = mapped_column(SmallInteger)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    minute_at: Mapped[datetime | None]
    minute_uses: Mapped[int] = mapped_column(Integer)
