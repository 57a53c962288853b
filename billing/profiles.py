"""Billing profiles: how connections are billed, and when they are cut."""

from __future__ import annotations

from dataclasses import dataclass, fields

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.errors import NameTaken, ProfileNotFound
from billing.rows import ProfileRow
from policy.due import FirstBill
from policy.facts import ProfileId, ProfileKind, TenantId
from policy.tariffs import BillingMode
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import change, locked, write


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileDetails:
    name: str
    kind: ProfileKind
    mode: BillingMode = BillingMode.FLAT
    first_bill: FirstBill = FirstBill.FULL_MONTH
    payment_day: int = 10  # 1..28, so that every month has it
    grace_days: int = 0  # after the due date, before the cut
    auto_bill: bool = True
    auto_suspend: bool = True
    allow_partial: bool = True


@dataclass(frozen=True, slots=True)
class Profile:
    profile_id: ProfileId
    details: ProfileDetails


def add_profile(
    session: Session, tenant_id: TenantId, details: ProfileDetails, *, actor: Actor
) -> Profile:
    """Raises NotPermitted, NameTaken, ValueRefused."""
    actor.require(Permission.MANAGE_CATALOGUE)
    row = ProfileRow(tenant_id=tenant_id)
    change(row, details)
    session.add(row)
    write(session, {"profiles_tenant_id_name_key": NameTaken(details.name)})
    record(session, actor, "profile.added", Subject(tenant_id, "profile", row.id), after=details)
    return Profile(ProfileId(row.id), details)


def change_profile(
    session: Session,
    tenant_id: TenantId,
    profile_id: ProfileId,
    details: ProfileDetails,
    *,
    actor: Actor,
) -> Profile:
    """Replace all that is said of a profile, in force within a second. Locks the profile.

    Raises NotPermitted, ProfileNotFound, NameTaken, ValueRefused.
    """
    actor.require(Permission.MANAGE_CATALOGUE)
    row = locked(session, ProfileRow, tenant_id, profile_id, ProfileNotFound(profile_id))
    before = _frozen(row).details
    change(row, details)
    write(session, {"profiles_tenant_id_name_key": NameTaken(details.name)})
    subject = Subject(tenant_id, "profile", profile_id)
    record(session, actor, "profile.changed", subject, before=before, after=details)
    return Profile(profile_id, details)


def list_profiles(session: Session, tenant_id: TenantId) -> tuple[Profile, ...]:
    """All of them by name: an ISP has a handful."""
    mine = select(ProfileRow).where(ProfileRow.tenant_id == tenant_id).order_by(ProfileRow.name)
    return tuple(_frozen(row) for row in session.scalars(mine))


def _frozen(row: ProfileRow) -> Profile:
    said = {part.name: getattr(row, part.name) for part in fields(ProfileDetails)}
    said["kind"] = ProfileKind(row.kind)
    said["mode"] = BillingMode(row.mode)
    said["first_bill"] = FirstBill(row.first_bill)
    return Profile(ProfileId(row.id), ProfileDetails(**said))
