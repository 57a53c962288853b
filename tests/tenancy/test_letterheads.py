"""The head of bills: what is kept of a logo, and what is no logo."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image

from storage.actors import SYSTEM
from storage.errors import ValueRefused
from tenancy.errors import BadPicture
from tenancy.letterheads import (
    LOGO_SIDE_MAX,
    PICTURE_BYTES_MAX,
    Letterhead,
    get_letterhead,
    get_logo,
    logo_digest,
    set_letterhead,
    set_logo,
)
from tests.fixtures.isps import World


def picture(kind: str = "PNG", size: tuple[int, int] = (1200, 600), **said: object) -> bytes:
    """Transparent, but for a blue bar."""
    drawn = Image.new("RGBA", size, (0, 0, 0, 0))
    drawn.paste((0, 0, 255, 255), (0, 0, size[0], size[1] // 2))
    file = BytesIO()
    (drawn.convert("RGB") if kind in {"JPEG", "BMP"} else drawn).save(file, kind, **said)
    return file.getvalue()


def test_a_letterhead_is_replaced_and_its_logo_stays(isp: World) -> None:
    with isp.transaction() as session:
        assert get_letterhead(session, isp.tenant_id) == Letterhead()
        assert get_logo(session, isp.tenant_id) is None
        set_logo(session, isp.tenant_id, picture(), actor=SYSTEM)
        said = Letterhead(name_bn="পদ্মা নেট", pay_link="https://pay.test/{invoice}")
        set_letterhead(session, isp.tenant_id, said, actor=SYSTEM)
    with isp.transaction() as session:
        assert get_letterhead(session, isp.tenant_id) == said
        logo = get_logo(session, isp.tenant_id)
        assert logo is not None
        assert logo_digest(session, isp.tenant_id) == sha256(logo).hexdigest()
        set_logo(session, isp.tenant_id, None, actor=SYSTEM)
        assert get_logo(session, isp.tenant_id) is None
        assert logo_digest(session, isp.tenant_id) is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_kept_small_and_on_white(kind: str, isp: World) -> None:
    with isp.transaction() as session:
        set_logo(session, isp.tenant_id, picture(kind), actor=SYSTEM)
        kept = get_logo(session, isp.tenant_id)
    assert kept is not None
    with Image.open(BytesIO(kept)) as logo:
        assert (logo.format, logo.size) == ("JPEG", (LOGO_SIDE_MAX, LOGO_SIDE_MAX // 2))
        under_the_bar = logo.getpixel((LOGO_SIDE_MAX // 2, LOGO_SIDE_MAX // 2 - 10))
    assert under_the_bar == (255, 255, 255) or kind == "JPEG"  # which knows no transparency


def test_where_and_with_what_a_photo_was_taken_is_not_kept(isp: World) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    with isp.transaction() as session:
        set_logo(session, isp.tenant_id, picture("JPEG", exif=exif), actor=SYSTEM)
        kept = get_logo(session, isp.tenant_id)
    assert kept is not None
    assert b"Secret Camera" not in kept


@pytest.mark.parametrize(
    ("bytes_", "problem"),
    [
        (b"", "not_a_picture"),
        (b"<svg/>", "not_a_picture"),
        (picture("BMP"), "not_a_picture"),
        (picture()[:200], "not_a_picture"),  # cut off
        (bytes(PICTURE_BYTES_MAX + 1), "too_large"),
        (picture(size=(20_000, 2_000)), "too_large"),  # small as a file, 160 MB unpacked
    ],
    ids=["empty", "svg", "bmp", "cut off", "many bytes", "many pixels"],
)
def test_what_is_no_logo_is_refused(bytes_: bytes, problem: str, isp: World) -> None:
    with isp.transaction() as session, pytest.raises(BadPicture, match=problem):
        set_logo(session, isp.tenant_id, bytes_, actor=SYSTEM)


@pytest.mark.parametrize(
    "said",
    [
        Letterhead(pay_link="http://pay.test/{invoice}"),
        Letterhead(pay_link="https://pay.test/a b"),
        Letterhead(address="a" * 301),
        Letterhead(phone=" "),
    ],
    ids=["not encrypted", "no link", "long", "blank"],
)
def test_what_no_letterhead_can_say_is_refused(said: Letterhead, isp: World) -> None:
    with pytest.raises(ValueRefused), isp.transaction() as session:
        set_letterhead(session, isp.tenant_id, said, actor=SYSTEM)
