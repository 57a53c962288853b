"""A table as a file: CSV that Excel reads as UTF-8, or XLSX. No cell of ours is ever a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from bots.views import File
from policy.money import Money

Cell = str | int | Decimal
FORMULA = re.compile(r"[=+\-@\t\r]")  # how one begins (OWASP, CSV injection)
NUMBER = re.compile(r"[+-]?[\d.]+")
NAME = re.compile(r"[^a-z0-9]+")


class Kind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


def sheet(name: str, kind: Kind, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> File:
    """A file called `name`, in letters that any system takes."""
    write = _csv if kind is Kind.CSV else _xlsx
    return File(f"{NAME.sub('-', name.lower()).strip('-')}.{kind}", write(headings, rows))


def plain_amount(minor: int, currency: str) -> Decimal:
    """An amount for a cell, to be added up."""
    return Decimal(minor).scaleb(-Money(0, currency).digits)


def _csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows([[_inert(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def _inert(cell: Cell) -> Cell:
    """So that a client called =HYPERLINK(...) is a name and not a formula."""
    if isinstance(cell, str) and FORMULA.match(cell) and not NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def _xlsx(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet()
    page.freeze_panes = "A2"

    def cell(value: Cell, *, bold: bool = False) -> Any:
        if isinstance(value, str):
            value = ILLEGAL_CHARACTERS_RE.sub("", value)
        made = WriteOnlyCell(page)
        made.value = value
        if isinstance(value, str):
            made.data_type = "s"
        if bold:
            made.font = Font(bold=True)
        return made

    page.append([cell(heading, bold=True) for heading in headings])
    for row in rows:
        page.append([cell(value) for value in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
