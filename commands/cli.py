"""The command line's table of contents.

A command lives in the module of its name and exports COMMAND; it is imported when it is asked for.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

from commands.cluster import ClusterError
from commands.settings import BadSettings

CONTENTS = {
    "test": "Run the tests; arguments go to pytest.",
    "lock": "Pin what SkyLink is made of anew, with hashes.",
}


class Contents(click.Group):
    """A group that knows its commands by name and line, so that --help imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(CONTENTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in CONTENTS:
            return None
        command: click.Command = import_module(f"commands.{cmd_name}").COMMAND
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(CONTENTS.items()))


@click.command(cls=Contents, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """The system on which an internet provider runs its business.

    Start with `./skylink up`. What the environment may change: docs/environment.md.
    """


def main() -> None:
    """Run one command; what an operator can mend becomes a sentence, the rest a traceback."""
    try:
        cli(prog_name="./skylink")
    except BadSettings as error:
        for problem in error.problems:
            click.echo(f"skylink: {problem}", err=True)
        sys.exit(2)
    except ClusterError as error:
        click.echo(f"skylink: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
