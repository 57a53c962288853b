"""`./skylink ledger`: every movement of a client's money, with the balance after each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime

import click

from billing.ledger import ENTRIES_MAX, Account, Balance, Entry, entries_of
from commands.client_screen import plain
from commands.meant import client_meant
from commands.scope import Scope, isp_scope
from policy.facts import ClientId
from policy.figures import amount
from policy.money import Money
from policy.words import ENGLISH

OF_ISP = click.option("--isp", help="The ISP of the client.  [default: SKYLINK_ISP]")


@click.command("ledger")
@click.argument("who", metavar="CLIENT", nargs=-1, required=True)
@OF_ISP
@click.option("--json", "as_json", is_flag=True, help="One JSON object, in minor units.")
def ledger(who: tuple[str, ...], isp: str | None, as_json: bool) -> None:
    """Show every movement of CLIENT's money, the oldest first, and what was due after each."""
    with isp_scope(isp) as scope:
        client_id = client_meant(scope, " ".join(who), datetime.now(UTC)).client_id
        told = list(after_each(scope, client_id))
    if as_json:
        rows = [{**plain(asdict(entry)), **asdict(has)} for entry, has in told]
        click.echo(json.dumps({"currency": scope.isp.currency, "entries": rows}, indent=2))
        return
    lines = [entry_line(entry, has, scope.isp.currency) for entry, has in told]
    click.echo("\n".join(lines or ["No money has moved yet."]))


def after_each(scope: Scope, client_id: ClientId) -> Iterator[tuple[Entry, Balance]]:
    """All rows of a client, each with what was due and in credit after it."""
    due = credit = 0
    after = None
    while page := entries_of(scope.session, scope.tenant_id, client_id, after=after):
        for entry in page:
            posting = entry.posting
            due += _moved(Account.RECEIVABLE, posting.debit, posting.credit) * posting.amount_minor
            credit -= (
                _moved(Account.CLIENT_CREDIT, posting.debit, posting.credit) * posting.amount_minor
            )
            yield entry, Balance(due, credit)
        if len(page) < ENTRIES_MAX:
            return
        after = page[-1].entry_id


def _moved(account: Account, debit: Account, credit: Account) -> int:
    return (debit is account) - (credit is account)


def entry_line(entry: Entry, has: Balance, currency: str) -> str:
    """One movement: when, what, from where to where, how much, what was due then, by whom."""
    posting = entry.posting
    about = [f"invoice id {posting.invoice_id}"] if posting.invoice_id else []
    about += [f"payment {posting.credit_id}"] if posting.credit_id else []
    moved, due, credit = (
        amount(Money(minor, currency), ENGLISH)
        for minor in (posting.amount_minor, has.due_minor, has.credit_minor)
    )
    return (
        f"{entry.booked_on}  {posting.code.value:<10} {moved:>12}"
        f"  {posting.credit.value} to {posting.debit.value}"
        f"  due {due}, credit {credit}  {', '.join(about)}  by {entry.actor_name}"
    )


COMMAND = ledger
