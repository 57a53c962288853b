"""Asking a gateway over HTTP: in time, and with anything but an answer being no answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from billing.gateways.traffic import Exchange

ANSWER_SECONDS = 30  # bKash asks for it; the others are not slower
ANSWER_BYTES_MAX = 256 * 1024
TIMEOUT = aiohttp.ClientTimeout(total=ANSWER_SECONDS)


@dataclass(slots=True)
class Line:
    """The way to a gateway, and what was said on it."""

    http: aiohttp.ClientSession
    heard: list[Exchange] = field(default_factory=list)


class TokenRefused(Exception):
    """The gateway does not take the token, or not any more."""


class NoAnswer(Exception):
    """Nothing came back in time that could be read: nobody knows what was done."""


async def ask(
    line: Line,
    method: str,
    address: str,
    *,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    body: object = None,
) -> tuple[int, Any]:
    """The status and the JSON of an answer. Raises NoAnswer."""
    sent = json.dumps({"query": dict(query or {}), "form": dict(form or {}), "body": body})
    status, answered = None, ""
    try:
        async with line.http.request(
            method,
            address,
            headers=headers,
            params=query,
            data=form,
            json=body,
            timeout=TIMEOUT,
            allow_redirects=False,
        ) as answer:
            status = answer.status
            answered = (await _all_of(answer)).decode(errors="replace")
            return status, json.loads(answered)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, RecursionError) as error:
        raise NoAnswer(type(error).__name__) from error
    finally:
        line.heard.append(Exchange(address, sent, status, answered))


async def _all_of(answer: aiohttp.ClientResponse) -> bytes:
    """To its end. Raises NoAnswer where it is longer than any answer of theirs."""
    found = bytearray()
    async for part in answer.content.iter_chunked(ANSWER_BYTES_MAX):
        found += part
        if len(found) > ANSWER_BYTES_MAX:
            raise NoAnswer("too long")
    return bytes(found)


def one(said: object) -> Mapping[str, Any]:
    """An object, or the only one of a list; else an empty one."""
    if isinstance(said, list) and len(said) == 1:
        [said] = said
    return said if isinstance(said, Mapping) else {}


def words(said: object) -> str:
    """A value as text, cut; nothing of what is no text or number."""
    return str(said)[:200] if isinstance(said, str | int | float) else ""
