"""The command line's table of contents.

A command lives in the module of its name and exports COMMAND; it is imported when it is asked for.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click
import psycopg2

from commands.settings import BadSettings

CONTENTS = {
    "up": "Run SkyLink here, until Ctrl-C.",
    "stop": "Stop it from another terminal.",
    "status": "Show what runs, and how it is.",
    "radtest": "Log a client in as a router would, with reasons.",
    "client": "Add, show, find and change clients.",
    "bill": "Look at bills, make them, approve a run, take one back.",
    "pay": "Take a payment, or reverse one.",
    "ledger": "Show every movement of a client's money.",
    "invoice": "Write an invoice as a PDF.",
    "receipt": "Write a receipt for a thermal printer as a PDF.",
    "whatif": "Try a rule, price or day on every client first.",
    "portal": "Set up the client portal; notices; what clients ask for.",
    "api-key": "Make, list and revoke keys of the pay-bill API.",
    "webhook": "Tell programs of your own of payments and access.",
    "why": "Tell why a client may or may not go online, now or then.",
    "isp": "Show and set what holds for a whole ISP.",
    "nas": "Add, list, change and remove routers.",
    "sessions": "Show who is online: speed, use, what is pending.",
    "kick": "End a client's live sessions.",
    "who": "Tell who had an address at a second.",
    "quarantine": "Look at accounting records that were not understood.",
    "proof": "Prove that the books agree and nobody touched them.",
    "seed": "Fill an ISP with clients.",
    "psql": "Open the database, within one ISP.",
    "keys": "Show and rotate the keys of secrets at rest.",
    "backup": "Write an encrypted backup now; the clock does each night.",
    "restore": "Bring a backup into an empty database.",
    "clock": "Do what is due until stopped; up does so itself.",
    "web": "Serve the client portal until stopped; up does so itself.",
    "invite": "Print a code that links a staff member's Telegram.",
    "bot": "Chat with staff until stopped; up does so itself.",
    "bench": "Measure its speed against rivals.",
    "test": "Run the tests; arguments go to pytest.",
    "lock": "Pin what SkyLink is made of anew, with hashes.",
}

# What to say of refusals that are facts without words; the others say it themselves.
WORDS = {
    "isp_not_found": "There is no ISP {isp}: name another with --isp.",
    "no_password": "This connection has no password: try one with --password.",
    "bad_address": "{address} is no IPv4 or IPv6 address.",
    "nas_name_taken": "Another router is called {name}: choose another name.",
    "nas_address_taken": "A router of this server asks from {address} already: give another.",
    "username_taken": "Another connection has the username {username}: choose another.",
    "value_refused": "A value is not allowed ({rule}): correct it, and try again.",
    "address_taken": "{address} is another portal's, or was given twice: choose another.",
    "notice_not_found": "There is no such notice: ./skylink portal show lists them.",
    "request_not_found": "There is no such request: ./skylink portal requests lists them.",
    "request_decided": "That was decided already: ./skylink portal requests lists what is not.",
    "month_ahead": "{month_on:%Y-%m} has not begun: its bills can be looked at, not made.",
    "bill_run_exists": "{month_on:%Y-%m} has a run: ./skylink bill run goes on with it.",
    "bill_run_not_found": "There is no such run: ./skylink bill list shows them.",
    "bill_run_in_state": "The run is {state}, so this cannot be done: ./skylink bill list.",
    "later_bill_run": "{month_on:%Y-%m} was billed since: reverse that run first.",
    "same_person": "Who asked for a run does not approve it: another person must.",
    "nothing_to_bill": "All days of the client are billed, or cost nothing.",
    "invoice_settled": "Nothing is due on this invoice: it is {status}. Pay without --invoice.",
    "invoice_not_found": "This client has no such invoice: ./skylink client show lists them.",
    "partial_not_allowed": "This client's bills are paid whole: name the amount that is due.",
    "transaction_known": "{transaction_ref} by {method} is on record already: look at the ledger.",
    "payment_not_found": "There is no such payment: ./skylink ledger CLIENT shows their numbers.",
    "payment_reversed": "It was reversed already: money that came again is a new payment.",
    "reason_missing": "Say why, with --reason.",
    "api_key_not_found": "There is no such key: ./skylink api-key list names them.",
    "bad_network": "{network} is no address and no network such as 203.0.113.0/24.",
    "webhook_not_found": "There is no such webhook: ./skylink webhook list names them.",
    "webhook_address_refused": "{address} is refused ({why}): give a public one, over https.",
    "too_many_webhooks": "There are {at_most} webhooks, and no more are told: remove one.",
    "not_permitted": "This needs the permission {permission}.",
}


class Contents(click.Group):
    """A group that knows its commands by name and line, so that --help imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(CONTENTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in CONTENTS:
            return None
        module = cmd_name.replace("-", "_")
        command: click.Command = import_module(f"commands.{module}").COMMAND
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
    except Exception as error:
        words = sentences(error)
        if not words:
            raise
        for sentence in words:
            click.echo(f"skylink: {sentence}", err=True)
        sys.exit(2 if isinstance(error, BadSettings) else 1)


def sentences(error: Exception) -> tuple[str, ...]:
    """What to tell of a refusal; nothing where the error is a fault of ours."""
    if isinstance(error, BadSettings):
        return error.problems
    cause = getattr(error, "orig", error)  # as SQLAlchemy wraps it
    if isinstance(cause, psycopg2.OperationalError):
        return (f"The database does not answer: {str(cause).strip().splitlines()[0]}",)
    code = getattr(error, "code", None)
    if not isinstance(code, str):
        return ()  # every refusal of every room has a code
    return (WORDS.get(code, "{}").format(error, **vars(error)),)


if __name__ == "__main__":
    main()
