"""The part of `./skylink status` about accounting: how far behind, and what stands in its way."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import Any

import psycopg2

from commands.dsn import admin_dsn
from commands.settings import Settings
from sql.migrate import GATE

SILENT_SECONDS = 60
MEGABYTE = 1_000_000
STATE = """
    SELECT node, counters, extract(epoch FROM now() - reported_at)::float8,
           extract(epoch FROM now() - received_at)::float8
      FROM public.journal_nodes ORDER BY node"""
QUARANTINE = "SELECT count(*), max(reason) FROM public.accounting_quarantine"
LIVE = "SELECT count(*) FROM public.live_sessions"


def intake_state(settings: Settings) -> dict[str, Any]:
    """All that `--json` prints. Not well: silent here, or no room for records of routers."""
    free = shutil.disk_usage(settings.journal if settings.journal.exists() else settings.home).free
    room = free >= settings.minimum_free_mb * MEGABYTE
    try:
        with closing(psycopg2.connect(admin_dsn(settings), connect_timeout=3)) as connection:
            connection.set_session(readonly=True)
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL ROLE {GATE}")
                cursor.execute(STATE)
                nodes = [_node(row) for row in cursor.fetchall()]
                cursor.execute(QUARANTINE)
                kept, reason = cursor.fetchone() or (0, None)
                cursor.execute(LIVE)
                (live,) = cursor.fetchone() or (0,)
    except psycopg2.Error as error:
        words = "".join(str(error).strip().splitlines()[:1])
        return {"answers": False, "well": False, "error": words, "disk_has_room": room}
    mine = [node for node in nodes if node["node"] == settings.node]
    quick = all(node["reported_seconds_ago"] < SILENT_SECONDS for node in mine)
    return {
        "answers": True,
        "well": room and quick,
        "disk_has_room": room,
        "journal_free_mb": free // MEGABYTE,
        "live_sessions": live,
        "quarantined": kept,
        "quarantine_example": reason,
        "nodes": nodes,
    }


def _node(row: tuple[Any, ...]) -> dict[str, Any]:
    name, counters, reported, received = row
    return {
        "node": name,
        "reported_seconds_ago": round(reported, 1),
        "behind_seconds": None if received is None else round(received, 1),
        **counters,
    }


def intake_lines(intake: dict[str, Any]) -> list[str]:
    """The same for people; an alarm first."""
    lines = ["  Accounting"]
    if not intake["disk_has_room"]:
        lines.append(
            "    DISK FULL: soon no record of a router can be kept, and none is acknowledged"
            " then: free some space where the journal is."
        )
    if not intake["answers"]:
        return [*lines, f"    cannot be read: {intake['error']}"]
    lines.append(f"    {'live sessions':<20} {intake['live_sessions']}")
    for node in intake["nodes"]:
        lines.append(
            f"    {node['node']:<20} {node.get('records', 0)} records,"
            f" 99 of 100 within {node.get('lag_p99_ms', 0)} ms,"
            f" current {node['behind_seconds']} s ago"
        )
        if node.get("flush_trouble"):
            lines.append(f"    the journal cannot be brought to the disk: {node['flush_trouble']}")
    if intake["quarantined"]:
        lines.append(
            f"    {intake['quarantined']} records were not understood (say, because"
            f" {intake['quarantine_example']}): ./skylink quarantine list"
        )
    return lines
