"""`./skylink api-key`: keys with which other programs ask for bills and record payments."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click

from billing.payments import PaymentMethod
from commands.caller import caller
from commands.scope import isp_scope
from policy.figures import moment
from policy.words import ENGLISH
from tenancy.api_keys import (
    PER_MINUTE,
    ApiKey,
    ApiKeyDetails,
    ApiKeyId,
    ApiScope,
    list_api_keys,
    make_api_key,
    revoke_api_key,
)

OF_ISP = click.option("--isp", help="Whose key.  [default: SKYLINK_ISP]")
SCOPES = click.Choice([scope.value for scope in ApiScope])
METHODS = click.Choice([method.value for method in PaymentMethod])


@click.group("api-key")
def api_key() -> None:
    """Make, list and revoke keys of the pay-bill API: docs/pay-bill.md."""


@api_key.command("make")
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, type=SCOPES, default=[ApiScope.BILLS], show_default=True,
    help="What it may: read bills, record payments; give it twice for both.",
)  # fmt: skip
@click.option("--method", type=METHODS, default="bank", show_default=True, help="How money comes.")
@click.option("--from", "networks", multiple=True, help="Good from this address or network alone.")
@click.option("--per-minute", type=click.IntRange(1, 6000), default=PER_MINUTE, show_default=True)
@OF_ISP
def make(
    name: str,
    scopes: tuple[str, ...],
    method: str,
    networks: tuple[str, ...],
    per_minute: int,
    isp: str | None,
) -> None:
    """Print a new key for NAME. It is shown this once."""
    details = ApiKeyDetails(
        name=name,
        scopes=frozenset(ApiScope(scope) for scope in scopes),
        method=method,
        networks=networks,
        per_minute=per_minute,
    )
    with isp_scope(isp) as scope:
        now = datetime.now(UTC)
        made = make_api_key(scope.session, scope.tenant_id, details, now=now, actor=caller())
    click.echo(
        f"Key {made.key.key_id} for {made.key.details.name}. Keep it: it is not shown again.\n\n"
        f"  {made.secret}\n"
    )


@api_key.command("list")
@OF_ISP
def list_(isp: str | None) -> None:
    """The keys that are good: what each may, from where, when it was used last."""
    with isp_scope(isp) as scope:
        made = list_api_keys(scope.session, scope.tenant_id)
        zone = ZoneInfo(scope.isp.time_zone)
    for key in made:
        click.echo(line_of(key, zone))
    if not made:
        click.echo("There is no key: ./skylink api-key make NAME makes one.")


def line_of(key: ApiKey, zone: ZoneInfo) -> str:
    said = key.details
    used = "never used"
    if key.used_at is not None:
        used = f"used {moment(key.used_at.replace(second=0, microsecond=0), zone, ENGLISH)}"
    where = ", ".join(said.networks) or "anywhere"
    scopes = ", ".join(sorted(said.scopes))
    return (
        f"{key.key_id}  {key.hint}...  {said.name}: {scopes}; {said.method}; from {where}; "
        f"{said.per_minute} a minute; {used}"
    )


@api_key.command("revoke")
@click.argument("number", type=int)
@OF_ISP
def revoke(number: int, isp: str | None) -> None:
    """Key NUMBER is good for nothing from now on."""
    with isp_scope(isp) as scope:
        now = datetime.now(UTC)
        revoke_api_key(scope.session, scope.tenant_id, ApiKeyId(number), now=now, actor=caller())
    click.echo(f"Key {number} is good for nothing any more.")


COMMAND = api_key
