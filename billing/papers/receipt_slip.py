"""A receipt for a thermal printer: a roll of 58 or 80 mm, as long as what it says."""

from __future__ import annotations

from enum import IntEnum

from fpdf.enums import Align

from billing.papers.contents import ReceiptPaper
from billing.papers.paper import INK, Paper
from billing.papers.spoken import spoken
from billing.papers.words import PAPER_WORDS
from policy.money import Money

EDGE = 3.0
LONG = 600.0  # of the roll on which it is drawn first, to see how long it is
LOGO = 16.0


class Roll(IntEnum):
    """Width of the paper in millimetres."""

    NARROW = 58
    WIDE = 80


class Slip(Paper):
    """All in black: a thermal head knows no grey."""

    def __init__(self, paper: ReceiptPaper, roll: Roll, high: float) -> None:
        said = PAPER_WORDS[paper.language]
        title = f"{said.receipt} {paper.payment.payment_id}"
        super().__init__(paper.sender, paper.language, (float(roll), high), title)
        self.paper, self.wide = paper, roll - 2 * EDGE
        self.set_margins(EDGE, EDGE)
        self.set_auto_page_break(False)
        self.set_draw_color(INK)

    def draw(self) -> float:
        """How long it became."""
        self.add_page()
        self._head()
        self._facts()
        self._sums()
        if self.sender.letterhead.footer:
            self.type(7.5)
            self.put(self.sender.letterhead.footer, self.wide, 3.5, "C")
        return float(self.get_y()) + 2 * EDGE

    def _head(self) -> None:
        if self.sender.logo is not None:
            self.put_logo(EDGE + (self.wide - LOGO) / 2, EDGE, LOGO)
            self.set_y(EDGE + LOGO + 1)
        self.type(11, bold=True)
        self.put(self.sender.name(self.language), self.wide, 5, "C")
        self.type(7.5)
        letterhead = self.sender.letterhead
        for line in filter(None, (letterhead.address, letterhead.phone)):
            self.put(line, self.wide, 3.5, "C")
        self.ln(1)
        self.type(9, bold=True)
        payment = self.paper.payment
        word = self.said.receipt if payment.reversed_at is None else self.said.reversed
        self.put(f"{word} {self.digits(str(payment.payment_id))}", self.wide, 5, "C")
        self._rule()

    def _facts(self) -> None:
        payment, client = self.paper.payment, self.paper.client
        facts = [
            (
                self.said.client,
                f"{self.digits(str(client.client_number))} {self.client_name(client)}",
            ),
            (self.said.received, self.moment(payment.received_at)),
            (self.said.method, self.method(payment.method)),
            (self.said.transaction, payment.transaction_ref),
            (self.said.collected_by, payment.collected_by),
        ]
        for title, value in facts:
            if value:
                self._pair(title, value)
        self._rule()

    def _sums(self) -> None:
        payment = self.paper.payment
        for number, use in zip(self.paper.numbers, payment.uses, strict=True):
            pays = self.said.pays.format(number=number)
            self._pair(pays, self.money(use.amount_minor))
        if payment.unused_minor:
            self._pair(self.said.credit, self.money(payment.unused_minor))
        self._pair(self.said.total, self.money(payment.amount_minor), points=11)
        self.type(7.5)
        in_words = spoken(Money(payment.amount_minor, payment.currency), self.said)
        self.put(in_words, self.wide, 3.5)
        self._rule()

    def _pair(self, name: str, value: str, points: float = 8) -> None:
        """A name at the left, its value at the right; below it, where both do not fit."""
        self.type(points)
        left = self.get_string_width(name) + 3
        self.type(points, bold=True)
        high = points / 2
        if left + self.get_string_width(value) + 2 <= self.wide:
            top = self.get_y()
            self.cell(self.wide, high, value, align=Align.R)
            self.set_xy(EDGE, top)
            self.type(points)
            self.cell(left, high, name, new_x="LMARGIN", new_y="NEXT")
            return
        self.type(points)
        self.put(name, self.wide, high)
        self.type(points, bold=True)
        self.put(value, self.wide, high, "R")

    def _rule(self) -> None:
        self.ln(1)
        self.line(EDGE, self.get_y(), EDGE + self.wide, self.get_y())
        self.ln(1.5)


def draw_receipt(paper: ReceiptPaper, roll: Roll = Roll.WIDE) -> bytes:
    """The PDF of a receipt, one page as long as it must be."""
    endless = Slip(paper, roll, LONG)
    high = endless.draw()
    endless.let_go()
    slip = Slip(paper, roll, high)
    slip.draw()
    return slip.written(paper.payment.received_at)
