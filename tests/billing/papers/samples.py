"""Papers to draw without a database: what an ISP of Dhaka sends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

from PIL import Image

from billing.clients import Client, ClientDetails
from billing.invoice_lines import InvoiceLine
from billing.invoices import Invoice, InvoiceId, InvoiceStatus
from billing.papers.contents import InvoicePaper, Paid, ReceiptPaper, Sender
from billing.papers.contents import Use as UseOfLine
from billing.payments import Payment, PaymentId, PaymentMethod, Use
from policy.bills import LineKind
from policy.facts import ClientId, Status
from policy.periods import Period
from tenancy.isps import IspDetails
from tenancy.letterheads import Letterhead

AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))


def logo() -> bytes:
    """A blue disc."""
    file = BytesIO()
    Image.new("RGB", (240, 240), (20, 90, 160)).save(file, "JPEG")
    return file.getvalue()


SENDER = Sender(
    IspDetails(slug="padma", name="Padma Net"),
    Letterhead(
        name_bn="পদ্মা নেট", address="House 7, Road 11, Mirpur 10, Dhaka 1216", phone="09612000000",
        email="billing@padma.test", vat_number="004512345-0101",
        footer="বকেয়া থাকলে সংযোগ সাময়িক বন্ধ হতে পারে। Call 09612000000 at any hour.",
    ),
    logo(),
    "https://my.padma.test",
)  # fmt: skip
CLIENT = Client(
    ClientId(1), 4021, Status.ACTIVE, None,
    ClientDetails(
        name="Md. Rahim Uddin", name_bn="মোঃ রহিম উদ্দিন", phone="01711000001",
        address="ফ্ল্যাট ৪বি, ১২ লেক রোড, ঢাকা",
    ),
)  # fmt: skip
LINES = (
    InvoiceLine(LineKind.BASE, 80_000, "Home 20 Mbps", period=MARCH),
    InvoiceLine(LineKind.OVERAGE, 12_550, "Home 20 Mbps", period=MARCH, used_bytes=152_300_000_000),
    InvoiceLine(LineKind.EXTRA, 15_000, "Router rent"),
    InvoiceLine(LineKind.DISCOUNT, -5_000, period=MARCH),
    InvoiceLine(LineKind.LATE_FEE, 5_000),
    InvoiceLine(LineKind.VAT, 5_378, "5%"),
)


def invoice(lines: tuple[InvoiceLine, ...] = LINES, **said: object) -> Invoice:
    """Of March, with nothing paid."""
    total = sum(line.amount_minor for line in lines)
    made = Invoice(
        InvoiceId(1), CLIENT.client_id, "INV-2026-000123", date(2026, 3, 1), date(2026, 3, 10),
        "BDT", total, 0, InvoiceStatus.ISSUED, lines,
    )  # fmt: skip
    return replace(made, **said)  # type: ignore[arg-type]


def invoice_paper(language: str = "en", **said: object) -> InvoicePaper:
    """With every kind of line."""
    usual = InvoicePaper(
        SENDER, CLIENT, invoice(), ("rahim",),
        (UseOfLine(1, 152_300_000_000, 100_000_000_000),), (), language,
    )  # fmt: skip
    return replace(usual, **said)  # type: ignore[arg-type]


def partly_paid(language: str = "en") -> InvoicePaper:
    paid = (
        Paid(AT, PaymentMethod.BKASH, "BKX7Q21M9A", 50_000),
        Paid(AT, None, None, 10_000),
    )
    owed = invoice(paid_minor=60_000, status=InvoiceStatus.PARTIAL)
    return invoice_paper(language, invoice=owed, paid=paid)


def receipt_paper(language: str = "en", **said: object) -> ReceiptPaper:
    """৳1,000 by bKash, of which ৳100 is credit."""
    payment = Payment(
        PaymentId(77), CLIENT.client_id, PaymentMethod.BKASH, "BKX7Q21M9A", "BDT", 100_000, AT,
        "Nadia Islam", None, (Use(InvoiceId(1), 90_000),), None, None,
    )  # fmt: skip
    return ReceiptPaper(SENDER, CLIENT, replace(payment, **said), ("INV-2026-000123",), language)  # type: ignore[arg-type]
