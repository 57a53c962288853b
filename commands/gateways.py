"""`./skylink gateways`: how our books and the gateways' compare; money that waits for a person."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from billing.errors import BillingError
from billing.gateways.accounts import enabled_gateways
from billing.gateways.comparisons import Comparison, compare_statement, last_comparisons
from billing.gateways.refunds import open_refunds
from billing.gateways.statements import read_statement
from billing.gateways.suspending import SuspendedId
from billing.gateways.suspense import (
    assign_suspended,
    dismiss_suspended,
    suspended_money,
)
from billing.gateways.words import Gateway
from commands.caller import caller
from commands.errors import CommandError
from commands.scope import isp_scope
from policy.facts import ClientId
from policy.money import Money

OF_ISP = click.option("--isp", help="Whose gateways.  [default: SKYLINK_ISP]")
DIFFERENCES_SHOWN = 20
WHY = {
    "amount": "another amount than was asked for",
    "currency": "in another currency",
    "known": "on record already, as somebody else's",
    "merchant": "of another order or merchant",
    "unknown": "without a transaction id",
    "second": "paid twice",
    "risk": "the gateway warns of it",
    "unmatched": "only the gateway knows of it",
}


class GatewaysRefused(CommandError):
    code = "gateways_refused"


@click.group("gateways")
def gateways() -> None:
    """Compare with gateways' statements; say whose money is that waits in suspense."""


@gateways.command("show")
@OF_ISP
def show(isp: str | None) -> None:
    """Which are on, what waits in suspense, open refunds, the last comparisons."""
    with isp_scope(isp) as scope:
        session, tenant_id = scope.session, scope.tenant_id
        names = ", ".join(enabled_gateways(session, tenant_id))
        waits = suspended_money(session, tenant_id)
        refunds = open_refunds(session, tenant_id)
        compared = last_comparisons(session, tenant_id, limit=6)
    click.echo(f"Gateways  {names or 'none'}")
    for one in waits:
        amount = Money(one.amount_minor, one.currency)
        whose = f", tried by client {one.client_id}" if one.client_id else ""
        click.echo(
            f"Suspense {one.suspended_id}: {amount} {one.gateway} {one.transaction_ref}, "
            f"{WHY[one.why]}{whose}"
        )
    for refund in refunds:
        click.echo(f"Refund of payment {refund.payment_id}: {refund.state}")
    for comparison in compared:
        click.echo("\n".join(comparison_lines(comparison)))


def comparison_lines(one: Comparison) -> list[str]:
    days = f"{one.from_on} to {one.until_on - timedelta(days=1)}"
    head = f"{one.gateway} ({one.source}) {days}: {len(one.differences)} differences"
    return [
        head,
        *(
            f"  {each.transaction_ref}: {each.kind}, ours {each.ours_minor}, theirs "
            f"{each.theirs_minor}"
            for each in one.differences[:DIFFERENCES_SHOWN]
        ),
    ]


@gateways.command("statement")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--gateway", required=True, type=click.Choice([str(one) for one in Gateway]))
@click.option("--from", "from_on", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--to", "to_on", required=True, type=click.DateTime(["%Y-%m-%d"]))
@OF_ISP
def statement(
    file: Path, gateway: str, from_on: datetime, to_on: datetime, isp: str | None
) -> None:
    """Hold a statement (CSV or XLSX) of those days, both included, against the books."""
    first, until = from_on.date(), to_on.date() + timedelta(days=1)
    if until <= first:
        raise GatewaysRefused("--to is before --from: give the first day of the statement first.")
    with isp_scope(isp) as scope:
        try:
            rows = read_statement(file.read_bytes(), scope.isp.currency)
            found = compare_statement(
                scope.session, scope.tenant_id, Gateway(gateway), rows,
                from_on=date(first.year, first.month, first.day), until_on=until,
                now=datetime.now(UTC), actor=caller(),
            )  # fmt: skip
        except BillingError as refusal:
            raise GatewaysRefused(words_of(refusal)) from None
    click.echo("\n".join(comparison_lines(found)))


@gateways.command("assign")
@click.argument("suspended", type=int)
@click.option("--client", "client_id", required=True, type=int, help="The client's number.")
@OF_ISP
def assign(suspended: int, client_id: int, isp: str | None) -> None:
    """Money in suspense is a client's: it pays what they owe."""
    with isp_scope(isp) as scope:
        try:
            assign_suspended(
                scope.session, scope.tenant_id, SuspendedId(suspended), ClientId(client_id),
                now=datetime.now(UTC), actor=caller(),
            )  # fmt: skip
        except BillingError as refusal:
            raise GatewaysRefused(words_of(refusal)) from None
    click.echo(f"Assigned to client {client_id}.")


@gateways.command("dismiss")
@click.argument("suspended", type=int)
@click.option("--reason", required=True, help="Where it went, for the audit log.")
@OF_ISP
def dismiss(suspended: int, reason: str, isp: str | None) -> None:
    """Money in suspense is nobody's: it was given back at the gateway, or never there."""
    with isp_scope(isp) as scope:
        try:
            dismiss_suspended(
                scope.session, scope.tenant_id, SuspendedId(suspended),
                reason=reason, now=datetime.now(UTC), actor=caller(),
            )  # fmt: skip
        except BillingError as refusal:
            raise GatewaysRefused(words_of(refusal)) from None
    click.echo("Dismissed.")


def words_of(refusal: BillingError) -> str:
    return {
        "suspended_money_not_found": "No such money: ./skylink gateways show lists what waits.",
        "suspense_ended": "That is settled, or not in the books: ./skylink gateways show tells.",
        "client_not_found": "No such client: ./skylink client find NAME tells the number.",
        "transaction_known": "A payment with that transaction is on record: dismiss this one.",
        "reason_missing": "Say a reason with --reason.",
        "gateway_off": "The ISP has no account at that gateway.",
        "statement_unreadable": "No table with a transaction id and an amount is in that file.",
    }.get(refusal.code, str(refusal))


COMMAND = gateways
