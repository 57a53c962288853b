"""An invoice on A4, as many pages as it needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import cast

from fpdf.enums import Align

from billing.invoices import Invoice, InvoiceStatus
from billing.papers.contents import InvoicePaper
from billing.papers.paper import PALE, Paper
from billing.papers.spoken import spoken
from billing.papers.words import BANGLA, ENGLISH, PAPER_WORDS, PaperWords
from policy.bills import LineKind
from policy.money import Money

A4 = (210.0, 297.0)
MARGIN, WIDTH = 16.0, 178.0
LOGO, QR = 24.0, 26.0
ROW, NEXT_LINE = 6.0, 4.5  # of a table; of what goes on below in its cell
ONE_DAY = timedelta(days=1)
SUMS = (LineKind.VAT, LineKind.ROUNDING)  # stand below the lines
GROUND = 244  # of the heads of tables
COLUMNS = (78, 66, 34)
USE_COLUMNS = (44, 34, 34, 34, 32)
PAID_COLUMNS = (62, 34, 48, 34)


class Sheet(Paper):
    """Pages of one invoice; those after the first say of which, at their foot."""

    def __init__(self, paper: InvoicePaper) -> None:
        self.paper = paper
        said = PAPER_WORDS[paper.language]
        number = paper.invoice.invoice_number or said.draft
        super().__init__(paper.sender, paper.language, A4, f"{said.invoice} {number}")
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(True, 22)
        self.set_left_margin(MARGIN)

    def footer(self) -> None:
        """What the ISP says to all, and which page it is."""
        self.set_y(-17)
        self.line(MARGIN, self.get_y(), MARGIN + WIDTH, self.get_y())
        self.ln(1.5)
        self.type(8, shade=PALE)
        self.put(self.sender.letterhead.footer or self.sender.name(self.language), WIDTH, 4, "C")
        if self.page_no() > 1:
            number = self.paper.invoice.invoice_number or self.said.draft
            page = self.said.page.format(page=self.page_no())
            self.put(f"{number}, {self.digits(page)}", WIDTH, 4, "C")

    def head(self) -> None:
        """Who asks, and for what."""
        top, letterhead = self.get_y(), self.sender.letterhead
        across = self.put_logo(MARGIN, top, LOGO)
        self.set_left_margin(MARGIN + (across + 4 if across else 0))
        self.set_xy(self.l_margin, top)
        self.type(16, bold=True)
        self.put(self.sender.name(self.language), 100 - across, 8)
        self.type(9, shade=PALE)
        tax = letterhead.vat_number
        said = [
            letterhead.address,
            letterhead.phone,
            letterhead.email,
            tax and f"{self.said.vat_number} {tax}",
        ]
        for line in filter(None, said):
            self.put(line, 100 - across, 4.5)
        left_ends = self.get_y()
        self.set_left_margin(MARGIN)
        self._badge(top)
        self.set_y(max(left_ends, self.get_y(), top + (LOGO if across else 0)) + 4)
        self.line(MARGIN, self.get_y(), MARGIN + WIDTH, self.get_y())
        self.ln(4)

    def _badge(self, top: float) -> None:
        """At the right: what it is, its number and days."""
        invoice = self.paper.invoice
        self.set_xy(MARGIN + 110, top)
        self.type(18, bold=True)
        self.cell(68, 8, self.said.invoice, align=Align.R)
        for word in badges(invoice, self.said):
            self.set_y(self.get_y() + 8.5)
            self.type(10, bold=True)
            wide = self.get_string_width(word) + 6
            self.set_x(MARGIN + WIDTH - wide)
            self.cell(wide, 6, word, border=1, align=Align.C)
        self.set_y(self.get_y() + 9)
        facts = [(self.said.number, invoice.invoice_number or self.said.draft)]
        facts += [(self.said.issued, self.day(invoice.issued_on))]
        if invoice.due_minor:
            facts += [(self.said.due_on, self.day(invoice.due_on))]
        for name, value in facts:
            self.set_x(MARGIN + 90)
            self.type(9, shade=PALE)
            self.cell(48, 5, name, align=Align.R)
            self.type(9, bold=True)
            self.cell(40, 5, value, align=Align.R, new_y="NEXT")

    def client(self) -> None:
        """Whose it is."""
        client, details = self.paper.client, self.paper.client.details
        self.type(9, shade=PALE)
        self.put(f"{self.said.client} {self.digits(str(client.client_number))}", WIDTH, 4.5)
        self.type(12, bold=True)
        self.put(self.client_name(client), WIDTH, 6)
        self.type(9)
        phone = details.phone and f"{self.said.phone} {details.phone}"
        for line in filter(None, [", ".join(self.paper.usernames), details.address, phone]):
            self.put(line, WIDTH, 4.5)
        self.ln(4)

    def lines(self) -> None:
        """What is charged, each with the days that it is for."""
        rows = [(self.said.line, self.said.period, self.said.amount)]
        for line in self.paper.invoice.lines:
            if line.kind in SUMS:
                continue
            kind = self.said.kinds[line.kind]
            period = ""
            if line.period is not None:
                period = self.said.until.format(
                    from_on=self.day(line.period.from_on),
                    until_on=self.day(line.period.until_on - ONE_DAY),
                )
            what = kind if line.title is None else f"{kind}: {line.title}"
            rows.append((what, period, self.money(line.amount_minor)))
        self._table(rows, COLUMNS, "LLR")

    def _table(
        self, rows: Sequence[tuple[str, ...]], columns: tuple[int, ...], aligns: str
    ) -> None:
        """The first row is its head, and stands on each page."""
        head, *body = rows
        self._row(head, columns, aligns, ROW, bold=True)
        for row in body:
            lines = max(self._height(text, wide) for text, wide in zip(row, columns, strict=True))
            high = ROW + (lines - 1) * NEXT_LINE
            if self.will_page_break(high):
                self.add_page()
                self._row(head, columns, aligns, ROW, bold=True)
            self._row(row, columns, aligns, high)
        self.ln(4)

    def _height(self, text: str, wide: int) -> int:
        """Of one cell, in lines."""
        self.type(9)
        if self.fits(text, wide):
            return 1
        lines = self.multi_cell(wide, ROW, text, dry_run=True, output="LINES")
        return len(cast("list[str]", lines))

    def _row(
        self, row: tuple[str, ...], columns: tuple[int, ...], aligns: str, high: float,
        *, bold: bool = False,
    ) -> None:  # fmt: skip
        """Cells side by side, above a rule or on a ground of their own."""
        top = self.get_y()
        self.type(9, bold=bold)
        if bold:
            self.set_fill_color(GROUND)
            self.rect(MARGIN, top, WIDTH, high, "F")
        line = ROW if high == ROW else NEXT_LINE
        x = MARGIN
        for text, wide, align in zip(row, columns, aligns, strict=True):
            self.set_xy(x, top + (ROW - line) / 2)
            self.set_left_margin(x)  # where put goes on below
            self.put(text, wide, line, align)
            x += wide
        self.set_left_margin(MARGIN)
        self.set_xy(MARGIN, top + high)
        self.line(MARGIN, top + high, MARGIN + WIDTH, top + high)

    def sums(self) -> None:
        """What it comes to, beside the code to pay; together on one page."""
        invoice = self.paper.invoice
        below = [line for line in invoice.lines if line.kind in SUMS]
        rows = []
        if below:
            before = invoice.total_minor - sum(line.amount_minor for line in below)
            rows.append((self.said.subtotal, before))
            rows += [(self._sum_name(line.kind, line.title), line.amount_minor) for line in below]
        rows.append((self.said.total, invoice.total_minor))
        if invoice.paid_minor:
            rows.append((self.said.paid, -invoice.paid_minor))
        rows.append((self.said.due, invoice.due_minor))
        link = self.sender.pay_link(invoice.invoice_number or "") if invoice.due_minor else None
        high = max(len(rows) * ROW + 4, QR + 8 if link else 0)
        if self.will_page_break(high + 14):
            self.add_page()
        top = self.get_y()
        if link is not None:
            self.put_qr(link, MARGIN, top + 1, QR)
            self.set_xy(MARGIN, top + QR + 2)
            self.type(8, shade=PALE)
            self.cell(60, 4, self.said.scan_to_pay)
        self.set_y(top)
        for place, (name, minor) in enumerate(rows, start=1):
            self.set_x(MARGIN + 88)
            self.type(11 if place == len(rows) else 9.5, bold=place == len(rows))
            self.cell(50, ROW, name)
            self.cell(40, ROW, self.money(minor), align=Align.R, new_y="NEXT")
        self.line(MARGIN + 88, self.get_y() + 1, MARGIN + WIDTH, self.get_y() + 1)
        self.set_y(max(self.get_y() + 3, top + high))
        self._in_words(Money(invoice.total_minor, invoice.currency))

    def _sum_name(self, kind: LineKind, title: str | None) -> str:
        return self.said.kinds[kind] + (f" {self.digits(title)}" if title else "")

    def _in_words(self, total: Money) -> None:
        self.type(9)
        for said in (BANGLA, ENGLISH) if self.language == "bn" else (ENGLISH, BANGLA):
            self.put(f"{said.in_words}: {spoken(total, said)}", WIDTH, 5)
        self.ln(3)

    def use(self) -> None:
        """What was used beyond the package, for lines that charge it."""
        if not self.paper.uses:
            return
        said, rows = self.said, list[tuple[str, ...]]()
        for use in self.paper.uses:
            line = self.paper.invoice.lines[use.position]
            free = "" if use.free_bytes is None else self.volume(use.free_bytes)
            above = max(0, use.used_bytes - (use.free_bytes or 0))
            rows.append(
                (line.title or "", self.volume(use.used_bytes), free,
                 "" if use.free_bytes is None else self.volume(above),
                 self.money(line.amount_minor))
            )  # fmt: skip
        head = (said.use, said.used, said.free, said.above, said.charge)
        self._table([head, *rows], USE_COLUMNS, "LRRRR")

    def payments(self) -> None:
        """How it was paid so far."""
        if not self.paper.paid:
            return
        said = self.said
        rows = [(said.payments, said.method, said.transaction, said.amount)]
        for one in self.paper.paid:
            method = said.from_credit if one.method is None else self.method(one.method)
            rows.append(
                (
                    self.moment(one.at),
                    method,
                    one.transaction_ref or "",
                    self.money(one.amount_minor),
                )
            )
        self._table(rows, PAID_COLUMNS, "LLLR")


def draw_invoice(paper: InvoicePaper) -> bytes:
    """The PDF of an invoice. Takes some tens of milliseconds of the processor."""
    sheet = Sheet(paper)
    sheet.add_page()
    for part in (sheet.head, sheet.client, sheet.lines, sheet.sums, sheet.use, sheet.payments):
        part()
    return sheet.written(datetime.combine(paper.invoice.issued_on, time(), UTC))


def badges(invoice: Invoice, said: PaperWords) -> list[str]:
    """What is to be seen at once."""
    found = [said.advance] if invoice.in_advance else []
    by_status = {
        InvoiceStatus.PAID: said.paid_badge,
        InvoiceStatus.VOID: said.void,
        InvoiceStatus.DRAFT: said.draft,
    }
    if invoice.status in by_status:
        found.append(by_status[invoice.status])
    return found
