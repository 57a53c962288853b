"""Forms: what was typed, cut to size, and proof that our own page asked for it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from aiohttp import web

from portal.visits import Visit

BODY_BYTES_MAX = 16 * 1024
FIELD_LENGTH_MAX = 500
TOKEN_FIELD = "form"  # noqa: S105 (the name of a field)


class Forged(Exception):
    """Another site's page sent this, or the browser keeps no cookies."""


def form_token(visit: Visit) -> str:
    """Known to our own pages alone: made of a cookie that no script and no other site reads."""
    secret = visit.token or visit.stranger
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()[:32]


async def read_form(request: web.Request, visit: Visit) -> Mapping[str, str]:
    """The fields as text; files are dropped. Raises Forged, HTTPRequestEntityTooLarge."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Forged
    said = await request.clone(client_max_size=BODY_BYTES_MAX).post()
    fields = {
        name: value.replace("\0", "")[:FIELD_LENGTH_MAX]
        for name, value in said.items()
        if isinstance(value, str)
    }
    given = fields.pop(TOKEN_FIELD, "")
    if not hmac.compare_digest(given.encode(errors="replace"), form_token(visit).encode()):
        raise Forged
    return fields
