"""Which chat account is which staff member: by a code that an owner gives, which works once."""

from __future__ import annotations

import hashlib
import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from policy.facts import TenantId
from storage.actors import Actor, ActorKind, Permission
from storage.audit import Subject, record
from storage.database import enter_tenant
from storage.rows import locked, write
from storage.secrets import Secret
from tenancy.errors import (
    AccountTaken,
    InvitationInvalid,
    LinkNotFound,
    StaffInactive,
    StaffNotFound,
)
from tenancy.permissions import require_over
from tenancy.roles import StaffId
from tenancy.rows import InvitationRow, SecondFactorRow, StaffLinkRow, StaffRow

INVITATION_LIFE = timedelta(minutes=10)
INVITATION_BYTES = 10  # 16 letters and digits of base 32
ASKED_AGAIN_AFTER = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Invitation:
    """`code` is told once; only its hash is kept."""

    code: Secret
    staff_id: StaffId
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """A chat account that acts as a staff member of an ISP."""

    tenant_id: TenantId
    staff_id: StaffId
    account_id: int
    verified_at: datetime | None

    def asks_code(self, now: datetime) -> bool:
        """Whether a second factor must be given before anything else."""
        return _asks_code(self.verified_at, now)


@dataclass(frozen=True, slots=True)
class LinkedIsp:
    """An ISP where the account is staff."""

    tenant_id: TenantId
    slug: str
    name: str
    staff_id: StaffId
    language: str  # theirs, or the ISP's where they chose none
    bangla_digits: bool | None  # None: as the language has it
    lakhs: bool | None
    time_zone: str
    currency: str
    verified_at: datetime | None

    def asks_code(self, now: datetime) -> bool:
        """As of `Link`."""
        return _asks_code(self.verified_at, now)


def invite_staff(
    session: Session, tenant_id: TenantId, staff_id: StaffId, *, now: datetime, actor: Actor
) -> Invitation:
    """A code for the staff member's chat account, good for INVITATION_LIFE; former ones lapse.

    Locks the staff member. Raises NotPermitted (also for who may do more than the actor),
    StaffNotFound, StaffInactive.
    """
    actor.require(Permission.MANAGE_STAFF)
    member = locked(session, StaffRow, tenant_id, staff_id, StaffNotFound(staff_id))
    require_over(session, actor, member)
    if not member.active:
        raise StaffInactive(staff_id)
    session.execute(
        delete(InvitationRow).where(
            InvitationRow.tenant_id == tenant_id, InvitationRow.staff_id == staff_id
        )
    )
    code = Secret(b32encode(secrets.token_bytes(INVITATION_BYTES)).decode())
    expires_at = now + INVITATION_LIFE
    session.add(
        InvitationRow(
            tenant_id=tenant_id,
            staff_id=staff_id,
            code_hash=_hashed(code),
            expires_at=expires_at,
        )
    )
    write(session)
    record(session, actor, "staff.invited", Subject(tenant_id, "staff", staff_id))
    return Invitation(code, staff_id, expires_at)


def redeem_invitation(session: Session, code: str, *, account_id: int, now: datetime) -> Link:
    """Make the account the staff member's; from outside of any scope, left in the ISP's.

    Case, spaces and dashes of the code do not matter. Whoever was linked before no longer is.
    Raises InvitationInvalid, AccountTaken.
    """
    code_hash = _hashed(code)
    found = session.execute(text("SELECT invitation_isp(:hash)"), {"hash": code_hash}).scalar()
    if found is None:
        raise InvitationInvalid
    tenant_id = TenantId(found)
    enter_tenant(session, tenant_id)
    invitation = session.scalar(
        select(InvitationRow)
        .where(InvitationRow.tenant_id == tenant_id, InvitationRow.code_hash == code_hash)
        .with_for_update()
    )
    if invitation is None or invitation.used_at is not None or now >= invitation.expires_at:
        raise InvitationInvalid
    member = session.get_one(StaffRow, (tenant_id, invitation.staff_id))
    if not member.active:
        raise InvitationInvalid
    invitation.used_at = now
    staff_id = StaffId(member.id)
    session.execute(
        delete(StaffLinkRow).where(
            StaffLinkRow.tenant_id == tenant_id, StaffLinkRow.staff_id == staff_id
        )
    )
    session.execute(  # a key that was offered to another account, and never proved
        delete(SecondFactorRow).where(
            SecondFactorRow.tenant_id == tenant_id,
            SecondFactorRow.staff_id == staff_id,
            SecondFactorRow.confirmed_at.is_(None),
        )
    )
    session.add(
        StaffLinkRow(tenant_id=tenant_id, staff_id=staff_id, account_id=account_id, linked_at=now)
    )
    write(session, {"staff_links_tenant_id_account_id_key": AccountTaken(account_id)})
    who = Actor(ActorKind.STAFF, member.name, member.id, origin=f"telegram:{account_id}")
    after = {"account_id": account_id}
    record(session, who, "staff.linked", Subject(tenant_id, "staff", staff_id), after=after)
    return Link(tenant_id, staff_id, account_id, None)


def linked_isps(session: Session, account_id: int) -> tuple[LinkedIsp, ...]:
    """Where the account is staff now, what they chose last first; from outside of any scope."""
    rows = session.execute(
        text("SELECT * FROM linked_isps(:account)"),
        {"account": account_id},
    )
    return tuple(
        LinkedIsp(TenantId(tenant_id), slug, name, StaffId(staff_id), *rest)
        for tenant_id, slug, name, staff_id, *rest in rows
    )


def choose_isp(session: Session, tenant_id: TenantId, me: Actor, *, now: datetime) -> None:
    """From now on what one types is meant for this ISP. Raises LinkNotFound."""
    _my_link(session, tenant_id, me).chosen_at = now
    write(session)


def choose_language(session: Session, tenant_id: TenantId, me: Actor, language: str) -> None:
    """In which language one is answered at this ISP: "en" or "bn". Raises LinkNotFound."""
    _my_link(session, tenant_id, me).language = language
    write(session)


def choose_figures(
    session: Session, tenant_id: TenantId, me: Actor, *, bangla_digits: bool, lakhs: bool
) -> None:
    """How numbers are written for one at this ISP. Raises LinkNotFound."""
    row = _my_link(session, tenant_id, me)
    row.bangla_digits, row.lakhs = bangla_digits, lakhs
    write(session)


def _my_link(session: Session, tenant_id: TenantId, me: Actor) -> StaffLinkRow:
    row = session.get(StaffLinkRow, (tenant_id, me.id or 0))
    if row is None:
        raise LinkNotFound(me.id or 0)
    return row


def get_link(session: Session, tenant_id: TenantId, staff_id: StaffId) -> Link:
    """Raises LinkNotFound."""
    row = session.get(StaffLinkRow, (tenant_id, staff_id))
    if row is None:
        raise LinkNotFound(staff_id)
    return Link(tenant_id, staff_id, row.account_id, row.verified_at)


def links_of(session: Session, tenant_id: TenantId) -> tuple[Link, ...]:
    """The chat accounts of those who work there, for who has something to tell them."""
    rows = session.scalars(
        select(StaffLinkRow)
        .join(
            StaffRow,
            (StaffRow.tenant_id == StaffLinkRow.tenant_id) & (StaffRow.id == StaffLinkRow.staff_id),
        )
        .where(StaffLinkRow.tenant_id == tenant_id, StaffRow.active)
        .order_by(StaffLinkRow.staff_id)
    )
    return tuple(
        Link(tenant_id, StaffId(row.staff_id), row.account_id, row.verified_at) for row in rows
    )


def unlink_staff(session: Session, tenant_id: TenantId, staff_id: StaffId, *, actor: Actor) -> None:
    """Their chat account is nobody's from now on. Raises NotPermitted, StaffNotFound."""
    actor.require(Permission.MANAGE_STAFF)
    member = locked(session, StaffRow, tenant_id, staff_id, StaffNotFound(staff_id))
    require_over(session, actor, member)
    session.execute(
        delete(StaffLinkRow).where(
            StaffLinkRow.tenant_id == tenant_id, StaffLinkRow.staff_id == staff_id
        )
    )
    record(session, actor, "staff.unlinked", Subject(tenant_id, "staff", staff_id))


def _asks_code(verified_at: datetime | None, now: datetime) -> bool:
    return verified_at is None or now >= verified_at + ASKED_AGAIN_AFTER


def _hashed(code: str) -> bytes:
    letters = "".join(code.split()).replace("-", "").upper()
    return hashlib.sha256(letters.encode()).digest()
