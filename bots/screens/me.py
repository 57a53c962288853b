"""Oneself: the language, the ISP one works for now, how many backup codes are left."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bots.callers import Caller
from bots.screens import home
from bots.screens.screen import Screen
from bots.views import View, rows
from bots.words import LANGUAGES, Words
from tenancy.links import choose_figures, choose_isp, choose_language
from tenancy.second_factor import backup_codes_left

ISPS_SHOWN = 8


def open_me(session: Session, caller: Caller) -> View:
    left = backup_codes_left(session, caller.tenant_id, caller.staff_id)
    return show(caller, left)


def show(caller: Caller, codes_left: int) -> View:
    words = caller.words
    text = words.say(
        "me",
        person=caller.actor.name,
        isp=caller.isp.name,
        codes=words.number(codes_left),
        example=words.amount(123_456_700, caller.currency),
    )
    languages = tuple(
        caller.to("language", f"language-{name}", number)
        for number, name in enumerate(LANGUAGES)
        if name != words.language
    )
    figures = words.figures
    written = (
        caller.to("figures", "me-digits", int(not figures.bangla_digits), int(figures.lakhs)),
        caller.to("figures", "me-lakhs", int(figures.bangla_digits), int(not figures.lakhs)),
    )
    others = [(caller.enters(isp),) for isp in caller.elsewhere[:ISPS_SHOWN]]
    return View(text, rows(languages, written, *others, (caller.to("home", "to-home"),)))


def set_language(session: Session, caller: Caller, number: int = 0) -> View:
    language = LANGUAGES[min(number, len(LANGUAGES) - 1)]
    choose_language(session, caller.tenant_id, caller.actor, language)
    chosen = caller.isp
    words = Words(
        language,
        caller.words.zone,
        bangla_digits=chosen.bangla_digits,
        lakhs=chosen.lakhs,
    )
    return open_me(session, caller.speaking(words))


def set_figures(session: Session, caller: Caller, bangla: int, lakhs: int) -> View:
    choose_figures(
        session, caller.tenant_id, caller.actor, bangla_digits=bool(bangla), lakhs=bool(lakhs)
    )
    words = Words(
        caller.words.language, caller.words.zone, bangla_digits=bool(bangla), lakhs=bool(lakhs)
    )
    return open_me(session, caller.speaking(words))


def enter(session: Session, caller: Caller) -> View:
    """From now on what is typed is meant for this ISP."""
    choose_isp(session, caller.tenant_id, caller.actor, now=caller.now)
    return home.open_home(session, caller)


SCREENS = (
    Screen("me", open_me),
    Screen("language", set_language),
    Screen("figures", set_figures),
    Screen("enter", enter),
)
