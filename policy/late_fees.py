"""The fee for an invoice that is paid late: once for each, fixed or a part of what is unpaid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from policy.shares import basis_points


@dataclass(frozen=True, slots=True)
class LateFee:
    """`fixed_minor` plus `percent_points` hundredths of a percent; one of them is usually 0."""

    after_days: int  # 1 or more, after the due day
    fixed_minor: int = 0
    percent_points: int = 0


def late_fee_minor(rule: LateFee, *, due_on: date, today: date, unpaid_minor: int) -> int:
    """What is charged `today`; 0 before `after_days` days have passed, and where nothing is due."""
    if unpaid_minor <= 0 or today < due_on + timedelta(days=rule.after_days):
        return 0
    return rule.fixed_minor + basis_points(unpaid_minor, rule.percent_points)
