"""What the portal says, in each language: Fluent files in texts/, figures as policy writes them.

Templates escape what is put in; texts are plain.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from functools import cache
from pathlib import Path

from fluent.runtime import FluentBundle, FluentResource

from policy import figures
from policy.money import Money
from policy.words import Words as Figures
from policy.words import words_for

TEXTS = Path(__file__).parent / "texts"
LANGUAGES = ("bn", "en")


class Words:
    """One language; also how it writes numbers, on the clock of `zone`."""

    def __init__(self, language: str, zone: tzinfo, currency: str) -> None:
        self.language = language if language in LANGUAGES else "en"
        self.zone = zone
        self.currency = currency
        self._bundle = bundle(self.language)
        self._figures: Figures = words_for(self.language)

    def say(self, key: str, **said: object) -> str:
        pattern = self._bundle.get_message(key).value
        assert pattern is not None, f"{key} says nothing"
        shown = {name: str(value) for name, value in said.items()}
        text, faults = self._bundle.format_pattern(pattern, shown)
        assert not faults, f"{key} in {self.language}: {faults}"
        return str(text)

    def has(self, key: str) -> bool:
        return self._bundle.has_message(key)

    def number(self, value: int) -> str:
        return figures.digits(str(value), self._figures)

    def digits(self, value: str) -> str:
        return figures.digits(value, self._figures)

    def amount(self, minor: int) -> str:
        return figures.amount(Money(minor, self.currency), self._figures)

    def percent(self, points: int) -> str:
        """Of hundredths of a percent: 5 %, 7.5 %."""
        whole, part = divmod(points, 100)
        text = f"{whole}.{part:02}".rstrip("0").rstrip(".")
        return figures.digits(f"{text}%", self._figures)

    def day(self, value: date) -> str:
        return figures.day(value, self._figures)

    def moment(self, value: datetime) -> str:
        """To the minute."""
        whole = value.replace(second=0, microsecond=0)
        return figures.moment(whole, self.zone, self._figures)

    def volume(self, count: int) -> str:
        return figures.volume(count, self._figures)

    def speed(self, kbps: int) -> str:
        return figures.speed(kbps, self._figures)


@cache
def bundle(language: str) -> FluentBundle:
    """All of a language's texts. No marks of isolation: figures are of the same direction."""
    made = FluentBundle([language], use_isolating=False)
    for path in sorted((TEXTS / language).glob("*.ftl")):
        made.add_resource(FluentResource(path.read_text(encoding="utf-8")))
    return made
