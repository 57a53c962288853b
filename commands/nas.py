"""`./skylink nas`: routers that ask RADIUS, and what they can be told."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, TextIO

import click

from commands.caller import caller
from commands.errors import CommandError
from commands.meant import named
from commands.scope import Scope, isp_scope
from network.abilities import Learned, learned_abilities
from network.nas import (
    Ability,
    Nas,
    NasDetails,
    NasKind,
    add_nas,
    change_nas,
    change_nas_secret,
    list_nas,
    remove_nas,
    reveal_nas_secret,
)
from storage.secrets import KeyRing, Secret

OF_ISP = click.option("--isp", help="The ISP of the router.  [default: SKYLINK_ISP]")
SECRET_FROM = click.option(
    "--secret-from",
    type=click.File(),
    help="Take the secret from a file, or from - (what is typed or piped in); else it is made up.",
)
SECRET_BYTES = 18  # 24 characters: RFC 2865, 3, asks for 16 at least
ABILITIES = click.Choice([ability.value for ability in Ability])
OPTIONS = (
    click.option("--kind", type=click.Choice([kind.value for kind in NasKind])),
    click.option(
        "--signs/--no-signs",
        "require_message_authenticator",
        default=None,
        help="Whether it signs its requests. --no-signs is for old devices (CVE-2024-3596).",
    ),
    click.option(
        "--swap/--no-swap", "swap_directions", default=None, help="It reports up as down."
    ),
    click.option("--coa-port", type=click.IntRange(1, 65_535)),
    click.option("--coa", type=ABILITIES, help="Whether it changes sessions when told to."),
    click.option("--disconnect", type=ABILITIES, help="Whether it ends them when told to."),
    click.option(
        "--moves-lists/--no-moves-lists",
        "coa_address_lists",
        default=None,
        help="Whether a CoA moves a client to another address list.",
    ),
    click.option(
        "--per-second",
        "coa_packets_per_second",
        type=click.IntRange(1, 1_000),
        help="How many CoA and Disconnect packets it is sent a second, at most.",
    ),
)


class NothingToChange(CommandError):
    code = "nothing_to_change"

    def __init__(self) -> None:
        super().__init__("Say what is to change: ./skylink nas set --help lists it.")


class NoSecretThere(CommandError):
    code = "no_secret_there"

    def __init__(self) -> None:
        super().__init__("There is no secret in that file: write it there on one line.")


def details_options(command: Callable[..., None]) -> Callable[..., None]:
    """An option for each thing that is said of a NAS beside name, address and secret."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@click.group("nas")
def nas() -> None:
    """Add, list, change and remove routers. A change is in force within a second.

    What a router does when it is told to change or end sessions is learned from its refusals, and
    tried again after a day; --coa and --disconnect say it for good, and "learn" takes that back.
    """


@nas.command("list")
@OF_ISP
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of words.")
def list_(isp: str | None, as_json: bool) -> None:
    """All routers, with what they can do and how that is known."""
    with isp_scope(isp) as scope:
        routers = list_nas(scope.session, scope.tenant_id)
        learned = learned_abilities(scope.session, scope.tenant_id, now=datetime.now(UTC))
    if as_json:
        known = {nas_id: asdict(seen) for nas_id, seen in learned.items()}
        told = [asdict(one.details) | {"learned": known.get(one.nas_id)} for one in routers]
        click.echo(json.dumps({"routers": told}, default=str, indent=2))
    else:
        told_lines = [line for one in routers for line in lines(one, learned.get(one.nas_id))]
        click.echo("\n".join(told_lines or ["There is no router yet: ./skylink nas add."]))


def lines(one: Nas, learned: Learned | None) -> list[str]:
    """A router in words."""
    said = one.details
    coa = ability(said.coa, learned.coa if learned else None)
    disconnect = ability(said.disconnect, learned.disconnect if learned else None)
    per_second = f"at most {said.coa_packets_per_second} packets a second"
    notes = [
        "" if said.require_message_authenticator else "requests need no signature",
        "up and down are swapped" if said.swap_directions else "",
        "CoA moves lists" if said.coa_address_lists else "",
    ]
    return [
        f"{said.name}  {said.address}  {said.kind}, CoA port {said.coa_port}",
        f"    CoA: {coa}; Disconnect: {disconnect}; {per_second}",
        *(f"    {note}" for note in notes if note),
    ]


def ability(said: Ability, learned: bool | None) -> str:
    """What is known of one ability, and from whom."""
    if said is not Ability.LEARN:
        return f"{said}, as you said"
    return {None: "not tried yet", True: "works", False: "refused, tried again after a day"}[
        learned
    ]


@nas.command("add")
@click.argument("name")
@click.argument("address")
@details_options
@SECRET_FROM
@OF_ISP
def add(name: str, address: str, secret_from: TextIO | None, isp: str | None, **said: Any) -> None:
    """A router called NAME that asks from ADDRESS; prints its secret where it was made up."""
    secret = _secret(secret_from)
    first = NasDetails(name=name, kind=NasKind.MIKROTIK, address=address)
    with isp_scope(isp) as scope:
        details = replace(first, **_words(said))
        keys = _keys(scope)
        add_nas(scope.session, scope.tenant_id, details, secret=secret, keys=keys, actor=caller())
        ports = scope.settings.radius_auth_port, scope.settings.radius_acct_port
    click.echo(f"{name} may ask from {address}: logins on port {ports[0]}, accounting {ports[1]}.")
    if secret_from is None:
        click.echo(f"Its secret: {secret}")
    if details.kind is NasKind.MIKROTIK:
        click.echo("\n".join(["On it:", *routeros(details, *ports)]))


def routeros(details: NasDetails, auth_port: int, acct_port: int) -> list[str]:
    """What to type on a MikroTik. Without the last line, IPv6 is not counted."""
    ports = f"authentication-port={auth_port} accounting-port={acct_port}"
    return [
        f"    /radius add service=ppp,hotspot address=THIS_SERVER secret=THE_SECRET {ports}",
        f"    /radius incoming set accept=yes port={details.coa_port}",
        "    /ppp aaa set use-radius=yes accounting=yes interim-update=5m",
        "    /ppp aaa set enable-ipv6-accounting=yes  (RouterOS 7.15 and later)",
    ]


@nas.command("set")
@click.argument("name")
@details_options
@click.option("--new-name")
@click.option("--address", help="Where it asks from.")
@OF_ISP
def set_(name: str, new_name: str | None, isp: str | None, **said: Any) -> None:
    """Change the router called NAME; what is not named stays."""
    changes = _words({"name": new_name, **said})
    if not changes:
        raise NothingToChange
    with isp_scope(isp) as scope:
        one = _meant(scope, name)
        details = replace(one.details, **changes)
        changed = change_nas(scope.session, scope.tenant_id, one.nas_id, details, actor=caller())
        now = datetime.now(UTC)
        learned = learned_abilities(scope.session, scope.tenant_id, now=now)
    click.echo("\n".join(lines(changed, learned.get(one.nas_id))))


@nas.command("secret")
@click.argument("name")
@click.option("--new", is_flag=True, help="Give it another one first.")
@SECRET_FROM
@OF_ISP
def secret_(name: str, new: bool, secret_from: TextIO | None, isp: str | None) -> None:
    """Show the secret of the router called NAME. That it was shown is written down."""
    with isp_scope(isp) as scope:
        session, tenant_id, keys = scope.session, scope.tenant_id, _keys(scope)
        nas_id = _meant(scope, name).nas_id
        if new or secret_from is not None:
            secret = _secret(secret_from)
            change_nas_secret(session, tenant_id, nas_id, secret, keys=keys, actor=caller())
        shown = reveal_nas_secret(session, tenant_id, nas_id, keys=keys, actor=caller())
    click.echo(str(shown))


@nas.command("remove")
@click.argument("name")
@OF_ISP
def remove(name: str, isp: str | None) -> None:
    """Answer the router called NAME no more."""
    with isp_scope(isp) as scope:
        one = _meant(scope, name)
        remove_nas(scope.session, scope.tenant_id, one.nas_id, actor=caller())
    click.echo(f"{one.details.name} is removed: whatever asks from its address gets no answer.")


def _meant(scope: Scope, name: str) -> Nas:
    routers = {one.details.name: one for one in list_nas(scope.session, scope.tenant_id)}
    return named(routers, name, "router")


def _words(said: dict[str, Any]) -> dict[str, Any]:
    """What was said, as NasDetails has it."""
    kinds = {"kind": NasKind, "coa": Ability, "disconnect": Ability}
    return {
        part: kinds[part](value) if part in kinds else value
        for part, value in said.items()
        if value is not None
    }


def _secret(source: TextIO | None) -> Secret:
    """One that is given, or a new one. Raises NoSecretThere."""
    if source is None:
        return Secret(secrets.token_urlsafe(SECRET_BYTES))
    given = source.readline().strip()
    if not given:
        raise NoSecretThere
    return Secret(given)


def _keys(scope: Scope) -> KeyRing:
    return KeyRing.load(scope.settings.keys_file)


COMMAND = nas
