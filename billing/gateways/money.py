"""Amounts as gateways write them: two decimals, read exactly or not at all."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from policy.money import Money

LENGTH_MAX = 20


def written(amount_minor: int, currency: str) -> str:
    """500.00."""
    digits = Money(amount_minor, currency).digits
    major, minor = divmod(amount_minor, 10**digits)
    return f"{major}.{minor:0{digits}}" if digits else str(major)


def read_amount(said: object, currency: str) -> int:
    """Minor units of "500", "500.0", 500.00; 0, which is no amount, of anything else."""
    text = str(said)
    if isinstance(said, bool) or len(text) > LENGTH_MAX:
        return 0
    try:
        minor = Decimal(text) * 10 ** Money(0, currency).digits
        whole = int(minor)
    except (InvalidOperation, ValueError, OverflowError):
        return 0
    return whole if whole == minor and whole > 0 else 0
