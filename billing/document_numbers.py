"""Numbers of invoices and credit notes: the ISP's prefix, the year, and no gaps within it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from policy.facts import TenantId
from tenancy.numbers import Series, take_numbers

NUMBER_DIGITS = 6


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """`text` is what people read: INV-2026-000042."""

    text: str
    year: int
    number: int


def take_document_numbers(
    session: Session,
    tenant_id: TenantId,
    series: Series,
    *,
    prefix: str,
    year: int,
    how_many: int = 1,
) -> tuple[DocumentNumber, ...]:
    """The next numbers of the year. Locks them until the transaction ends: take them late."""
    numbers = take_numbers(session, tenant_id, series, how_many, year=year)
    return tuple(
        DocumentNumber(f"{prefix}{year}-{number:0{NUMBER_DIGITS}d}", year, number)
        for number in numbers
    )
