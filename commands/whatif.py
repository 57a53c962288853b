"""`./skylink whatif`: a rule, price or day tried on every client before it is made."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import click

from billing.packages import list_packages
from billing.profiles import list_profiles
from billing.whatif import Bills, Moved, Outcome, Supposition, try_out
from commands.caller import caller
from commands.client_screen import plain
from commands.errors import CommandError
from commands.meant import amount_meant, named
from commands.scope import Scope, isp_scope
from commands.why import instant
from policy.figures import amount
from policy.money import Money
from policy.words import ENGLISH

SHOWN = 20  # of those who gain, and of those who lose
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class NothingSupposed(CommandError):
    code = "nothing_supposed"

    def __init__(self) -> None:
        super().__init__("Suppose something: ./skylink whatif --help lists what can be.")


class NotAPair(CommandError):
    code = "not_a_pair"

    def __init__(self, given: str) -> None:
        super().__init__(f"{given} says not what becomes of what: write it as NAME=VALUE.")


class NotGraceDays(CommandError):
    code = "not_grace_days"

    def __init__(self, given: str) -> None:
        super().__init__(f"{given} is no number of days: write it as Monthly=5.")


class NotADay(CommandError):
    code = "not_a_day"

    def __init__(self, given: str) -> None:
        super().__init__(f"{given} is no day: write friday, or a date as 2026-03-26.")


@click.command("whatif")
@click.option("--price", "prices", multiple=True, metavar="PACKAGE=AMOUNT", help="Of a cycle.")
@click.option("--grace", "graces", multiple=True, metavar="PROFILE=DAYS", help="Before the cut.")
@click.option(
    "--move", "moves", multiple=True, metavar="PROFILE=PROFILE", help="All of one to another."
)
@click.option(
    "--no-cut", "days", multiple=True, metavar="DAY", help="A date, or the weekdays there are."
)
@click.option(
    "--at", "at_text", metavar="TIME", help="Access then, if nobody pays: '2026-03-10 12:00'."
)
@click.option("--isp", help="The ISP whose clients they are.  [default: SKYLINK_ISP]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, in minor units.")
def whatif(
    prices: tuple[str, ...],
    graces: tuple[str, ...],
    moves: tuple[str, ...],
    days: tuple[str, ...],
    at_text: str | None,
    isp: str | None,
    as_json: bool,
) -> None:
    """Tell who would gain or lose access, and what next month's bills would be. Writes nothing."""
    if not (prices or graces or moves or days or at_text):
        raise NothingSupposed
    with isp_scope(isp) as scope:
        session, tenant_id = scope.session, scope.tenant_id
        packages = {one.details.name: one.package_id for one in list_packages(session, tenant_id)}
        profiles = {one.details.name: one.profile_id for one in list_profiles(session, tenant_id)}
        weekdays, dates = _days(days)
        supposed = Supposition(
            price_minor={
                named(packages, name, "package"): _price(scope, value)
                for name, value in _pairs(prices)
            },
            grace_days={
                named(profiles, name, "profile"): _grace(value) for name, value in _pairs(graces)
            },
            moved={
                named(profiles, name, "profile"): named(profiles, value, "profile")
                for name, value in _pairs(moves)
            },
            no_cut_weekdays=weekdays or None,
            no_cut_dates=dates,
            at=instant(at_text, ZoneInfo(scope.isp.time_zone)) if at_text else None,
        )
        found = try_out(session, tenant_id, supposed, now=datetime.now(UTC), actor=caller())
    if as_json:
        click.echo(json.dumps(plain(asdict(found)), ensure_ascii=False, indent=2))
        return
    click.echo("\n".join(lines(found, scope.isp.currency)))


def lines(found: Outcome, currency: str) -> list[str]:
    """What it comes to: access, then bills."""
    gained, lost = f"{found.gained:,} gain access", f"{found.lost:,} lose it"
    told = [f"Of {found.connections:,} connections {gained}, {lost}."]
    told += _moved("gains", found.gaining, found.gained)
    told += _moved("loses", found.losing, found.lost)
    then, now = found.bills_then, found.bills_now
    change = amount(Money(then.total_minor - now.total_minor, currency), ENGLISH)
    told.append(
        f"Bills of {found.month_on:%Y-%m}: {_bills(now, currency)} become {_bills(then, currency)},"
        f" a difference of {change}."
    )
    return told


def _moved(how: str, moved: tuple[Moved, ...], in_all: int) -> list[str]:
    told = [
        f"  {one.username} {how}: {one.now.value}, then {one.then.value}" for one in moved[:SHOWN]
    ]
    return told if in_all <= SHOWN else [*told, f"  and {in_all - SHOWN:,} more: --json names them"]


def _bills(bills: Bills, currency: str) -> str:
    return f"{bills.invoices:,} over {amount(Money(bills.total_minor, currency), ENGLISH)}"


def _pairs(given: Iterable[str]) -> Iterable[tuple[str, str]]:
    for one in given:
        name, sign, value = one.rpartition("=")
        if not (name and sign and value):
            raise NotAPair(one)
        yield name.strip(), value.strip()


def _price(scope: Scope, value: str) -> int:
    return 0 if value == "0" else amount_meant(scope, value)


def _grace(value: str) -> int:
    if not value.isdecimal():
        raise NotGraceDays(value)
    return int(value)


def _days(given: Iterable[str]) -> tuple[frozenset[int], frozenset[date]]:
    """ISO weekdays, and dates."""
    weekdays, dates = set(), set()
    for one in given:
        if one.lower() in WEEKDAYS:
            weekdays.add(WEEKDAYS.index(one.lower()) + 1)
            continue
        try:
            dates.add(date.fromisoformat(one))
        except ValueError:
            raise NotADay(one) from None
    return frozenset(weekdays), frozenset(dates)


COMMAND = whatif
