"""What bills are made from: clients with their connections, read many at once.

The same facts whether a run writes bills, a preview sums them or a what-if changes a price first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from billing.calendars import start_of, zone_of
from policy.bills import Discount, Line, LineKind, Taxing, Use
from policy.due import FirstBill, Service, Terms
from policy.facts import ClientId, ConnectionId, PackageId, ProfileId, ProfileKind, Status, TenantId
from policy.periods import Period, last_month
from policy.tariffs import BillingMode, Slab, Tariff
from policy.windows import local

USE_MONTHS = 3  # how far back use is still charged that no bill has charged


@dataclass(frozen=True, slots=True)
class Sold:
    """The part of a package that a bill needs."""

    package_id: PackageId
    name: str
    price_minor: int
    tariff: Tariff


@dataclass(frozen=True, slots=True)
class BilledBy:
    """The part of a profile that a bill needs."""

    terms: Terms
    mode: BillingMode
    auto_bill: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """An ISP's own: its taxing where nothing else was agreed, and whom it bills."""

    taxing: Taxing
    bill_suspended: bool
    bill_inactive: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that bills of an ISP share."""

    packages: Mapping[PackageId, Sold]
    profiles: Mapping[ProfileId, BilledBy]
    rules: Rules


@dataclass(frozen=True, slots=True)
class LineOfClient:
    """A connection, as its bill sees it."""

    connection_id: ConnectionId
    package_id: PackageId
    profile_id: ProfileId
    status: Status
    service: Service
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """A line that waits for the client's next bill."""

    line_id: int
    line: Line


@dataclass(slots=True)
class Account:
    """A client with all that a bill is made from."""

    client_id: ClientId
    status: Status
    vat_points: int | None
    vat_inclusive: bool | None
    discount: Discount | None
    connections: list[LineOfClient] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)


def read_catalogue(session: Session, tenant_id: TenantId) -> Catalogue:
    """Packages, profiles and rules of the ISP as they are."""
    slabs: defaultdict[int, list[Slab]] = defaultdict(list)
    for row in _rows(session, SLABS, tenant_id):
        slabs[row.package_id].append(Slab(row.above_bytes, row.per_gb_minor))
    packages = {
        PackageId(row.id): Sold(
            PackageId(row.id),
            row.name,
            row.price_minor,
            Tariff(row.free_bytes, row.per_gb_minor, tuple(slabs[row.id]), row.whole_volume),
        )
        for row in _rows(session, PACKAGES, tenant_id)
    }
    profiles = {
        ProfileId(row.id): BilledBy(
            Terms(ProfileKind(row.kind), FirstBill(row.first_bill), row.payment_day),
            BillingMode(row.mode),
            row.auto_bill,
        )
        for row in _rows(session, PROFILES, tenant_id)
    }
    [said] = _rows(session, SETTINGS, tenant_id)
    taxing = Taxing(said.vat_points, said.vat_inclusive, said.round_to_minor)
    return Catalogue(packages, profiles, Rules(taxing, said.bill_suspended, said.bill_inactive))


def next_clients(
    session: Session, tenant_id: TenantId, after: int, limit: int, *, lock: bool
) -> Sequence[int]:
    """The ids of the next clients above `after`, ascending; locked against payments and changes."""
    query = NEXT_CLIENTS + (" FOR NO KEY UPDATE" if lock else "")
    values = {"tenant_id": tenant_id, "after": after, "limit": limit}
    return session.scalars(text(query), values).all()


def read_accounts(
    session: Session, tenant_id: TenantId, client_ids: Sequence[int], month_on: date
) -> Iterator[Account]:
    """The clients of those ids with what the bill of the month may charge, by id."""
    if not client_ids:
        return
    zone = zone_of(session, tenant_id)
    since_on = month_on
    for _ in range(USE_MONTHS):
        since_on = last_month(since_on)
    among = {
        "ids": list(client_ids),
        "zone": zone.key,
        "month_at": start_of(month_on, zone),
        "since_on": since_on,
    }
    accounts: dict[int, Account] = {}
    uses: defaultdict[int, list[Use]] = defaultdict(list)
    for row in _rows(session, USES, tenant_id, **among):
        until_on = local(row.cycle_until, zone).date()
        uses[row.connection_id].append(Use(Period(row.cycle_from_on, until_on), row.used_bytes))
    for row in _rows(session, CLIENTS, tenant_id, **among):
        accounts[row.id] = _account(row)
    for row in _rows(session, CONNECTIONS, tenant_id, **among):
        accounts[row.client_id].connections.append(_connection(row, tuple(uses[row.id])))
    for row in _rows(session, PENDING, tenant_id, **among):
        line = Line(LineKind(row.kind), row.amount_minor, title=row.description)
        accounts[row.client_id].pending.append(Pending(row.id, line))
    yield from accounts.values()


def _account(row: Row[Any]) -> Account:
    discount = None
    if row.discount_minor or row.discount_points:
        discount = Discount(row.discount_minor, row.discount_points, row.discount_until_on)
    status = Status(row.status)
    return Account(ClientId(row.id), status, row.vat_points, row.vat_inclusive, discount)


def _connection(row: Row[Any], uses: tuple[Use, ...]) -> LineOfClient:
    ended_on = row.ended_on if row.status == Status.INACTIVE else None
    return LineOfClient(
        ConnectionId(row.id),
        PackageId(row.package_id),
        ProfileId(row.profile_id),
        Status(row.status),
        Service(row.began_on, row.billed_until_on, ended_on=ended_on),
        uses,
    )


def _rows(
    session: Session, query: str, tenant_id: TenantId, **values: object
) -> Sequence[Row[Any]]:
    return session.execute(text(query), {"tenant_id": tenant_id, **values}).all()


SLABS = """
    SELECT package_id, above_bytes, per_gb_minor FROM package_slabs
     WHERE tenant_id = :tenant_id ORDER BY package_id, above_bytes"""
PACKAGES = """
    SELECT id, name, price_minor, free_bytes, per_gb_minor, whole_volume FROM packages
     WHERE tenant_id = :tenant_id"""
PROFILES = """
    SELECT id, kind, mode, first_bill, payment_day, auto_bill FROM profiles
     WHERE tenant_id = :tenant_id"""
SETTINGS = """
    SELECT vat_points, vat_inclusive, round_to_minor, bill_suspended, bill_inactive
      FROM billing_settings WHERE tenant_id = :tenant_id"""
NEXT_CLIENTS = """
    SELECT id FROM clients WHERE tenant_id = :tenant_id AND id > :after ORDER BY id LIMIT :limit"""
CLIENTS = """
    SELECT id, status, vat_points, vat_inclusive, discount_minor, discount_points, discount_until_on
      FROM clients WHERE tenant_id = :tenant_id AND id = ANY (:ids) ORDER BY id"""
# Of the days billed already the last end counts; one look into the key for each connection.
CONNECTIONS = """
    SELECT line.id, line.client_id, line.package_id, line.profile_id, line.status, line.ended_on,
           coalesce(line.billed_from_on, (line.created_at AT TIME ZONE :zone)::date) AS began_on,
           billed.until_on AS billed_until_on
      FROM connections AS line
      LEFT JOIN LATERAL (
           SELECT period.until_on FROM billed_periods AS period
            WHERE period.tenant_id = line.tenant_id AND period.connection_id = line.id
              AND period.charge = 'base'
            ORDER BY period.from_on DESC LIMIT 1) AS billed ON true
     WHERE line.tenant_id = :tenant_id AND line.client_id = ANY (:ids)
     ORDER BY line.client_id, line.id"""
USES = """
    SELECT used.connection_id, used.cycle_from_on, used.cycle_until, used.used_bytes
      FROM connections AS line
      JOIN profiles AS profile
        ON profile.tenant_id = line.tenant_id AND profile.id = line.profile_id
       AND profile.mode <> 'flat'
      JOIN connection_usage AS used
        ON used.tenant_id = line.tenant_id AND used.connection_id = line.id
     WHERE line.tenant_id = :tenant_id AND line.client_id = ANY (:ids)
       AND used.cycle_until <= :month_at AND used.cycle_from_on >= :since_on
       AND used.cycle_from_on >= coalesce(line.billed_from_on, '-infinity')
       AND NOT EXISTS (SELECT FROM billed_periods AS period
            WHERE period.tenant_id = used.tenant_id AND period.connection_id = used.connection_id
              AND period.charge = 'use' AND period.from_on = used.cycle_from_on)
     ORDER BY used.connection_id, used.cycle_from_on"""
PENDING = """
    SELECT id, client_id, kind, description, amount_minor FROM pending_lines
     WHERE tenant_id = :tenant_id AND client_id = ANY (:ids) AND invoice_id IS NULL ORDER BY id"""
