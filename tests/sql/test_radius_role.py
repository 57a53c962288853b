"""What a RADIUS node's role can do to the views it reads: nothing."""

import psycopg2
import pytest
from psycopg2 import errors

from tests.fixtures.databases import Connection


@pytest.mark.parametrize("view", ["connections", "packages", "profiles", "isps", "changes"])
def test_a_radius_node_writes_through_no_view(view: str, radius_connection: Connection) -> None:
    for attempt in (f"DELETE FROM radius.{view}", f"UPDATE radius.{view} SET tenant_id = 1"):
        with radius_connection.cursor() as cursor, pytest.raises(psycopg2.Error) as refusal:
            cursor.execute(attempt)
        assert refusal.type in {
            errors.InsufficientPrivilege,
            errors.ObjectNotInPrerequisiteState,  # not a view that could be written at all
        }
