"""What stands at the head of an ISP's bills and receipts, and its logo."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass, fields
from io import BytesIO

from PIL import Image, UnidentifiedImageError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from policy.facts import TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import change, write
from tenancy.errors import BadPicture
from tenancy.rows import LetterheadRow

PICTURE_BYTES_MAX = 4 * 2**20
PICTURE_PIXELS_MAX = 24_000_000  # what a phone's camera makes; more is no logo
LOGO_SIDE_MAX = 480  # pixels: 24 mm at 500 dots an inch
JPEG_QUALITY = 92


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """All of it may be missing. In `pay_link` (https) {invoice} stands for the invoice's number."""

    name_bn: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    vat_number: str | None = None
    pay_link: str | None = None
    footer: str | None = None


def get_letterhead(session: Session, tenant_id: TenantId) -> Letterhead:
    """Empty where nothing was set."""
    row = session.get(LetterheadRow, tenant_id)
    if row is None:
        return Letterhead()
    return Letterhead(**{part.name: getattr(row, part.name) for part in fields(Letterhead)})


def get_logo(session: Session, tenant_id: TenantId) -> bytes | None:
    """A JPEG of at most LOGO_SIDE_MAX pixels a side."""
    mine = LetterheadRow.tenant_id == tenant_id
    return session.scalar(select(LetterheadRow.logo).where(mine))


def logo_digest(session: Session, tenant_id: TenantId) -> str | None:
    """Changes with the logo; None where there is none."""
    mine = LetterheadRow.tenant_id == tenant_id
    digest = func.encode(func.sha256(LetterheadRow.logo), "hex")
    return session.scalar(select(digest).where(mine))


def set_letterhead(
    session: Session, tenant_id: TenantId, details: Letterhead, *, actor: Actor
) -> None:
    """Replace what is said; the logo stays. Locks the letterhead.

    Raises NotPermitted, ValueRefused.
    """
    actor.require(Permission.MANAGE_ISP)
    row = _locked(session, tenant_id)
    before = get_letterhead(session, tenant_id)
    change(row, details)
    write(session)
    subject = Subject(tenant_id, "isp", tenant_id)
    record(session, actor, "isp.letterhead_set", subject, before=before, after=details)


def set_logo(session: Session, tenant_id: TenantId, picture: bytes | None, *, actor: Actor) -> None:
    """A PNG, JPEG or WebP; None takes the logo away. What is kept is small, and only its pixels.

    Locks the letterhead. Raises NotPermitted, BadPicture.
    """
    actor.require(Permission.MANAGE_ISP)
    row = _locked(session, tenant_id)
    before, row.logo = row.logo, None if picture is None else _as_logo(picture)
    write(session)
    subject = Subject(tenant_id, "isp", tenant_id)
    was, became = {"sha256": _digest(before)}, {"sha256": _digest(row.logo)}
    record(session, actor, "isp.logo_set", subject, before=was, after=became)


def _locked(session: Session, tenant_id: TenantId) -> LetterheadRow:
    """The row, made where there is none."""
    mine = select(LetterheadRow).where(LetterheadRow.tenant_id == tenant_id)
    row = session.scalar(mine.with_for_update())
    if row is None:
        row = LetterheadRow(tenant_id=tenant_id)
        session.add(row)
    return row


def _as_logo(picture: bytes) -> bytes:
    """On white, no larger than it is printed. Raises BadPicture."""
    if len(picture) > PICTURE_BYTES_MAX:
        raise BadPicture("too_large")
    try:
        with warnings.catch_warnings(), Image.open(BytesIO(picture)) as opened:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if opened.format not in {"PNG", "JPEG", "WEBP"}:
                raise BadPicture("not_a_picture")
            if opened.width * opened.height > PICTURE_PIXELS_MAX:  # before they are unpacked
                raise BadPicture("too_large")
            opened.thumbnail((LOGO_SIDE_MAX, LOGO_SIDE_MAX))
            inked = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Warning):
        raise BadPicture("not_a_picture") from None
    paper = Image.new("RGBA", inked.size, "white")
    logo = BytesIO()
    flat = Image.alpha_composite(paper, inked).convert("RGB")
    flat.save(logo, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return logo.getvalue()


def _digest(logo: bytes | None) -> str | None:
    return None if logo is None else hashlib.sha256(logo).hexdigest()
