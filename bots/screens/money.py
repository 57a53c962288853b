"""A client's money: invoices, payments, and the ledger that proves them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from billing.clients import get_client
from billing.invoices import (
    Invoice,
    InvoiceId,
    InvoiceStatus,
    get_invoice,
    invoices_of,
    void_invoice,
)
from billing.ledger import Account, Entry, entries_of
from billing.papers.contents import invoice_paper, receipt_paper
from billing.papers.invoice_sheet import draw_invoice
from billing.papers.receipt_slip import draw_receipt
from billing.payments import Payment, PaymentId, get_payment, payments_of
from billing.single_bills import bill_at_once, bill_client, preview_bill
from bots.callers import Caller
from bots.listings import Column, Listing
from bots.listings import Row as Buttons
from bots.screens import card
from bots.screens.confirming import confirm, done
from bots.screens.screen import Deed, Screen
from bots.sheets import plain_amount
from bots.views import Answer, Button, File, Style, View, rows
from bots.words import Html
from policy.facts import ClientId
from storage.actors import Permission
from tenancy.isps import local_date

MARKS = {
    InvoiceStatus.DRAFT: "✏",
    InvoiceStatus.ISSUED: "🔴",
    InvoiceStatus.PARTIAL: "🟠",
    InvoiceStatus.PAID: "🟢",
    InvoiceStatus.VOID: "✖",
}
LINES_SHOWN = 20


def _to_client(_session: Session, caller: Caller, client_id: int) -> tuple[Buttons, ...]:
    return ((caller.to("card", "to-card", client_id), caller.to("home", "to-home")),)


def _invoices(session: Session, caller: Caller, client_id: int) -> tuple[Invoice, ...]:
    return invoices_of(session, caller.tenant_id, ClientId(client_id))


def _invoice_button(invoice: Invoice, caller: Caller) -> Button:
    return caller.to(
        "invoice",
        "invoice-line",
        invoice.invoice_id,
        mark=MARKS[invoice.status],
        number=invoice.invoice_number or "–",
        day=caller.words.day(invoice.issued_on),
        amount=caller.words.amount(invoice.total_minor, invoice.currency),
    )


TAKES, BILLS = Permission.TAKE_PAYMENTS, Permission.MAKE_INVOICES
INVOICES = Listing(
    route="invoices",
    title="invoices",
    read=_invoices,
    leads=_invoice_button,
    needs=TAKES,
    of=True,
    below=_to_client,
    columns=(
        Column("column-number", lambda one, _: one.invoice_number or ""),
        Column("column-issued", lambda one, _: one.issued_on.isoformat()),
        Column("column-due-on", lambda one, _: one.due_on.isoformat()),
        Column("column-state", lambda one, _: one.status.value),
        Column("column-total", lambda one, _: plain_amount(one.total_minor, one.currency)),
        Column("column-due", lambda one, _: plain_amount(one.due_minor, one.currency)),
    ),
)


def open_invoice(session: Session, caller: Caller, invoice_id: int) -> View:
    return show_invoice(get_invoice(session, caller.tenant_id, InvoiceId(invoice_id)), caller)


def show_invoice(invoice: Invoice, caller: Caller, note: Html | None = None) -> View:
    words, currency = caller.words, invoice.currency
    parts = [note] if note else []
    parts.append(
        words.say(
            "invoice",
            isp=caller.isp.name,
            mark=MARKS[invoice.status],
            number=invoice.invoice_number or "–",
            state=words.plain(f"invoice-{invoice.status}"),
            issued=words.day(invoice.issued_on),
            due_on=words.day(invoice.due_on),
            total=words.amount(invoice.total_minor, currency),
            due=words.amount(invoice.due_minor, currency),
        )
    )
    parts += [
        words.say(
            "invoice-part",
            kind=line.title or words.plain(f"line-{line.kind.replace('_', '-')}"),
            amount=words.amount(line.amount_minor, currency),
        )
        for line in invoice.lines[:LINES_SHOWN]
    ]
    voids = caller.may(BILLS) and invoice.status is not InvoiceStatus.VOID
    void = caller.to("void", "invoice-void", invoice.invoice_id, style=Style.DANGER)
    pdf = caller.to("invoice_pdf", "invoice-pdf", invoice.invoice_id)
    back = (
        caller.to("invoices", "to-invoices", invoice.client_id),
        caller.to("home", "to-home"),
    )
    return View(Html("\n\n".join(parts)), rows((pdf, void if voids else None), back))


def send_invoice(session: Session, caller: Caller, invoice_id: int) -> View:
    """As a PDF, in the client's language: to forward, or to print."""
    paper = invoice_paper(session, caller.tenant_id, InvoiceId(invoice_id))
    number = paper.invoice.invoice_number or "–"
    text = caller.words.say("invoice-paper", number=number, client=paper.client.details.name)
    back = caller.to("invoice", "to-invoice", invoice_id), caller.to("home", "to-home")
    return View(text, rows(back), file=File(f"{number}.pdf", draw_invoice(paper)))


def open_void(session: Session, caller: Caller, invoice_id: int) -> View:
    invoice = get_invoice(session, caller.tenant_id, InvoiceId(invoice_id))
    text = caller.words.say(
        "void-confirm",
        number=invoice.invoice_number or "–",
        total=caller.words.amount(invoice.total_minor, invoice.currency),
        paid=caller.words.amount(invoice.paid_minor, invoice.currency),
    )
    back = caller.to("invoice", "cancel", invoice_id)
    payload: dict[str, object] = {"invoice_id": invoice_id}
    return confirm(
        session, caller, text, "void", payload, key="void-do", back=back, style=Style.DANGER
    )


def void(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    invoice = void_invoice(
        session,
        caller.tenant_id,
        InvoiceId(pinned["invoice_id"]),
        now=caller.now,
        actor=caller.actor,
    )
    return Answer(show_invoice(invoice, caller, done(session, caller, "void-done")))


def _payments(session: Session, caller: Caller, client_id: int) -> tuple[Payment, ...]:
    return payments_of(session, caller.tenant_id, ClientId(client_id))


def _payment_button(payment: Payment, caller: Caller) -> Button:
    return caller.to(
        "payment",
        "payment-line",
        payment.payment_id,
        mark="↩" if payment.reversed_at else "💵",
        at=caller.words.moment(payment.received_at),
        amount=caller.words.amount(payment.amount_minor, payment.currency),
        method=caller.words.plain(f"method-{payment.method}"),
    )


PAYMENTS = Listing(
    route="payments",
    title="payments",
    read=_payments,
    leads=_payment_button,
    needs=TAKES,
    of=True,
    below=_to_client,
    columns=(
        Column("column-number", lambda one, _: int(one.payment_id)),
        Column("column-at", lambda one, _: one.received_at.isoformat(timespec="seconds")),
        Column("column-amount", lambda one, _: plain_amount(one.amount_minor, one.currency)),
        Column("column-method", lambda one, _: one.method.value),
        Column("column-transaction", lambda one, _: one.transaction_ref or ""),
        Column("column-by", lambda one, _: one.collected_by),
        Column("column-reversed", lambda one, _: one.reversal_reason or ""),
    ),
)


def open_payment(session: Session, caller: Caller, payment_id: int) -> View:
    payment = get_payment(session, caller.tenant_id, PaymentId(payment_id))
    return show_payment(payment, caller)


def show_payment(payment: Payment, caller: Caller, note: Html | None = None) -> View:
    words = caller.words
    text = words.say(
        "payment",
        isp=caller.isp.name,
        number=words.number(payment.payment_id),
        amount=words.amount(payment.amount_minor, payment.currency),
        method=words.plain(f"method-{payment.method}"),
        ref=payment.transaction_ref or "–",
        at=words.moment(payment.received_at),
        by=payment.collected_by,
        unused=words.amount(payment.unused_minor, payment.currency),
        state=payment.reversal_reason or words.plain("payment-stands"),
    )
    slip = caller.to("receipt_pdf", "receipt-pdf", payment.payment_id)
    reverses = caller.may(Permission.REVERSE_PAYMENTS) and payment.reversed_at is None
    reverse = caller.to("add_reversal", "payment-reverse", payment.payment_id, style=Style.DANGER)
    back = (caller.to("payments", "to-payments", payment.client_id), caller.to("home", "to-home"))
    return View(
        Html("\n\n".join(part for part in (note, text) if part)),
        rows((slip, reverse if reverses else None), back),
    )


def send_receipt(session: Session, caller: Caller, payment_id: int) -> View:
    """As a PDF for a thermal printer of 80 mm, in the client's language."""
    paper = receipt_paper(session, caller.tenant_id, PaymentId(payment_id))
    number, client = caller.words.number(payment_id), paper.client.details.name
    text = caller.words.say("receipt-paper", number=number, client=client)
    back = caller.to("payment", "to-payment", payment_id), caller.to("home", "to-home")
    return View(text, rows(back), file=File(f"receipt-{payment_id}.pdf", draw_receipt(paper)))


def _entries(session: Session, caller: Caller, client_id: int) -> tuple[Entry, ...]:
    return tuple(reversed(entries_of(session, caller.tenant_id, ClientId(client_id))))


def _entry_line(entry: Entry, caller: Caller) -> Html:
    posting, words = entry.posting, caller.words
    owes = posting.debit is Account.RECEIVABLE
    return words.say(
        "entry-line",
        day=words.day(entry.booked_on),
        what=words.plain(f"entry-{posting.code.replace('_', '-')}"),
        sign="+" if owes else "−",
        amount=words.amount(posting.amount_minor, caller.currency),
        by=entry.actor_name,
    )


LEDGER = Listing(
    route="ledger",
    title="ledger",
    read=_entries,
    line=_entry_line,
    needs=TAKES,
    of=True,
    below=_to_client,
    columns=(
        Column("column-number", lambda one, _: int(one.entry_id)),
        Column("column-day", lambda one, _: one.booked_on.isoformat()),
        Column("column-what", lambda one, _: one.posting.code.value),
        Column("column-debit", lambda one, _: one.posting.debit.value),
        Column("column-credit", lambda one, _: one.posting.credit.value),
        Column(
            "column-amount",
            lambda one, caller: plain_amount(one.posting.amount_minor, caller.currency),
        ),
        Column("column-by", lambda one, _: one.actor_name),
    ),
)


def open_bill(session: Session, caller: Caller, client_id: int) -> View:
    """What the next bill would ask; and the bill of this month, made now."""
    whose, words = ClientId(client_id), caller.words
    client = get_client(session, caller.tenant_id, whose)
    preview = preview_bill(session, caller.tenant_id, whose, now=caller.now)
    total = preview.bill.total_minor if preview.bill else 0
    text = words.say(
        "bill-preview",
        name=card.name_of(client, words),
        total=words.amount(total, caller.currency),
        credit=words.amount(preview.credit_minor, caller.currency),
        due=words.amount(card.due_of(session, caller, whose), caller.currency),
    )
    payload: dict[str, object] = {"client_id": client_id}
    month = caller.does(session, "bill_month", "bill-month-do", payload)
    first = caller.does(session, "bill_first", "bill-first-do", payload, style=Style.PLAIN)
    return View(text, rows((month,), (first,), (caller.to("card", "cancel", client_id),)))


def bill_month(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    today = local_date(session, caller.tenant_id, caller.now)
    invoice = bill_client(
        session,
        caller.tenant_id,
        ClientId(pinned["client_id"]),
        today.replace(day=1),
        now=caller.now,
        actor=caller.actor,
    )
    return Answer(show_invoice(invoice, caller, done(session, caller, "bill-done")))


def bill_first(session: Session, caller: Caller, pinned: Mapping[str, Any]) -> Answer:
    client_id = ClientId(pinned["client_id"])
    invoice = bill_at_once(session, caller.tenant_id, client_id, now=caller.now, actor=caller.actor)
    return Answer(show_invoice(invoice, caller, done(session, caller, "bill-done")))


SCREENS = (
    *INVOICES.screens(),
    *PAYMENTS.screens(),
    *LEDGER.screens(),
    Screen("invoice", open_invoice, TAKES),
    Screen("invoice_pdf", send_invoice, TAKES),
    Screen("void", open_void, BILLS),
    Screen("payment", open_payment, TAKES),
    Screen("receipt_pdf", send_receipt, TAKES),
    Screen("bill", open_bill, BILLS),
)
DEEDS = (
    Deed("void", void, BILLS, guarded=True),
    Deed("bill_month", bill_month, BILLS),
    Deed("bill_first", bill_first, BILLS),
)
