"""parse_mode HTML: only the tags Telegram knows, well nested; faults told by their byte offset."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

from sandbox.telegram.refusals import bad_request

KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-z]+));?")
TAG_NAME = re.compile(r"[^\s>]*")
ATTRIBUTE = re.compile(r"""\s*([^\s=>"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))?""")
HIGHEST = 0x10FFFF


@dataclass
class Open:
    tag: str
    offset: int
    attributes: dict[str, str]


@dataclass
class Reader:
    """Walks through `raw` once; `units` is how long the text is so far, in UTF-16 units."""

    raw: str
    at: int = 0
    units: int = 0
    text: list[str] = field(default_factory=list)
    opened: list[Open] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    def byte(self, at: int) -> int:
        return len(self.raw[:at].encode())

    def fail(self, fact: str) -> NoReturn:
        raise bad_request(f"can't parse entities: {fact}")

    def write(self, said: str) -> None:
        self.text.append(said)
        self.units += len(said.encode("utf-16-le")) // 2

    def walk(self) -> None:
        while self.at < len(self.raw):
            stop = min(
                (place for mark in "<&" if (place := self.raw.find(mark, self.at)) >= 0),
                default=len(self.raw),
            )
            self.write(self.raw[self.at : stop])
            self.at = stop
            if self.raw.startswith("&", stop):
                self.read_reference()
            elif self.raw.startswith("</", stop):
                self.close_tag()
            elif stop < len(self.raw):
                self.open_tag()
        if self.opened:
            self.fail(f'Can\'t find end tag corresponding to start tag "{self.opened[-1].tag}"')

    def read_reference(self) -> None:
        match = REFERENCE.match(self.raw, self.at)
        said = decoded(match) if match else None
        if match is None or said is None:
            self.write("&")
            self.at += 1
        else:
            self.write(said)
            self.at = match.end()

    def open_tag(self) -> None:
        begin = self.at
        match = TAG_NAME.match(self.raw, begin + 1)
        assert match, "the pattern also matches nothing"
        tag = match.group().lower()
        self.at = match.end()
        if self.raw.find(">", self.at) < 0:
            self.fail(f"Unclosed start tag at byte offset {self.byte(begin)}")
        if tag not in KINDS:
            self.fail(f'Unsupported start tag "{tag}" at byte offset {self.byte(begin)}')
        attributes = self.read_attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            self.fail(f'Tag "span" must have class "tg-spoiler" at byte offset {self.byte(begin)}')
        self.opened.append(Open(tag, self.units, attributes))

    def read_attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            rest = re.compile(r"\s*>").match(self.raw, self.at)
            if rest:
                self.at = rest.end()
                return attributes
            match = ATTRIBUTE.match(self.raw, self.at)
            if match is None:
                self.fail(
                    f'Empty attribute name in the tag "{tag}" at byte offset {self.byte(begin)}'
                )
            value = (match.group(2) or "").strip("\"'")
            attributes[match.group(1).lower()] = REFERENCE.sub(
                lambda found: decoded(found) or found.group(), value
            )
            self.at = match.end()

    def close_tag(self) -> None:
        begin = self.at
        end = self.raw.find(">", begin)
        if end < 0:
            self.fail(f"Unclosed end tag at byte offset {self.byte(begin)}")
        if not self.opened:
            self.fail(f"Unexpected end tag at byte offset {self.byte(begin)}")
        tag = self.raw[begin + 2 : end].strip().lower()
        opened = self.opened.pop()
        if tag not in {"", opened.tag}:
            self.fail(
                f"Unmatched end tag at byte offset {self.byte(begin)}, "
                f'expected "</{opened.tag}>", found "</{tag}>"'
            )
        self.at = end + 1
        self.keep(opened)

    def keep(self, opened: Open) -> None:
        length = self.units - opened.offset
        if not length:
            return
        entity = {"type": KINDS[opened.tag], "offset": opened.offset, "length": length}
        language = opened.attributes.get("class", "")
        if opened.tag == "a":
            url = opened.attributes.get("href") or "".join(self.text)[-length:]
            if not re.match(r"(https?|tg|mailto|tel):", url):
                return  # Telegram drops the link and keeps the words
            entity["url"] = url
        elif opened.tag == "tg-emoji":
            entity["custom_emoji_id"] = opened.attributes.get("emoji-id", "")
        elif opened.tag == "blockquote" and "expandable" in opened.attributes:
            entity["type"] = "expandable_blockquote"
        elif opened.tag == "code" and language.startswith("language-"):
            if self.opened and self.opened[-1].tag == "pre":
                self.opened[-1].attributes["language"] = language.removeprefix("language-")
        elif opened.tag == "pre" and "language" in opened.attributes:
            entity["language"] = opened.attributes["language"]
        if opened.tag == "code" and self.opened and self.opened[-1].tag == "pre":
            return  # the outer one says it
        self.entities.append(entity)


def decoded(match: re.Match[str]) -> str | None:
    hexadecimal, decimal, name = match.groups()
    if name:
        return NAMED.get(name)
    number = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(number) if 0 < number <= HIGHEST and not 0xD800 <= number < 0xE000 else None


def read_html(raw: str) -> tuple[str, list[dict[str, Any]]]:
    reader = Reader(raw)
    reader.walk()
    return "".join(reader.text), reader.entities
