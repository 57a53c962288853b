"""The icon of an ISP's portal on a phone's screen: its logo on white, else a sign in its colour."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from portal.colours import palette

SIZES = (192, 512)
KEPT = 64  # icons, of ISPs of one server
SAFE = 0.7  # of the side: what no mask of a launcher cuts off (W3C App Manifest, maskable icons)
LOGO_HEIGHT = 80  # of the logo at the head of pages: twice what is shown, for sharp screens
LOGO_WIDTH = 480


@lru_cache(maxsize=KEPT)
def icon(colour: str, logo: bytes | None, size: int) -> bytes:
    """A square PNG of `size` pixels."""
    if logo is not None:
        return _png(_on_white(logo, size))
    ink = palette(colour, dark=False).ink
    picture = Image.new("RGB", (size, size), colour)
    draw = ImageDraw.Draw(picture)
    middle, bottom = size / 2, size * 0.70
    for reach in (0.42, 0.29, 0.16):
        side = size * reach
        box = (middle - side, bottom - side, middle + side, bottom + side)
        draw.arc(box, 225, 315, fill=ink, width=max(1, size // 16))
    dot = size * 0.055
    draw.ellipse((middle - dot, bottom - dot, middle + dot, bottom + dot), fill=ink)
    return _png(picture)


@lru_cache(maxsize=KEPT)
def head_logo(logo: bytes) -> bytes:
    """A WebP as high as the head of a page shows it."""
    with Image.open(BytesIO(logo)) as picture:
        picture.thumbnail((LOGO_WIDTH, LOGO_HEIGHT))
        made = BytesIO()
        picture.convert("RGB").save(made, "WEBP", quality=80)
    return made.getvalue()


def _on_white(logo: bytes, size: int) -> Image.Image:
    picture = Image.new("RGB", (size, size), "white")
    with Image.open(BytesIO(logo)) as opened:
        side = round(size * SAFE)
        scale = min(side / opened.width, side / opened.height)
        fitted = opened.convert("RGB").resize(
            (max(1, round(opened.width * scale)), max(1, round(opened.height * scale)))
        )
    picture.paste(fitted, ((size - fitted.width) // 2, (size - fitted.height) // 2))
    return picture


def _png(picture: Image.Image) -> bytes:
    made = BytesIO()
    picture.quantize(64).save(made, "PNG", optimize=True)
    return made.getvalue()
