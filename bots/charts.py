"""Pictures of numbers. Words stand in the caption, where every phone shapes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO

from matplotlib.figure import Figure

from bots.views import File
from network.sessions import DayUse

GB = 10**9
WIDE, HIGH, DPI = 6.4, 3.2, 150  # 960 points: the width of a phone
DOWN, UP, PAPER, INK = "#1769aa", "#e0872d", "#ffffff", "#333333"


def use_by_day(days: Sequence[DayUse], from_on: date, until_on: date) -> File:
    """Down and up of each day, `until_on` exclusive; a day without use has no bar."""
    dates = [from_on + timedelta(days=number) for number in range((until_on - from_on).days)]
    used = {one.used_on: one for one in days}
    down = [used[on].down_bytes / GB if on in used else 0 for on in dates]
    up = [used[on].up_bytes / GB if on in used else 0 for on in dates]
    figure = Figure(figsize=(WIDE, HIGH), dpi=DPI, facecolor=PAPER, layout="constrained")
    axes = figure.subplots()
    places = range(len(dates))
    axes.bar(places, down, color=DOWN, label="↓ GB")
    axes.bar(places, up, bottom=down, color=UP, label="↑ GB")
    axes.set_xticks([at for at in places if at % 5 == 0], [f"{on:%d/%m}" for on in dates[::5]])
    axes.tick_params(colors=INK, labelsize=8)
    axes.set_xlim(-0.7, len(dates) - 0.3)
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", alpha=0.25)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.legend(frameon=False, fontsize=8, loc="upper left", ncols=2)
    written = BytesIO()
    figure.savefig(written, format="png")
    return File("use.png", written.getvalue(), picture=True)
