"""Who has knocked too often with nothing to say: turned away before anything is looked up."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

KNOCKS_MAX = 30
WITHIN_SECONDS = 60.0
STRANGERS_MAX = 10_000  # remembered; then the one who knocked longest ago is forgotten


class Strangers:
    """Counts by address; of IPv6 by the network of one customer. `clock` is monotonic."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._knocks: OrderedDict[str, deque[float]] = OrderedDict()

    def note(self, address: str) -> None:
        """What was said fits nothing."""
        whose = _network(address)
        knocks = self._knocks.setdefault(whose, deque(maxlen=KNOCKS_MAX))
        knocks.append(self._clock())
        self._knocks.move_to_end(whose)
        if len(self._knocks) > STRANGERS_MAX:
            self._knocks.popitem(last=False)

    def is_barred(self, address: str) -> bool:
        knocks = self._knocks.get(_network(address), ())
        recent = sum(1 for at in knocks if at > self._clock() - WITHIN_SECONDS)
        return recent >= KNOCKS_MAX


def _network(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return found.exploded[:19] if isinstance(found, IPv6Address) else str(found)
