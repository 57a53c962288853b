"""Text and its entities, counted as Telegram counts: in UTF-16 units, whatever was parsed."""

from __future__ import annotations

import re
from typing import Any, Protocol

from sandbox.telegram import limits
from sandbox.telegram.html_text import read_html
from sandbox.telegram.markdown_text import read_markdown
from sandbox.telegram.refusals import bad_request

Entity = dict[str, Any]

# A command, link, name, mail or tag is found in any text, by whoever it was written.
FOUND = {
    "bot_command": re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?(?!\w)"),
    "url": re.compile(r"(?<![\w@])https?://[^\s<>\"']+[^\s<>\"'.,:;!?)\]]"),
    "email": re.compile(r"(?<![\w.])[\w.+-]+@[\w-]+\.[A-Za-z]{2,}(?!\w)"),
    "mention": re.compile(r"(?<![\w.])@[A-Za-z][A-Za-z0-9_]{3,31}(?!\w)"),
    "hashtag": re.compile(r"(?<![\w#])#\w*[^\W\d]\w*"),
}
FOUND_NOWHERE_IN = {"code", "pre", "text_link"}


class Reads(Protocol):
    def __call__(self, raw: str) -> tuple[str, list[Entity]]: ...


PARSERS: dict[str, Reads] = {"html": read_html, "markdownv2": read_markdown}


def units(text: str) -> int:
    """How long Telegram says `text` is."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def read_text(
    raw: str, parse_mode: str | None, given: list[Entity] | None
) -> tuple[str, list[Entity]]:
    """What `raw` says when parsed, and its entities, in the order of their places."""
    if parse_mode:
        parser = PARSERS.get(parse_mode.lower())
        if parser is None:
            raise bad_request("unsupported parse_mode")
        text, entities = parser(raw)
    else:
        text, entities = raw, [dict(entity) for entity in given or ()]
    text, entities = trimmed(text, entities)
    entities += [found for found in found_in(text) if not hidden(found, entities)]
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return text, entities[: limits.ENTITIES_MAX]


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """White space around a message does not arrive."""
    left = units(text) - units(text.lstrip())
    text = text.strip()
    end = units(text)
    kept = []
    for entity in entities:
        first = max(entity["offset"] - left, 0)
        last = min(entity["offset"] + entity["length"] - left, end)
        if last > first:
            kept.append({**entity, "offset": first, "length": last - first})
    return text, kept


def found_in(text: str) -> list[Entity]:
    return [
        {
            "type": kind,
            "offset": units(text[: match.start()]),
            "length": units(match.group()),
        }
        for kind, pattern in FOUND.items()
        for match in pattern.finditer(text)
    ]


def hidden(found: Entity, entities: list[Entity]) -> bool:
    first, last = found["offset"], found["offset"] + found["length"]
    return any(
        entity["type"] in FOUND_NOWHERE_IN
        and entity["offset"] < last
        and first < entity["offset"] + entity["length"]
        for entity in entities
    )
