"""`./skylink status`: what runs, how old a node's facts are, what the clock did and will do."""

from __future__ import annotations

import json
import os
import time
from contextlib import closing
from typing import Any

import click
import psycopg2
from alembic.script import ScriptDirectory

from commands.clock_state import clock_lines, clock_state
from commands.dsn import admin_dsn
from commands.enforcement_state import enforcement_lines, enforcement_state
from commands.errors import NotRunning
from commands.intake_state import intake_lines, intake_state
from commands.operator import NoAnswer, ask_status
from commands.processes import process_states
from commands.running import running_pid
from commands.settings import Settings
from sql.migrate import GATE, configuration

UNSIGNED_SHOWN_MAX = 20
UNSIGNED = """
    SELECT isp.facts->>'slug', nas.facts->>'name', nas.facts->>'address',
           seen.unauthenticated_at::text
      FROM public.nas_sightings AS seen
      JOIN radius.nas_devices AS nas USING (tenant_id, nas_id)
      JOIN radius.isps AS isp USING (tenant_id)
     WHERE seen.unauthenticated_at IS NOT NULL
     ORDER BY seen.unauthenticated_at DESC
     LIMIT %s"""


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a screen.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Show what runs here and how it is. Exits 1 where something does not run or answer."""
    settings = Settings.from_environ(os.environ)
    state = whole_state(settings)
    click.echo(json.dumps(state, indent=2) if as_json else screen(settings, state))
    ctx.exit(0 if state["well"] else 1)


def whole_state(settings: Settings) -> dict[str, Any]:
    """All that `--json` prints; a part that does not answer says so and is not `well`."""
    try:
        processes = [state._asdict() for state in process_states(settings)]
    except NotRunning:
        return {"well": False, "running": False, "home": str(settings.home)}
    database = database_state(settings)
    radius = radius_state(settings)
    clock = clock_state(settings)
    intake = intake_state(settings)
    return {
        "well": all(p["state"] == "RUNNING" for p in processes)
        and database["answers"]
        and database["schema_is_current"]
        and radius["answers"]
        and clock["well"]
        and intake["well"],
        "running": True,
        "home": str(settings.home),
        "pid": running_pid(settings),
        "processes": processes,
        "database": database,
        "radius": radius,
        "clock": clock,
        "intake": intake,
        "enforcement": enforcement_state(settings),
    }


def database_state(settings: Settings) -> dict[str, Any]:
    """Version, size, schema and the routers that do not sign, as the database tells them."""
    newest = ScriptDirectory.from_config(configuration()).get_current_head()
    try:
        with closing(psycopg2.connect(admin_dsn(settings), connect_timeout=3)) as connection:
            connection.set_session(readonly=True)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_database_size(current_database()), version_num "
                               "FROM public.alembic_version")  # fmt: skip
                size, schema = cursor.fetchone() or (0, None)
                cursor.execute(f"SET LOCAL ROLE {GATE}")
                cursor.execute(UNSIGNED, (UNSIGNED_SHOWN_MAX,))
                unsigned = [
                    dict(zip(("isp", "nas", "address", "last_at"), row, strict=True))
                    for row in cursor.fetchall()
                ]
            version = connection.get_parameter_status("server_version")
    except psycopg2.Error as error:
        words = str(error).strip().splitlines()[:1]
        return {"answers": False, "error": "".join(words), "schema_is_current": False}
    return {
        "answers": True,
        "private": settings.database_url is None,
        "version": version,
        "bytes": size,
        "schema": schema,
        "schema_is_current": schema == newest,
        "unsigned_routers": unsigned,
    }


def radius_state(settings: Settings) -> dict[str, Any]:
    """What the node says of itself, numbers as numbers."""
    try:
        said = ask_status(settings)
    except NoAnswer as silence:
        return {"answers": False, "error": str(silence)}
    return {"answers": True, **{name: number_or_text(value) for name, value in said.items()}}


def number_or_text(value: str) -> int | float | str:
    """`12` and `0.4` are numbers; whatever else is itself."""
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value


def screen(settings: Settings, state: dict[str, Any]) -> str:
    """The same for people."""
    if not state["running"]:
        return "SkyLink does not run here: ./skylink up starts it."
    lines = [f"SkyLink runs from {state['home']}", ""]
    lines += [process_line(process) for process in state["processes"]]
    lines += ["", *database_lines(state["database"]), "", *radius_lines(settings, state["radius"])]
    lines += ["", *intake_lines(state["intake"]), "", *clock_lines(state["clock"])]
    lines += enforcement_lines(state["enforcement"])
    return "\n".join(lines)


def process_line(process: dict[str, Any]) -> str:
    """One process: its name, what it does, since when."""
    if process["state"] != "RUNNING":
        return f"  {process['name']:<10} {process['state'].lower()}"
    age = duration(int(time.time()) - process["since"])
    return f"  {process['name']:<10} runs since {age}, process {process['pid']}"


def database_lines(database: dict[str, Any]) -> list[str]:
    """Version, size, schema, then the routers that leave requests unsigned."""
    if not database["answers"]:
        return [f"  Database does not answer: {database['error']}"]
    kind = "private PostgreSQL" if database["private"] else "PostgreSQL of DATABASE_URL,"
    schema = database["schema"] if database["schema_is_current"] else (
        f"{database['schema']}, which ./skylink up will migrate"
    )  # fmt: skip
    size = f"{database['bytes'] / 1e6:.0f} MB"
    lines = [f"  Database   {kind} {database['version']}, {size}, schema {schema}"]
    if database["unsigned_routers"]:
        lines += [
            "",
            "  Routers whose requests lack a Message-Authenticator (update their software):",
        ]
    lines += [
        f"    {router['isp']}: {router['nas']} at {router['address']}, last {router['last_at']}"
        for router in database["unsigned_routers"]
    ]
    return lines


def radius_lines(settings: Settings, radius: dict[str, Any]) -> list[str]:
    """The node: where it listens, its facts, its counters."""
    address, auth = settings.radius_address, settings.radius_auth_port
    listens = f"  RADIUS     {address}, logins on {auth}, accounting on {settings.radius_acct_port}"
    if not radius["answers"]:
        return [listens, f"    {radius['error']}"]
    counters = {name: value for name, value in radius.items() if name != "answers"}
    return [listens, *(f"    {name.replace('_', ' '):<20} {counters[name]}" for name in counters)]


def duration(seconds: int) -> str:
    """In the largest unit that leaves a whole number above zero."""
    for name, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {name}"
    return f"{seconds} s"


COMMAND = status
