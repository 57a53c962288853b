"""Packages: what is sold. A change reaches every connection that has the package."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from billing.errors import NameTaken, PackageNotFound
from billing.package_details import PackageDetails, details_of, details_of_all, fill, part_rows
from billing.rows import FairUseStepRow, PackageRow, SlabRow, SpeedWindowRow, UncountedWindowRow
from policy.facts import PackageId, TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import locked, read, write


@dataclass(frozen=True, slots=True)
class Package:
    package_id: PackageId
    details: PackageDetails


def add_package(
    session: Session, tenant_id: TenantId, details: PackageDetails, *, actor: Actor
) -> Package:
    """Raises NotPermitted, NameTaken, ValueRefused."""
    actor.require(Permission.MANAGE_CATALOGUE)
    row = PackageRow(tenant_id=tenant_id)
    fill(row, details)
    session.add(row)
    write(session, {"packages_tenant_id_name_key": NameTaken(details.name)})
    session.add_all(part_rows(row, details))
    write(session)
    record(session, actor, "package.added", Subject(tenant_id, "package", row.id), after=details)
    return Package(PackageId(row.id), details)


def change_package(
    session: Session,
    tenant_id: TenantId,
    package_id: PackageId,
    details: PackageDetails,
    *,
    actor: Actor,
) -> Package:
    """Replace all that is said of a package, in force within a second. Locks the package.

    Raises NotPermitted, PackageNotFound, NameTaken, ValueRefused.
    """
    actor.require(Permission.MANAGE_CATALOGUE)
    row = locked(session, PackageRow, tenant_id, package_id, PackageNotFound(package_id))
    before = details_of(session, row)
    fill(row, details)
    write(session, {"packages_tenant_id_name_key": NameTaken(details.name)})
    for kind in (FairUseStepRow, SpeedWindowRow, UncountedWindowRow, SlabRow):
        mine = kind.tenant_id == tenant_id, kind.package_id == package_id
        session.execute(delete(kind).where(*mine))
    session.expire_all()
    session.add_all(part_rows(row, details))
    write(session)
    subject = Subject(tenant_id, "package", package_id)
    record(session, actor, "package.changed", subject, before=before, after=details)
    return Package(package_id, details)


def get_package(session: Session, tenant_id: TenantId, package_id: PackageId) -> Package:
    """Raises PackageNotFound."""
    row = read(session, PackageRow, tenant_id, package_id, PackageNotFound(package_id))
    return Package(PackageId(row.id), details_of(session, row))


def list_packages(session: Session, tenant_id: TenantId) -> tuple[Package, ...]:
    """All of them by name: an ISP has dozens."""
    mine = select(PackageRow).where(PackageRow.tenant_id == tenant_id).order_by(PackageRow.name)
    rows = session.scalars(mine).all()
    everything = zip(rows, details_of_all(session, rows), strict=True)
    return tuple(Package(PackageId(row.id), details) for row, details in everything)
