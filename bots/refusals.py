"""What services refuse, in words: one sentence that says what to do."""

from __future__ import annotations

from bots.callers import Caller
from bots.views import Answer, View, rows
from bots.words import Html, Words, as_html
from storage.errors import NotPermitted, SkyLinkError


def refusal(error: SkyLinkError, words: Words) -> str:
    """As plain text."""
    key = f"refused-{error.code.replace('_', '-')}"
    if not words.has(key):
        return words.plain("refused", code=error.code)
    said = dict(vars(error))
    if isinstance(error, NotPermitted):
        said["permission"] = words.plain(f"permission-{error.permission.replace('_', '-')}")
    return words.plain(key, **said)


def refused(error: SkyLinkError, caller: Caller, *, tapped: bool) -> Answer:
    """A tap is answered where it was made; a text by a message."""
    words = refusal(error, caller.words)
    if tapped:
        return Answer(toast=words)
    home = caller.to("home", "to-home")
    return Answer(View(Html(as_html(words)), rows((home,))))
