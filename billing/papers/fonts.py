"""The type of papers: Noto Sans with Noto Sans Bengali, as one font each for regular and bold.

One font of both scripts, since a sheet pays for each font that it embeds, and since joiners of
Bangla conjuncts would else be taken from the Latin one. Made once a process.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.merge import Merger, Options
from fontTools.ttLib import TTFont

FOLDER = Path("/usr/share/fonts/truetype/noto")  # Debian's fonts-noto-core
REGULAR, BOLD = "Regular", "Bold"
LATIN = (*range(0x20, 0x180), *range(0x2010, 0x2027), 0x20AC, 0x20B9, 0x2212)
BENGALI = (*range(0x980, 0xA00), 0x964, 0x965, 0x200C, 0x200D, 0x25CC)


@cache
def font_file(weight: str) -> Path:
    """The font as a file that lasts as long as the process. `weight`: REGULAR or BOLD."""
    folder = Path(_folder().name)
    parts = [
        _part(folder, "NotoSans", weight, LATIN, []),
        _part(folder, "NotoSansBengali", weight, BENGALI, ["*"]),
    ]
    merged = folder / f"{weight}.ttf"
    Merger(Options(drop_tables=["vmtx", "vhea"])).merge([str(part) for part in parts]).save(merged)
    return merged


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="skylink-fonts-")


def _part(
    folder: Path, family: str, weight: str, characters: tuple[int, ...], features: list[str]
) -> Path:
    """Only those characters of a font, and what shapes them."""
    options: Any = subset.Options()
    options.layout_features, options.hinting = features, False
    font = TTFont(FOLDER / f"{family}-{weight}.ttf")
    cutter: Any = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    part = folder / f"{family}-{weight}.ttf"
    font.save(part)
    font.close()
    return part
