"""A promise to pay: until then nothing is cut for dues. Once in a cycle, or as staff decide."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from billing.bill_rows import PromiseRow
from billing.calendars import start_of, zone_of
from billing.clients import Client, frozen_client
from billing.errors import ClientNotFound, PromiseGiven, PromiseRefused
from billing.rows import ClientRow
from billing.settings import get_billing_settings
from policy.facts import ClientId, TenantId
from policy.windows import local
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.outbox import Event, queue, to_client
from storage.rows import locked, write


def promise_to_pay(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    *,
    now: datetime,
    actor: Actor,
    days: int | None = None,
) -> Client:
    """The client promises to pay within `days` (None: as many as the ISP gives), to the day's end.

    Once in a calendar month, which is what a bill is for. Locks the client. Raises NotPermitted,
    ClientNotFound, PromiseRefused, PromiseGiven.
    """
    actor.require(Permission.GIVE_PROMISES)
    row = locked(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    days_at_most = get_billing_settings(session, tenant_id).promise_days
    days = days_at_most if days is None else days
    if not 0 < days <= days_at_most:
        raise PromiseRefused(days_at_most)
    zone = zone_of(session, tenant_id)
    today = local(now, zone).date()
    until = start_of(today + timedelta(days=days + 1), zone)
    _claim_cycle(session, tenant_id, client_id, today.replace(day=1), until, now)
    before, row.promised_until = row.promised_until, until
    about = f"client:{client_id}:{today:%Y-%m}"
    payload = {"until": until.isoformat()}
    queue(
        session, tenant_id, Event.PROMISE_GIVEN, about, to=to_client(client_id), now=now,
        payload=payload,
    )  # fmt: skip
    return _recorded(session, row, before, actor)


def promise_until(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    until: datetime | None,
    *,
    actor: Actor,
) -> Client:
    """Staff give the client until `until` (aware, exclusive), however often; None takes it back.

    Locks the client. Raises NotPermitted, ClientNotFound.
    """
    actor.require(Permission.CONTROL_ACCESS)
    row = locked(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    before, row.promised_until = row.promised_until, until
    return _recorded(session, row, before, actor)


def _claim_cycle(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    cycle_from_on: date,
    until: datetime,
    now: datetime,
) -> None:
    """Two promises at once are one: the row's key decides."""
    claim = insert(PromiseRow).values(
        tenant_id=tenant_id,
        client_id=client_id,
        cycle_from_on=cycle_from_on,
        promised_until=until,
        given_at=now,
    )
    got = session.execute(claim.on_conflict_do_nothing().returning(PromiseRow.client_id))
    if got.first() is None:
        raise PromiseGiven(client_id)


def _recorded(session: Session, row: ClientRow, before: datetime | None, actor: Actor) -> Client:
    write(session)
    subject = Subject(TenantId(row.tenant_id), "client", row.id)
    was, became = {"promised_until": before}, {"promised_until": row.promised_until}
    record(session, actor, "client.promised", subject, before=was, after=became)
    return frozen_client(row)
