"""What NAS devices refused to do, as enforcement saw it; believed for a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from policy.facts import NasId, TenantId

LEARNED_FOR = timedelta(days=1)  # then it is tried again: software is updated


@dataclass(frozen=True, slots=True)
class Learned:
    """True: it was seen to work; False: it was refused for good; None: nothing is known."""

    coa: bool | None
    disconnect: bool | None
    learned_at: datetime


def learned_abilities(
    session: Session, tenant_id: TenantId, *, now: datetime
) -> dict[NasId, Learned]:
    """Of the ISP's NAS devices of which anything is believed at `now`."""
    rows = session.execute(
        text("""
            SELECT nas_id, coa, disconnect, learned_at FROM nas_abilities
             WHERE tenant_id = :tenant_id AND learned_at > :since
        """),
        {"tenant_id": tenant_id, "since": now - LEARNED_FOR},
    )
    return {NasId(nas_id): Learned(*said) for nas_id, *said in rows}
