"""Parts of an amount: by ratio, by day. The one rounding of prices: to the nearest, halves up."""

from __future__ import annotations

from policy.periods import Period

WHOLE_BASIS_POINTS = 10_000  # 100 %


def share(whole_minor: int, numerator: int, denominator: int) -> int:
    """`numerator` / `denominator` of an amount >= 0, to the nearest minor unit."""
    return (2 * whole_minor * numerator + denominator) // (2 * denominator)


def basis_points(whole_minor: int, points: int) -> int:
    """So many hundredths of a percent of an amount >= 0."""
    return share(whole_minor, points, WHOLE_BASIS_POINTS)


def part_by_days(whole_minor: int, whole: Period, part: Period) -> int:
    """What `part` of the period costs of which `whole` costs `whole_minor` (>= 0).

    Days outside of `whole` cost nothing. What is due up to an end, less what is due up to the
    beginning: so parts that join to a longer one sum to what the longer costs, to the minor unit,
    however the whole is cut.
    """
    inside = part.meet(whole)
    if not (whole.days and inside.days):
        return 0
    before = (inside.from_on - whole.from_on).days
    upto = share(whole_minor, before + inside.days, whole.days)
    return upto - share(whole_minor, before, whole.days)
