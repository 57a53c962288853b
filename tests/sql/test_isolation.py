"""ISPs apart by the database itself: what its catalogue says, and what each role can do to it."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from psycopg2 import errors

from commands.cluster import Cluster
from sql.migrate import APP, ENFORCER, INTAKE, RADIUS
from storage.database import Database
from storage.secrets import KeyRing
from tests.fixtures.databases import Connection, Cursor, connected
from tests.fixtures.full_isp import fill
from tests.fixtures.isps import World, create_world

# Tables without a tenant, and why.
OF_NO_TENANT = {
    ("public", "alembic_version"),  # the schema's own
    ("public", "radius_nodes"),  # a node serves every ISP
    ("public", "journal_nodes"),
    ("public", "journal_positions"),
    ("public", "accounting_quarantine"),  # a record that nobody understood may be nobody's
    ("public", "server_job_runs"),  # such as the backup of all
    ("public", "chat_deletions"),  # ids of the bot's own messages
    ("public", "chat_updates"),  # numbers that Telegram counts by
}
# Unique over all ISPs of the server, and why.
OVER_ALL_TENANTS = {
    "tenants_slug_key",  # a slug finds the ISP before its scope is known
    "nas_devices_address_key",  # the address a packet comes from tells whose it is
    "radius_nodes_pkey",
    "journal_nodes_pkey",
    "journal_positions_pkey",
    "accounting_quarantine_pkey",
    "staff_invitations_by_code",  # a code finds the ISP before its scope is known
    "payment_attempts_reference_key",  # a gateway names an attempt by it alone
    "api_keys_by_hash",  # a key finds the ISP before its scope is known
    "portal_addresses_host_key",  # a host name finds the ISP before its scope is known
    "server_job_runs_pkey",
    "chat_deletions_pkey",
    "chat_updates_pkey",
    "alembic_version_pkc",
}
MONTH = re.compile(r"session_history_\d{4}_\d\d")
OUR_SCHEMAS = "('public', 'history', 'asof', 'radius', 'intake', 'enforcement')"
TABLES = f"""
    SELECT n.nspname, c.relname, c.relrowsecurity, c.relforcerowsecurity, c.oid
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND n.nspname IN {OUR_SCHEMAS}"""


@pytest.fixture(scope="module")
def database_name(new_database: Callable[[str], str]) -> str:
    """Of its own: in the worker's, other tests make months, in which sessions are then."""
    return new_database("isolation_" + os.environ.get("PYTEST_XDIST_WORKER", "main"))


@pytest.fixture(scope="module")
def database(cluster: Cluster, database_name: str) -> Iterator[Database]:
    with closing(Database(cluster.dsn(APP, database_name))) as opened:
        yield opened


@pytest.fixture
def cursor(admin: Connection) -> Iterator[Cursor]:
    with admin.cursor() as opened:
        yield opened


def rows(cursor: Cursor, query: str, *values: object) -> list[tuple[object, ...]]:
    cursor.execute(query, values)
    return cursor.fetchall()


def tenant_tables(cursor: Cursor) -> list[tuple[str, str]]:
    """Without the months of sessions, which come with the calendar, fenced as their rest is."""
    found = [(str(row[0]), str(row[1])) for row in rows(cursor, TABLES)]
    return [table for table in found if table not in OF_NO_TENANT and not MONTH.fullmatch(table[1])]


def test_row_level_security_is_forced_on_every_table(cursor: Cursor) -> None:
    loose = [
        (schema, table)
        for schema, table, enabled, forced, _oid in rows(cursor, TABLES)
        if not (enabled and forced) and table != "alembic_version"
    ]
    assert loose == []


def test_every_table_names_its_tenant_in_each_row(cursor: Cursor) -> None:
    named = rows(
        cursor,
        f"""SELECT table_schema, table_name FROM information_schema.columns
             WHERE column_name = 'tenant_id' AND table_schema IN {OUR_SCHEMAS}
               AND (is_nullable = 'NO' OR table_schema = 'history')""",
    )
    assert set(tenant_tables(cursor)) <= set(named)


def test_every_policy_of_the_application_asks_for_the_tenant(cursor: Cursor) -> None:
    policies = rows(
        cursor,
        """SELECT schemaname, tablename, cmd, coalesce(qual, ''), coalesce(with_check, '')
             FROM pg_policies WHERE permissive = 'PERMISSIVE'
              AND ('skylink_app' = ANY (roles) OR 'public' = ANY (roles))""",
    )
    own = "(tenant_id = current_tenant())"
    for schema, table, command, using, check in policies:
        if (schema, table) not in OF_NO_TENANT:
            assert using.replace("public.", "") == own, (schema, table)  # type: ignore[attr-defined]
            assert command == "SELECT" or check == own, (schema, table)
    covered = {(schema, table) for schema, table, *_rest in policies}
    assert set(tenant_tables(cursor)) - covered == {("public", "fact_changes")}


def test_the_tenant_comes_first_in_every_key(cursor: Cursor) -> None:
    keys = rows(
        cursor,
        f"""SELECT i.relname, a.attname
              FROM pg_index AS x
              JOIN pg_class AS i ON i.oid = x.indexrelid
              JOIN pg_namespace AS n ON n.oid = i.relnamespace
              JOIN pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]
             WHERE x.indisunique AND n.nspname IN {OUR_SCHEMAS}""",
    )
    wrong = {key for key, first in keys if first != "tenant_id"}
    assert wrong == OVER_ALL_TENANTS


def test_the_tenant_comes_first_in_every_foreign_key(cursor: Cursor) -> None:
    pairs = rows(
        cursor,
        """SELECT k.conname, mine.attname, theirs.attname
             FROM pg_constraint AS k
             JOIN pg_attribute AS mine ON mine.attrelid = k.conrelid AND mine.attnum = k.conkey[1]
             JOIN pg_attribute AS theirs
               ON theirs.attrelid = k.confrelid AND theirs.attnum = k.confkey[1]
            WHERE k.contype = 'f'""",
    )
    assert pairs
    assert {pair[1:] for pair in pairs} == {("tenant_id", "tenant_id")}


def test_nothing_is_everybodys(cursor: Cursor) -> None:
    public = rows(
        cursor,
        f"""SELECT 'relation', relname FROM pg_class AS c
              JOIN pg_namespace AS n ON n.oid = c.relnamespace, aclexplode(c.relacl) AS said
             WHERE said.grantee = 0 AND nspname IN {OUR_SCHEMAS}
            UNION ALL
            SELECT 'function', proname FROM pg_proc AS p
              JOIN pg_namespace AS n ON n.oid = p.pronamespace,
                   aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS said
             WHERE said.grantee = 0 AND nspname IN {OUR_SCHEMAS}
            UNION ALL
            SELECT 'schema', nspname FROM pg_namespace AS n, aclexplode(n.nspacl) AS said
             WHERE said.grantee = 0 AND nspname IN {OUR_SCHEMAS}
            UNION ALL
            SELECT 'database', datname FROM pg_database,
                   aclexplode(coalesce(datacl, acldefault('d', datdba))) AS said
             WHERE said.grantee = 0 AND datname = current_database()""",
    )
    assert public == []


def test_what_runs_as_another_role_runs_as_the_gate_with_a_fixed_search_path(
    cursor: Cursor,
) -> None:
    definers = rows(
        cursor,
        f"""SELECT proname, rolname, proconfig FROM pg_proc AS p
              JOIN pg_namespace AS n ON n.oid = p.pronamespace
              JOIN pg_roles AS r ON r.oid = p.proowner
             WHERE prosecdef AND nspname IN {OUR_SCHEMAS}""",
    )
    assert definers
    for name, owner, settings in definers:
        assert (owner, settings) == ("skylink_gate", ["search_path=pg_catalog, pg_temp"]), name


def test_views_of_the_application_run_as_the_application(cursor: Cursor) -> None:
    readable = rows(
        cursor,
        f"""SELECT nspname, relname FROM pg_class AS c
              JOIN pg_namespace AS n ON n.oid = c.relnamespace
             WHERE relkind IN ('v', 'm') AND nspname IN {OUR_SCHEMAS}
               AND has_table_privilege('skylink_app', c.oid, 'SELECT')
               AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)""",
    )
    assert readable == []


@contextmanager
def scope(connection: Connection, tenant_id: int | None) -> Iterator[Cursor]:
    """A transaction of one ISP, undone at the end."""
    connection.autocommit = False
    with connection.cursor() as cursor:
        if tenant_id is not None:
            cursor.execute("SELECT set_config('skylink.tenant_id', %s, true)", (str(tenant_id),))
        yield cursor
    connection.rollback()
    connection.autocommit = True


@pytest.fixture(scope="module")
def neighbours(
    cluster: Cluster, database_name: str, database: Database, keys: KeyRing
) -> tuple[World, World]:
    """Two ISPs with a row in every table; nothing here commits a change to them."""
    pair = create_world(database, keys), create_world(database, keys)
    for world in pair:
        with (
            connected(cluster.dsn(RADIUS, database_name)) as radius,
            connected(cluster.dsn(INTAKE, database_name)) as intake,
            connected(cluster.dsn(ENFORCER, database_name)) as enforcer,
        ):
            fill(world, radius, intake, enforcer)
    return pair


@pytest.fixture(scope="module")
def full_isp(neighbours: tuple[World, World]) -> World:
    """An ISP with a row in every table; nothing here commits a change to it."""
    return neighbours[0]


def test_the_application_sees_the_rows_of_one_isp_and_no_others(
    neighbours: tuple[World, World], app_connection: Connection, cursor: Cursor
) -> None:
    ours, theirs = (world.tenant_id for world in neighbours)
    for schema, table in tenant_tables(cursor):
        if table == "fact_changes":
            continue
        name = f"{schema}.{table}"
        assert rows(cursor, f"SELECT FROM {name} WHERE tenant_id = %s", theirs), name
        with scope(app_connection, ours) as app:
            app.execute(f"SELECT DISTINCT tenant_id FROM {name}")
            assert app.fetchall() == [(ours,)], name


def test_the_application_cannot_touch_rows_of_another_isp(
    neighbours: tuple[World, World], app_connection: Connection, cursor: Cursor
) -> None:
    ours, theirs = (world.tenant_id for world in neighbours)
    for schema, table in tenant_tables(cursor):
        for attempt in (
            f"UPDATE {schema}.{table} SET tenant_id = {ours} WHERE tenant_id = {theirs}",
            f"DELETE FROM {schema}.{table} WHERE tenant_id = {theirs}",
        ):
            with scope(app_connection, ours) as app:
                try:
                    app.execute(attempt)
                except errors.InsufficientPrivilege:
                    continue
                assert app.rowcount == 0, attempt


def test_the_application_cannot_make_rows_for_another_isp(
    neighbours: tuple[World, World], app_connection: Connection, cursor: Cursor
) -> None:
    ours, theirs = (world.tenant_id for world in neighbours)
    for schema, table in tenant_tables(cursor):
        name = f"{schema}.{table}"
        [[row]] = rows(
            cursor,
            f"SELECT row_to_json(t)::text FROM {name} t WHERE tenant_id = %s LIMIT 1",
            theirs,
        )
        copy = f"""INSERT INTO {name} OVERRIDING SYSTEM VALUE
            SELECT * FROM json_populate_record(NULL::{name}, %s)"""
        with scope(app_connection, ours) as app, pytest.raises(errors.InsufficientPrivilege):
            app.execute(copy, (row,))
        with scope(app_connection, ours) as app, pytest.raises(errors.InsufficientPrivilege):
            app.execute(f"UPDATE {name} SET tenant_id = %s", (theirs,))


def test_a_row_cannot_point_into_another_isp(
    neighbours: tuple[World, World], app_connection: Connection, cursor: Cursor
) -> None:
    ours, theirs = neighbours
    [[package]] = rows(
        cursor, "SELECT max(id) FROM packages WHERE tenant_id = %s", theirs.tenant_id
    )
    with scope(app_connection, ours.tenant_id) as app, pytest.raises(errors.ForeignKeyViolation):
        app.execute("UPDATE connections SET package_id = %s", (package,))


def test_without_a_scope_nothing_is_visible_and_nothing_fails(
    neighbours: tuple[World, World], app_connection: Connection, cursor: Cursor
) -> None:
    with scope(app_connection, neighbours[0].tenant_id):
        pass  # the setting of an ended transaction is an empty text, not a missing one
    for schema, table in tenant_tables(cursor):
        if table != "fact_changes":
            with scope(app_connection, None) as app:
                app.execute(f"SELECT FROM {schema}.{table}")
                assert app.rowcount == 0, table


def test_even_the_owner_of_the_tables_sees_and_changes_no_row(
    full_isp: World, admin: Connection, cursor: Cursor
) -> None:
    for schema, table in tenant_tables(cursor):
        with scope(admin, full_isp.tenant_id) as owner:
            owner.execute("SET LOCAL ROLE skylink_owner")
            try:
                owner.execute(f"SELECT FROM {schema}.{table}")
            except errors.InsufficientPrivilege:
                continue  # what the gate owns it may not even ask for
            assert owner.rowcount == 0, table
            owner.execute(f"DELETE FROM {schema}.{table}")
            assert owner.rowcount == 0, table


def test_history_cannot_be_written_by_the_application(
    full_isp: World, app_connection: Connection, cursor: Cursor
) -> None:
    for schema, table in tenant_tables(cursor):
        if schema == "history":
            for attempt in ("DELETE FROM {}", "UPDATE {} SET valid_until = now()", "TRUNCATE {}"):
                with (
                    scope(app_connection, full_isp.tenant_id) as app,
                    pytest.raises(errors.InsufficientPrivilege),
                ):
                    app.execute(attempt.format(f"history.{table}"))


def test_when_a_row_changed_is_not_the_applications_to_say(
    full_isp: World, app_connection: Connection
) -> None:
    with scope(app_connection, full_isp.tenant_id) as app:
        app.execute("UPDATE connections SET changed_at = '1971-01-01' RETURNING changed_at = now()")
        assert app.fetchall() == [(True,)]
        app.execute(
            """INSERT INTO zones (tenant_id, name) VALUES (current_tenant(), 'Tongi');
               INSERT INTO no_cut_days (tenant_id, no_cut_on, name, changed_at)
               VALUES (current_tenant(), '2026-12-16', 'Victory Day', '1971-12-16')
               RETURNING changed_at = now()"""
        )
        assert app.fetchall() == [(True,)]


@pytest.mark.parametrize("table", ["audit_log", "access_decisions"])
@pytest.mark.parametrize(
    "attempt", ["DELETE FROM {}", "UPDATE {} SET tenant_id = 1", "TRUNCATE {}"]
)
def test_what_was_done_and_decided_cannot_be_undone(
    table: str, attempt: str, full_isp: World, app_connection: Connection
) -> None:
    with (
        scope(app_connection, full_isp.tenant_id) as app,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        app.execute(attempt.format(table))


@pytest.mark.parametrize(
    "attempt",
    [
        "SET row_security = off; SELECT * FROM clients",
        "SET ROLE skylink_owner",
        "SET ROLE skylink_gate",
        "SET SESSION AUTHORIZATION skylink_radius",
        "SET session_replication_role = replica",
        "ALTER TABLE clients DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE clients DISABLE TRIGGER ALL",
        "DROP POLICY own_rows ON clients",
        "ALTER ROLE skylink_app BYPASSRLS",
        "CREATE TABLE mine ()",
        "CREATE TEMPORARY TABLE mine ()",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql RETURN NULL",
        "TRUNCATE clients",
        "SELECT * FROM fact_changes",
        "DELETE FROM fact_changes",
        "SELECT * FROM radius.connections",
        "SELECT radius.learn_mac(1, 1, 'AABBCC001122')",
        "SELECT history.track('clients')",
        "SELECT * FROM alembic_version",
        "COPY clients FROM STDIN",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT * FROM pg_authid",
    ],
)
def test_the_application_cannot_climb_over_the_wall(
    attempt: str, app_connection: Connection
) -> None:
    refusals = (errors.InsufficientPrivilege, errors.FeatureNotSupported)
    with scope(app_connection, 1) as app, pytest.raises(refusals):
        app.execute(attempt)
