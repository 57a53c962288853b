"""`./skylink bench`: what it prints and how it exits."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest
from click.testing import CliRunner

from bench.figures import Bench, Figure, Need, Sense
from commands.bench import all_benches, command_for

ENOUGH = Figure("ratio", 12.0, "times", Need(Sense.AT_LEAST, 10))
SHORT = Figure("ratio", 9.0, "times", Need(Sense.AT_LEAST, 10))


def bench_of(*figures: Figure) -> Bench:
    def run(quick: bool, say: Callable[[str], None]) -> Sequence[Figure]:
        say(f"quick: {quick}")
        return figures

    return Bench("pretended", "For a test.", run)


@pytest.mark.parametrize(("figure", "code"), [(ENOUGH, 0), (SHORT, 1)])
def test_a_figure_that_falls_short_is_an_exit_code(figure: Figure, code: int) -> None:
    done = CliRunner().invoke(command_for(bench_of(figure)))
    assert done.exit_code == code
    assert ("FALLS SHORT" in done.output) is (code == 1)


def test_the_last_line_is_one_object() -> None:
    done = CliRunner().invoke(command_for(bench_of(ENOUGH, SHORT)), ["--quick", "--json"])
    lines = done.output.splitlines()
    assert lines[0] == "quick: True"
    said = json.loads(lines[-1])
    assert (said["bench"], said["ok"], len(said["figures"])) == ("pretended", False, 2)


def test_every_bench_of_the_room_is_found() -> None:
    assert {"accounting", "billing", "chaos", "enforcement", "radius", "sessions"} <= {
        bench.name for bench in all_benches()
    }
