"""Home: whose bot it is, how the network is, and where one can go."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from bots import prompts
from bots.callers import Caller
from bots.drafts import Draft, open_drafts
from bots.screens.screen import Screen
from bots.views import Button, View, rows
from network.problems import open_problems
from network.sessions import SessionCounts, session_counts
from storage.actors import Permission

DRAFTS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Home:
    sessions: SessionCounts
    problems: int
    drafts: tuple[Draft, ...] = ()


def open_home(session: Session, caller: Caller) -> View:
    prompts.forget(session, caller.tenant_id, caller.staff_id)
    problems = len(open_problems(session, caller.tenant_id))
    counts = session_counts(session, caller.tenant_id)
    begun = open_drafts(session, caller.tenant_id, caller.staff_id, now=caller.now)
    return show(Home(counts, problems, begun), caller)


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
            (caller.to("clients", "home-clients"), _led(caller, "add_client")),
            (_led(caller, "routers"), caller.to("sessions", "home-sessions")),
            (problems if caller.may(Permission.MANAGE_NETWORK) else None,),
            (_led(caller, "packages"), _led(caller, "runs")),
            (_led(caller, "staff"), caller.to("me", "home-me")),
            *((_begun(caller, draft),) for draft in home.drafts[:DRAFTS_SHOWN]),
        ),
    )


LED = {
    "add_client": Permission.EDIT_CLIENTS,
    "routers": Permission.MANAGE_NETWORK,
    "packages": Permission.MANAGE_CATALOGUE,
    "runs": Permission.MAKE_INVOICES,
    "staff": Permission.MANAGE_STAFF,
}


def _led(caller: Caller, route: str) -> Button | None:
    """For those only whom the screen behind it lets in."""
    return caller.to(route, f"home-{route.replace('_', '-')}") if caller.may(LED[route]) else None


def _begun(caller: Caller, draft: Draft) -> Button:
    """A form that was left half filled in."""
    form = caller.words.plain(f"form-{draft.form}", isp=caller.isp.name)
    return caller.to(f"add_{draft.form}", "home-draft", form=form)


SCREENS = (Screen("home", open_home),)
