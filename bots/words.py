"""What the bot says, in each language: Fluent files in texts/, figures as policy writes them.

A message's text is Telegram's HTML; what is put into it is escaped. Buttons and toasts are plain.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, tzinfo
from functools import cache
from html import escape
from pathlib import Path
from typing import NewType

from fluent.runtime import FluentBundle, FluentResource

from policy import figures
from policy.money import Money
from policy.words import Words as Figures
from policy.words import words_for

Html = NewType("Html", str)

TEXTS = Path(__file__).parent / "texts"
LANGUAGES = ("en", "bn")


class Words:
    """One language; also how it writes numbers, on the clock of `zone`."""

    def __init__(
        self,
        language: str,
        zone: tzinfo,
        *,
        bangla_digits: bool | None = None,
        lakhs: bool | None = None,
    ) -> None:
        """`bangla_digits`, `lakhs`: None is as the language has it."""
        self.language = language if language in LANGUAGES else LANGUAGES[0]
        self.zone = zone
        self._bundle = bundle(self.language)
        usual = words_for(self.language)
        self.figures: Figures = replace(
            usual,
            bangla_digits=usual.bangla_digits if bangla_digits is None else bangla_digits,
            lakhs=usual.lakhs if lakhs is None else lakhs,
        )

    def say(self, key: str, **said: object) -> Html:
        """A message as HTML; figures are escaped unless they are Html of ours (see `html`)."""
        return Html(self._format(key, {name: as_html(value) for name, value in said.items()}))

    def plain(self, key: str, **said: object) -> str:
        """The same for where there is no markup."""
        return self._format(key, {name: str(value) for name, value in said.items()})

    def has(self, key: str) -> bool:
        return self._bundle.has_message(key)

    def _format(self, key: str, said: dict[str, str]) -> str:
        pattern = self._bundle.get_message(key).value
        assert pattern is not None, f"{key} says nothing"
        text, faults = self._bundle.format_pattern(pattern, said)
        assert not faults, f"{key} in {self.language}: {faults}"
        return str(text)

    def number(self, value: int) -> str:
        return figures.digits(str(value), self.figures)

    def amount(self, minor: int, currency: str) -> str:
        return figures.amount(Money(minor, currency), self.figures)

    def day(self, value: date) -> str:
        return figures.day(value, self.figures)

    def moment(self, value: datetime) -> str:
        return figures.moment(value, self.zone, self.figures)

    def volume(self, count: int) -> str:
        return figures.volume(count, self.figures)

    def speed(self, kbps: int) -> str:
        return figures.speed(kbps, self.figures)


class Marked(str):
    """HTML that is to be put into other HTML as it is."""

    __slots__ = ()


def marked(text: Html) -> Marked:
    return Marked(text)


def as_html(value: object) -> str:
    return str(value) if isinstance(value, Marked) else escape(str(value), quote=False)


@cache
def bundle(language: str) -> FluentBundle:
    """All of a language's texts. No marks of isolation: people copy numbers out of messages."""
    made = FluentBundle([language], use_isolating=False)
    for path in sorted((TEXTS / language).glob("*.ftl")):
        made.add_resource(FluentResource(path.read_text(encoding="utf-8")))
    return made
