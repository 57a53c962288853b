"""parse_mode MarkdownV2: every reserved character is a mark or is escaped, or it is a fault."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NoReturn

from sandbox.telegram.refusals import bad_request

# The longest first: `__` is not twice `_`.
MARKS = {
    "||": "spoiler",
    "__": "underline",
    "_": "italic",
    "*": "bold",
    "~": "strikethrough",
}
RESERVED = set("_*[]()~`>#+-=|{}.!")
NAMES = {
    "code": "Code",
    "pre": "PreCode",
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji",
}


@dataclass
class Open:
    mark: str
    kind: str
    offset: int
    begin: int


@dataclass
class Reader:
    """Walks through `raw` once; `units` is how long the text is so far, in UTF-16 units."""

    raw: str
    at: int = 0
    units: int = 0
    text: list[str] = field(default_factory=list)
    opened: list[Open] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)
    quote_at: int | None = None
    folded: bool = False

    def fail(self, fact: str) -> NoReturn:
        raise bad_request(f"can't parse entities: {fact}")

    def byte(self, at: int) -> int:
        return len(self.raw[:at].encode())

    def write(self, said: str) -> None:
        self.text.append(said)
        self.units += len(said.encode("utf-16-le")) // 2

    def walk(self) -> None:
        while self.at < len(self.raw):
            if self.starts_line():
                self.read_quote_mark()
            if self.at < len(self.raw):
                self.step()
        self.end_quote()
        if self.opened:
            last = self.opened[-1]
            self.fail(
                f"Can't find end of {NAMES[last.kind]} entity "
                f"at byte offset {self.byte(last.begin)}"
            )

    def starts_line(self) -> bool:
        return self.at == 0 or self.raw[self.at - 1] == "\n"

    def read_quote_mark(self) -> None:
        if self.raw.startswith("**>", self.at):
            self.end_quote()
            self.at += 2
        if not self.raw.startswith(">", self.at):
            self.end_quote()
            return
        self.at += 1
        if self.quote_at is None:
            self.quote_at = self.units

    def end_quote(self) -> None:
        if self.quote_at is not None and self.units > self.quote_at:
            kind = "expandable_blockquote" if self.folded else "blockquote"
            length = self.units - self.quote_at
            self.entities.append({"type": kind, "offset": self.quote_at, "length": length})
        self.quote_at, self.folded = None, False

    def step(self) -> None:
        character = self.raw[self.at]
        if character == "\\" and self.at + 1 < len(self.raw) and self.raw[self.at + 1] <= "~":
            self.write(self.raw[self.at + 1])
            self.at += 2
        elif character == "`":
            self.read_code()
        elif character == "[" or self.raw.startswith("![", self.at):
            self.open_link()
        elif character == "]" and self.opened and self.opened[-1].mark == "[":
            self.close_link()
        elif not self.read_mark():
            if character in RESERVED:
                self.fail(
                    f"Character '{character}' is reserved and must be escaped "
                    "with the preceding '\\'"
                )
            self.write(character)
            self.at += 1

    def read_mark(self) -> bool:
        mark = next((mark for mark in MARKS if self.raw.startswith(mark, self.at)), None)
        if mark is None:
            return False
        if self.opened and self.opened[-1].mark == mark:
            self.at += len(mark)
            self.keep(self.opened.pop())
        elif mark == "||" and self.ends_folded_quote():
            self.at += 2
            self.folded = True
        else:
            self.opened.append(Open(mark, MARKS[mark], self.units, self.at))
            self.at += len(mark)
        return True

    def ends_folded_quote(self) -> bool:
        rest = self.raw[self.at + 2 :]
        return self.quote_at is not None and (not rest or rest.startswith("\n"))

    def keep(self, opened: Open, **more: str) -> None:
        length = self.units - opened.offset
        if length:
            self.entities.append(
                {"type": opened.kind, "offset": opened.offset, "length": length, **more}
            )

    def read_code(self) -> None:
        fence = "```" if self.raw.startswith("```", self.at) else "`"
        kind = "pre" if fence == "```" else "code"
        opened = Open(fence, kind, self.units, self.at)
        self.at += len(fence)
        language = self.read_language() if kind == "pre" else ""
        while not self.raw.startswith(fence, self.at):
            if self.at >= len(self.raw):
                self.fail(
                    f"Can't find end of {NAMES[kind]} entity at byte offset "
                    f"{self.byte(opened.begin)}"
                )
            if self.raw[self.at] == "\\" and self.raw[self.at + 1 : self.at + 2] in {"`", "\\"}:
                self.at += 1
            self.write(self.raw[self.at])
            self.at += 1
        self.at += len(fence)
        self.keep(opened, **({"language": language} if language else {}))

    def read_language(self) -> str:
        line, newline, _ = self.raw[self.at :].partition("\n")
        if not newline or "`" in line:
            return ""
        self.at += len(line) + 1
        return line.strip()

    def open_link(self) -> None:
        emoji = self.raw[self.at] == "!"
        kind = "custom_emoji" if emoji else "text_link"
        self.opened.append(Open("[", kind, self.units, self.at))
        self.at += 2 if emoji else 1

    def close_link(self) -> None:
        opened = self.opened.pop()
        self.at += 1
        url = ""
        if self.raw.startswith("(", self.at):
            self.at += 1
            while not self.raw.startswith(")", self.at):
                if self.at >= len(self.raw):
                    self.fail(f"Can't find end of a URL at byte offset {self.byte(self.at)}")
                if self.raw[self.at] == "\\":
                    self.at += 1
                url += self.raw[self.at : self.at + 1]
                self.at += 1
            self.at += 1
        if opened.kind == "custom_emoji":
            self.keep(opened, custom_emoji_id=url.rpartition("=")[2])
        elif url.startswith(("http://", "https://", "tg://", "mailto:", "tel:")):
            self.keep(opened, url=url)


def read_markdown(raw: str) -> tuple[str, list[dict[str, Any]]]:
    reader = Reader(raw)
    reader.walk()
    return "".join(reader.text), reader.entities
