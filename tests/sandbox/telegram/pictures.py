"""A small picture, as bytes."""

from __future__ import annotations

from io import BytesIO

from PIL import Image


def a_picture(width: int = 64, height: int = 48) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "PNG")
    return out.getvalue()
