"""The geometry of a bar chart of days, as SVG shows it: no script and no library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

BAR, GAP, HEIGHT = 8, 2, 100
STEPS = (1, 2, 5)  # round tops: 1, 2 or 5 times a power of ten


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: down below, up on top of it, in units of the picture."""

    day: date
    x: int
    down_bytes: int
    up_bytes: int
    down_y: float
    down_height: float
    up_y: float
    up_height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """`top_bytes` is what the full height stands for."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    top_bytes: int


def daily_chart(use: Mapping[date, tuple[int, int]], *, last_on: date, days: int) -> Chart:
    """Of `days` that end with `last_on`; `use` tells (down, up) of those on which there was any."""
    shown = [last_on - timedelta(days=back) for back in range(days - 1, -1, -1)]
    top = round_top(max((sum(use.get(day, (0, 0))) for day in shown), default=0))
    bars = tuple(_bar(day, n, use.get(day, (0, 0)), top) for n, day in enumerate(shown))
    return Chart(bars, days * (BAR + GAP) - GAP, HEIGHT, top)


def round_top(most: int) -> int:
    """The least round number that is not below it."""
    power = 1
    while True:
        for step in STEPS:
            if step * power >= most:
                return step * power
        power *= 10


def _bar(day: date, number: int, used: tuple[int, int], top: int) -> Bar:
    down, up = used
    down_height, up_height = (round(part / top * HEIGHT, 1) for part in used)
    down_y = round(HEIGHT - down_height, 1)
    return Bar(
        day, number * (BAR + GAP), down, up,
        down_y, down_height, round(down_y - up_height, 1), up_height,
    )  # fmt: skip
