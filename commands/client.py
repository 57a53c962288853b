"""`./skylink client`: add, show, find and change clients, over the services that doors use."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import click

from billing.clients import ClientDetails, add_client, change_client, get_client, set_client_status
from billing.connections import ConnectionDetails, add_connection
from billing.packages import list_packages
from billing.passwords import new_password
from billing.profiles import list_profiles
from billing.search import PAGE_CLIENTS, PAGE_CLIENTS_MAX, ClientState, ClientsWanted, find_clients
from billing.zones import list_zones
from commands.caller import caller
from commands.client_screen import as_object, found_line, plain, screen
from commands.errors import CommandError
from commands.meant import client_meant, named
from commands.scope import Scope, isp_scope
from policy.facts import ClientId, Status
from storage.secrets import KeyRing, Secret

OF_ISP = click.option("--isp", help="The ISP of the client.  [default: SKYLINK_ISP]")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object instead of words.")
SAID_OF_CLIENTS = {
    "name_bn": "In Bangla script.",
    "phone": "Digits, with or without + in front.",
    "email": "E-mail address.",
    "nid": "Number of the national identity card.",
    "father_name": "As on the identity card.",
    "address": "Where bills go.",
    "zone": "One of the ISP's, by name.",
}

BETWEEN_DIGITS = str.maketrans("", "", " -().")  # as people write phones


class NothingToChange(CommandError):
    code = "nothing_to_change"

    def __init__(self) -> None:
        super().__init__("Say what is to change: ./skylink client set --help lists it.")


class ConnectionIncomplete(CommandError):
    code = "connection_incomplete"

    def __init__(self) -> None:
        super().__init__("A connection needs all of --username, --package and --profile.")


def details_options(command: Callable[..., None]) -> Callable[..., None]:
    """An option for each thing that is said of a client beside the name."""
    for name, words in reversed(SAID_OF_CLIENTS.items()):
        command = click.option(f"--{name.replace('_', '-')}", name, help=words)(command)
    return command


@click.group("client")
def client() -> None:
    """Add, show, find and change clients.

    CLIENT is a number, phone or username, or a name, in Bangla or English, that means one alone.
    """


@client.command("add")
@click.argument("name")
@details_options
@click.option("--username", help="With a connection that logs in by this name,")
@click.option("--package", help="of this package,")
@click.option("--profile", help="billed by this profile.")
@OF_ISP
def add(name: str, isp: str | None, **said: str | None) -> None:
    """A new client called NAME; with --username, a first connection and a new password."""
    connection = [said.pop(part) for part in ("username", "package", "profile")]
    if any(connection) and not all(connection):
        raise ConnectionIncomplete
    with isp_scope(isp) as scope:
        details = replace(ClientDetails(name=name), **_changes(scope, said))
        added = add_client(scope.session, scope.tenant_id, details, actor=caller())
        password = _connect(scope, added.client_id, *connection) if all(connection) else None
    click.echo(f"Client {added.client_number}: {name}.")
    if password is not None:
        click.echo(f"Logs in as {connection[0]} with the password {password}")


def _connect(
    scope: Scope, client_id: ClientId, username: Any, package: Any, profile: Any
) -> Secret:
    """A first connection; its new password."""
    session, tenant_id, password = scope.session, scope.tenant_id, new_password()
    packages = {one.details.name: one for one in list_packages(session, tenant_id)}
    profiles = {one.details.name: one for one in list_profiles(session, tenant_id)}
    sold = named(packages, package, "package")
    details = ConnectionDetails(
        username=username,
        service=sold.details.service,
        package_id=sold.package_id,
        profile_id=named(profiles, profile, "profile").profile_id,
    )
    keys = KeyRing.load(scope.settings.keys_file)
    add_connection(
        session, tenant_id, client_id, details, password=password, keys=keys, actor=caller()
    )
    return password


@client.command("show")
@click.argument("who", metavar="CLIENT", nargs=-1, required=True)
@OF_ISP
@AS_JSON
def show(who: tuple[str, ...], isp: str | None, as_json: bool) -> None:
    """Who CLIENT is: connections, what is due, the last invoices."""
    with isp_scope(isp) as scope:
        found = client_meant(scope, " ".join(who), datetime.now(UTC))
        if as_json:
            click.echo(json.dumps(as_object(scope, found), ensure_ascii=False, indent=2))
        else:
            click.echo("\n".join(screen(scope, found)))


@client.command("find")
@click.argument("words", nargs=-1)
@click.option("--state", type=click.Choice([str(state) for state in ClientState]))
@click.option("--zone", help="Only of this zone.")
@click.option("--package", help="Only with a connection of this package.")
@click.option("--expiring", type=int, metavar="DAYS", help="Validity ends today (1), or within.")
@click.option(
    "--limit", type=click.IntRange(1, PAGE_CLIENTS_MAX), default=PAGE_CLIENTS, show_default=True
)
@OF_ISP
@AS_JSON
def find(
    words: tuple[str, ...],
    state: str | None,
    zone: str | None,
    package: str | None,
    expiring: int | None,
    limit: int,
    isp: str | None,
    as_json: bool,
) -> None:
    """Find by name in Bangla or English however it is spelt, phone, username or number.

    Without WORDS: everybody. All that is asked for must hold.
    """
    with isp_scope(isp) as scope:
        session, tenant_id = scope.session, scope.tenant_id
        packages = {one.details.name: one.package_id for one in list_packages(session, tenant_id)}
        wanted = ClientsWanted(
            words=" ".join(words),
            state=ClientState(state) if state else None,
            zone_id=named(_zones(scope), zone, "zone") if zone else None,
            package_id=named(packages, package, "package") if package else None,
            expiry_days=expiring,
        )
        page = find_clients(session, tenant_id, wanted, now=datetime.now(UTC), limit=limit)
    if as_json:
        told = plain({"total": page.total, "clients": [asdict(one) for one in page.clients]})
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    lines = [found_line(one, scope.isp) for one in page.clients]
    click.echo("\n".join([*lines, _how_many(page.total, len(lines))]))


def _how_many(total: int, shown: int) -> str:
    if not total:
        return "Nobody is found."
    who = "1 client" if total == 1 else f"{total:,} clients"
    return f"{who}." if shown == total else f"{who}, the first {shown}: --limit shows more."


@client.command("set")
@click.argument("who", metavar="CLIENT", nargs=-1, required=True)
@click.option("--name", help="In Latin letters, or as it is.")
@details_options
@click.option("--status", type=click.Choice([str(status) for status in Status]))
@OF_ISP
def set_(who: tuple[str, ...], isp: str | None, status: str | None, **said: str | None) -> None:
    """Change what is said of CLIENT; '' takes it away. --status counts for all connections."""
    if status is None and all(value is None for value in said.values()):
        raise NothingToChange
    with isp_scope(isp) as scope:
        session, tenant_id = scope.session, scope.tenant_id
        found = client_meant(scope, " ".join(who), datetime.now(UTC))
        changes = _changes(scope, said)
        if changes:
            was = get_client(session, tenant_id, found.client_id).details
            details = replace(was, **changes)
            change_client(session, tenant_id, found.client_id, details, actor=caller())
        if status is not None:
            set_client_status(session, tenant_id, found.client_id, Status(status), actor=caller())
        after = client_meant(scope, str(found.client_number), datetime.now(UTC))
        click.echo("\n".join(screen(scope, after)))


def _changes(scope: Scope, said: dict[str, str | None]) -> dict[str, Any]:
    """What is said of a client, as its details have it; an empty word is None."""
    given = {key: value for key, value in said.items() if value is not None}
    changes: dict[str, Any] = {key: value or None for key, value in given.items() if key != "zone"}
    if "name" in given:
        changes["name"] = given["name"]  # which nobody can be without: the database refuses
    if changes.get("phone"):
        changes["phone"] = changes["phone"].translate(BETWEEN_DIGITS)
    if "zone" in given:
        zone = given["zone"]
        changes["zone_id"] = named(_zones(scope), zone, "zone") if zone else None
    return changes


def _zones(scope: Scope) -> dict[str, Any]:
    return {zone.name: zone.zone_id for zone in list_zones(scope.session, scope.tenant_id)}


COMMAND = client
