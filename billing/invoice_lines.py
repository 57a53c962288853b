"""The lines of invoices. Once written a line stays; what paying it bought is noted on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.ledger import Posting, charge
from billing.rows import InvoiceLineRow, InvoiceRow
from policy.bills import LineKind
from policy.facts import ClientId, ConnectionId
from policy.periods import Period
from storage.rows import insert_many

LINES_MAX = 1_000  # of one invoice


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line, without tax; below 0 it lowers the bill.

    `period` is what it is charged for. `validity_days`: when the invoice is paid, the connection
    (one that pays by the day) is paid for that much longer.
    """

    kind: LineKind
    amount_minor: int
    title: str | None = None
    connection_id: ConnectionId | None = None
    period: Period | None = None
    used_bytes: int | None = None
    validity_days: int | None = None


def total_of(lines: Iterable[InvoiceLine]) -> int:
    """What lines ask together, in minor units."""
    return sum(line.amount_minor for line in lines)


def write_lines(session: Session, row: InvoiceRow, lines: Sequence[InvoiceLine]) -> None:
    """Add lines below those that an invoice has. Its total is the caller's to raise."""
    last = select(func.max(InvoiceLineRow.position)).where(*_of(row))
    first = (session.scalar(last) or 0) + 1
    insert_many(
        session,
        InvoiceLineRow,
        [
            {
                "tenant_id": row.tenant_id,
                "invoice_id": row.id,
                "position": position,
                **line_columns(line),
            }
            for position, line in enumerate(lines, start=first)
        ],
    )


def line_columns(line: InvoiceLine) -> dict[str, Any]:
    """A line as columns of its row, but for its place."""
    period = line.period
    return {
        "kind": line.kind,
        "amount_minor": line.amount_minor,
        "title": line.title,
        "connection_id": line.connection_id,
        "from_on": period and period.from_on,
        "until_on": period and period.until_on,
        "used_bytes": line.used_bytes,
        "validity_days": line.validity_days,
    }


def charges(row: InvoiceRow, lines: Iterable[InvoiceLine]) -> list[Posting]:
    """What lines move in the ledger: a row each, none for a line of nothing."""
    client_id = ClientId(row.client_id)
    return [
        charge(line.kind, line.amount_minor, client_id, row.id)
        for line in lines
        if line.amount_minor
    ]


def lines_of(session: Session, row: InvoiceRow) -> tuple[InvoiceLine, ...]:
    """An invoice's lines in their order."""
    rows = session.scalars(
        select(InvoiceLineRow).where(*_of(row)).order_by(InvoiceLineRow.position)
    )
    return tuple(_frozen(line) for line in rows)


def _of(row: InvoiceRow) -> tuple[Any, Any]:
    return InvoiceLineRow.tenant_id == row.tenant_id, InvoiceLineRow.invoice_id == row.id


def _frozen(row: InvoiceLineRow) -> InvoiceLine:
    has_period = row.from_on is not None and row.until_on is not None
    return InvoiceLine(
        LineKind(row.kind),
        row.amount_minor,
        row.title,
        None if row.connection_id is None else ConnectionId(row.connection_id),
        Period(row.from_on, row.until_on) if has_period else None,  # type: ignore[arg-type]
        row.used_bytes,
        row.validity_days,
    )
