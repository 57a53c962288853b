"""What does not reach live sessions, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from bots.callers import Caller
from bots.screens.screen import Screen
from bots.views import View, rows
from bots.words import Html, Words
from network.problems import OpenProblem, open_problems
from storage.actors import Permission

SHOWN = 10


def open_list(session: Session, caller: Caller) -> View:
    return show(open_problems(session, caller.tenant_id), caller)


def show(problems: Sequence[OpenProblem], caller: Caller) -> View:
    words = caller.words
    parts = [words.say("problems", isp=caller.isp.name, count=words.number(len(problems)))]
    parts += [_told(problem, words) for problem in problems[:SHOWN]]
    if not problems:
        parts.append(words.say("problems-none"))
    if len(problems) > SHOWN:
        parts.append(words.say("problems-more", count=words.number(len(problems) - SHOWN)))
    buttons = rows((caller.to("problems", "refresh"),), (caller.to("home", "to-home"),))
    return View(Html("\n\n".join(parts)), buttons)


def _told(problem: OpenProblem, words: Words) -> Html:
    return words.say(
        f"problem-{problem.kind.replace('_', '-')}",
        router=problem.nas_name,
        address=problem.address,
        port=str(problem.coa_port),
        cause=str(problem.error_cause or "–"),
        count=words.number(problem.changes),
        username=problem.username,
        since=words.moment(problem.opened_at),
    )


SCREENS = (Screen("problems", open_list, Permission.MANAGE_NETWORK),)
