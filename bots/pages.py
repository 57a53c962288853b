"""A view whose text is longer than a message takes becomes several: nothing is ever cut."""

from __future__ import annotations

from dataclasses import replace
from html import escape, unescape
from re import compile as pattern

from bots.views import CAPTION_MAX, TEXT_MAX, View
from bots.words import Html

TAG = pattern(r"</?[a-z][^>]*>")


def seen_length(text: str) -> int:
    """As Telegram counts: UTF-16 units of what is read, not of the markup."""
    return len(unescape(TAG.sub("", text)).encode("utf-16-le")) // 2


def pages(view: View) -> tuple[View, ...]:
    """Split between paragraphs, else lines, else anywhere; the buttons stand below the last."""
    limit = CAPTION_MAX if view.file else TEXT_MAX
    if seen_length(view.text) <= limit:
        return (view,)
    texts = _joined(_pieces(view.text, limit), limit)
    *first, last = (replace(view, text=Html(text), file=None) for text in texts)
    parts = [replace(part, rows=()) for part in first] + [last]
    if view.file:
        parts.insert(0, replace(view, text=Html(""), rows=()))
    return tuple(parts)


def _pieces(text: str, limit: int) -> list[str]:
    """Paragraphs; of one that is too long its lines. Markup of ours never spans lines."""
    pieces: list[str] = []
    for paragraph in text.split("\n\n"):
        if seen_length(paragraph) <= limit:
            pieces.append(paragraph)
            continue
        for line in paragraph.split("\n"):
            pieces += [line] if seen_length(line) <= limit else _anywhere(line, limit)
    return pieces


def _anywhere(line: str, limit: int) -> list[str]:
    """Without its markup, which would be torn. Half the limit, since a letter may count twice."""
    plain = unescape(TAG.sub("", line))
    step = limit // 2
    return [escape(plain[at : at + step], quote=False) for at in range(0, len(plain), step)]


def _joined(pieces: list[str], limit: int) -> list[str]:
    """As few as they fit into."""
    texts = [pieces[0]]
    for piece in pieces[1:]:
        both = f"{texts[-1]}\n\n{piece}"
        if seen_length(both) <= limit:
            texts[-1] = both
        else:
            texts.append(piece)
    return texts
