"""Paying months ahead: the more at once, the larger the discount on each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MONTHS_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class Tier:
    """Who pays `months` (or more) at once gets `percent_points` hundredths of a percent off."""

    months: int
    percent_points: int


def advance_points(tiers: Iterable[Tier], months: int) -> int:
    """The discount for `months` paid at once: the best of the tiers that they reach."""
    return max((tier.percent_points for tier in tiers if tier.months <= months), default=0)
