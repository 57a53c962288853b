"""Amounts in words, in lakhs and crores, as they stand on papers about money."""

from __future__ import annotations

from num2words import num2words

from billing.papers.words import PaperWords
from policy.money import Money


def spoken(money: Money, words: PaperWords) -> str:
    """One lakh, twenty-three thousand taka and fifty poisha only. Below 0 with a minus sign."""
    whole, part = divmod(abs(money.minor), 10**money.digits)
    currency = money.currency
    text = f"{num2words(whole, lang=words.spoken)} {words.major.get(currency, currency)}"
    if part:
        unit = words.minor.get(currency, f"/ {10**money.digits}")
        text += f" {num2words(part, lang=words.spoken)} {unit}"
    sign = "- " if money.minor < 0 else ""
    return f"{sign}{text[:1].upper()}{text[1:]} {words.only}"
