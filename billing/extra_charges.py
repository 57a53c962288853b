"""Extra charges: what a client's next bill is to ask beside packages and use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.bill_rows import PendingLineRow
from billing.errors import ClientNotFound
from billing.rows import ClientRow
from policy.facts import ClientId, TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.errors import ValueRefused
from storage.rows import locked, read, write

PendingLineId = NewType("PendingLineId", int)


@dataclass(frozen=True, slots=True)
class PendingLine:
    """A line of a bill to come; `amount_minor` < 0 is credited."""

    line_id: PendingLineId
    kind: str
    description: str
    amount_minor: int


def add_extra_charge(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    *,
    description: str,
    amount_minor: int,
    actor: Actor,
) -> PendingLine:
    """Ask `amount_minor` (more than 0, before tax) on the client's next bill. Locks the client.

    Raises NotPermitted, ClientNotFound, ValueRefused.
    """
    actor.require(Permission.MAKE_INVOICES)
    locked(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    if not isinstance(amount_minor, int):
        raise ValueRefused("amount_is_whole")  # a fraction of the smallest unit is no money
    row = PendingLineRow(
        tenant_id=tenant_id,
        client_id=client_id,
        kind="extra",
        description=description,
        amount_minor=amount_minor,
    )
    session.add(row)
    write(session)
    line = _frozen(row)
    record(
        session, actor, "client.charge_added", Subject(tenant_id, "client", client_id), after=line
    )
    return line


def pending_lines(
    session: Session, tenant_id: TenantId, client_id: ClientId
) -> tuple[PendingLine, ...]:
    """What waits for the client's next bill, oldest first. Raises ClientNotFound."""
    read(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    mine = (
        PendingLineRow.tenant_id == tenant_id,
        PendingLineRow.client_id == client_id,
        PendingLineRow.invoice_id.is_(None),
    )
    rows = session.scalars(select(PendingLineRow).where(*mine).order_by(PendingLineRow.id))
    return tuple(_frozen(row) for row in rows)


def _frozen(row: PendingLineRow) -> PendingLine:
    return PendingLine(PendingLineId(row.id), row.kind, row.description, row.amount_minor)
