"""Bills a second on one core; beside a plain PDF of the same library, without Bangla."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from statistics import median

from fpdf import FPDF

from bench.figures import Bench, Figure, Need, Sense
from billing.clients import Client, ClientDetails
from billing.invoice_lines import InvoiceLine
from billing.invoices import Invoice, InvoiceId, InvoiceStatus
from billing.papers.contents import InvoicePaper, ReceiptPaper, Sender, Use
from billing.papers.invoice_sheet import draw_invoice
from billing.papers.receipt_slip import draw_receipt
from billing.payments import Payment, PaymentId, PaymentMethod
from policy.bills import LineKind
from policy.facts import ClientId, Status
from policy.periods import Period
from tenancy.isps import IspDetails
from tenancy.letterheads import Letterhead

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
ROUNDS = 5
SENDER = Sender(
    IspDetails(slug="padma", name="Padma Net"),
    Letterhead(name_bn="পদ্মা নেট", address="মিরপুর ১০, ঢাকা", phone="09612000000"),
    None,
    "https://my.padma.test",
)
CLIENT = Client(
    ClientId(1), 4021, Status.ACTIVE, None, ClientDetails(name="Rahim", name_bn="মোঃ রহিম উদ্দিন")
)
LINES = (
    InvoiceLine(LineKind.BASE, 80_000, "Home 20 Mbps", period=MARCH),
    InvoiceLine(LineKind.OVERAGE, 12_550, "Home 20 Mbps", period=MARCH, used_bytes=152 * 10**9),
    InvoiceLine(LineKind.DISCOUNT, -5_000, period=MARCH),
    InvoiceLine(LineKind.VAT, 4_378, "5%"),
)
INVOICE = Invoice(
    InvoiceId(1), CLIENT.client_id, "INV-2026-000123", date(2026, 3, 1), date(2026, 3, 10),
    "BDT", 91_928, 0, InvoiceStatus.ISSUED, LINES,
)  # fmt: skip
PAYMENT = Payment(
    PaymentId(77), CLIENT.client_id, PaymentMethod.CASH, None, "BDT", 91_928,
    datetime(2026, 3, 4, tzinfo=UTC), "Nadia", None, (), None, None,
)  # fmt: skip


def invoice_of(number: int) -> bytes:
    """In Bangla, each of another client."""
    details = replace(CLIENT.details, name_bn=f"মোঃ রহিম উদ্দিন {number}")
    client = replace(CLIENT, client_number=number, details=details)
    use = (Use(1, 152 * 10**9, 100 * 10**9),)
    return draw_invoice(InvoicePaper(SENDER, client, INVOICE, ("rahim",), use, (), "bn"))


def receipt_of(number: int) -> bytes:
    payment = replace(PAYMENT, payment_id=PaymentId(number))
    return draw_receipt(ReceiptPaper(SENDER, CLIENT, payment, (), "bn"))


def bare_of(number: int) -> bytes:
    """As many lines in a type that every reader has, unshaped: no Bangla."""
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=9)
    for line in range(30):
        pdf.cell(0, 6, f"Invoice {number}, line {line}: 800", new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def per_second(draw: Callable[[int], bytes], papers: int) -> float:
    """Of processor time, so that whatever else runs takes little part in it."""
    begun = time.process_time()
    for number in range(papers):
        draw(number)
    return papers / (time.process_time() - begun)


def run(quick: bool, say: Callable[[str], None]) -> Sequence[Figure]:
    papers = 20 if quick else 100
    began = time.process_time()
    size = len(invoice_of(0))
    first = time.process_time() - began
    found: dict[str, list[float]] = {}
    for number in range(1, ROUNDS + 1):
        for name, draw in (("invoices", invoice_of), ("receipts", receipt_of), ("bare", bare_of)):
            found.setdefault(name, []).append(per_second(draw, papers))
        say(f"round {number}: {found['invoices'][-1]:,.1f} invoices a second")
    ours, bare = median(found["invoices"]), median(found["bare"])
    return [
        Figure(
            "invoices_per_second", ours, "/s", Need(Sense.AT_LEAST, 20), "on one core, in Bangla"
        ),
        Figure("receipts_per_second", median(found["receipts"]), "/s"),
        Figure("bare_per_second", bare, "/s", None, "fpdf2 with a built-in font, unshaped"),
        Figure("ratio_to_bare", ours / bare, "times"),
        Figure("first_of_a_process", first, "s", None, "makes the fonts"),
        Figure("invoice_bytes", size, "B"),
    ]


BENCH = Bench("paper", "Invoices and receipts a second.", run)
