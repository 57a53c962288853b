"""Who had an address, asked of a year of sessions: by index, so that it costs what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from network.addresses import who_had
from network.sessions import list_live_sessions
from tests.fixtures.databases import Connection
from tests.fixtures.isps import World

BEGAN_AT = datetime(2024, 1, 1, tzinfo=UTC)  # a year that no other test has sessions in
ADDRESSES, TURNS = 200, 100
TURN = timedelta(days=360) / TURNS
HISTORY = """
    INSERT INTO session_history (tenant_id, id, nas_id, node, acct_session_id, username,
           started_at, ended_at, ended_by, framed_ipv4, delegated_ipv6_prefix,
           down_bytes, up_bytes, down_counter, up_counter)
    SELECT %(isp)s, -(turn * 1000 + line), 1, 'a year', 'h' || turn, 'user' || line,
           %(began)s + turn * %(turn)s, %(began)s + (turn + 1) * %(turn)s, 'stop',
           '10.0.0.0'::inet + line, ('2001:db8:' || to_hex(line) || '::/48')::cidr, 7, 7, 7, 7
      FROM generate_series(0, %(turns)s - 1) AS turn
      CROSS JOIN generate_series(1, %(addresses)s) AS line;
    ANALYZE session_history"""


@pytest.fixture
def year(isp: World, admin: Connection) -> Iterator[World]:
    """Of ADDRESSES lines that are always up, TURNS sessions each, one after the other."""
    with admin.cursor() as cursor:
        cursor.execute("SELECT intake.make_months(%s, 12)", (BEGAN_AT,))
        said = {"isp": isp.tenant_id, "began": BEGAN_AT, "turn": TURN}
        cursor.execute(HISTORY, {**said, "turns": TURNS, "addresses": ADDRESSES})
        yield isp
        cursor.execute(
            "SELECT format('DROP TABLE intake.%I', relname) FROM pg_class"
            " WHERE relname ~ '^session_history_202[45]_[0-9]{2}$' AND relkind = 'r'"
        )
        cursor.execute("; ".join(drop for (drop,) in cursor.fetchall()))


def test_a_year_of_sessions_is_asked_by_index(year: World) -> None:
    for address, turn in product(("10.0.0.77", "2001:db8:4d:ff::1"), (0, TURNS // 2, TURNS - 1)):
        at = BEGAN_AT + turn * TURN + TURN / 2
        second = at + timedelta(seconds=1)
        with year.transaction() as session, plans_of(session) as plans:
            found = who_had(session, year.tenant_id, address, at=at, until=second)
        held = [(one.username, one.acct_session_id) for one in found]
        assert held == [("user77", f"h{turn}")], address
        of_history = [
            rows_read(node)
            for plan in plans
            for node in nodes_of(plan)
            if node.get("Relation Name", "").startswith("session_history")
        ]
        assert of_history, address
        assert sum(of_history) < TURNS * ADDRESSES / 50, address


@contextmanager
def plans_of(session: Session) -> Iterator[list[dict[str, Any]]]:
    """How each question that is asked inside `with` is answered."""
    plans: list[dict[str, Any]] = []

    def explain(_: object, cursor: Any, statement: str, values: Any, *_more: object) -> None:
        if statement.lstrip().startswith("SELECT"):
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values)
            plans.append(cursor.fetchone()[0][0]["Plan"])

    event.listen(session.connection(), "before_cursor_execute", explain)
    yield plans


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes_of(each)


def rows_read(node: dict[str, Any]) -> float:
    per_loop = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return float(per_loop * node["Actual Loops"])


def test_the_live_list_is_chosen_before_anything_is_joined_to_it(
    isp: World, admin: Connection
) -> None:
    nas = isp.nas()
    with admin.cursor() as cursor:
        cursor.execute(
            """INSERT INTO live_sessions (tenant_id, nas_id, node, acct_session_id, username,
                      started_at, heard_at)
               SELECT %s, %s, 'many', n::text, 'user' || n, now() + n * interval '1 s', now()
                 FROM generate_series(1, 2000) AS n""",
            (isp.tenant_id, nas.nas_id),
        )
    with isp.transaction() as session, plans_of(session) as plans:
        listed = list_live_sessions(session, isp.tenant_id, limit=3)
    assert [one.username for one in listed] == ["user2000", "user1999", "user1998"]
    joins = [node for node in nodes_of(plans[0]) if "Join Type" in node]
    assert joins
    assert all(rows_read(node) <= 3 for node in joins)
