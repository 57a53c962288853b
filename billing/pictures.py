"""Pictures of clients and of their signatures, made small and cleaned of all but what is seen."""

from __future__ import annotations

import io
import warnings
from typing import NewType

from PIL import Image, ImageOps
from sqlalchemy.orm import Session

from billing.errors import PictureNotFound, PictureUnreadable
from billing.rows import PictureRow
from policy.facts import TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import read, write

PictureId = NewType("PictureId", int)

SIDE_MAX = 1280  # points: a face or a card is read well
QUALITY = 82
POINTS_MAX = 50_000_000  # a file that unpacks to more is refused unread
FORMATS = ("JPEG", "PNG", "WEBP")


def keep_picture(session: Session, tenant_id: TenantId, data: bytes, *, actor: Actor) -> PictureId:
    """Keep a JPEG, PNG or WebP as a small JPEG, without where and by what it was taken.

    Raises NotPermitted, PictureUnreadable.
    """
    actor.require(Permission.EDIT_CLIENTS)
    row = PictureRow(tenant_id=tenant_id, jpeg=_small(data))
    session.add(row)
    write(session)
    record(session, actor, "picture.kept", Subject(tenant_id, "picture", row.id))
    return PictureId(row.id)


def get_picture(session: Session, tenant_id: TenantId, picture_id: PictureId) -> bytes:
    """As a JPEG. Raises PictureNotFound."""
    return read(session, PictureRow, tenant_id, picture_id, PictureNotFound(picture_id)).jpeg


def _small(data: bytes) -> bytes:
    try:
        with warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning):
            opened = Image.open(io.BytesIO(data), formats=FORMATS)
            if opened.width * opened.height > POINTS_MAX:
                raise PictureUnreadable
            upright = ImageOps.exif_transpose(opened)
            small = upright.convert("RGB")
            small.thumbnail((SIDE_MAX, SIDE_MAX))
            written = io.BytesIO()
            small.save(written, "JPEG", quality=QUALITY, optimize=True)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombWarning) as error:
        raise PictureUnreadable from error  # Pillow's ways to say that a file is no picture
    return written.getvalue()
