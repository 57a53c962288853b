"""The tables of what clients do in the portal, as the ORM has them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.rows import NumberedRow, Row


class PortalSessionRow(Row):
    __tablename__ = "portal_sessions"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    client_id: Mapped[int]
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    origin: Mapped[str]


class LoginCodeRow(NumberedRow):
    __tablename__ = "login_codes"

    client_id: Mapped[int | None]
    origin: Mapped[str]
    salt: Mapped[bytes]
    code_hash: Mapped[bytes | None]
    asked_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PackageRequestRow(NumberedRow):
    __tablename__ = "package_requests"

    connection_id: Mapped[int]
    package_id: Mapped[int]
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


class NoticeRow(NumberedRow):
    __tablename__ = "notices"

    text_en: Mapped[str | None]
    text_bn: Mapped[str | None]
    zone_id: Mapped[int | None]
    package_id: Mapped[int | None]
    overdue_only: Mapped[bool]
    shown_from_at: Mapped[datetime]
    shown_until: Mapped[datetime]
