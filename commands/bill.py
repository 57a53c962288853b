"""`./skylink bill`: look at bills, make them, approve a run, take it back: over the services."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime

import click

from billing.bill_runs import (
    BillRun,
    RunState,
    approve_run,
    list_runs,
    request_run,
    run_of_month,
    run_to_end,
)
from billing.run_previews import RunPreview, preview_bills
from billing.run_reversals import preview_reversal, reverse_run, reverse_to_end
from billing.single_bills import BillPreview, bill_client, preview_bill
from commands.caller import caller
from commands.client_screen import plain
from commands.errors import CommandError
from commands.meant import client_meant
from commands.scope import IspAtHand, isp_at_hand, isp_scope
from policy.bills import Line
from policy.figures import amount
from policy.money import Money
from policy.words import ENGLISH
from tenancy.isps import local_date

OF_ISP = click.option("--isp", help="The ISP whose bills they are.  [default: SKYLINK_ISP]")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON, in minor units.")
YES = click.option("--yes", is_flag=True, help="Do it without asking.")
OF_MONTH = click.option(
    "--month",
    type=click.DateTime(["%Y-%m"]),
    help="As 2026-03.  [default: the running month of the ISP's calendar]",
)


class NoRunOfMonth(CommandError):
    code = "no_run_of_month"

    def __init__(self, month_on: date) -> None:
        super().__init__(f"{month_on:%Y-%m} has no run: ./skylink bill run makes one.")


@click.group("bill")
def bill() -> None:
    """Look at bills before they are made, make them, approve a run, take it back."""


@bill.command("preview")
@click.argument("who", metavar="[CLIENT]", nargs=-1)
@OF_MONTH
@OF_ISP
@AS_JSON
def preview(who: tuple[str, ...], month: datetime | None, isp: str | None, as_json: bool) -> None:
    """What a month's run would bill, and why it differs; or CLIENT's next bill. Writes nothing."""
    now = datetime.now(UTC)
    told: BillPreview | RunPreview
    with isp_scope(isp) as scope:
        session, tenant_id, currency = scope.session, scope.tenant_id, scope.isp.currency
        if who:
            found = client_meant(scope, " ".join(who), now)
            told = preview_bill(session, tenant_id, found.client_id, now=now)
            lines = next_bill_lines(told, currency)
        else:
            month_on = _month(month, local_date(session, tenant_id, now))
            told = preview_bills(session, tenant_id, month_on, now=now, actor=caller())
            lines = preview_lines(told, currency)
    click.echo(json_of(told) if as_json else "\n".join(lines))


@bill.command("run")
@click.argument("who", metavar="[CLIENT]", nargs=-1)
@OF_MONTH
@OF_ISP
@YES
def run(who: tuple[str, ...], month: datetime | None, isp: str | None, yes: bool) -> None:
    """Make everybody's bills of a month, or CLIENT's alone. A run that was cut short goes on."""
    if who:
        _bill_one(" ".join(who), month, isp)
        return
    now = datetime.now(UTC)
    with isp_at_hand(isp) as at:
        with at.transaction() as session:
            month_on = _month(month, local_date(session, at.tenant_id, now))
            found = run_of_month(session, at.tenant_id, month_on)
            if found is None:
                foreseen = preview_bills(session, at.tenant_id, month_on, now=now, actor=caller())
        if found is None:
            click.echo("\n".join(preview_lines(foreseen, at.isp.currency)))
            yes or click.confirm("Make these bills?", abort=True)
            with at.transaction() as session:
                found = request_run(session, at.tenant_id, month_on, now=now, actor=caller())
        _finish(at, found, now)


def _bill_one(who: str, month: datetime | None, isp: str | None) -> None:
    now = datetime.now(UTC)
    with isp_scope(isp) as scope:
        found = client_meant(scope, who, now)
        month_on = _month(month, local_date(scope.session, scope.tenant_id, now))
        made = bill_client(
            scope.session, scope.tenant_id, found.client_id, month_on, now=now, actor=caller()
        )
    asked = _told(made.total_minor, made.currency)
    click.echo(f"Invoice {made.invoice_number}: {asked}, {made.status}, due {made.due_on}.")


@bill.command("approve")
@OF_MONTH
@OF_ISP
@YES
def approve(month: datetime | None, isp: str | None, yes: bool) -> None:
    """Let a run go that waits for a second person."""
    now = datetime.now(UTC)
    with isp_at_hand(isp) as at:
        found = _run_of(at, month, now)
        click.echo(run_line(found, at.isp.currency))
        yes or click.confirm("Approve it?", abort=True)
        with at.transaction() as session:
            found = approve_run(session, at.tenant_id, found.run_id, now=now, actor=caller())
        _finish(at, found, now)


@bill.command("reverse")
@OF_MONTH
@OF_ISP
@YES
def reverse(month: datetime | None, isp: str | None, yes: bool) -> None:
    """Take back a whole run: its bills are void, what was paid becomes credit."""
    now = datetime.now(UTC)
    with isp_at_hand(isp) as at:
        found = _run_of(at, month, now)
        with at.transaction() as session:
            would = preview_reversal(session, at.tenant_id, found.run_id)
        total, paid = (
            _told(minor, at.isp.currency) for minor in (would.total_minor, would.paid_minor)
        )
        click.echo(
            f"{would.invoices:,} bills over {total} become void; {paid} paid for them is credit;"
            f" {would.kept_invoices:,} with a credit note stay."
        )
        yes or click.confirm("Take the run back?", abort=True)
        if found.state is not RunState.REVERSING:
            with at.transaction() as session:
                reverse_run(session, at.tenant_id, found.run_id, now=now, actor=caller())
        done = reverse_to_end(at.transaction, at.tenant_id, found.run_id, now=now, actor=caller())
    click.echo(run_line(done, at.isp.currency))


@bill.command("list")
@OF_ISP
@AS_JSON
def list_(isp: str | None, as_json: bool) -> None:
    """All runs, the latest first."""
    with isp_scope(isp) as scope:
        runs = list_runs(scope.session, scope.tenant_id)
    if as_json:
        click.echo(f"[{', '.join(json_of(one) for one in runs)}]")
        return
    lines = [run_line(one, scope.isp.currency) for one in runs]
    click.echo("\n".join(lines or ["No run was made yet."]))


def _run_of(at: IspAtHand, month: datetime | None, now: datetime) -> BillRun:
    """The month's. Raises NoRunOfMonth."""
    with at.transaction() as session:
        month_on = _month(month, local_date(session, at.tenant_id, now))
        found = run_of_month(session, at.tenant_id, month_on)
    if found is None:
        raise NoRunOfMonth(month_on)
    return found


def _finish(at: IspAtHand, found: BillRun, now: datetime) -> None:
    """Bill to the end, if the run may, and say what came of it."""
    if found.state is RunState.RUNNING:
        found = run_to_end(at.transaction, at.tenant_id, found.run_id, now=now, actor=caller())
    click.echo(run_line(found, at.isp.currency))


def _month(given: datetime | None, today: date) -> date:
    return (today if given is None else given.date()).replace(day=1)


def json_of(told: BillPreview | RunPreview | BillRun) -> str:
    return json.dumps(plain(asdict(told)), ensure_ascii=False)


def preview_lines(foreseen: RunPreview, currency: str) -> list[str]:
    """A run as it would be, and each cause of a difference from the month before."""
    total, before_tax, former = (
        _told(minor, currency)
        for minor in (foreseen.total_minor, foreseen.before_tax_minor, foreseen.former_minor)
    )
    return [
        f"{foreseen.month_on:%Y-%m}: {foreseen.invoices:,} bills, {total}.",
        f"Before tax {before_tax}, the month before {former}.",
    ] + [
        f"  {one.cause.value:<9} {one.count:>7,}  {_told(one.minor, currency)}"
        for one in foreseen.differences
    ]


def next_bill_lines(preview: BillPreview, currency: str) -> list[str]:
    """A client's next bill, a line a line."""
    if preview.bill is None:
        return ["Nothing is billed next month."]
    lines = [f"{preview.bill.month_on:%Y-%m}, due {preview.bill.due_on}:"]
    lines += [
        f"  {_line_told(line)}  {_told(line.amount_minor, currency)}" for line in preview.bill.lines
    ]
    lines.append(f"Total {_told(preview.bill.total_minor, currency)}")
    if preview.credit_minor:
        lines[-1] += f", of which credit pays {_told(preview.credit_minor, currency)}"
    return lines


def _line_told(line: Line) -> str:
    words = line.kind.value if line.title is None else f"{line.kind.value} {line.title}"
    if line.period is not None:
        words += f" {line.period.from_on} to {line.period.until_on}"
    return words


def run_line(run: BillRun, currency: str) -> str:
    """A run in a line."""
    waits = ", waits for a second person: ./skylink bill approve"
    return (
        f"{run.month_on:%Y-%m} run {run.run_id}: {run.state.value},"
        f" {run.billed_count:,} of {run.foreseen_count:,} bills,"
        f" {_told(run.billed_minor, currency)}, asked for by {run.requested_by}"
        f"{waits if run.state is RunState.WAITING else ''}."
    )


def _told(minor: int, currency: str) -> str:
    return amount(Money(minor, currency), ENGLISH)


COMMAND = bill
