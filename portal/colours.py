"""An ISP's colour made legible: on white and on black, as text and under it (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

from dataclasses import dataclass

ENOUGH = 4.5  # contrast of text
LIGHT_PAGE, DARK_PAGE = "#f4f6f8", "#1e2329"  # what text is read worst on, of app.css
STEPS = 20


@dataclass(frozen=True, slots=True)
class Palette:
    """`brand` fills buttons, with `ink` written on it; `link` is text on the page."""

    brand: str
    ink: str
    link: str


def palette(colour: str, *, dark: bool) -> Palette:
    """From #rrggbb."""
    page = DARK_PAGE if dark else LIGHT_PAGE
    ink = max("#ffffff", "#000000", key=lambda one: contrast(one, colour))
    return Palette(colour, ink, _legible(colour, page, "#ffffff" if dark else "#000000"))


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _legible(colour: str, page: str, towards: str) -> str:
    """The colour, as far towards black or white as it takes."""
    for step in range(STEPS):
        mixed = _mix(colour, towards, step / STEPS)
        if contrast(mixed, page) >= ENOUGH:
            return mixed
    return towards


def _mix(colour: str, towards: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(towards), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    shares = [channel / 255 for channel in _channels(colour)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
