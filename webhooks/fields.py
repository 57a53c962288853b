"""What a call brings, by query, form or JSON, as one mapping of words; never an error."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl

from aiohttp import web

BODY_BYTES_MAX = 64 * 1024
FIELDS_MAX = 200
NAME_LENGTH_MAX = 100
VALUE_LENGTH_MAX = 4000
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


def is_form(request: web.Request) -> bool:
    """As browsers send them."""
    return request.method == "POST" and request.content_type in FORMS


async def read_fields(request: web.Request) -> Mapping[str, str]:
    """Of the body above those of the query. What cannot be read is not there."""
    said = dict(_kept(request.query.items()))
    if request.content_type == "multipart/form-data":
        return said | await _multipart(request)
    try:
        body = (await request.read()).decode("utf-8", "replace")
    except web.HTTPRequestEntityTooLarge:
        return said
    if body.lstrip().startswith(("{", "[")):
        return said | dict(_kept(_of_json(body)))
    return said | dict(_kept(_of_form(body)))


async def _multipart(request: web.Request) -> dict[str, str]:
    try:
        form = await request.post()
    except (ValueError, LookupError, AssertionError, OSError, web.HTTPException):
        return {}
    return dict(_kept(form.items()))


def _of_json(body: str) -> Iterable[tuple[str, object]]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if isinstance(said, list) and len(said) == 1:
        [said] = said
    return said.items() if isinstance(said, dict) else []


def _of_form(body: str) -> Iterable[tuple[str, object]]:
    try:
        return parse_qsl(body, keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError:
        return []


def _kept(said: Iterable[tuple[str, object]]) -> Iterable[tuple[str, str]]:
    """Words and numbers of a length that anybody could mean; what is no text means nothing."""
    for number, (name, value) in enumerate(said):
        if number >= FIELDS_MAX:
            return
        if isinstance(value, str | int | float) and len(name) <= NAME_LENGTH_MAX:
            text = str(value)
            if len(text) <= VALUE_LENGTH_MAX and _is_text(text + name):
                yield name, text


def _is_text(said: str) -> bool:
    """Whether a database takes it: no NUL, no half of a surrogate pair, as JSON can hold."""
    return "\0" not in said and said.encode(errors="replace").decode() == said
