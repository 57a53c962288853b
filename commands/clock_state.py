"""The clock's part of `./skylink status`: what was done last, what comes next, what fails."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from clock.contents import JOBS
from clock.jobs import Server
from clock.state import JobState, job_states
from commands.backups import back_up
from commands.dsn import role_dsn
from commands.settings import Settings
from sql.migrate import APP
from storage.database import Database
from storage.secrets import KeyRing

TROUBLES_SHOWN_MAX = 20
ORDER = {job.name: place for place, job in enumerate(JOBS)}


def clock_state(settings: Settings) -> dict[str, Any]:
    """All that `--json` prints; instants are ISO 8601 in UTC."""
    try:
        with closing(Database(role_dsn(settings, APP), connections=1)) as database:
            states = job_states(
                Server(
                    database,
                    settings.time_zone,
                    partial(back_up, settings),
                    partial(KeyRing.load, settings.keys_file),
                ),
                JOBS,
                datetime.now(UTC),
            )
    except (SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", error)
        return {"answers": False, "well": False, "error": str(cause).strip().splitlines()[0]}
    well = not any(state.failures or state.late for state in states)
    return {"answers": True, "well": well, "jobs": [_told(state) for state in states]}


def clock_lines(clock: dict[str, Any]) -> list[str]:
    """A line a job, over all ISPs; then what fails or is late, and where."""
    if not clock["answers"]:
        return [f"  Clock      cannot be read: {clock['error']}"]
    lines = ["  Clock"]
    in_order = sorted(clock["jobs"], key=lambda state: ORDER[state["job"]])
    for name, states in groupby(in_order, key=lambda state: state["job"]):
        lines.append(_line(name, list(states)))
    troubles = [state for state in clock["jobs"] if state["failures"] or state["late"]]
    lines += [_trouble(state) for state in troubles[:TROUBLES_SHOWN_MAX]]
    if len(troubles) > TROUBLES_SHOWN_MAX:
        lines.append(f"    and {len(troubles) - TROUBLES_SHOWN_MAX} more: --json lists all")
    return lines


def _line(name: str, everywhere: list[dict[str, Any]]) -> str:
    """The run that is longest ago, and the occurrence that comes first."""
    lasts = [state["last_at"] for state in everywhere]
    last = f"{min(lasts):.16}" if all(lasts) else "not yet" if not any(lasts) else "not everywhere"
    coming = min((state["next_at"] for state in everywhere if state["next_at"]), default="never")
    return f"    {name:<20} last {last:<16}  next {coming:.16}"


def _trouble(state: dict[str, Any]) -> str:
    where = f"    {state['job']} at {state['place']}"
    if not state["failures"]:
        return f"{where} is late: it was due at {state['next_at']:.16}; see clock.log"
    return (
        f"{where} failed {state['failures']} times, tried again at {state['retry_at']:.16}: "
        f"{state['error']}"
    )


def _told(state: JobState) -> dict[str, Any]:
    return {
        name: value.astimezone(UTC).isoformat(" ", "seconds")
        if isinstance(value, datetime)
        else value
        for name, value in asdict(state).items()
    }
