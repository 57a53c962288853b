"""Forms: fields that are asked one by one, checked at once, reviewed, and then saved together.

What is answered lies in PostgreSQL (`drafts`), so a form goes on after a restart, on another day,
and beside other work. A field knows how to read what is typed; its questions are texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from bots.callers import Caller
from bots.drafts import Answers
from bots.views import Answer
from storage.actors import Permission

Value = str | int | None


class NotAccepted(Exception):
    """What was typed is no answer: `key` is the text that says why and what to type."""

    def __init__(self, key: str, **said: object) -> None:
        super().__init__(key)
        self.key = key
        self.said = said


@dataclass(frozen=True, slots=True)
class Choice:
    """A button that answers. `number` is whatever tells it from the others: an id, a position."""

    number: int
    label: str


Reads = Callable[[Session, Caller, Answers, str], Value]
Offers = Callable[[Session, Caller, Answers], Sequence[Choice]]


def always(_answers: Answers) -> bool:
    return True


def no_choices(_session: Session, _caller: Caller, _answers: Answers) -> Sequence[Choice]:
    return ()


def no_text(_session: Session, _caller: Caller, _answers: Answers, _text: str) -> Value:
    """Where only a button answers."""
    raise NotAccepted("field-tap")


def as_is(value: Any, _caller: Caller) -> str:
    return str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`read` makes of a text the value that is kept, or raises NotAccepted; `show` is its opposite.

    A value that `choices` offer is the number of a Choice. `secret`: kept sealed, never shown,
    and the message that it came in is deleted. `picture`: the value is the id of a picture.
    `given`: whom the form is about, by the number of the button that opened it.
    """

    name: str
    read: Reads = no_text
    choices: Offers = no_choices
    show: Callable[[Any, Caller], str] = as_is
    optional: bool = False
    asked: Callable[[Answers], bool] = always
    secret: bool = False
    picture: bool = False
    given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Its texts: form-NAME, and of each field ask-FIELD (the question), field-FIELD (its name)."""

    name: str
    fields: tuple[Field, ...]
    needs: Permission
    save: Callable[[Session, Caller, Mapping[str, Any]], Answer]
    guarded: bool = False

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)

    def asked(self, answers: Answers) -> tuple[Field, ...]:
        """Those that the answers so far leave to be asked, in order."""
        return tuple(field for field in self.fields if field.asked(answers))

    def next_field(self, answers: Answers) -> str:
        """The first that has no answer yet; empty where all have one."""
        return next((field.name for field in self.asked(answers) if field.name not in answers), "")

    def before(self, answers: Answers, name: str) -> str | None:
        """The one before `name`, or before the review; None before the first."""
        names = [field.name for field in self.asked(answers)]
        at = names.index(name) if name in names else len(names)
        return names[at - 1] if at > 0 else None
