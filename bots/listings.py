"""A list as a screen in pages with its count, and as a file: declared once, by what is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from bots.callers import Caller
from bots.screens.screen import Screen
from bots.sheets import Cell, Kind, sheet
from bots.views import Button, View, rows
from bots.words import Html
from storage.actors import Permission

PAGE = 8
KINDS = tuple(Kind)
Row = tuple[Button | None, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """`heading`: the key of its text."""

    heading: str
    cell: Callable[[Any, Caller], Cell]


def _no_line(_row: Any, _caller: Caller) -> Html | None:
    return None


def _nowhere(_row: Any, _caller: Caller) -> Button | None:
    return None


def _nothing(_session: Session, _caller: Caller, *_of: int) -> tuple[Row, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """`read` gives all rows, in order, of the thing whose id the route names, if `of` one.

    A row is a button that `leads` somewhere, or a `line` of the text. `title` is the key of a text
    that takes isp, count, page and pages. `below`: what else can be done, and the way back.
    """

    route: str
    title: str
    read: Callable[..., Sequence[Any]]
    columns: tuple[Column, ...]
    needs: Permission | None
    of: bool = False
    line: Callable[[Any, Caller], Html | None] = _no_line
    leads: Callable[[Any, Caller], Button | None] = _nowhere
    below: Callable[..., tuple[Row, ...]] = _nothing

    def screens(self) -> tuple[Screen, Screen]:
        """The list, and its file."""
        if self.of:

            def open_page(session: Session, caller: Caller, of: int, page: int = 1) -> View:
                return self.show(session, caller, (of,), page)

            def open_file(session: Session, caller: Caller, of: int, kind: int = 0) -> View:
                return self.file(session, caller, (of,), kind)

            return self._screens(open_page, open_file)

        def open_first(session: Session, caller: Caller, page: int = 1) -> View:
            return self.show(session, caller, (), page)

        def open_whole(session: Session, caller: Caller, kind: int = 0) -> View:
            return self.file(session, caller, (), kind)

        return self._screens(open_first, open_whole)

    def _screens(
        self, open_page: Callable[..., View], open_file: Callable[..., View]
    ) -> tuple[Screen, Screen]:
        return (
            Screen(self.route, open_page, self.needs),
            Screen(f"{self.route}_file", open_file, self.needs),
        )

    def show(
        self,
        session: Session,
        caller: Caller,
        of: tuple[int, ...],
        page: int,
        note: Html | None = None,
    ) -> View:
        """A page; one that is gone meanwhile is the last. `note`: what was just done, above."""
        found, words = self.read(session, caller, *of), caller.words
        pages = max(1, -(-len(found) // PAGE))
        page = min(max(1, page), pages)
        shown = found[(page - 1) * PAGE : page * PAGE]
        said = {"count": words.number(len(found)), "page": words.number(page)}
        head = words.say(self.title, isp=caller.isp.name, pages=words.number(pages), **said)
        lines = [line for one in shown if (line := self.line(one, caller))]
        if not found:
            lines = [words.say("list-empty")]
        before = caller.to(self.route, "page-before", *of, page - 1) if page > 1 else None
        after = caller.to(self.route, "page-after", *of, page + 1) if page < pages else None
        files = tuple(
            caller.to(f"{self.route}_file", f"file-{kind}", *of, number)
            for number, kind in enumerate(KINDS)
        )
        return View(
            Html("\n\n".join(part for part in (note, head, *lines) if part)),
            rows(
                *((self.leads(one, caller),) for one in shown),
                (before, after),
                files if found else (),
                *self.below(session, caller, *of),
            ),
        )

    def file(self, session: Session, caller: Caller, of: tuple[int, ...], kind: int) -> View:
        """All of it, also what is on other pages."""
        found, words = self.read(session, caller, *of), caller.words
        cells = [[column.cell(one, caller) for column in self.columns] for one in found]
        headings = [words.plain(column.heading) for column in self.columns]
        chosen = KINDS[min(kind, len(KINDS) - 1)]
        name = f"{caller.isp.slug}-{self.route}-{caller.now:%Y-%m-%d}"
        text = words.say("file-caption", isp=caller.isp.name, count=words.number(len(found)))
        return View(text, file=sheet(name, chosen, headings, cells))
