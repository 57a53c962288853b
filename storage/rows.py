"""The base of all ORM models, and the audit log's own. Each model lives in the room that owns it.

Models name only what the code uses: `changed_at` and the history behind it are the database's
business. Rows never leave a service; it returns frozen values.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Identity
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Row(DeclarativeBase):
    """A row of one of our tables; integers are bigint unless said otherwise."""

    type_annotation_map = {int: BigInteger, dict[str, Any]: JSONB(none_as_null=True)}  # noqa: RUF012


class AuditEntry(Row):
    __tablename__ = "audit_log"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    actor_kind: Mapped[str]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    origin: Mapped[str | None]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[int | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
