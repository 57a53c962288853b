"""What services refuse, in words: one sentence that says what to do."""

from __future__ import annotations

from bots.words import Words
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
