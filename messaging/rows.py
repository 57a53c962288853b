"""This room's tables as the ORM has them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from storage.rows import NumberedRow, Row


class ReminderSettingsRow(Row):
    __tablename__ = "reminder_settings"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    before_due_days: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    before_expiry_days: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))


class WebhookRow(NumberedRow):
    __tablename__ = "webhooks"

    address: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sealed_secret: Mapped[bytes]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]


class WebhookDeliveryRow(NumberedRow):
    """Written by the database's triggers, with the change that it tells of."""

    __tablename__ = "webhook_deliveries"

    webhook_id: Mapped[int]
    client_id: Mapped[int]
    event: Mapped[str]
    facts: Mapped[dict[str, Any]]
    happened_at: Mapped[datetime]
    try_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(SmallInteger)
    tried_at: Mapped[datetime | None]
    answered: Mapped[int | None] = mapped_column(SmallInteger)
    problem: Mapped[str | None]
    delivered_at: Mapped[datetime | None]
