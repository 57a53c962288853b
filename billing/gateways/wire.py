"""Asking a gateway over HTTP: in time, and with anything but an answer being no answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

ANSWER_SECONDS = 30  # bKash asks for it; the others are not slower
ANSWER_BYTES_MAX = 256 * 1024
TIMEOUT = aiohttp.ClientTimeout(total=ANSWER_SECONDS)


class NoAnswer(Exception):
    """Nothing came back in time that could be read: nobody knows what was done."""


async def ask(
    http: aiohttp.ClientSession,
    method: str,
    address: str,
    *,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    body: object = None,
) -> tuple[int, Any]:
    """The status and the JSON of an answer. Raises NoAnswer."""
    try:
        async with http.request(
            method,
            address,
            headers=headers,
            params=query,
            data=form,
            json=body,
            timeout=TIMEOUT,
            allow_redirects=False,
        ) as answer:
            text = await answer.content.read(ANSWER_BYTES_MAX)
            return answer.status, json.loads(text)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise NoAnswer(type(error).__name__) from error


def one(said: object) -> Mapping[str, Any]:
    """An object, or the only one of a list; else an empty one."""
    if isinstance(said, list) and len(said) == 1:
        [said] = said
    return said if isinstance(said, Mapping) else {}


def words(said: object) -> str:
    """A value as text, cut; nothing of what is no text or number."""
    return str(said)[:200] if isinstance(said, str | int | float) else ""
