"""Checked reading of JSON documents, and the one error for stored state that is no fact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from sys import intern
from typing import Any, Final, TypeVar

TEXT_AT_MOST: Final = 1_000  # characters
PARTS_AT_MOST: Final = 64  # windows or fair-use steps of one package: each costs time at login
DATES_AT_MOST: Final = 10_000
SUNDAY: Final = 7

_Member = TypeVar("_Member", bound=StrEnum)


class BadFacts(Exception):
    """Stored state that is no fact: `kind` of thing, path of the `field`, and the `value` there."""

    code = "bad_facts"

    def __init__(self, kind: str, field: str, value: object) -> None:
        super().__init__(f"{kind}: {field} cannot be {value!r:.80}")
        self.kind = kind
        self.field = field
        self.value = value


class Document:
    """A JSON object, and where it stands in the whole, so that an error can say so.

    A null is an absent key. Each method returns a checked value or raises BadFacts.
    """

    def __init__(self, kind: str, value: object, path: str = "") -> None:
        self._kind, self._path = kind, path
        if not isinstance(value, Mapping):
            raise BadFacts(kind, path or "document", value)
        self._values: Mapping[object, Any] = value

    def get(self, field: str) -> Any:
        return self._values.get(field)

    def wrong(self, field: str, value: object) -> BadFacts:
        return BadFacts(self._kind, self._where(field), value)

    def number(self, field: str, low: int, high: int, default: int | None = None) -> int:
        value = self.optional_number(field, low, high)
        if value is not None:
            return value
        if default is None:
            raise self.wrong(field, None)
        return default

    def optional_number(self, field: str, low: int, high: int) -> int | None:
        value = self.get(field)
        if value is None or (type(value) is int and low <= value <= high):
            return value
        raise self.wrong(field, value)

    def text(self, field: str, default: str | None = None) -> str:
        value = self.optional_text(field)
        if value is not None:
            return value
        if default is None:
            raise self.wrong(field, None)
        return default

    def optional_text(self, field: str) -> str | None:
        value = self.get(field)
        if value is None:
            return None
        if isinstance(value, str) and 0 < len(value) <= TEXT_AT_MOST:
            return intern(str(value))
        raise self.wrong(field, value)

    def truth(self, field: str, *, default: bool) -> bool:
        value = self.get(field)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        raise self.wrong(field, value)

    def member(self, field: str, enum: type[_Member], default: _Member | None = None) -> _Member:
        value = self.get(field)
        if value is None and default is not None:
            return default
        if isinstance(value, str):
            for member in enum:
                if member == value:
                    return member
        raise self.wrong(field, value)

    def required(self, field: str) -> Document:
        return Document(self._kind, self.get(field), self._where(field))

    def part(self, field: str) -> Document | None:
        return None if self.get(field) is None else self.required(field)

    def parts(self, field: str) -> list[Document]:
        return [
            Document(self._kind, value, f"{self._where(field)}[{index}]")
            for index, value in enumerate(self._list(field, PARTS_AT_MOST))
        ]

    def named_parts(self, field: str) -> Mapping[object, Any]:
        part = self.part(field)
        return {} if part is None else part._values

    def weekdays(self, field: str, default: frozenset[int] | None = None) -> frozenset[int]:
        if self.get(field) is None and default is not None:
            return default
        days = self._list(field, SUNDAY, required=True)
        if all(type(day) is int and 1 <= day <= SUNDAY for day in days):
            return frozenset(days)
        raise self.wrong(field, days)

    def dates(self, field: str) -> frozenset[date]:
        texts = self._list(field, DATES_AT_MOST)
        try:
            return frozenset(date.fromisoformat(text) for text in texts)
        except (TypeError, ValueError):
            raise self.wrong(field, texts) from None

    def _list(self, field: str, at_most: int, *, required: bool = False) -> list[Any]:
        value = self.get(field)
        if value is None and not required:
            return []
        if isinstance(value, list | tuple) and len(value) <= at_most:
            return list(value)
        raise self.wrong(field, value)

    def _where(self, field: str) -> str:
        return f"{self._path}.{field}" if self._path else field
