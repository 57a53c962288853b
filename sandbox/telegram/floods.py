"""429: how much a bot may send. Soft and unspecified at Telegram; here it is exact, and may be off.

The usual figures: 1 message a second to a person (with a short burst), 20 a minute to a group,
edits included, and 30 a second over all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from sandbox.telegram.refusals import too_many_requests

SENDS = (
    *("sendmessage", "sendphoto", "senddocument", "sendanimation", "sendvideo", "sendaudio"),
    *("sendvoice", "sendmediagroup", "sendlocation", "sendcontact", "forwardmessage"),
    *("copymessage", "sendsticker"),
)
EDITS = ("editmessagetext", "editmessagecaption", "editmessagemedia", "editmessagereplymarkup")


@dataclass
class Bucket:
    """`burst` at once; then one each `seconds`."""

    burst: float
    seconds: float
    full_at: float = 0.0

    def wait(self, now: float) -> float:
        """How long until one more fits; not above 0 means now."""
        return self.full_at - now - (self.burst - 1) * self.seconds

    def take(self, now: float) -> None:
        self.full_at = max(self.full_at, now) + self.seconds


@dataclass
class Floods:
    """Off unless switched on: a bench measures the bot, a test of limits switches them on."""

    on: bool = False
    person_burst: int = 3
    overall: Bucket = field(default_factory=lambda: Bucket(burst=30, seconds=1 / 30))
    chats: dict[int, Bucket] = field(default_factory=dict)

    def admit(self, method: str, chat_id: int | None, now: float) -> None:
        """Counts the call, or raises the 429 that Telegram would answer."""
        if not self.on or chat_id is None or method not in SENDS + EDITS:
            return
        in_group = chat_id < 0
        if method in EDITS and not in_group:
            return
        if chat_id not in self.chats:
            fresh = Bucket(20, 3) if in_group else Bucket(self.person_burst, 1)
            self.chats[chat_id] = fresh
        buckets = (self.chats[chat_id], self.overall)
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            raise too_many_requests(math.ceil(wait))
        for bucket in buckets:
            bucket.take(now)
