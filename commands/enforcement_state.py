"""Enforcement's part of `./skylink status`: what keeps changes from live sessions, in words."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from commands.dsn import role_dsn
from commands.settings import Settings
from network.attempts import Problem
from network.problems import OpenProblem, open_problems
from sql.migrate import APP
from storage.database import Database
from tenancy.isps import list_isps

SHOWN_MAX = 20
WORDS = {
    Problem.SILENT: "does not answer CoA: on the router, set /radius incoming accept=yes "
    "port={coa_port}, and let UDP {coa_port} in from this server",
    Problem.REFUSED: "refuses changes{cause}: see its log, or say with the NAS what it can do",
    Problem.NOT_DONE: "acknowledges changes and does not make them: end the session on the "
    "router, and update it",
    Problem.REDIALS: "brings clients back as they were: look there for a secret of their own "
    "(/ppp secret), another RADIUS server, or a Class that is not returned",
    Problem.UNREADABLE: "has a secret that no key here opens: enter it anew",
}


def enforcement_state(settings: Settings) -> dict[str, Any]:
    """All that `--json` prints: open problems of every ISP; instants are ISO 8601 in UTC."""
    problems: list[dict[str, Any]] = []
    try:
        with closing(Database(role_dsn(settings, APP), connections=1)) as database:
            with database.transaction(None) as session:
                isps = list_isps(session)
            for isp in isps:
                with database.transaction(isp.tenant_id) as session:
                    found = open_problems(session, isp.tenant_id)
                problems += [_told(isp.slug, problem) for problem in found]
    except SQLAlchemyError:
        return {"answers": False, "problems": []}  # the database's own part says why
    return {"answers": True, "problems": problems}


def enforcement_lines(state: dict[str, Any]) -> list[str]:
    """A sentence a problem; nothing where there is none."""
    if not state["problems"]:
        return []
    lines = [
        f"    {problem['isp']}: {problem['words']}" for problem in state["problems"][:SHOWN_MAX]
    ]
    if len(state["problems"]) > SHOWN_MAX:
        lines.append(f"    and {len(state['problems']) - SHOWN_MAX} more: --json lists all")
    return ["", "  Changes that do not reach live sessions:", *lines]


def problem_line(problem: OpenProblem) -> str:
    """What a NAS does not do, since when, for how many, and what to do about it."""
    cause = "" if problem.error_cause is None else f" (Error-Cause {problem.error_cause})"
    what = WORDS[problem.kind].format(coa_port=problem.coa_port, cause=cause)
    many = f"{problem.username}'s session waits"
    if problem.changes > 1:
        many = f"{problem.changes} sessions wait, {problem.username}'s for one"
    since = f"{problem.opened_at:%Y-%m-%d %H:%M}"
    return f"{problem.nas_name} at {problem.address} {what}; {many}, since {since} UTC."


def _told(slug: str, problem: OpenProblem) -> dict[str, Any]:
    opened_at = problem.opened_at.isoformat(" ", "seconds")
    said = asdict(problem) | {"kind": problem.kind.value, "opened_at": opened_at}
    return {"isp": slug, **said, "words": problem_line(problem)}
