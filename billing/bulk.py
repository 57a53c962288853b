"""Many clients at once: as an import or a seed brings them, set by set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from billing.clients import NO_SUCH_ZONE, ClientDetails
from billing.connections import ConnectionDetails, sealed
from billing.document_numbers import take_document_numbers
from billing.errors import ZoneNotFound
from billing.invoice_lines import InvoiceLine, line_columns
from billing.invoices import InvoiceStatus
from billing.ledger import Posting, charge, post
from billing.rows import (
    ClientRow,
    ConnectionRow,
    InvoiceLineRow,
    InvoiceRow,
    MacRow,
    UsageRow,
)
from billing.settings import get_billing_settings
from policy.bills import LineKind
from policy.facts import ClientId, ConnectionId, Status, TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import columns, insert_many
from storage.secrets import KeyRing, Secret
from tenancy.isps import get_isp
from tenancy.numbers import Series, take_numbers

NEWCOMERS_MAX = 10_000  # of one call, which is one transaction's worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """Unpaid; amounts in minor units of the ISP's currency."""

    issued_on: date
    due_on: date
    total_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What was used in the billing cycle from `from_on` until `until` (exclusive)."""

    from_on: date
    until: datetime
    used_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A client with one connection, as another system knew them."""

    client: ClientDetails
    connection: ConnectionDetails
    password: Secret | None
    status: Status = Status.ACTIVE  # of the connection
    vip: bool = False
    expires_at: datetime | None = None
    billed_from_on: date | None = None  # None: today; what was billed elsewhere is not billed again
    promised_until: datetime | None = None
    macs: tuple[str, ...] = ()  # 12 upper-case hex digits each
    bill: Bill | None = None
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """The ids of one newcomer."""

    client_id: ClientId
    connection_id: ConnectionId


def add_newcomers(
    session: Session,
    tenant_id: TenantId,
    newcomers: Sequence[Newcomer],
    *,
    keys: KeyRing,
    actor: Actor,
) -> tuple[Arrived, ...]:
    """All or none, in their order; one audit row for the lot. Locks the ISP's numbers.

    Raises NotPermitted, ZoneNotFound, ValueRefused; IntegrityError where a username is taken or a
    package is not there, for the caller was to look first. At most NEWCOMERS_MAX.
    """
    actor.require(Permission.EDIT_CLIENTS)
    assert len(newcomers) <= NEWCOMERS_MAX, "a caller of ours splits what it brings"
    numbers = take_numbers(session, tenant_id, Series.CLIENT, len(newcomers))
    client_ids = _insert_clients(session, tenant_id, numbers, newcomers)
    sequence = text("SELECT nextval('connections_id_seq') FROM generate_series(1, :many)")
    connection_ids = session.scalars(sequence, {"many": len(newcomers)}).all()
    everybody = [
        (Arrived(ClientId(client_id), ConnectionId(connection_id)), newcomer)
        for client_id, connection_id, newcomer in zip(
            client_ids, connection_ids, newcomers, strict=True
        )
    ]
    _insert_connections(session, tenant_id, everybody, keys)
    _insert_bills(session, tenant_id, everybody, actor)
    subject = Subject(tenant_id, "client")
    record(session, actor, "client.many_added", subject, after={"clients": len(newcomers)})
    return tuple(arrived for arrived, _newcomer in everybody)


def _insert_clients(
    session: Session, tenant_id: TenantId, numbers: range, newcomers: Sequence[Newcomer]
) -> list[int]:
    """Returns their ids in order."""
    rows: list[dict[str, Any]] = [
        {
            "tenant_id": tenant_id,
            "client_number": number,
            "status": Status.ACTIVE,
            "promised_until": newcomer.promised_until,
            **columns(newcomer.client),
        }
        for number, newcomer in zip(numbers, newcomers, strict=True)
    ]
    insert_many(session, ClientRow, rows, {NO_SUCH_ZONE: ZoneNotFound(0)})
    mine = (
        ClientRow.tenant_id == tenant_id,
        ClientRow.client_number.between(numbers[0], numbers[-1]),
    )
    return list(
        session.scalars(select(ClientRow.id).where(*mine).order_by(ClientRow.client_number))
    )


def _insert_connections(
    session: Session,
    tenant_id: TenantId,
    everybody: Iterable[tuple[Arrived, Newcomer]],
    keys: KeyRing,
) -> None:
    connections: list[dict[str, Any]] = []
    macs: list[dict[str, Any]] = []
    usage: list[dict[str, Any]] = []
    for arrived, newcomer in everybody:
        key = {"tenant_id": tenant_id, "connection_id": arrived.connection_id}
        connections.append(
            {
                "tenant_id": tenant_id,
                "id": arrived.connection_id,
                "client_id": arrived.client_id,
                "sealed_password": sealed(
                    newcomer.password, keys, tenant_id, arrived.connection_id
                ),
                "status": newcomer.status,
                "vip": newcomer.vip,
                "expires_at": newcomer.expires_at,
                "billed_from_on": newcomer.billed_from_on,
                **columns(newcomer.connection),
            }
        )
        macs += [{**key, "mac": mac, "bound_by": "operator"} for mac in newcomer.macs]
        if (use := newcomer.usage) is not None:
            cycle = {"cycle_from_on": use.from_on, "cycle_until": use.until}
            usage.append({**key, **cycle, "used_bytes": use.used_bytes})
    insert_many(session, ConnectionRow, connections)
    insert_many(session, MacRow, macs)
    insert_many(session, UsageRow, usage)


def _insert_bills(
    session: Session,
    tenant_id: TenantId,
    everybody: Iterable[tuple[Arrived, Newcomer]],
    actor: Actor,
) -> None:
    """What newcomers owe from before: invoices of one line, each year's with its own numbers."""
    by_year: dict[int, list[tuple[ClientId, Bill]]] = defaultdict(list)
    for to, new in everybody:
        if new.bill is not None:
            by_year[new.bill.issued_on.year].append((to.client_id, new.bill))
    prefix = get_billing_settings(session, tenant_id).invoice_prefix
    currency = get_isp(session, tenant_id).details.currency
    for year, billed in sorted(by_year.items()):
        numbers = take_document_numbers(
            session, tenant_id, Series.INVOICE, prefix=prefix, year=year, how_many=len(billed)
        )
        rows: list[dict[str, Any]] = [
            {
                "tenant_id": tenant_id,
                "client_id": client_id,
                "invoice_number": number.text,
                "number_year": year,
                "number": number.number,
                "currency": currency,
                "paid_minor": 0,
                "status": InvoiceStatus.ISSUED,
                **columns(bill),
            }
            for number, (client_id, bill) in zip(numbers, billed, strict=True)
        ]
        insert_many(session, InvoiceRow, rows)
        _bring_forward(session, tenant_id, year, numbers[0].number, billed, actor)


def _bring_forward(
    session: Session,
    tenant_id: TenantId,
    year: int,
    first: int,
    billed: Sequence[tuple[ClientId, Bill]],
    actor: Actor,
) -> None:
    """The lines and ledger rows of the invoices of `year` numbered from `first` on."""
    query = select(InvoiceRow.id).where(
        InvoiceRow.tenant_id == tenant_id,
        InvoiceRow.number_year == year,
        InvoiceRow.number >= first,
    )
    invoice_ids = session.scalars(query.order_by(InvoiceRow.number)).all()
    lines = []
    postings: dict[date, list[Posting]] = defaultdict(list)
    for invoice_id, (client_id, bill) in zip(invoice_ids, billed, strict=True):
        line = InvoiceLine(LineKind.OPENING, bill.total_minor)
        key = {"tenant_id": tenant_id, "invoice_id": invoice_id, "position": 1}
        lines.append({**key, **line_columns(line)})
        owed = charge(line.kind, line.amount_minor, client_id, invoice_id)
        postings[bill.issued_on].append(owed)
    insert_many(session, InvoiceLineRow, lines)
    for issued_on, owed_then in postings.items():
        post(session, tenant_id, owed_then, booked_on=issued_on, actor=actor)
