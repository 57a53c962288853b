"""`./skylink proof`: whether the books agree with the ledger, and whether anybody touched it."""

from __future__ import annotations

import json
import os
from contextlib import closing
from dataclasses import asdict

import click

from billing.proof import Claim, Difference, Proof, prove
from commands.dsn import role_dsn
from commands.settings import Settings
from policy.figures import amount
from policy.money import Money
from policy.words import ENGLISH
from sql.migrate import APP
from storage.database import Database
from tenancy.isps import find_isp, get_isp, list_isps

WORDS = {
    Claim.LINES: "Invoice id {id} asks {told}, its lines sum to {booked}.",
    Claim.CHARGES: "Invoice id {id} asks {told}, the ledger charged {booked}.",
    Claim.PAID: "Invoice id {id} was paid {told}, the ledger says {booked}.",
    Claim.USED: "Of credit id {id} {told} is used up, and it pays {booked}.",
    Claim.CREDITED: "Credit id {id} is of {told}, the ledger has {booked}.",
    Claim.RECEIVABLE: "Client id {id} owes {told}, the ledger says {booked}.",
    Claim.CREDIT: "Client id {id} has a credit of {told}, the ledger says {booked}.",
    Claim.NEGATIVE: "Client id {id} has less than no credit: {booked}.",
}


@click.command("proof")
@click.option("--isp", help="Of one ISP alone, by its slug.  [default: of all]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of sentences.")
@click.pass_context
def proof(ctx: click.Context, isp: str | None, as_json: bool) -> None:
    """Compare every figure of the books with the ledger, and the ledger with its seals.

    Exits 1 where anything differs. Keep the digest of the last seal where the database is not: it
    stands for every row up to it.
    """
    settings = Settings.from_environ(os.environ)
    told, holds = {}, True
    with closing(Database(role_dsn(settings, APP), connections=1)) as database:
        with database.transaction(None) as session:
            entries = list_isps(session) if isp is None else (find_isp(session, isp),)
        for entry in entries:
            with database.transaction(entry.tenant_id) as session:
                found = prove(session, entry.tenant_id)
                currency = get_isp(session, entry.tenant_id).details.currency
            told[entry.slug] = {"holds": found.holds, **asdict(found)}
            holds = holds and found.holds
            if not as_json:
                click.echo("\n".join(lines(entry.slug, found, currency)))
    if as_json:
        click.echo(json.dumps({"holds": holds, "isps": told}))
    ctx.exit(0 if holds else 1)


def lines(slug: str, found: Proof, currency: str) -> list[str]:
    """One that says how it is, and one a difference."""
    kept = found.last_seal
    seal = "nothing is sealed yet" if kept is None else f"seal {kept.number} is {kept.digest}"
    state = "the books agree" if found.holds else "THE BOOKS DIFFER"
    waiting = f"; {found.waiting} new rows wait for the next seal" if found.waiting else ""
    return [f"{slug}: {state}; {seal}{waiting}."] + [
        f"  {sentence(difference, currency)}" for difference in found.differences
    ]


def sentence(difference: Difference, currency: str) -> str:
    """What differs, and where."""
    subject = difference.subject_id
    if difference.claim is Claim.NUMBERS:
        return (
            f"Of the year {subject}, {difference.told} document numbers were taken and "
            f"{difference.booked} follow each other without a gap."
        )
    if difference.claim is Claim.SEALED:
        row = f"Row {subject} of the ledger" if subject else "The seal itself"
        if difference.told:
            return f"{row} was changed or removed after seal {difference.told} was made."
        return f"{row} was put behind seals that were made already."
    told, booked = (
        amount(Money(minor, currency), ENGLISH) for minor in (difference.told, difference.booked)
    )
    return WORDS[difference.claim].format(id=subject, told=told, booked=booked)


COMMAND = proof
