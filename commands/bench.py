"""`./skylink bench`: measures what was promised about speed, against rivals on the same machine."""

from __future__ import annotations

import pkgutil
import sys
from functools import partial
from importlib import import_module

import click

import bench as room
from bench.figures import Bench, all_ok, as_json, as_table
from commands.processes import stop_as_ctrl_c_does


def all_benches() -> list[Bench]:
    """The benches of the room: modules that export BENCH."""
    names = [module.name for module in pkgutil.iter_modules(room.__path__)]
    modules = [import_module(f"{room.__name__}.{name}") for name in names]
    return [module.BENCH for module in modules if hasattr(module, "BENCH")]


def command_for(bench: Bench) -> click.Command:
    """The sub-command that runs one bench."""

    @click.command(bench.name, help=bench.summary)
    @click.option("--quick", is_flag=True, help="The short form: the same figures, coarser.")
    @click.option("--json", "as_object", is_flag=True, help="One object on the last line.")
    def run(*, quick: bool, as_object: bool) -> None:
        figures = bench.run(quick, partial(click.echo, err=True))
        click.echo(
            as_json(bench.name, quick=quick, figures=figures) if as_object else as_table(figures)
        )
        if not all_ok(figures):
            sys.exit(1)

    return run


@click.group("bench")
def bench() -> None:
    """Measure speed against rivals on this machine; exits 1 when a figure falls short."""
    stop_as_ctrl_c_does()  # what was started is stopped then, and scratch removed


for found in all_benches():
    bench.add_command(command_for(found))

COMMAND = bench
