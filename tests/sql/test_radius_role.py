"""What a RADIUS node's role reads: its views; and what it can do to them: nothing."""

import psycopg2
import pytest
from psycopg2 import errors

from tests.fixtures.databases import Connection

EVERYTHING = """
    SELECT nspname || '.' || relname
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE relkind IN ('r', 'p', 'v')
       AND nspname IN ('public', 'history', 'asof', 'radius', 'intake', 'enforcement')"""


@pytest.mark.parametrize("view", ["connections", "packages", "profiles", "isps", "changes"])
def test_a_radius_node_writes_through_no_view(view: str, radius_connection: Connection) -> None:
    for attempt in (f"DELETE FROM radius.{view}", f"UPDATE radius.{view} SET tenant_id = 1"):
        with radius_connection.cursor() as cursor, pytest.raises(psycopg2.Error) as refusal:
            cursor.execute(attempt)
        assert refusal.type in {
            errors.InsufficientPrivilege,
            errors.ObjectNotInPrerequisiteState,  # not a view that could be written at all
        }


def test_a_radius_node_reads_nothing_but_its_views(
    admin: Connection, radius_connection: Connection
) -> None:
    readable = set()
    with admin.cursor() as cursor, radius_connection.cursor() as radius:
        cursor.execute(EVERYTHING)
        for (name,) in cursor.fetchall():
            try:
                radius.execute(f"SELECT FROM {name}")
            except errors.InsufficientPrivilege:
                continue
            readable.add(name)
    views = {"connections", "counted_connections", "packages", "profiles"}
    views |= {"isps", "nas_devices", "changes"}
    assert readable == {f"radius.{view}" for view in views}
