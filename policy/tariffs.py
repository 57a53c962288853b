"""What use costs: overage above a free volume, or slabs of a volume each with its own price."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from policy.shares import share

GB = 10**9  # as everywhere in SkyLink; a part of a GB costs its part of the price


class BillingMode(StrEnum):
    """FLAT: the package's price. VOLUME: with overage above the free part. SLABS: by steps."""

    FLAT = "flat"
    VOLUME = "volume"
    SLABS = "slabs"


@dataclass(frozen=True, slots=True)
class Slab:
    """From `above_bytes` on, a GB costs `per_gb_minor`, until the next slab begins."""

    above_bytes: int
    per_gb_minor: int


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a package asks for use. `slabs` ascend by `above_bytes`; below the first, use is free.

    `whole_volume`: all that was used costs the price of the slab that it reaches into, instead of
    each part the price of its own slab. Then a little more use may cost less in all, where a
    higher slab is cheaper.
    """

    free_bytes: int = 0
    per_gb_minor: int = 0
    slabs: tuple[Slab, ...] = ()
    whole_volume: bool = False


FREE_OF_USE = Tariff()


def use_minor(tariff: Tariff, mode: BillingMode, used_bytes: int) -> int:
    """What `used_bytes` (>= 0) of one cycle cost on top of the package's price."""
    if mode is BillingMode.VOLUME:
        return share(tariff.per_gb_minor, max(0, used_bytes - tariff.free_bytes), GB)
    if mode is BillingMode.SLABS and tariff.slabs:
        return (
            _whole_volume(tariff, used_bytes) if tariff.whole_volume else _steps(tariff, used_bytes)
        )
    return 0


def _steps(tariff: Tariff, used_bytes: int) -> int:
    """Summed before it is rounded: a slab that ends amid a minor unit costs nobody a half."""
    ends = [slab.above_bytes for slab in tariff.slabs[1:]] + [used_bytes]
    parts = [
        slab.per_gb_minor * max(0, min(used_bytes, end) - slab.above_bytes)
        for slab, end in zip(tariff.slabs, ends, strict=True)
    ]
    return share(sum(parts), 1, GB)


def _whole_volume(tariff: Tariff, used_bytes: int) -> int:
    reached = [slab for slab in tariff.slabs if used_bytes > slab.above_bytes]
    return share(reached[-1].per_gb_minor, used_bytes, GB) if reached else 0
