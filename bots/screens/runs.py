"""Bill runs: what a month would bill, the asking for it, a second person's word, its undoing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from billing.bill_runs import (
    BillRun,
    BillRunId,
    RunState,
    approve_run,
    get_run,
    list_runs,
    request_run,
    run_of_month,
)
from billing.run_previews import Difference, preview_bills
from billing.run_reversals import preview_reversal, reverse_run
from bots.callers import Caller
from bots.listings import Column, Listing
from bots.listings import Row as Buttons
from bots.screens.confirming import confirm, done
from bots.screens.screen import Deed, Screen
from bots.sheets import plain_amount
from bots.views import Answer, Button, Style, View, rows
from bots.words import Html
from storage.actors import Permission
from tenancy.isps import local_date

BILLS = Permission.MAKE_INVOICES
UNDONE = {RunState.REVERSING, RunState.REVERSED}


def _runs(session: Session, caller: Caller) -> tuple[BillRun, ...]:
    return list_runs(session, caller.tenant_id)


def _state(run: BillRun, caller: Caller) -> str:
    return caller.words.plain(f"run-{run.state}")


def _month(month_on: date) -> str:
    return f"{month_on:%Y-%m}"


def _button(run: BillRun, caller: Caller) -> Button:
    return caller.to(
        "run", "run-line", run.run_id, month=_month(run.month_on), state=_state(run, caller)
    )


def _below(_session: Session, caller: Caller) -> tuple[Buttons, ...]:
    return (
        (caller.to("run_preview", "run-ask", style=Style.MAIN),),
        (caller.to("home", "to-home"),),
    )


RUNS = Listing(
    route="runs",
    title="runs",
    read=_runs,
    leads=_button,
    needs=BILLS,
    below=_below,
    columns=(
        Column("column-month", lambda one, _: _month(one.month_on)),
        Column("column-state", _state),
        Column("column-bills", lambda one, _: one.billed_count),
        Column("column-total", lambda one, caller: plain_amount(one.billed_minor, caller.currency)),
        Column("column-by", lambda one, _: one.requested_by),
    ),
)


def open_preview(session: Session, caller: Caller) -> View:
    """The running month: what its bills would be, and why that differs from the last."""
    words = caller.words
    month_on = local_date(session, caller.tenant_id, caller.now).replace(day=1)
    back = (caller.to("runs", "to-runs"), caller.to("home", "to-home"))
    run = run_of_month(session, caller.tenant_id, month_on)
    if run is not None:
        return show(run, caller)
    foreseen = preview_bills(
        session, caller.tenant_id, month_on, now=caller.now, actor=caller.actor
    )
    text = words.say(
        "run-preview",
        isp=caller.isp.name,
        month=_month(month_on),
        count=words.number(foreseen.invoices),
        total=words.amount(foreseen.total_minor, caller.currency),
        former=words.amount(foreseen.former_minor, caller.currency),
        before_tax=words.amount(foreseen.before_tax_minor, caller.currency),
    )
    parts = [text, *(_difference(one, caller) for one in foreseen.differences)]
    payload: dict[str, object] = {
        "month_on": month_on.isoformat(),
        "count": foreseen.invoices,
        "total_minor": foreseen.total_minor,
    }
    asks = caller.does(session, "run_request", "run-request", payload)
    return View(Html("\n".join(parts)), rows((asks if foreseen.invoices else None,), back))


def _difference(one: Difference, caller: Caller) -> Html:
    words = caller.words
    return words.say(
        "run-difference",
        cause=words.plain(f"cause-{one.cause}"),
        count=words.number(one.count),
        amount=words.amount(one.minor, caller.currency),
    )


def ask_for(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    """As it was shown; where that has changed meanwhile, it is shown anew."""
    month_on = date.fromisoformat(pinned["month_on"])
    foreseen = preview_bills(
        session, caller.tenant_id, month_on, now=caller.now, actor=caller.actor
    )
    if (foreseen.invoices, foreseen.total_minor) != (pinned["count"], pinned["total_minor"]):
        return Answer(open_preview(session, caller), toast=caller.words.plain("run-changed"))
    run = request_run(session, caller.tenant_id, month_on, now=caller.now, actor=caller.actor)
    return Answer(show(run, caller, done(session, caller, "run-requested")))


def open_run(session: Session, caller: Caller, run_id: int) -> View:
    return show(get_run(session, caller.tenant_id, BillRunId(run_id)), caller)


def show(run: BillRun, caller: Caller, note: Html | None = None) -> View:
    words, of = caller.words, run.run_id
    text = words.say(
        "run",
        isp=caller.isp.name,
        month=_month(run.month_on),
        state=_state(run, caller),
        foreseen=words.number(run.foreseen_count),
        foreseen_total=words.amount(run.foreseen_minor, caller.currency),
        billed=words.number(run.billed_count),
        billed_total=words.amount(run.billed_minor, caller.currency),
    )
    waits = run.state is RunState.WAITING
    reverse = caller.to("run_reverse", "run-reverse", of, style=Style.DANGER)
    return View(
        Html("\n\n".join(part for part in (note, text) if part)),
        rows(
            (caller.to("run_approve", "run-approve", of, style=Style.GOOD) if waits else None,),
            (caller.to("run", "refresh", of),),
            (reverse if run.state not in UNDONE else None,),
            (caller.to("runs", "to-runs"), caller.to("home", "to-home")),
        ),
    )


def open_approve(session: Session, caller: Caller, run_id: int) -> View:
    run = get_run(session, caller.tenant_id, BillRunId(run_id))
    text = caller.words.say(
        "run-approve-confirm",
        month=_month(run.month_on),
        count=caller.words.number(run.foreseen_count),
        total=caller.words.amount(run.foreseen_minor, caller.currency),
    )
    back = caller.to("run", "cancel", run_id)
    payload: dict[str, object] = {"run_id": run_id}
    return confirm(session, caller, text, "run_approve", payload, key="run-approve-do", back=back)


def approve(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    run_id = BillRunId(pinned["run_id"])
    run = approve_run(session, caller.tenant_id, run_id, now=caller.now, actor=caller.actor)
    return Answer(show(run, caller, done(session, caller, "run-approved")))


def open_reverse(session: Session, caller: Caller, run_id: int) -> View:
    run = get_run(session, caller.tenant_id, BillRunId(run_id))
    would, words = preview_reversal(session, caller.tenant_id, run.run_id), caller.words
    text = words.say(
        "run-reverse-confirm",
        month=_month(run.month_on),
        count=words.number(would.invoices),
        total=words.amount(would.total_minor, caller.currency),
        paid=words.amount(would.paid_minor, caller.currency),
        kept=words.number(would.kept_invoices),
    )
    back = caller.to("run", "cancel", run_id)
    payload: dict[str, object] = {"run_id": run_id}
    return confirm(
        session, caller, text, "run_reverse", payload,
        key="run-reverse-do", back=back, style=Style.DANGER,
    )  # fmt: skip


def reverse(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    run_id = BillRunId(pinned["run_id"])
    run = reverse_run(session, caller.tenant_id, run_id, now=caller.now, actor=caller.actor)
    return Answer(show(run, caller, done(session, caller, "run-reversed-note")))


SCREENS = (
    *RUNS.screens(),
    Screen("run_preview", open_preview, BILLS),
    Screen("run", open_run, BILLS),
    Screen("run_approve", open_approve, BILLS),
    Screen("run_reverse", open_reverse, BILLS),
)
DEEDS = (
    Deed("run_request", ask_for, BILLS, guarded=True),
    Deed("run_approve", approve, BILLS, guarded=True),
    Deed("run_reverse", reverse, BILLS, guarded=True),
)
