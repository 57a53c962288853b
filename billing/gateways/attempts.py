"""Attempts to pay: begun by a client, told to a gateway, asked about until they are certain."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from billing.advance import quote_advance
from billing.credits import allows_partial, locked_client
from billing.errors import (
    AmountRefused,
    AttemptNotFound,
    ConnectionNotFound,
    GatewayOff,
    TooManyAttempts,
)
from billing.gateways.rows import AttemptRow, GatewayAccountRow
from billing.gateways.words import (
    Attempt,
    AttemptId,
    AttemptState,
    Environment,
    Gateway,
    Hint,
    NewAttempt,
    Opened,
    Purpose,
    Reference,
    Word,
)
from billing.ledger import balance_of
from billing.payments import PaymentId
from billing.renewals import quote_renewal
from billing.rows import ClientRow, ConnectionRow
from policy.facts import ClientId, ConnectionId, TenantId
from storage.database import enter_tenant
from storage.rows import read, write
from tenancy.isps import get_isp

ATTEMPTS_MAX = 10  # of a client within ATTEMPTS_WITHIN
ATTEMPTS_WITHIN = timedelta(minutes=10)
AMOUNT_MINOR_MIN = 1_000  # what every gateway takes
AMOUNT_MINOR_MAX = 50_000_000
REFERENCE = re.compile("[0-9a-f]{24}")
SINCE_MAX = 20_000
CAPTURE_SECONDS = 60  # so long telling it to take the money may take
OPEN_SECONDS = 60  # so long telling a gateway may take; then it is asked whether it knows
# Asked after so long since the last time; the last for as long as it takes.
ASK_AFTER_SECONDS = (5, 15, 30, 60, 120, 300, 600, 1800, 3600)
GIVEN_UP_AFTER = timedelta(hours=30)  # a gateway's own page is dead long before


class Capture(StrEnum):
    """Whose turn it is, where money moves when the gateway is told so."""

    OURS = "ours"  # nobody has told it
    IN_FLIGHT = "in_flight"  # somebody does just now
    ASK = "ask"  # ask how it stands


def create_attempt(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    details: NewAttempt,
    *,
    now: datetime,
) -> Attempt:
    """Freeze what a client sets out to pay. Locks the client.

    Raises ClientNotFound, GatewayOff, TooManyAttempts; AmountRefused where it is not what the
    purpose asks: dues whole where no part is allowed, months and days exactly. More than is due is
    taken, and becomes credit.
    """
    client = locked_client(session, tenant_id, client_id)
    account = session.get(GatewayAccountRow, (tenant_id, details.gateway))
    if account is None or not account.enabled:
        raise GatewayOff(details.gateway)
    _refuse_too_many(session, tenant_id, client_id, now)
    _refuse_wrong_amount(session, tenant_id, client, details, now)
    row = AttemptRow(
        tenant_id=tenant_id,
        reference=secrets.token_hex(12),
        client_id=client_id,
        gateway=details.gateway,
        environment=account.environment,
        amount_minor=details.amount_minor,
        currency=get_isp(session, tenant_id).details.currency,
        purpose=details.purpose,
        months=details.months,
        connection_id=details.connection_id,
        state=AttemptState.NEW,
        started_at=now,
        ask_at=now + timedelta(seconds=OPEN_SECONDS),
    )
    session.add(row)
    write(session)
    return frozen_attempt(row)


def attempt_opened(
    session: Session, tenant_id: TenantId, reference: Reference, opened: Opened, *, now: datetime
) -> Attempt:
    """The gateway knows of it and waits for the client. Locks the attempt.

    Raises AttemptNotFound.
    """
    row = locked_attempt(session, tenant_id, reference)
    if row.state == AttemptState.NEW:
        row.state, row.gateway_ref = AttemptState.WAITING, opened.gateway_ref
        row.page_address = opened.page_address
        row.ask_at = now + timedelta(seconds=OPEN_SECONDS)
        write(session)
    return frozen_attempt(row)


def begin_capture(
    session: Session, tenant_id: TenantId, reference: str, *, now: datetime
) -> Capture:
    """Whether the caller is to make the gateway take the money. Locks the attempt.

    Only one is, and only of what somebody said is paid. Raises AttemptNotFound.
    """
    row = locked_attempt(session, tenant_id, reference)
    if row.capture_at is not None:
        under_way = now < row.capture_at + timedelta(seconds=CAPTURE_SECONDS)
        return Capture.IN_FLIGHT if under_way and row.asked_at is None else Capture.ASK
    if row.hint != Word.PAID or row.settled_at is not None:
        return Capture.ASK
    row.capture_at, row.asked_at = now, None
    write(session)
    return Capture.OURS


def release_capture(session: Session, tenant_id: TenantId, reference: str) -> None:
    """The gateway was not told after all. Locks the attempt. Raises AttemptNotFound."""
    locked_attempt(session, tenant_id, reference).capture_at = None
    write(session)


def attempt_state(session: Session, tenant_id: TenantId, reference: str) -> Attempt:
    """How it stands, as far as is known. Raises AttemptNotFound."""
    row = session.scalar(_by_reference(tenant_id, reference))
    if row is None:
        raise AttemptNotFound(0)
    return frozen_attempt(row)


def named_attempt(
    session: Session, gateway: Gateway, hint: Hint
) -> tuple[TenantId, Reference] | None:
    """Whose attempt at that gateway a hint speaks of, and which; None where it fits none.

    From outside of any scope; leaves the session in the ISP's.
    """
    found = _named(session, gateway, hint)
    if found is None:
        return None
    enter_tenant(session, found[0])
    attempt = attempt_state(session, *found)
    other = hint.gateway_ref and attempt.gateway_ref and hint.gateway_ref != attempt.gateway_ref
    return None if attempt.gateway is not gateway or other else found


def _named(session: Session, gateway: Gateway, hint: Hint) -> tuple[TenantId, Reference] | None:
    if REFERENCE.fullmatch(hint.reference):
        it = {"it": hint.reference}
        isp = session.execute(text("SELECT attempt_isp(:it)"), it).scalar()
        return None if isp is None else (TenantId(isp), Reference(hint.reference))
    if not hint.gateway_ref or "\0" in hint.gateway_ref:
        return None
    by = text("SELECT tenant_id, reference FROM attempt_by_gateway_ref(:gateway, :it)")
    row = session.execute(by, {"gateway": gateway, "it": hint.gateway_ref}).first()
    return None if row is None else (TenantId(row.tenant_id), Reference(row.reference))


def take_hint(
    session: Session, tenant_id: TenantId, reference: str, word: Word, *, now: datetime
) -> None:
    """Note what somebody says of an attempt, so that it is asked about at once, whatever happens.

    That it is paid opens it again where it is not settled. Locks it. Raises AttemptNotFound.
    """
    row = locked_attempt(session, tenant_id, reference)
    if row.settled_at is not None:
        return
    if word is Word.PAID:
        row.hint = word
        if AttemptState(row.state).is_certain:
            row.state, row.reason = AttemptState.WAITING, None
    elif word is not Word.UNKNOWN and row.hint is None:
        row.hint = word
    if not AttemptState(row.state).is_certain:
        row.ask_at = now
    write(session)


def attempts_to_ask(
    session: Session, tenant_id: TenantId, *, now: datetime, limit: int = 100
) -> tuple[Attempt, ...]:
    """Those whose gateway is to be asked again, the longest waiting first."""
    due = (AttemptRow.tenant_id == tenant_id, AttemptRow.ask_at <= now)
    rows = session.scalars(select(AttemptRow).where(*due).order_by(AttemptRow.ask_at).limit(limit))
    return tuple(frozen_attempt(row) for row in rows)


def attempts_since(
    session: Session, tenant_id: TenantId, since: datetime, *, limit: int = SINCE_MAX
) -> tuple[Attempt, ...]:
    """All that gateways were told of since then, the newest first."""
    mine = (
        AttemptRow.tenant_id == tenant_id,
        AttemptRow.started_at >= since,
        AttemptRow.state != AttemptState.NEW,
    )
    rows = session.scalars(
        select(AttemptRow).where(*mine).order_by(AttemptRow.id.desc()).limit(limit)
    )
    return tuple(frozen_attempt(row) for row in rows)


def locked_attempt(session: Session, tenant_id: TenantId, reference: str) -> AttemptRow:
    """Raises AttemptNotFound."""
    query = _by_reference(tenant_id, reference).with_for_update(key_share=True)
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise AttemptNotFound(0)
    return row


def ask_again(row: AttemptRow, now: datetime) -> None:
    """Later and later; given up where no page of any gateway lives so long."""
    is_certain = AttemptState(row.state).is_certain
    if is_certain and row.ask_at is None:
        return
    if now >= row.started_at + GIVEN_UP_AFTER:
        row.state, row.ask_at = (row.state if is_certain else AttemptState.EXPIRED), None
        return
    step = min(row.asks, len(ASK_AFTER_SECONDS) - 1)
    row.asks, row.ask_at = row.asks + 1, now + timedelta(seconds=ASK_AFTER_SECONDS[step])


def frozen_attempt(row: AttemptRow) -> Attempt:
    """The row as a value."""
    return Attempt(
        AttemptId(row.id),
        Reference(row.reference),
        ClientId(row.client_id),
        Gateway(row.gateway),
        Environment(row.environment),
        row.amount_minor,
        row.currency,
        Purpose(row.purpose),
        row.months,
        ConnectionId(row.connection_id) if row.connection_id else None,
        AttemptState(row.state),
        row.gateway_ref,
        row.page_address,
        row.reason,
        row.started_at,
        row.settled_at,
        PaymentId(row.payment_id) if row.payment_id else None,
        Word(row.hint) if row.hint else Word.UNKNOWN,
    )


def _by_reference(tenant_id: TenantId, reference: str) -> Select[AttemptRow]:
    return select(AttemptRow).where(
        AttemptRow.tenant_id == tenant_id, AttemptRow.reference == reference
    )


def _refuse_too_many(
    session: Session, tenant_id: TenantId, client_id: ClientId, now: datetime
) -> None:
    mine = (
        AttemptRow.tenant_id == tenant_id,
        AttemptRow.client_id == client_id,
        AttemptRow.started_at > now - ATTEMPTS_WITHIN,
    )
    if (session.scalar(select(func.count()).where(*mine)) or 0) >= ATTEMPTS_MAX:
        raise TooManyAttempts(ATTEMPTS_MAX)


def _refuse_wrong_amount(
    session: Session, tenant_id: TenantId, client: ClientRow, details: NewAttempt, now: datetime
) -> None:
    asked = _asked(session, tenant_id, client, details, now)
    if not AMOUNT_MINOR_MIN <= details.amount_minor <= AMOUNT_MINOR_MAX:
        raise AmountRefused(asked)
    in_part = details.purpose is Purpose.DUES and allows_partial(session, client)
    if details.amount_minor < asked and not in_part:
        raise AmountRefused(asked)


def _asked(
    session: Session, tenant_id: TenantId, client: ClientRow, details: NewAttempt, now: datetime
) -> int:
    """What the purpose asks for now. Raises what the quotes raise."""
    client_id = ClientId(client.id)
    if details.purpose is Purpose.ADVANCE:
        months = details.months or 0
        return quote_advance(session, tenant_id, client_id, months, now=now).to_pay_minor
    if details.purpose is Purpose.RENEWAL:
        number = details.connection_id or ConnectionId(0)
        line = read(session, ConnectionRow, tenant_id, number, ConnectionNotFound(number))
        if line.client_id != client_id:
            raise ConnectionNotFound(number)
        return quote_renewal(session, tenant_id, number, now=now).to_pay_minor
    balance = balance_of(session, tenant_id, client_id)
    return max(0, balance.due_minor - balance.credit_minor)
