"""One line in the server's log for one fact, however many packets it befalls."""

from __future__ import annotations

import time
from collections.abc import Callable

SAY_AGAIN_SECONDS = 10.0
SUBJECTS_MAX = 1000
LINE_MAX = 500

Log = Callable[[str, str], None]  # (what it is about, the line)


class Voice:
    """Says a line about a subject at most every ten seconds, and how often it kept silent."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._said: dict[str, tuple[float, int]] = {}

    def __call__(self, about: str, line: str) -> None:
        now = time.monotonic()
        said_at, untold = self._said.get(about, (-SAY_AGAIN_SECONDS, 0))
        if now - said_at < SAY_AGAIN_SECONDS:
            self._said[about] = (said_at, untold + 1)
            return
        if len(self._said) >= SUBJECTS_MAX:
            self._said.clear()
        self._said[about] = (now, 0)
        printable = "".join(each if each.isprintable() else "?" for each in line)[:LINE_MAX]
        self._say(f"skylink: {printable}" + (f" ({untold} more before)" if untold else ""))
