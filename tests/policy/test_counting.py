"""Each case in octets: down and up of what one session was counted."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.counting import Meter, Reading, count, opened, uncounted_part
from policy.facts import Window

GIGA = 1 << 32
T = 1_773_144_000.0  # NOON of the 10th of March 2026, in Dhaka 18:00
ALL_WEEK = frozenset(range(1, 8))
DHAKA = ZoneInfo("Asia/Dhaka")


def said(at: float, down: int, up: int, *, late: float = 0, clock: bool = True) -> Reading:
    """What a record says `at` seconds into a session, heard `late` seconds after that."""
    return Reading(T + at + late, int(at), T + at if clock else None, down, up)


CASES = {
    "nothing yet": ([], (0, 0)),
    "cumulative, not added up": ([said(300, 100, 10), said(600, 250, 30)], (250, 30)),
    "the same record twice": ([said(300, 100, 10)] * 2, (100, 10)),
    "the first was lost": ([said(600, 250, 30)], (250, 30)),
    "past 4 GB": ([said(300, GIGA - 1, 0), said(600, GIGA + 5, 0)], (GIGA + 5, 0)),
    "out of order": ([said(600, 250, 30), said(300, 100, 10, late=301)], (250, 30)),
    "out of order, without the router's clock": (
        [said(600, 250, 30, clock=False), said(300, 100, 10, late=301, clock=False)],
        (250, 30),
    ),
    "a short session out of order, long after": (
        [said(2, 250, 30), said(1, 100, 10, late=500)],
        (250, 30),
    ),
    "out of order, then on": (
        [said(600, 250, 30), said(300, 100, 10, late=301), said(900, 300, 40)],
        (300, 40),
    ),
    "out of order within a second": (
        [said(300, 250, 30), said(300, 100, 10, late=0.2), said(600, 400, 40)],
        (400, 40),
    ),
    "it restarted, and is as old as it was when last heard of": (
        [said(300, 100, 10), Reading(T + 700, 300, None, 40, 5)],
        (140, 15),
    ),
    "counters began anew, the session went on": (
        [said(300, 100, 10), said(600, 40, 5)],
        (140, 15),
    ),
    "one counter wrapped": ([said(300, GIGA - 1, 10), said(600, 9, 12)], (GIGA + 8, 12)),
    "4 GB backwards": ([said(300, 2 * GIGA, 10), said(600, GIGA, 20)], (3 * GIGA, 20)),
    "the router restarted, the id stayed": (
        [said(600, 100, 10), Reading(T + 900, 60, T + 900, 30, 3)],
        (130, 13),
    ),
    "it restarted and soon counted more than before": (
        [said(600, 100, 10), Reading(T + 900, 60, T + 900, 500, 50)],
        (600, 60),
    ),
    "it restarted, and has no clock": (
        [said(600, 100, 10, clock=False), Reading(T + 900, 60, None, 30, 3)],
        (130, 13),
    ),
    "without session time and clock, backwards and later": (
        [Reading(T + 300, None, None, 100, 10), Reading(T + 600, None, None, 40, 5)],
        (140, 15),
    ),
    "without session time and clock, backwards and earlier": (
        [Reading(T + 600, None, None, 100, 10), Reading(T + 300, None, None, 40, 5)],
        (100, 10),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_session_was_counted(case: str) -> None:
    readings, octets = CASES[case]
    meter = opened(T)
    for reading in readings:
        meter = count(meter, reading)
    assert (meter.down_bytes, meter.up_bytes) == octets


numbers = st.integers(0, 1 << 50)
instants = st.floats(0, 4e9)
readings = st.builds(
    Reading, instants, st.none() | st.integers(0, 10**8), st.none() | instants, numbers, numbers
)


@given(st.lists(readings, max_size=8), readings)
def test_no_record_takes_anything_away_and_twice_is_once(
    before: list[Reading], reading: Reading
) -> None:
    meter = opened(T)
    for each in before:
        meter = count(meter, each)
    once = count(meter, reading)
    assert once.down_bytes >= meter.down_bytes
    assert once.up_bytes >= meter.up_bytes
    assert count(once, reading)[3:5] == once[3:5]


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=6), st.randoms())
def test_with_the_routers_clock_no_order_of_arrival_counts_more(
    steps: list[tuple[int, int]], chance: object
) -> None:
    down = up = 0
    records = []
    for number, (more_down, more_up) in enumerate(steps, 1):
        down, up = down + more_down, up + more_up
        records.append(said(300 * number, down, up))
    arrived = records * 2
    chance.shuffle(arrived)  # type: ignore[attr-defined]
    meter: Meter = opened(T)
    for number, record in enumerate(arrived):
        meter = count(meter, record._replace(at=T + 100_000 + number))
    assert (meter.down_bytes, meter.up_bytes) == (down, up)


NIGHT = Window(60, 420, ALL_WEEK)  # 01:00 to 07:00


def dhaka(hour: int, minute: int) -> float:
    return datetime(2026, 3, 10, hour, minute, tzinfo=DHAKA).astimezone(UTC).timestamp()


@pytest.mark.parametrize(
    ("since", "until", "free"),
    [
        ((0, 0), (1, 0), 0),
        ((1, 0), (7, 0), 600),
        ((0, 58), (1, 3), 360),  # three of five minutes
        ((6, 55), (7, 5), 300),
        ((7, 0), (8, 0), 0),
        ((1, 0), (1, 0), 600),  # no time between: by the instant
        ((7, 0), (7, 0), 0),
        ((0, 59), (1, 2), 400),
    ],
)
def test_free_hours_take_their_share_of_the_time(
    since: tuple[int, int], until: tuple[int, int], free: int
) -> None:
    assert uncounted_part(600, (NIGHT,), DHAKA, dhaka(*since), dhaka(*until)) == free


def test_what_is_in_doubt_counts() -> None:
    assert uncounted_part(100, (NIGHT,), DHAKA, dhaka(0, 59), dhaka(1, 2)) == 66


@given(st.integers(0, 1 << 50), instants, instants)
def test_the_free_part_is_never_more_than_the_whole(added: int, one: float, other: float) -> None:
    assert 0 <= uncounted_part(added, (NIGHT,), DHAKA, min(one, other), max(one, other)) <= added
