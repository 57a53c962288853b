"""Telling webhooks: what is due is claimed, signed, sent, and tried again later where unheard.

Signed as Standard Webhooks has it (github.com/standard-webhooks/standard-webhooks, read in November
2026), so that libraries verify it: HMAC-SHA256 over "id.timestamp.body".
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.gateways.money import written
from messaging.errors import WebhookNotFound
from messaging.rows import WebhookDeliveryRow, WebhookRow
from messaging.targets import PublicResolver, problem_with
from messaging.webhooks import Delivery, end_webhook, frozen_delivery
from policy.facts import TenantId
from storage.database import Database
from storage.rows import locked, write
from storage.secrets import KeyRing, webhook_secret

# After so long since the try before; a try after the last of these is the last.
TRY_AFTER_SECONDS = (5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
ANSWER_SECONDS = 10
CLAIM_SECONDS = 60  # a sender that died is followed by another
OF_ONE_MAX = 5  # claimed at once of one webhook: a slow one holds up nobody
ROUNDS_MAX = 6  # of one pass: the next ISP has its turn within a minute
GONE = 410  # the receiver wants no more

log = logging.getLogger(__name__)

CLAIM = text("""
    WITH due AS (
        SELECT waiting.id
          FROM webhooks AS hook
         CROSS JOIN LATERAL (
               SELECT id FROM webhook_deliveries
                WHERE tenant_id = hook.tenant_id AND webhook_id = hook.id AND try_at <= :now
                ORDER BY try_at, id LIMIT :of_one FOR UPDATE SKIP LOCKED) AS waiting
         WHERE hook.tenant_id = :tenant_id AND hook.ended_at IS NULL),
    claimed AS (
        UPDATE webhook_deliveries
           SET tries = tries + 1, tried_at = :now, try_at = :until, answered = NULL, problem = NULL
         WHERE tenant_id = :tenant_id AND id IN (SELECT id FROM due)
        RETURNING id)
    SELECT id FROM claimed ORDER BY id""")


@dataclass(frozen=True, slots=True)
class Letter:
    """One delivery, ready to go."""

    delivery: Delivery
    address: str
    secret: bytes


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a try: the status of the answer, or why there was none."""

    status: int | None
    problem: str | None = None


def isps_with_webhooks_due(session: Session, *, now: datetime) -> tuple[TenantId, ...]:
    """Where something waits to be told; from outside of any scope."""
    found = session.execute(text("SELECT isps_with_webhooks_due(:now)"), {"now": now}).scalars()
    return tuple(TenantId(one) for one in found)


def tell_webhooks(
    database: Database,
    keys: KeyRing,
    tenant_id: TenantId,
    now: Callable[[], datetime],
    *,
    private: bool = False,
) -> int:
    """Try what is due at an ISP; returns how many tries. No transaction is open meanwhile."""
    return asyncio.run(_tell_all(database, keys, tenant_id, now, private=private))


async def _tell_all(
    database: Database,
    keys: KeyRing,
    tenant_id: TenantId,
    now: Callable[[], datetime],
    *,
    private: bool,
) -> int:
    resolver = None if private else PublicResolver()
    connector = aiohttp.TCPConnector(resolver=resolver, force_close=True)
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    tried = 0
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
        for _round in range(ROUNDS_MAX):
            letters = await database.run(tenant_id, claim, tenant_id, keys=keys, now=now())
            if not letters:
                break
            heard = await asyncio.gather(
                *(_send(http, letter, now(), private=private) for letter in letters)
            )
            for letter, answer in zip(letters, heard, strict=True):
                number = letter.delivery.delivery_id
                await database.run(tenant_id, note, tenant_id, number, answer, now=now())
            tried += len(letters)
    return tried


def claim(
    session: Session, tenant_id: TenantId, *, keys: KeyRing, now: datetime
) -> tuple[Letter, ...]:
    """What is due, for the caller alone for CLAIM_SECONDS; to be committed before sending."""
    said = {
        "tenant_id": tenant_id,
        "now": now,
        "until": now + timedelta(seconds=CLAIM_SECONDS),
        "of_one": OF_ONE_MAX,
    }
    letters = []
    for number in session.execute(CLAIM, said).scalars().all():
        row = session.get_one(WebhookDeliveryRow, (tenant_id, number))
        hook = session.get_one(WebhookRow, (tenant_id, row.webhook_id))
        secret = keys.open(hook.sealed_secret, webhook_secret(tenant_id, hook.id))
        letters.append(Letter(frozen_delivery(row), hook.address, secret))
    return tuple(letters)


def note(
    session: Session, tenant_id: TenantId, delivery_id: int, heard: Heard, *, now: datetime
) -> None:
    """What came of a try. One that was heard is done; a receiver that is gone is told no more."""
    row = session.get(WebhookDeliveryRow, (tenant_id, delivery_id), with_for_update=True)
    if row is None or row.delivered_at is not None:
        return
    row.answered, row.problem = heard.status, heard.problem
    if heard.status is not None and 200 <= heard.status < 300:
        row.delivered_at, row.try_at = now, None
    elif row.try_at is not None:  # else it was removed meanwhile
        left = row.tries <= len(TRY_AFTER_SECONDS)
        wait = timedelta(seconds=TRY_AFTER_SECONDS[row.tries - 1]) if left else None
        row.try_at = now + wait if wait else None
    write(session)
    if heard.status == GONE:
        missing = WebhookNotFound(row.webhook_id)
        hook = locked(session, WebhookRow, tenant_id, row.webhook_id, missing)
        if hook.ended_at is None:
            end_webhook(session, hook, "receiver", now)


async def _send(
    http: aiohttp.ClientSession, letter: Letter, now: datetime, *, private: bool
) -> Heard:
    """Redirections are not followed: they would lead where nobody looked."""
    if problem_with(letter.address, private=private):
        return Heard(None, "the address is not allowed")
    body = body_of(letter.delivery)
    headers = signed(letter.secret, message_id(letter.delivery), now, body)
    try:
        async with http.post(
            letter.address, data=body, headers=headers, allow_redirects=False
        ) as answer:
            return Heard(answer.status)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as silence:
        return Heard(None, type(silence).__name__)


def message_id(delivery: Delivery) -> str:
    """The same at each try."""
    return f"msg_{delivery.delivery_id}"


def body_of(delivery: Delivery) -> bytes:
    """The same at each try."""
    said = {
        "type": delivery.event.value,
        "timestamp": delivery.happened_at.astimezone(UTC).isoformat(),
        "data": data_of(delivery.facts),
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True).encode()


def data_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Amounts as the API has them."""
    data = dict(facts)
    if "amount_minor" in data:
        data["amount"] = written(int(data.pop("amount_minor")), str(data["currency"]))
    return data


def signed(secret: bytes, number: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers by which a receiver knows that it is us, and that it is not an old letter."""
    seconds = str(int(at.timestamp()))
    digest = hmac.new(secret, b".".join((number.encode(), seconds.encode(), body)), hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "User-Agent": "webhooks/1",
        "webhook-id": number,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{base64.b64encode(digest.digest()).decode()}",
    }
