"""A reading of a session's use from the attributes of an accounting record (RFC 2866, RFC 2869).

The journal's reader and the RADIUS hook read the same record; both do it here. Values are texts, as
FreeRADIUS prints them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from policy.counting import Reading

OCTETS_AT_MOST = 1 << 50  # a petabyte: no line carries it in one session
SECONDS_AT_MOST = 10 * 366 * 86_400
DELAY_AT_MOST = 86_400
CLOCK_OFF_AT_MOST = 86_400.0
EPOCH_DAY = date(1970, 1, 1).toordinal()

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
_CLOCK = re.compile(r'"?(\w{3}) +(\d+) (\d{4}) (\d\d):(\d\d):(\d\d) UTC"?')


class NoReading(Exception):
    """What the record says cannot be use; the message says why."""


def reading_of(said: Mapping[str, str], received_at: float) -> Reading:
    """Output octets are down, input octets up (RFC 2866, 5.3). Raises NoReading.

    It tells of the time it was received less its Acct-Delay-Time, on our clock, so that one clock
    says who had an address when. The router's Event-Timestamp, perhaps of 1970 or 2100, serves the
    order of records within a session only, and not where it is a day off.
    """
    get = said.get
    try:
        down = (int(get("Acct-Output-Gigawords", 0)) << 32) + int(get("Acct-Output-Octets", 0))
        up = (int(get("Acct-Input-Gigawords", 0)) << 32) + int(get("Acct-Input-Octets", 0))
        seconds = int(said["Acct-Session-Time"]) if "Acct-Session-Time" in said else None
        delay = int(get("Acct-Delay-Time", 0))
    except ValueError:
        raise NoReading("a counter is no number: the record is cut or damaged") from None
    if not (0 <= down <= OCTETS_AT_MOST and 0 <= up <= OCTETS_AT_MOST):
        raise NoReading(f"it counts {down} and {up} octets, more than a line can carry")
    if seconds is not None and not 0 <= seconds <= SECONDS_AT_MOST:
        seconds = None
    at = received_at - delay if 0 < delay <= DELAY_AT_MOST else received_at
    clock = get("Event-Timestamp")
    said_at = _said_at(clock) if clock else None
    if said_at is not None and abs(said_at - at) > CLOCK_OFF_AT_MOST:
        said_at = None
    return Reading(at, seconds, said_at, down, up)


@lru_cache(maxsize=8_192)
def _said_at(printed: str) -> float | None:
    """As "Nov 25 2025 19:46:40 UTC"; None in another zone."""
    found = _CLOCK.fullmatch(printed)
    if found is None or found[1] not in _MONTHS:
        return None
    month, day, year, hour, minute, second = found.groups()
    try:
        days = date(int(year), _MONTHS[month], int(day)).toordinal() - EPOCH_DAY
    except ValueError:
        return None
    return days * 86_400.0 + int(hour) * 3_600 + int(minute) * 60 + int(second)
