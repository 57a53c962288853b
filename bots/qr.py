"""What another phone's camera reads from the screen."""

from __future__ import annotations

from io import BytesIO

import segno

from bots.views import File

SCALE = 8  # points a module: fills a phone's width, and any camera reads it


def qr(text: str) -> File:
    """As a picture, with the quiet zone that scanners need."""
    picture = BytesIO()
    segno.make(text, error="m").save(picture, kind="png", scale=SCALE)
    return File("code.png", picture.getvalue(), picture=True)
