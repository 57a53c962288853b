"""What a bench says: figures, each with what it has to reach, and how they are told.

A bench is one module of this room that exports `BENCH`; `commands/bench.py` finds it by that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class BenchError(Exception):
    """What keeps a bench from measuring; the message says what to do."""

    code = "bench_error"


class Sense(StrEnum):
    """Which side of its bound a figure has to lie on."""

    AT_LEAST = ">="
    AT_MOST = "<="
    BELOW = "<"


@dataclass(frozen=True, slots=True)
class Need:
    """`bound` is in the figure's unit."""

    sense: Sense
    bound: float

    def met_by(self, value: float) -> bool:
        if self.sense is Sense.AT_LEAST:
            return value >= self.bound
        return value < self.bound if self.sense is Sense.BELOW else value <= self.bound

    def __str__(self) -> str:
        return f"{self.sense} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One result. `value` None: it was not reached within the bench's time.

    `need` None: told for information, and `ok` is None too.
    """

    name: str
    value: float | None
    unit: str
    need: Need | None = None
    remark: str = ""

    @property
    def ok(self) -> bool | None:
        if self.need is None:
            return None
        return self.value is not None and self.need.met_by(self.value)


@dataclass(frozen=True, slots=True)
class Bench:
    """`run` takes whether to be quick, and a function that is told of progress, a line each."""

    name: str
    summary: str
    run: Callable[[bool, Callable[[str], None]], Sequence[Figure]]


def all_ok(figures: Sequence[Figure]) -> bool:
    """Whether no figure falls short; figures for information never do."""
    return all(figure.ok is not False for figure in figures)


def told(value: float | None) -> str:
    """A number as people read it: three digits that mean something."""
    if value is None:
        return "not reached"
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def as_table(figures: Sequence[Figure]) -> str:
    """A line a figure, columns aligned."""
    verdicts = {True: "ok", False: "FALLS SHORT", None: ""}
    rows = [("figure", "value", "unit", "need", "", "")]
    rows += [
        (
            figure.name, told(figure.value), figure.unit,
            "" if figure.need is None else str(figure.need), verdicts[figure.ok], figure.remark,
        )
        for figure in figures
    ]  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = []
    for name, value, unit, need, verdict, remark in rows:
        cells = (
            name.ljust(widths[0]), value.rjust(widths[1]), unit.ljust(widths[2]),
            need.ljust(widths[3]), verdict.ljust(widths[4]), remark,
        )  # fmt: skip
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def as_json(bench: str, *, quick: bool, figures: Sequence[Figure]) -> str:
    """One object on one line."""
    return json.dumps(
        {
            "bench": bench,
            "quick": quick,
            "ok": all_ok(figures),
            "figures": [
                {
                    "name": figure.name,
                    "value": figure.value,
                    "unit": figure.unit,
                    "need": None if figure.need is None else str(figure.need),
                    "ok": figure.ok,
                    "remark": figure.remark,
                }
                for figure in figures
            ],
        }
    )
