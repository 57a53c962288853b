"""How much a NAS is sent: so many packets a second, and hardly any to one that does not answer."""

from __future__ import annotations

from collections import deque

SECOND = 1.0
SILENT_AFTER = 10  # requests without an answer, none of them answered since


class Pace:
    """In no second more than `per_second`, wherever that second begins. Monotonic seconds.

    A bucket that fills while it is emptied would let twice as many through. To a NAS that is silent
    one packet a second goes, to see when it is back.
    """

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self._sent: deque[float] = deque(maxlen=per_second)  # of the last second
        self._unanswered = 0

    @property
    def is_silent(self) -> bool:
        return self._unanswered >= SILENT_AFTER

    def room(self, now: float) -> int:
        """How many may be sent now."""
        while self._sent and now - self._sent[0] >= SECOND:
            self._sent.popleft()
        return max(0, (1 if self.is_silent else self.per_second) - len(self._sent))

    def sent(self, now: float) -> None:
        self._sent.append(now)

    def answered(self) -> bool:
        """Whether the NAS was silent until now."""
        was_silent, self._unanswered = self.is_silent, 0
        return was_silent

    def not_answered(self) -> None:
        self._unanswered += 1
