"""`./skylink isp`: what holds for a whole ISP."""

from __future__ import annotations

import click

from commands.caller import caller
from commands.errors import CommandError
from commands.scope import isp_scope
from tenancy.isps import IspDetails, get_isp, keep_sessions

OF_ISP = click.option("--isp", help="Which.  [default: SKYLINK_ISP]")
MONTHS_MAX = 240


class NothingToSet(CommandError):
    code = "nothing_to_set"

    def __init__(self) -> None:
        super().__init__("Say what is to change: ./skylink isp set --help lists it.")


@click.group("isp")
def isp() -> None:
    """Show and set what holds for a whole ISP."""


@isp.command("show")
@OF_ISP
def show(isp: str | None) -> None:
    """Its name, clock and money, and how long it keeps what."""
    with isp_scope(isp) as scope:
        details = scope.isp
    click.echo("\n".join(lines(details)))


def lines(details: IspDetails) -> list[str]:
    """A line a fact."""
    return [
        f"{details.name} ({details.slug})",
        f"    {details.time_zone}, money in {details.currency}, texts in {details.language}",
        f"    routers report every {details.interim_seconds} s unless a package says otherwise",
        f"    sessions and daily use are kept for {details.keep_sessions_months} months",
    ]


@isp.command("set")
@click.option(
    "--keep-sessions",
    "keep_sessions_months",
    type=click.IntRange(1, MONTHS_MAX),
    metavar="MONTHS",
    help="Forget ended sessions and daily use that are older. BTRC asks for a year of them.",
)
@OF_ISP
def set_(keep_sessions_months: int | None, isp: str | None) -> None:
    """Change what is named; the rest stays."""
    if keep_sessions_months is None:
        raise NothingToSet
    with isp_scope(isp) as scope:
        keep_sessions(scope.session, scope.tenant_id, keep_sessions_months, actor=caller())
        details = get_isp(scope.session, scope.tenant_id).details
    click.echo("\n".join(lines(details)))


COMMAND = isp
