"""A PDF in our type and colours: what bills and receipts have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from typing import cast

import segno
from fpdf import FPDF
from fpdf.enums import Align
from fpdf.fonts import TTFFont
from fpdf.line_break import Fragment

from billing.clients import Client
from billing.papers.contents import Sender
from billing.papers.fonts import BOLD, REGULAR, font_file
from billing.papers.words import PAPER_WORDS
from policy.figures import amount, day, digits, moment, volume
from policy.money import Money
from policy.words import WORDS

FAMILY = "Noto"
INK, PALE, RULE = 30, 110, 205  # shades of grey: 0 is black


class Paper(FPDF):
    """Writes figures as `language` has them, grouped as amounts are said in words: by lakhs.

    All lengths in millimetres.
    """

    def __init__(
        self, sender: Sender, language: str, size: tuple[float, float], title: str
    ) -> None:
        super().__init__(format=size)
        self.sender, self.language = sender, language
        self.said, self.words = PAPER_WORDS[language], replace(WORDS[language], lakhs=True)
        self.add_font(FAMILY, "", font_file(REGULAR))
        self.add_font(FAMILY, "B", font_file(BOLD))
        self.set_text_shaping(True)
        self.set_lang(language)
        self.set_title(title)
        self.set_author(sender.name(language))
        self.set_draw_color(RULE)

    def money(self, minor: int) -> str:
        return amount(Money(minor, self.sender.isp.currency), self.words)

    def day(self, value: date) -> str:
        return day(value, self.words)

    def moment(self, value: datetime) -> str:
        return moment(value, self.sender.zone, self.words)

    def digits(self, text: str) -> str:
        return digits(text, self.words)

    def volume(self, count: int) -> str:
        return volume(count, self.words)

    def client_name(self, client: Client) -> str:
        in_bangla = client.details.name_bn if self.language == "bn" else None
        return in_bangla or client.details.name

    def method(self, name: str) -> str:
        """How money came, as people call it."""
        return self.said.methods.get(name, name)

    def type(self, points: float, *, bold: bool = False, shade: int = INK) -> None:
        """What is written next."""
        self.set_font(FAMILY, "B" if bold else "", points)
        self.set_text_color(shade)

    def put(self, text: str, width: float, high: float, align: str = "L") -> None:
        """One line at the left margin, below what stands; a long text goes on below."""
        place = Align.coerce(align)
        if self.fits(text, width):
            self.cell(width, high, text, align=place, new_x="LMARGIN", new_y="NEXT")
        else:
            self.multi_cell(width, high, text, align=place, new_x="LMARGIN", new_y="NEXT")

    def fits(self, text: str, width: float) -> bool:
        """Whether it is one line. Where lines break is looked for only then: that is slow."""
        return "\n" not in text and self.get_string_width(text) + 2 * self.c_margin <= width

    def _preload_bidirectional_text(self, text: str, markdown: bool) -> Sequence[Fragment]:
        """Neither script runs right to left; looking for what does takes a quarter of the time.

        Were fpdf2 to name this anew, papers would look the same and take longer.
        """
        return self._preload_font_styles(text, markdown)

    def put_logo(self, x: float, y: float, side: float) -> float:
        """At most `side` wide and high; how wide it is, 0 without one."""
        if self.sender.logo is None:
            return 0
        placed = self.image(BytesIO(self.sender.logo), x, y, side, side, keep_aspect_ratio=True)
        return float(placed.rendered_width)

    def put_qr(self, link: str, x: float, y: float, side: float) -> None:
        """A code that a phone opens (ISO/IEC 18004), drawn as squares: sharp at any size."""
        code = segno.make(link, error="m", micro=False)
        rows = [bytes(row) for row in code.matrix_iter(border=0)]
        point = side / len(rows)
        self.set_fill_color(0)
        for down, row in enumerate(rows):
            across = 0
            while across < len(row):
                length = 1
                while across + length < len(row) and row[across + length] == row[across]:
                    length += 1
                if row[across]:
                    self.rect(x + across * point, y + down * point, length * point, point, "F")
                across += length

    def written(self, at: datetime) -> bytes:
        """The file; the same paper is the same file."""
        self.set_creation_date(at)
        for font in self.fonts.values():
            #  The text is shaped and outlines stay as they are: to read and write anew what is only
            #  for that costs a third of a sheet's time.
            outlines = cast("TTFFont", font).ttfont
            outlines.recalcBBoxes = False
            for table in ("GDEF", "GPOS", "GSUB"):
                if table in outlines:
                    del outlines[table]
        written = bytes(self.output())
        self.let_go()
        return written

    def let_go(self) -> None:
        """Close the files of its type: also of a paper that is not written."""
        for font in self.fonts.values():
            cast("TTFFont", font).ttfont.close()
