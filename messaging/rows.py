"""This room's tables as the ORM has them."""

from __future__ import annotations

from sqlalchemy import SmallInteger
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from storage.rows import Row


class ReminderSettingsRow(Row):
    __tablename__ = "reminder_settings"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    before_due_days: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    before_expiry_days: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
