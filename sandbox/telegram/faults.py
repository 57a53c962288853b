"""Bad days on demand: what a network, or Telegram itself, does to a bot's calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.telegram.refusals import Refusal, too_many_requests


class Kind(StrEnum):
    """To the bot `lost` looks like `dropped`; but only `lost` has its effect."""

    REFUSED = "refused"  # answered with `status`, without effect
    FLOODED = "flooded"  # answered 429, to be tried after `seconds`
    SLOW = "slow"  # answered as it should be, after `seconds`
    SILENT = "silent"  # never answered, without effect, until the bot gives up or `seconds`
    DROPPED = "dropped"  # the connection ends, without effect
    LOST = "lost"  # done, then the connection ends


WORDS = {
    403: "Forbidden: bot was blocked by the user",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass
class Fault:
    """Meets calls of `method` (any if empty), `times` of them; 0 is all until it is lifted."""

    kind: Kind
    method: str = ""
    times: int = 1
    status: int = 502
    seconds: float = 1.0
    met: int = 0

    def refusal(self) -> Refusal:
        if self.kind is Kind.FLOODED:
            return too_many_requests(max(1, round(self.seconds)))
        return Refusal(self.status, WORDS.get(self.status, "Internal Server Error"))


@dataclass
class Faults:
    coming: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        self.coming.append(fault)

    def lift(self) -> None:
        self.coming.clear()

    def meet(self, method: str) -> Fault | None:
        """The fault that this call runs into, the earliest first; counted."""
        for fault in self.coming:
            if fault.method.lower() in {"", method}:
                fault.met += 1
                if fault.met == fault.times:
                    self.coming.remove(fault)
                return fault
        return None
