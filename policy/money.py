"""Money as whole minor units of a currency. No float ever holds an amount."""

from __future__ import annotations

from dataclasses import dataclass

_CODES_BY_DIGITS = {  # ISO 4217, where it is not the usual 2
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
MINOR_DIGITS = {
    code: digits for digits, codes in _CODES_BY_DIGITS.items() for code in codes.split()
}
USUAL_MINOR_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units (poisha, cents; any sign) of a currency named by its ISO 4217 code."""

    minor: int
    currency: str

    @property
    def digits(self) -> int:
        """How many decimal digits the minor unit is of the major: 2 for BDT, 0 for JPY."""
        return MINOR_DIGITS.get(self.currency, USUAL_MINOR_DIGITS)
