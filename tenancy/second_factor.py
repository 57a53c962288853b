"""The second factor of staff: one-time passwords (RFC 6238), codes that are sent, backup codes.

A wrong code is an outcome and not an error, so that the attempt is committed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from policy.facts import TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.outbox import STAFF, Event, Recipient, RecipientKind, queue
from storage.rows import locked, read, write
from storage.secrets import KeyRing, Secret, sent_code, staff_totp
from tenancy.errors import (
    CodeSentLately,
    NoPhone,
    SecondFactorMissing,
    SecondFactorThere,
    StaffNotFound,
)
from tenancy.login_attempts import Door, SubjectKind, Trier, locked_until, note_attempt
from tenancy.permissions import require_over
from tenancy.roles import StaffId
from tenancy.rows import BackupCodeRow, SecondFactorRow, StaffLinkRow, StaffRow

BACKUP_CODES = 8
BACKUP_CODE_BYTES = 5  # 8 letters and digits of base 32
SENT_CODE_DIGITS = 6
SENT_CODE_LIFE = timedelta(minutes=5)
SENT_AGAIN_AFTER = timedelta(minutes=1)
STEPS_AROUND = 1  # a phone's clock may be up to 30 s off, or the person slow (RFC 6238, 5.2)
SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}  # RFC 7914, 2: 16 MB and tens of milliseconds


class CodeCheck(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"  # too many were wrong: none is looked at for now


@dataclass(frozen=True, slots=True)
class TotpOffer:
    """What the person's authenticator takes: the URI as a QR code, or the secret typed."""

    uri: Secret
    secret: Secret


def offer_totp(
    session: Session, tenant_id: TenantId, me: Actor, *, isp_name: str, keys: KeyRing
) -> TotpOffer:
    """A secret for oneself; it counts when a first code of it was given. Locks the staff member.

    Until then it is the same whenever one asks: what was scanned a moment ago stays good.
    Raises StaffNotFound, SecondFactorThere where one counts already.
    """
    member = _myself(session, tenant_id, me)
    factor = _factor(session, tenant_id, StaffId(member.id))
    if factor.confirmed_at is not None:
        raise SecondFactorThere(member.id)
    context = staff_totp(tenant_id, member.id)
    if factor.sealed_totp is not None:
        secret = Secret(keys.open(factor.sealed_totp, context).decode())
    else:
        secret = Secret(pyotp.random_base32())
        factor.sealed_totp = keys.seal(secret.encode(), context)
        write(session)
        record(session, me, "staff.second_factor_offered", Subject(tenant_id, "staff", member.id))
    uri = pyotp.TOTP(secret).provisioning_uri(name=member.name, issuer_name=isp_name)
    return TotpOffer(Secret(uri), secret)


def send_code(
    session: Session, tenant_id: TenantId, staff_id: StaffId, *, keys: KeyRing, now: datetime
) -> str:
    """Queue a code of six digits for a staff member, good for SENT_CODE_LIFE; a former one lapses.

    To the phone that is given back. Locks the staff member. Raises StaffNotFound, NoPhone,
    CodeSentLately.
    """
    member = locked(session, StaffRow, tenant_id, staff_id, StaffNotFound(staff_id))
    if member.phone is None:
        raise NoPhone(staff_id)
    factor = _factor(session, tenant_id, staff_id)
    until = factor.sent_code_until
    if until is not None and now < until - SENT_CODE_LIFE + SENT_AGAIN_AFTER:
        raise CodeSentLately(staff_id)
    code = f"{secrets.randbelow(10**SENT_CODE_DIGITS):0{SENT_CODE_DIGITS}d}"
    factor.sent_code_hash, factor.sent_code_until = _hash(code, factor.salt), now + SENT_CODE_LIFE
    write(session)
    sealed = keys.seal(code.encode(), sent_code(tenant_id, f"staff:{staff_id}"))
    queue(
        session,
        tenant_id,
        Event.CODE_SENT,
        f"staff:{staff_id}:{int(now.timestamp())}",
        to=Recipient(RecipientKind.STAFF, staff_id),
        now=now,
        payload={"sealed_code": base64.b64encode(sealed).decode()},
        until=now + SENT_CODE_LIFE,
    )
    return member.phone


def check_code(
    session: Session,
    tenant_id: TenantId,
    staff_id: StaffId,
    code: str,
    *,
    keys: KeyRing,
    now: datetime,
    origin: str,
) -> CodeCheck:
    """Whether `code` proves who it is now; each code does so once. Locks the staff member.

    Digits of either script. The attempt is written down; with the last that is allowed the owners
    are told. A right one is remembered on the link. Raises StaffNotFound, SecondFactorMissing.
    """
    locked(session, StaffRow, tenant_id, staff_id, StaffNotFound(staff_id))
    factor = session.get(SecondFactorRow, (tenant_id, staff_id))
    if factor is None:
        raise SecondFactorMissing(staff_id)
    trier = Trier(SubjectKind.STAFF, staff_id, Door.TELEGRAM, origin)
    if locked_until(session, tenant_id, trier, now=now) is not None:
        return CodeCheck.LOCKED
    right = _is_right(session, factor, _plain(code), keys, now)
    note_attempt(session, tenant_id, trier, succeeded=right, now=now)
    if right:
        session.execute(
            update(StaffLinkRow)
            .where(StaffLinkRow.tenant_id == tenant_id, StaffLinkRow.staff_id == staff_id)
            .values(verified_at=now)
        )
        return CodeCheck.RIGHT
    until = locked_until(session, tenant_id, trier, now=now)
    if until is None:
        return CodeCheck.WRONG
    about = f"staff:{staff_id}:{int(until.timestamp())}"
    queue(session, tenant_id, Event.STAFF_LOCKED, about, to=STAFF, now=now)
    return CodeCheck.LOCKED


def make_backup_codes(session: Session, tenant_id: TenantId, me: Actor) -> tuple[Secret, ...]:
    """Eight new codes for oneself, told once; the former ones lapse. Locks the staff member.

    Raises StaffNotFound, SecondFactorMissing.
    """
    staff_id = StaffId(_myself(session, tenant_id, me).id)
    factor = session.get(SecondFactorRow, (tenant_id, staff_id))
    if factor is None:
        raise SecondFactorMissing(staff_id)
    _forget_backup_codes(session, tenant_id, staff_id)
    codes = [
        b32encode(secrets.token_bytes(BACKUP_CODE_BYTES)).decode() for _ in range(BACKUP_CODES)
    ]
    for code in codes:
        code_hash = _hash(code, factor.salt)
        session.add(BackupCodeRow(tenant_id=tenant_id, staff_id=staff_id, code_hash=code_hash))
    write(session)
    record(session, me, "staff.backup_codes_made", Subject(tenant_id, "staff", staff_id))
    return tuple(Secret(f"{code[:4]}-{code[4:]}") for code in codes)


def backup_codes_left(session: Session, tenant_id: TenantId, staff_id: StaffId) -> int:
    """How many have not been used. Raises StaffNotFound."""
    read(session, StaffRow, tenant_id, staff_id, StaffNotFound(staff_id))
    query = select(func.count()).where(
        BackupCodeRow.tenant_id == tenant_id,
        BackupCodeRow.staff_id == staff_id,
        BackupCodeRow.used_at.is_(None),
    )
    return session.execute(query).scalar_one()


def reset_second_factor(
    session: Session, tenant_id: TenantId, staff_id: StaffId, *, actor: Actor
) -> None:
    """Forget what they proved themselves by (a lost phone); they are asked to begin anew.

    Raises NotPermitted, StaffNotFound.
    """
    actor.require(Permission.MANAGE_STAFF)
    member = locked(session, StaffRow, tenant_id, staff_id, StaffNotFound(staff_id))
    require_over(session, actor, member)
    _forget_backup_codes(session, tenant_id, staff_id)
    mine = (SecondFactorRow.tenant_id == tenant_id, SecondFactorRow.staff_id == staff_id)
    session.execute(delete(SecondFactorRow).where(*mine))
    session.execute(
        update(StaffLinkRow)
        .where(StaffLinkRow.tenant_id == tenant_id, StaffLinkRow.staff_id == staff_id)
        .values(verified_at=None)
    )
    record(session, actor, "staff.second_factor_reset", Subject(tenant_id, "staff", staff_id))


def _myself(session: Session, tenant_id: TenantId, me: Actor) -> StaffRow:
    staff_id = StaffId(me.id or 0)
    return locked(session, StaffRow, tenant_id, staff_id, StaffNotFound(staff_id))


def _factor(session: Session, tenant_id: TenantId, staff_id: StaffId) -> SecondFactorRow:
    factor = session.get(SecondFactorRow, (tenant_id, staff_id))
    if factor is None:
        factor = SecondFactorRow(
            tenant_id=tenant_id, staff_id=staff_id, totp_step=0, salt=secrets.token_bytes(16)
        )
        session.add(factor)
        session.flush()
    return factor


def _is_right(
    session: Session, factor: SecondFactorRow, code: str, keys: KeyRing, now: datetime
) -> bool:
    if code.isdigit() and len(code) == SENT_CODE_DIGITS:
        return _is_totp(factor, code, keys, now) or _is_sent(factor, code, now)
    return _is_backup(session, factor, code, now)


def _is_totp(factor: SecondFactorRow, code: str, keys: KeyRing, now: datetime) -> bool:
    if factor.sealed_totp is None:
        return False
    context = staff_totp(factor.tenant_id, factor.staff_id)
    totp = pyotp.TOTP(keys.open(factor.sealed_totp, context).decode())
    current = totp.timecode(now)
    for step in range(current - STEPS_AROUND, current + STEPS_AROUND + 1):
        if step > factor.totp_step and hmac.compare_digest(totp.generate_otp(step), code):
            factor.totp_step = step
            factor.confirmed_at = factor.confirmed_at or now
            return True
    return False


def _is_sent(factor: SecondFactorRow, code: str, now: datetime) -> bool:
    until, kept = factor.sent_code_until, factor.sent_code_hash
    if until is None or kept is None or now >= until:
        return False
    right = hmac.compare_digest(kept, _hash(code, factor.salt))
    if right:
        factor.sent_code_hash = factor.sent_code_until = None
    return right


def _is_backup(session: Session, factor: SecondFactorRow, code: str, now: datetime) -> bool:
    used = session.execute(
        update(BackupCodeRow)
        .where(
            BackupCodeRow.tenant_id == factor.tenant_id,
            BackupCodeRow.staff_id == factor.staff_id,
            BackupCodeRow.code_hash == _hash(code, factor.salt),
            BackupCodeRow.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(BackupCodeRow.code_hash)
    )
    return used.first() is not None


def _forget_backup_codes(session: Session, tenant_id: TenantId, staff_id: StaffId) -> None:
    session.execute(
        delete(BackupCodeRow).where(
            BackupCodeRow.tenant_id == tenant_id, BackupCodeRow.staff_id == staff_id
        )
    )


def _plain(code: str) -> str:
    """Without spaces and dashes, in capitals, digits as ASCII."""
    letters = "".join(code.split()).replace("-", "").upper()
    return "".join(str(unicodedata.digit(each)) if each.isdecimal() else each for each in letters)


def _hash(code: str, salt: bytes) -> bytes:
    return hashlib.scrypt(code.encode(), salt=salt, **SCRYPT)
