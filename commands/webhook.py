"""`./skylink webhook`: an ISP's own programs, told by HTTP of payments and access."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import click

from commands.caller import caller
from commands.scope import isp_scope
from messaging.webhooks import (
    Delivery,
    Webhook,
    WebhookDetails,
    WebhookEvent,
    WebhookId,
    add_webhook,
    list_deliveries,
    list_webhooks,
    remove_webhook,
    replay_deliveries,
)
from policy.figures import moment
from policy.words import ENGLISH
from storage.secrets import KeyRing

OF_ISP = click.option("--isp", help="Whose webhook.  [default: SKYLINK_ISP]")
EVENTS = click.Choice([event.value for event in WebhookEvent])
SHOWN_MAX = 30


@click.group("webhook")
def webhook() -> None:
    """Tell programs of the ISP's own what happens: docs/webhooks.md."""


@webhook.command("add")
@click.argument("address")
@click.option("--event", "events", multiple=True, type=EVENTS, help="Of what.  [default: all]")
@OF_ISP
def add(address: str, events: tuple[str, ...], isp: str | None) -> None:
    """Tell ADDRESS from now on; prints the secret that signs it, this once."""
    chosen = frozenset(WebhookEvent(event) for event in events) or frozenset(WebhookEvent)
    details = WebhookDetails(address=address, events=chosen)
    with isp_scope(isp) as scope:
        added = add_webhook(
            scope.session,
            scope.tenant_id,
            details,
            private=scope.settings.private_webhooks,
            keys=KeyRing.load(scope.settings.keys_file),
            now=datetime.now(UTC),
            actor=caller(),
        )
    click.echo(
        f"Webhook {added.webhook.webhook_id} is told from now on. This signs what it is told, "
        f"and is not shown again:\n\n"
        f"  {added.secret}\n"
    )


@webhook.command("list")
@OF_ISP
def list_(isp: str | None) -> None:
    """The webhooks, and how much each has not heard."""
    with isp_scope(isp) as scope:
        told = list_webhooks(scope.session, scope.tenant_id)
    for one in told:
        click.echo(line_of(one))
    if not told:
        click.echo("There is no webhook: ./skylink webhook add ADDRESS makes one.")


def line_of(one: Webhook) -> str:
    events = "all" if one.details.events == set(WebhookEvent) else ", ".join(one.details.events)
    unheard = f"{one.waiting} waiting, {one.given_up} given up"
    return f"{one.webhook_id}  {one.details.address}  ({events}): {unheard}"


@webhook.command("log")
@click.argument("number", type=int)
@click.option("--unheard", is_flag=True, help="Only what it did not hear.")
@OF_ISP
def log(number: int, unheard: bool, isp: str | None) -> None:
    """What webhook NUMBER was told, the newest first."""
    with isp_scope(isp) as scope:
        told = list_deliveries(
            scope.session, scope.tenant_id, WebhookId(number), unheard=unheard, limit=SHOWN_MAX
        )
        zone = ZoneInfo(scope.isp.time_zone)
    for delivery in told:
        click.echo(delivery_line(delivery, zone))
    if not told:
        click.echo("Nothing.")


def delivery_line(delivery: Delivery, zone: ZoneInfo) -> str:
    at = moment(delivery.happened_at.replace(second=0, microsecond=0), zone, ENGLISH)
    if delivery.delivered_at is not None:
        came = f"heard ({delivery.answered})"
    else:
        last = delivery.answered or delivery.problem or "not tried"
        came = f"{'waits' if delivery.try_at else 'given up'}, {delivery.tries} tries, last: {last}"
    client = delivery.facts.get("client_number")
    return f"msg_{delivery.delivery_id}  {at}  {delivery.event} of client {client}: {came}"


@webhook.command("replay")
@click.argument("number", type=int)
@click.option(
    "--hours", type=click.IntRange(1, 24 * 90), help="All of the last HOURS, heard or not."
)
@OF_ISP
def replay(number: int, hours: int | None, isp: str | None) -> None:
    """Tell webhook NUMBER again what was given up."""
    now = datetime.now(UTC)
    since = now - timedelta(hours=hours) if hours else None
    with isp_scope(isp) as scope:
        count = replay_deliveries(
            scope.session, scope.tenant_id, WebhookId(number), since=since, now=now, actor=caller()
        )
    click.echo(f"{count} to be told again.")


@webhook.command("remove")
@click.argument("number", type=int)
@OF_ISP
def remove(number: int, isp: str | None) -> None:
    """Tell webhook NUMBER nothing any more."""
    with isp_scope(isp) as scope:
        now = datetime.now(UTC)
        remove_webhook(scope.session, scope.tenant_id, WebhookId(number), now=now, actor=caller())
    click.echo(f"Webhook {number} is told nothing any more.")


COMMAND = webhook
