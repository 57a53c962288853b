"""This room's tables as the ORM has them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from storage.rows import Row


class EffectRow(Row):
    __tablename__ = "chat_effects"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[int]
    effect: Mapped[str]
    payload: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PromptRow(Row):
    __tablename__ = "chat_prompts"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(primary_key=True)
    prompt: Mapped[str]
    payload: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime]


class DeletionRow(Row):
    __tablename__ = "chat_deletions"

    chat_id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(primary_key=True)
    delete_at: Mapped[datetime]


class FormRow(Row):
    __tablename__ = "chat_forms"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str]
    answers: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime]


class UpdateRow(Row):
    __tablename__ = "chat_updates"

    bot_id: Mapped[int] = mapped_column(primary_key=True)
    update_id: Mapped[int] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime]
