"""What a node counts, and how long its login hook takes."""

from __future__ import annotations

BUCKETS = 24  # powers of two of microseconds; the last holds everything from 8 s on
TIMED_EVERY = 16  # logins; a clock read at each would be a measurable part of what it measures


class Counters:
    """Plain sums since the node started, and the spread of the time spent in the login hook."""

    __slots__ = (
        "_took",
        "accepts",
        "logins",
        "rejects",
        "unanswered",
        "unauthenticated",
        "unknown",
        "walled",
        "wrong_password",
    )

    def __init__(self) -> None:
        self.logins = self.accepts = self.walled = self.rejects = self.unknown = 0
        self.unanswered = self.unauthenticated = self.wrong_password = 0
        self._took = [0] * BUCKETS

    def took(self, nanoseconds: int) -> None:
        self._took[min((nanoseconds // 1000).bit_length(), BUCKETS - 1)] += 1

    def p99_us(self) -> int:
        """Upper bound of the microseconds within which 99 of 100 hooks were done; 0 before any."""
        left = sum(self._took) * 99 // 100
        for power, count in enumerate(self._took):
            left -= count
            if left < 0:
                return 1 << power
        return 0

    def facts(self) -> dict[str, object]:
        """All of it by name, for status."""
        named = {name: getattr(self, name) for name in self.__slots__ if name != "_took"}
        return {**named, "hook_p99_us": self.p99_us()}
