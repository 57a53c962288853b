"""Home: whose bot it is, how the network is, and where one can go."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from bots import prompts
from bots.callers import Caller
from bots.screens.screen import Screen
from bots.views import View, rows
from network.problems import open_problems
from network.sessions import SessionCounts, session_counts
from storage.actors import Permission


@dataclass(frozen=True, slots=True)
class Home:
    sessions: SessionCounts
    problems: int


def open_home(session: Session, caller: Caller) -> View:
    prompts.forget(session, caller.tenant_id, caller.staff_id)
    problems = len(open_problems(session, caller.tenant_id))
    return show(Home(session_counts(session, caller.tenant_id), problems), caller)


def show(home: Home, caller: Caller) -> View:
    words, sessions = caller.words, home.sessions
    text = words.say(
        "home",
        isp=caller.isp.name,
        person=caller.actor.name,
        online=words.number(sessions.online),
        offline=words.number(sessions.offline),
    )
    problems = caller.to("problems", "home-problems", count=words.number(home.problems))
    return View(
        text,
        rows(
            (caller.to("search", "home-search"),),
            (problems if caller.may(Permission.MANAGE_NETWORK) else None,),
            (caller.to("me", "home-me"),),
        ),
    )


SCREENS = (Screen("home", open_home),)
