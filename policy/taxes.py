"""Value added tax, on top of a price or inside it."""

from __future__ import annotations

from typing import NamedTuple

from policy.shares import WHOLE_BASIS_POINTS, basis_points, share


class Taxed(NamedTuple):
    """An amount with its tax: `net_minor` + `vat_minor` is what is to be paid."""

    net_minor: int
    vat_minor: int


def with_vat(amount_minor: int, points: int, *, inclusive: bool) -> Taxed:
    """Tax `amount_minor` (>= 0) at `points` hundredths of a percent (0..10000).

    `inclusive`: the amount is what is to be paid, and the tax is taken out of it.
    """
    if inclusive:
        net = share(amount_minor, WHOLE_BASIS_POINTS, WHOLE_BASIS_POINTS + points)
        return Taxed(net, amount_minor - net)
    return Taxed(amount_minor, basis_points(amount_minor, points))
