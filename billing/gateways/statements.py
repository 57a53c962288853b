"""A gateway's statement as its merchant panel gives it out: CSV or XLSX, whatever its columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from billing.gateways.errors import StatementUnreadable
from billing.gateways.money import read_amount

ROWS_MAX = 200_000
HEADER_WITHIN = 30  # rows: above it stand the merchant's name and the like
# How panels call their columns; in small letters and without what is no letter.
REFS = {
    *("trxid", "transactionid", "trxno", "txnid", "txnno", "banktranid", "pgtxnid", "trxref"),
    *("issuerpaymentrefno", "banktrxid", "transactionref", "epwtxnid"),
}
AMOUNTS = {
    *("amount", "transactionamount", "trxamount", "paidamount", "amountbdt", "totalamount"),
    *("credit", "creditamount", "amounttk"),
}
STATUSES = {"status", "transactionstatus", "trxstatus", "paymentstatus", "paystatus"}
DONE = {"completed", "success", "successful", "valid", "validated", "paid", "settled"}


@dataclass(frozen=True, slots=True)
class StatementRow:
    """Money that came, by the gateway's own transaction."""

    transaction_ref: str
    amount_minor: int


def read_statement(content: bytes, currency: str) -> tuple[StatementRow, ...]:
    """What came in, as the file has it. Raises StatementUnreadable.

    A row without an amount above nothing (money that left, a sum) or of a failure is not of it.
    """
    rows = _of_xlsx(content) if content.startswith(b"PK") else _of_csv(content)
    table = [[_text(cell) for cell in row] for row in islice(rows, ROWS_MAX + 1)]
    if len(table) > ROWS_MAX:
        raise StatementUnreadable("too_long")
    for at, row in enumerate(table[:HEADER_WITHIN]):
        names = ["".join(filter(str.isalnum, cell.lower())) for cell in row]
        ref, amount = _column(names, REFS), _column(names, AMOUNTS)
        if ref is not None and amount is not None:
            status = _column(names, STATUSES)
            return tuple(_read(table[at + 1 :], ref, amount, status, currency))
    raise StatementUnreadable("no_columns")


def _read(
    table: Sequence[Sequence[str]], ref: int, amount: int, status: int | None, currency: str
) -> Iterable[StatementRow]:
    for row in table:
        if max(ref, amount, status or 0) >= len(row) or not row[ref]:
            continue
        if status is not None and row[status].lower() not in DONE:
            continue
        minor = read_amount(row[amount].replace(",", ""), currency)
        if minor:
            yield StatementRow(row[ref][:200], minor)


def _column(names: Sequence[str], known: set[str]) -> int | None:
    return next((at for at, name in enumerate(names) if name in known), None)


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # a transaction of digits, as a spreadsheet has it
    return "" if cell is None else str(cell).strip().lstrip("'").replace("\0", "")


def _of_csv(content: bytes) -> Iterable[Sequence[object]]:
    for coding in ("utf-8-sig", "utf-16"):
        try:
            text = content.decode(coding)
        except UnicodeDecodeError:
            continue
        separator = max(",;\t", key=text[:5000].count)
        try:
            return list(csv.reader(io.StringIO(text), delimiter=separator))
        except csv.Error as error:
            raise StatementUnreadable("no_table") from error
    raise StatementUnreadable("no_table")


def _of_xlsx(content: bytes) -> Iterable[Sequence[object]]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise StatementUnreadable("no_table") from error
    sheet = book.worksheets[0] if book.worksheets else None
    return [] if sheet is None else sheet.iter_rows(values_only=True)
