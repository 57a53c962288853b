"""What a module of screens offers: places to go, things to do, and texts that it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from bots.callers import Caller
from bots.views import Answer, View
from storage.actors import Permission

Opens = Callable[..., View]  # session, caller, then as many numbers as the route has
Does = Callable[[Session, Caller, Mapping[str, Any]], Answer]
Hears = Callable[[Session, Caller, Mapping[str, Any], str], View | Answer]


@dataclass(frozen=True, slots=True)
class Screen:
    """A place. `needs`: without this permission it is not there; None: for all of the staff."""

    route: str
    open: Opens
    needs: Permission | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """What a pinned button does. `needs` as of a screen; the service that it calls asks as well.

    `guarded`: who gave no code within the last minutes gives one before it is done.
    """

    effect: str
    do: Does
    needs: Permission | None
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What a typed text answers, after a screen asked for it."""

    prompt: str
    hear: Hears
