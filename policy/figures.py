"""Numbers, amounts, dates, volumes and speeds as people write them in each language."""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo

from policy.money import Money
from policy.windows import in_utc, local
from policy.words import Words

SYMBOLS = {"BDT": "৳", "INR": "₹", "USD": "$", "EUR": "€", "GBP": "£"}

BYTES_PER_UNIT = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"), (1, "B"))

_BANGLA_DIGITS = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
_THOUSANDS = re.compile(r"(?<=\d)(?=(?:\d{3})+$)")
_LAKHS = re.compile(r"(?<=\d)(?=(?:\d{2})*\d{3}$)")


def digits(text: str, words: Words) -> str:
    """`text` with its digits in the script of the language."""
    return text.translate(_BANGLA_DIGITS) if words.bangla_digits else text


def amount(money: Money, words: Words) -> str:
    """৳1,234,567.50, or ৳১২,৩৪,৫৬৭.৫০ in lakhs and crores. Minor units of zero are left out."""
    major, minor = divmod(abs(money.minor), 10**money.digits)
    text = (_LAKHS if words.lakhs else _THOUSANDS).sub(",", str(major))
    if minor:
        text += f".{minor:0{money.digits}}"
    symbol = SYMBOLS.get(money.currency, f"{money.currency} ")
    return ("-" if money.minor < 0 else "") + symbol + digits(text, words)


def day(value: date, words: Words) -> str:
    """21 November 2025."""
    return f"{digits(str(value.day), words)} {words.months[value.month - 1]} " + digits(
        str(value.year), words
    )


def moment(value: datetime, zone: tzinfo, words: Words) -> str:
    """21 November 2025, 00:00 on the clock of `zone`; the seconds only where there are any."""
    shown = local(in_utc(value), zone)
    clock = f"{shown:%H:%M:%S}" if shown.second else f"{shown:%H:%M}"
    return f"{day(shown, words)}, {digits(clock, words)}"


def volume(count: int, words: Words) -> str:
    """12.34 GB, cut off after two decimals; 1 GB is 10**9 bytes."""
    size, unit = next(
        (pair for pair in BYTES_PER_UNIT if abs(count) >= pair[0]), BYTES_PER_UNIT[-1]
    )
    return f"{_decimal(count * 100 // size, words)} {words.units[unit]}"


def speed(kbps: int, words: Words) -> str:
    """512 kbps, 10 Mbps, 2.5 Mbps; 1 Mbps is 1000 kbps."""
    if kbps < 1000:
        return f"{digits(str(kbps), words)} {words.units['kbps']}"
    return f"{_decimal(kbps // 10, words)} {words.units['Mbps']}"


def device(mac: str) -> str:
    """AA:BB:CC:DD:EE:FF."""
    return ":".join(mac[at : at + 2] for at in range(0, len(mac), 2))


def _decimal(hundredths: int, words: Words) -> str:
    whole, part = divmod(hundredths, 100)
    text = f"{whole}.{part:02}".rstrip("0").rstrip(".")
    return digits(text, words)
