"""Clients: the people and firms who pay. What they may do is decided per connection."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy.orm import Session

from billing.errors import ClientNotFound, ZoneNotFound
from billing.rows import ClientRow
from billing.zones import ZoneId
from policy.facts import ClientId, Status, TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import change, locked, read, write
from tenancy.numbers import Series, take_numbers

NO_SUCH_ZONE = "clients_tenant_id_zone_id_fkey"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDetails:
    """Who they are. `photo_ref` and `signature_ref` say where the pictures are kept."""

    name: str
    name_bn: str | None = None
    phone: str | None = None  # digits, with or without + in front
    email: str | None = None
    nid: str | None = None
    father_name: str | None = None
    address: str | None = None
    photo_ref: str | None = None
    signature_ref: str | None = None
    zone_id: ZoneId | None = None


@dataclass(frozen=True, slots=True)
class Client:
    client_id: ClientId
    client_number: int  # what people read: from 1 on at each ISP
    status: Status
    promised_until: datetime | None
    details: ClientDetails
    language: str | None = None  # None: the ISP's


def add_client(
    session: Session, tenant_id: TenantId, details: ClientDetails, *, actor: Actor
) -> Client:
    """A new, active client with the ISP's next number. Locks the numbers of clients.

    Raises NotPermitted, ZoneNotFound, ValueRefused.
    """
    actor.require(Permission.EDIT_CLIENTS)
    [number] = take_numbers(session, tenant_id, Series.CLIENT)
    row = ClientRow(tenant_id=tenant_id, client_number=number, status=Status.ACTIVE)
    change(row, details)
    session.add(row)
    write(session, {NO_SUCH_ZONE: ZoneNotFound(details.zone_id or 0)})
    client = frozen_client(row)
    record(session, actor, "client.added", Subject(tenant_id, "client", row.id), after=client)
    return client


def change_client(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    details: ClientDetails,
    *,
    actor: Actor,
) -> Client:
    """Replace who they are. Locks the client.

    Raises NotPermitted, ClientNotFound, ZoneNotFound, ValueRefused.
    """
    actor.require(Permission.EDIT_CLIENTS)
    row = locked(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    before = frozen_client(row)
    change(row, details)
    write(session, {NO_SUCH_ZONE: ZoneNotFound(details.zone_id or 0)})
    after = frozen_client(row)
    subject = Subject(tenant_id, "client", client_id)
    record(session, actor, "client.changed", subject, before=before.details, after=after.details)
    return after


def set_client_status(
    session: Session, tenant_id: TenantId, client_id: ClientId, status: Status, *, actor: Actor
) -> Client:
    """Suspend, restore or deactivate a client with all connections. Locks the client.

    Raises NotPermitted, ClientNotFound.
    """
    actor.require(Permission.CONTROL_ACCESS)
    row = locked(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    before, row.status = row.status, status
    write(session)
    subject = Subject(tenant_id, "client", client_id)
    was, became = {"status": before}, {"status": status}
    record(session, actor, "client.status_set", subject, before=was, after=became)
    return frozen_client(row)


def get_client(session: Session, tenant_id: TenantId, client_id: ClientId) -> Client:
    """Raises ClientNotFound."""
    return frozen_client(read(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id)))


def frozen_client(row: ClientRow) -> Client:
    """The row as a value."""
    said = {part.name: getattr(row, part.name) for part in fields(ClientDetails)}
    return Client(
        ClientId(row.id),
        row.client_number,
        Status(row.status),
        row.promised_until,
        ClientDetails(**said),
        row.language,
    )
