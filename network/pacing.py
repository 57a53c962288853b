"""How much a NAS is sent: so many packets a second, and hardly any to one that does not answer."""

from __future__ import annotations

SILENT_AFTER = 10  # requests without an answer, none of them answered since
PROBES_PER_SECOND = 1.0  # to a silent NAS, to see when it is back


class Pace:
    """A bucket that fills with `per_second` tokens, a second's worth at most. Monotonic seconds."""

    def __init__(self, per_second: int, now: float) -> None:
        self.per_second = per_second
        self._tokens = float(per_second)
        self._at = now
        self._unanswered = 0

    @property
    def is_silent(self) -> bool:
        return self._unanswered >= SILENT_AFTER

    def room(self, now: float) -> int:
        """How many may be sent now."""
        rate = PROBES_PER_SECOND if self.is_silent else self.per_second
        self._tokens = min(self._tokens + (now - self._at) * rate, max(rate, 1.0))
        self._at = now
        return int(self._tokens)

    def sent(self) -> None:
        self._tokens -= 1

    def answered(self) -> bool:
        """Whether the NAS was silent until now."""
        was_silent, self._unanswered = self.is_silent, 0
        return was_silent

    def not_answered(self) -> None:
        self._unanswered += 1
