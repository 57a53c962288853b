"""How the counters that a router reports become use, each byte once.

A router tells cumulative counters of a session, again and again, perhaps twice, late, or in another
order. So a record never adds what it says but what it says beyond what is known: the same record
again adds nothing, a lost one is healed by the next. Counters that go backwards are no negative
use: either the record is an old one (then nothing happens), or the router began to count anew, and
what it had counted before stays counted.

Instants here are POSIX seconds, since this runs for thousands of records a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from policy.facts import Window
from policy.windows import coverage

LOOK_BACK = timedelta(days=31)  # a longer silence is shared out by its last days
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Reading(NamedTuple):
    """What one record says of a session's use. Down is towards the client.

    `at` is the instant it tells of, on our clock; `seconds` its Acct-Session-Time; `said_at` its
    Event-Timestamp, on the router's clock. The counters are whole, gigawords included.
    """

    at: float
    seconds: int | None
    said_at: float | None
    down: int
    up: int


class Meter(NamedTuple):
    """What is counted of a session: all of it, and what the router last said, as it said it.

    `at`, `seconds` and `said_at` are those of the latest reading counted.
    """

    at: float
    seconds: int | None
    said_at: float | None
    down_bytes: int
    up_bytes: int
    down_counter: int
    up_counter: int


def opened(at: float, seconds: int | None = 0, said_at: float | None = None) -> Meter:
    """A session of which nothing is counted yet."""
    return Meter(at, seconds, said_at, 0, 0, 0, 0)


def count(meter: Meter, reading: Reading) -> Meter:
    """`meter` with what `reading` says beyond it; never less.

    A counter that grew is taken as it is. One that shrank, in a record that is not older than
    what was counted, began anew: it alone where the session goes on (it wrapped), both where the
    session's own time began anew (the router restarted under the same session id).
    """
    at, seconds, said_at, down_bytes, up_bytes, down_was, up_was = meter
    down, up = reading.down, reading.up
    if (
        down >= down_was
        and up >= up_was
        and (seconds is None or reading.seconds is None or reading.seconds >= seconds)
    ):
        return Meter(
            max(at, reading.at),
            reading.seconds if reading.seconds is not None else seconds,
            reading.said_at if reading.said_at is not None else said_at,
            down_bytes + down - down_was,
            up_bytes + up - up_was,
            down,
            up,
        )
    if is_older(meter, reading):
        return Meter(
            max(at, reading.at),
            seconds,
            said_at,
            down_bytes + max(0, down - down_was),
            up_bytes + max(0, up - up_was),
            max(down, down_was),
            max(up, up_was),
        )
    restarted = seconds is not None and reading.seconds is not None and reading.seconds < seconds
    return Meter(
        max(at, reading.at),
        reading.seconds,
        reading.said_at,
        down_bytes + (down if restarted or down < down_was else down - down_was),
        up_bytes + (up if restarted or up < up_was else up - up_was),
        down,
        up,
    )


def is_older(meter: Meter, reading: Reading) -> bool:
    """Whether a reading that goes backwards is from before what was counted, and came late.

    The router's own clock tells, where it was sent. Else the session's own time: where that went
    on, the record is no older; where it did not, the record is older unless it tells of a session
    that began after we last heard of it. Else the order in which records tell of instants.
    """
    said_at, known_at = reading.said_at, meter.said_at
    if said_at is not None and known_at is not None and said_at != known_at:
        return said_at < known_at
    if reading.seconds is not None and meter.seconds is not None:
        if reading.seconds > meter.seconds:
            return False
        return reading.at - reading.seconds < meter.at
    return reading.at <= meter.at


def is_another_session(meter: Meter, reading: Reading, late_seconds: float) -> bool:
    """Whether a record under the id of a session that was stopped tells of a later one.

    The session must have begun after the stop, on the router's clock; without it, longer than
    `late_seconds` after the stop on ours, since retransmissions of a short session may say so too.
    """
    seconds = reading.seconds or 0
    if reading.said_at is not None and meter.said_at is not None:
        return reading.said_at - seconds >= meter.said_at and reading.said_at != meter.said_at
    return reading.at - seconds > meter.at + late_seconds


def uncounted_part(
    added_bytes: int, windows: Sequence[Window], zone: tzinfo, since: float, at: float
) -> int:
    """How much of what was used between two records fell into `windows`, by its share of the time.

    Rounded down: what is in doubt counts. Records of one instant are judged by that instant.
    """
    if not windows or added_bytes <= 0:
        return 0
    end = EPOCH + timedelta(seconds=at)
    start = max(EPOCH + timedelta(seconds=min(since, at)), end - LOOK_BACK)
    if start >= end:
        return added_bytes if coverage(windows, zone, end).holds else 0
    free, moment = timedelta(0), start
    while moment < end:
        cover = coverage(windows, zone, moment)
        until = end if cover.until is None else min(cover.until, end)
        if cover.holds:
            free += until - moment
        moment = until
    return (
        added_bytes
        * (free // timedelta(microseconds=1))
        // ((end - start) // timedelta(microseconds=1))
    )
