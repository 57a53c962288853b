"""An amount of money as people type it: ৮০০, 800, 1,200.50, ৳800, 800 taka, 800/-."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from policy.figures import SYMBOLS
from policy.money import Money

AMOUNT = re.compile(r"(\d{1,12}|\d{1,3}(?:,\d{2,3})+)(?:\.(\d{1,4}))?")
NAMES = ("টাকা", "taka", "tk", "/-", "/=")


def read_amount(text: str, currency: str) -> int | None:
    """In minor units, above 0; None where it is none, or finer than the currency."""
    said = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in text.strip().lower())
    for name in (*NAMES, currency.lower(), SYMBOLS.get(currency, currency)):
        said = said.removeprefix(name).removesuffix(name).strip(" .")
    match = AMOUNT.fullmatch(said)
    if match is None:
        return None
    exact = Decimal(match[1].replace(",", "") + "." + (match[2] or "0"))
    minor = exact.scaleb(Money(0, currency).digits)
    return int(minor) if minor == int(minor) and minor > 0 else None
