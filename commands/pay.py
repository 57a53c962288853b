"""`./skylink pay`: take a payment from a client, or reverse one."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from billing.invoices import InvoiceId, invoices_of
from billing.ledger import balance_of
from billing.payments import (
    NewPayment,
    Payment,
    PaymentId,
    PaymentMethod,
    reverse_payment,
    take_payment,
    use_credit,
)
from commands.caller import caller
from commands.errors import CommandError
from commands.meant import amount_meant, client_meant
from commands.scope import Scope, isp_scope
from policy.facts import ClientId
from policy.figures import amount
from policy.money import Money
from policy.words import ENGLISH

OF_ISP = click.option("--isp", help="The ISP of the client.  [default: SKYLINK_ISP]")
BALANCE = "balance"  # what the client has with us already
METHODS = [*(method.value for method in PaymentMethod), BALANCE]


class AmountOfCredit(CommandError):
    code = "amount_of_credit"

    def __init__(self) -> None:
        super().__init__(
            "Credit pays as much as it can: leave the amount out, with --method balance."
        )


class AmountMissing(CommandError):
    code = "amount_missing"

    def __init__(self) -> None:
        super().__init__("Say how much was received: ./skylink pay CLIENT --amount 800.")


class NumberUnknown(CommandError):
    code = "number_unknown"

    def __init__(self, number: str) -> None:
        super().__init__(f"This client has no invoice {number}: ./skylink client show lists them.")


class TakesPayments(click.Group):
    """What is no command of this group is a client who pays."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in self.commands:
            args = ["take", *args]
        return super().resolve_command(ctx, args)


@click.group("pay", cls=TakesPayments)
def pay() -> None:
    """Take a payment: ./skylink pay CLIENT --amount 800. Reverse one: ./skylink pay reverse NUMBER.

    CLIENT is a number, phone or username, or a name that means one alone.
    """


@pay.command("take")
@click.argument("who", metavar="CLIENT", nargs=-1, required=True)
@click.option("--amount", "said", help="As 800, 1,200.50 or ৮০০.")
@click.option("--method", type=click.Choice(METHODS), default="cash", show_default=True)
@click.option("--transaction", help="The gateway's id of it; needed unless cash or bank.")
@click.option("--invoice", help="This one first, by its number; else the oldest.")
@click.option("--note", help="Kept with it.")
@OF_ISP
def take(
    who: tuple[str, ...],
    said: str | None,
    method: str,
    transaction: str | None,
    invoice: str | None,
    note: str | None,
    isp: str | None,
) -> None:
    """Take a payment from CLIENT: it pays what is owed, the rest becomes credit."""
    now = datetime.now(UTC)
    with isp_scope(isp) as scope:
        client_id = client_meant(scope, " ".join(who), now).client_id
        invoice_id = _invoice(scope, client_id, invoice) if invoice else None
        if method == BALANCE:
            if said is not None:
                raise AmountOfCredit
            use_credit(
                scope.session, scope.tenant_id, client_id,
                invoice_id=invoice_id, now=now, actor=caller(),
            )  # fmt: skip
            click.echo(standing(scope, client_id))
            return
        if said is None:
            raise AmountMissing
        details = NewPayment(
            method=PaymentMethod(method),
            amount_minor=amount_meant(scope, said),
            transaction_ref=transaction,
            invoice_id=invoice_id,
            note=note,
        )
        taken = take_payment(
            scope.session, scope.tenant_id, client_id, details, now=now, actor=caller()
        )
        click.echo(f"{payment_line(taken)}\n{standing(scope, client_id)}")


@pay.command("reverse")
@click.argument("payment_id", metavar="NUMBER", type=int)
@click.option("--reason", required=True, help="Why; kept with it.")
@OF_ISP
def reverse(payment_id: int, reason: str, isp: str | None) -> None:
    """The money of payment NUMBER was not received after all: what it paid is owed again."""
    now = datetime.now(UTC)
    with isp_scope(isp) as scope:
        undone = reverse_payment(
            scope.session, scope.tenant_id, PaymentId(payment_id),
            reason=reason, now=now, actor=caller(),
        )  # fmt: skip
        click.echo(f"{payment_line(undone)}\n{standing(scope, undone.client_id)}")


def payment_line(payment: Payment) -> str:
    """What was received, or was not after all, and where it went."""
    told = amount(Money(payment.amount_minor, payment.currency), ENGLISH)
    by = (
        payment.method
        if payment.transaction_ref is None
        else (f"{payment.method} {payment.transaction_ref}")
    )
    if payment.reversed_at is not None:
        return f"Payment {payment.payment_id}: {told} by {by} is reversed."
    paid = amount(Money(payment.amount_minor - payment.unused_minor, payment.currency), ENGLISH)
    left = amount(Money(payment.unused_minor, payment.currency), ENGLISH)
    return f"Payment {payment.payment_id}: {told} by {by}; {paid} pays invoices, {left} is credit."


def standing(scope: Scope, client_id: ClientId) -> str:
    """What the ledger says is due and in credit now."""
    has = balance_of(scope.session, scope.tenant_id, client_id)
    due, credit = (
        amount(Money(minor, scope.isp.currency), ENGLISH)
        for minor in (has.due_minor, has.credit_minor)
    )
    return f"Due {due}, credit {credit}."


def _invoice(scope: Scope, client_id: ClientId, number: str) -> InvoiceId:
    for one in invoices_of(scope.session, scope.tenant_id, client_id):
        if one.invoice_number is not None and one.invoice_number.casefold() == number.casefold():
            return one.invoice_id
    raise NumberUnknown(number)


COMMAND = pay
