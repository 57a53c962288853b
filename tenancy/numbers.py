"""Numbers that people read: one series for each kind and ISP, without gaps."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from policy.facts import TenantId
from tenancy.rows import NumberSeriesRow


class Series(StrEnum):
    CLIENT = "client"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


OF_NO_YEAR = 0


def take_numbers(
    session: Session,
    tenant_id: TenantId,
    series: Series,
    how_many: int = 1,
    *,
    year: int = OF_NO_YEAR,
) -> range:
    """The next `how_many` numbers (a block, where a bill run takes many), each year from 1 on.

    Locks the series until the transaction ends: a number that was given and not used would be a
    gap, so the next taker waits to see whether this one commits.
    """
    claim = insert(NumberSeriesRow).values(
        tenant_id=tenant_id, series=series.value, year=year, last_number=how_many
    )
    last = session.execute(
        claim.on_conflict_do_update(
            index_elements=["tenant_id", "series", "year"],
            set_={"last_number": NumberSeriesRow.last_number + how_many},
        ).returning(NumberSeriesRow.last_number)
    ).scalar_one()
    return range(last - how_many + 1, last + 1)
