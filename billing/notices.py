"""Notices on the portal's home page: to all clients, or to those of a zone, a package, in debt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from billing.errors import ClientNotFound, NoticeNotFound, PackageNotFound, ZoneNotFound
from billing.portal_rows import NoticeRow
from billing.rows import ClientRow
from billing.zones import ZoneId
from policy.facts import ClientId, PackageId, TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import columns, locked, read, write
from tenancy.isps import local_date

NoticeId = NewType("NoticeId", int)

NOTICES_SHOWN = 5  # to one client, the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDetails:
    """In at least one language; who reads the other one sees this. All that is said must hold.

    `shown_until` is exclusive.
    """

    text_en: str | None = None
    text_bn: str | None = None
    zone_id: ZoneId | None = None
    package_id: PackageId | None = None
    overdue_only: bool = False
    shown_from_at: datetime
    shown_until: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    notice_id: NoticeId
    details: NoticeDetails

    def text(self, language: str) -> str:
        """In the reader's language, or the one there is."""
        first, second = self.details.text_en, self.details.text_bn
        return (second or first or "") if language == "bn" else (first or second or "")


def add_notice(
    session: Session, tenant_id: TenantId, details: NoticeDetails, *, actor: Actor
) -> Notice:
    """Raises NotPermitted, ZoneNotFound, PackageNotFound, ValueRefused."""
    actor.require(Permission.MANAGE_ISP)
    row = NoticeRow(tenant_id=tenant_id, **columns(details))
    session.add(row)
    write(
        session,
        {
            "notices_tenant_id_zone_id_fkey": ZoneNotFound(details.zone_id or 0),
            "notices_tenant_id_package_id_fkey": PackageNotFound(details.package_id or 0),
        },
    )
    notice = _frozen(row)
    record(session, actor, "notice.added", Subject(tenant_id, "notice", row.id), after=notice)
    return notice


def withdraw_notice(
    session: Session, tenant_id: TenantId, notice_id: NoticeId, *, actor: Actor
) -> None:
    """It is shown no more. Locks it. Raises NotPermitted, NoticeNotFound."""
    actor.require(Permission.MANAGE_ISP)
    row = locked(session, NoticeRow, tenant_id, notice_id, NoticeNotFound(notice_id))
    notice = _frozen(row)
    session.delete(row)
    write(session)
    subject = Subject(tenant_id, "notice", notice_id)
    record(session, actor, "notice.withdrawn", subject, before=notice)


def list_notices(session: Session, tenant_id: TenantId, *, now: datetime) -> tuple[Notice, ...]:
    """Those that are shown or will be, the newest first."""
    mine = (NoticeRow.tenant_id == tenant_id, NoticeRow.shown_until > now)
    rows = session.scalars(select(NoticeRow).where(*mine).order_by(NoticeRow.id.desc()))
    return tuple(_frozen(row) for row in rows)


def notices_for(
    session: Session, tenant_id: TenantId, client_id: ClientId, *, now: datetime
) -> tuple[Notice, ...]:
    """What a client is told now, the newest first, at most NOTICES_SHOWN. Raises ClientNotFound."""
    client = read(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    rows = session.scalars(
        select(NoticeRow)
        .from_statement(
            text("""
                SELECT * FROM notices AS told
                 WHERE tenant_id = :tenant_id AND shown_from_at <= :now AND shown_until > :now
                   AND (zone_id IS NULL OR zone_id = :zone_id)
                   AND (package_id IS NULL OR EXISTS (
                       SELECT FROM connections AS line
                        WHERE line.tenant_id = :tenant_id AND line.client_id = :client_id
                          AND line.package_id = told.package_id AND line.status <> 'inactive'))
                   AND (NOT overdue_only OR EXISTS (
                       SELECT FROM invoices AS bill
                        WHERE bill.tenant_id = :tenant_id AND bill.client_id = :client_id
                          AND bill.status IN ('issued', 'partial') AND bill.due_on < :today))
                 ORDER BY id DESC LIMIT :limit
            """)
        )
        .params(
            tenant_id=tenant_id,
            client_id=client_id,
            zone_id=client.zone_id,
            now=now,
            today=local_date(session, tenant_id, now),
            limit=NOTICES_SHOWN,
        )
    )
    return tuple(_frozen(row) for row in rows)


def _frozen(row: NoticeRow) -> Notice:
    return Notice(
        NoticeId(row.id),
        NoticeDetails(
            text_en=row.text_en,
            text_bn=row.text_bn,
            zone_id=ZoneId(row.zone_id) if row.zone_id else None,
            package_id=PackageId(row.package_id) if row.package_id else None,
            overdue_only=row.overdue_only,
            shown_from_at=row.shown_from_at,
            shown_until=row.shown_until,
        ),
    )
