"""Figures: what is enough, and how it is told."""

from __future__ import annotations

import json

import pytest

from bench.figures import Figure, Need, Sense, all_ok, as_json, as_table


@pytest.mark.parametrize(
    ("sense", "value", "ok"),
    [
        (Sense.AT_LEAST, 0.69, False),
        (Sense.AT_LEAST, 0.70, True),
        (Sense.AT_MOST, 0.70, True),
        (Sense.AT_MOST, 0.71, False),
        (Sense.BELOW, 0.69, True),
        (Sense.BELOW, 0.70, False),
    ],
)
def test_a_figure_is_measured_against_its_bound(sense: Sense, value: float, ok: bool) -> None:
    assert Figure("ratio", value, "times", Need(sense, 0.70)).ok is ok


def test_what_was_not_reached_falls_short_where_it_was_needed() -> None:
    assert Figure("storm", None, "s", Need(Sense.BELOW, 60)).ok is False
    assert Figure("storm", None, "s").ok is None


def test_one_figure_that_falls_short_fails_the_bench_and_information_never_does() -> None:
    good = Figure("ratio", 12.0, "times", Need(Sense.AT_LEAST, 10))
    short = Figure("ratio", 9.99, "times", Need(Sense.AT_LEAST, 10))
    information = Figure("logins", 0.0, "/s")
    assert all_ok([good, information])
    assert not all_ok([good, short, information])


def test_the_table_says_which_figure_falls_short() -> None:
    table = as_table(
        [
            Figure("ratio_to_bare", 0.75, "times", Need(Sense.AT_LEAST, 0.7)),
            Figure("storm_99", None, "s", Need(Sense.BELOW, 60), "5.9 % online"),
        ]
    )
    assert table.splitlines()[1:] == [
        "ratio_to_bare        0.750  times  >= 0.7  ok",
        "storm_99       not reached  s      < 60    FALLS SHORT  5.9 % online",
    ]


def test_the_object_carries_every_figure_on_one_line() -> None:
    figures = [
        Figure("ratio_to_bare", 0.75, "times", Need(Sense.AT_LEAST, 0.7)),
        Figure("logins_per_second", 18_000.0, "/s"),
    ]
    printed = as_json("radius", quick=True, figures=figures)
    assert "\n" not in printed
    said = json.loads(printed)
    assert (said["bench"], said["quick"], said["ok"]) == ("radius", True, True)
    assert said["figures"][0] == {
        "name": "ratio_to_bare",
        "value": 0.75,
        "unit": "times",
        "need": ">= 0.7",
        "ok": True,
        "remark": "",
    }
    assert said["figures"][1]["need"] is None
    assert said["figures"][1]["ok"] is None
