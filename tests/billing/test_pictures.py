"""Pictures of clients: small, upright, without where they were taken; and nothing else."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from billing.errors import PictureNotFound, PictureUnreadable
from billing.pictures import SIDE_MAX, PictureId, get_picture, keep_picture
from storage.actors import SYSTEM
from tests.fixtures.isps import World
from tests.fixtures.pictures import picture


def test_a_large_photo_is_kept_small_and_tells_no_place(isp: World) -> None:
    taken = Image.new("RGB", (4000, 3000), "teal")
    exif = Image.Exif()
    exif[0x0110] = "A phone"  # Model
    exif[0x0112] = 6  # Orientation: turned
    written = io.BytesIO()
    taken.save(written, "JPEG", exif=exif)
    with isp.transaction() as session:
        kept = keep_picture(session, isp.tenant_id, written.getvalue(), actor=SYSTEM)
        opened = Image.open(io.BytesIO(get_picture(session, isp.tenant_id, kept)))
    assert max(opened.size) == SIDE_MAX
    assert opened.height > opened.width
    assert not dict(opened.getexif())


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", picture()[:60], picture(kind="GIF")])
def test_what_is_no_photo_is_refused(isp: World, data: bytes) -> None:
    with isp.transaction() as session, pytest.raises(PictureUnreadable):
        keep_picture(session, isp.tenant_id, data, actor=SYSTEM)


def test_another_isps_picture_is_not_there(isp: World, other_isp: World) -> None:
    with other_isp.transaction() as session:
        theirs = keep_picture(session, other_isp.tenant_id, picture(), actor=SYSTEM)
    with isp.transaction() as session, pytest.raises(PictureNotFound):
        get_picture(session, isp.tenant_id, PictureId(theirs))
