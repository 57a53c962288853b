"""What was said between us and a gateway, kept for disputes: no secret, no whole wallet number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from billing.gateways.rows import TrafficRow
from billing.gateways.words import Gateway
from policy.facts import TenantId

KEPT = timedelta(days=400)
TEXT_MAX = 20_000
HIDDEN = "***"
SECRET_LENGTH_MIN = 4  # what is shorter would be found in any text
WALLET = re.compile(r"((?:\+?88)?01[3-9])\d{5}(\d{3})(?!\d)")
NAMED = re.compile(
    r'("(?:id_token|refresh_token|token|password|app_secret|store_passwd|signature_key)"\s*:\s*")'
    r'[^"]*(")'
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call, as it was on the wire; `status` is None where no answer came."""

    address: str
    sent: str
    status: int | None
    answered: str


def masked(text: str, secrets: Iterable[str]) -> str:
    """Without any of `secrets`, tokens and the middle of wallet numbers; cut to TEXT_MAX."""
    for secret in secrets:
        if len(secret) >= SECRET_LENGTH_MIN:
            text = text.replace(secret, HIDDEN)
    text = NAMED.sub(rf"\1{HIDDEN}\2", text)
    return WALLET.sub(r"\1*****\2", text).replace("\0", "")[:TEXT_MAX]


def keep_traffic(
    session: Session,
    tenant_id: TenantId,
    gateway: Gateway,
    reference: str | None,
    exchanges: Sequence[Exchange],
    *,
    secrets: Iterable[str],
    now: datetime,
) -> None:
    hidden = tuple(secrets)
    session.add_all(
        TrafficRow(
            tenant_id=tenant_id,
            gateway=gateway,
            reference=reference,
            at=now,
            address=one.address.partition("?")[0][:500],
            sent=masked(one.sent, hidden),
            status=one.status,
            answered=masked(one.answered, hidden),
        )
        for one in exchanges
    )
    session.flush()


def forget_traffic(session: Session, tenant_id: TenantId, *, now: datetime) -> None:
    old = (TrafficRow.tenant_id == tenant_id, TrafficRow.at <= now - KEPT)
    session.execute(delete(TrafficRow).where(*old))
