"""The roles of the database: none is above the wall, and each sees what it works with."""

from collections.abc import Iterator

import pytest
from psycopg2 import errors

from tests.fixtures.databases import Connection, Cursor
from tests.sql.test_isolation import OUR_SCHEMAS, rows

LOGINS = ("skylink_app", "skylink_radius", "skylink_intake", "skylink_enforcer")
OUR_ROLES = ("skylink_owner", "skylink_gate", *LOGINS)
VIEWS = ("nas_devices", "uncounted_windows")


@pytest.fixture
def cursor(admin: Connection) -> Iterator[Cursor]:
    with admin.cursor() as opened:
        yield opened


def test_no_role_of_ours_can_bypass_row_level_security(cursor: Cursor) -> None:
    cursor.execute(
        "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles"
        " WHERE rolname = ANY (%s)",
        (list(OUR_ROLES),),
    )
    assert dict(cursor.fetchall()) == dict.fromkeys(OUR_ROLES, False)


def test_roles_that_log_in_own_nothing_and_belong_to_nobody(cursor: Cursor) -> None:
    owned = rows(
        cursor,
        """SELECT relname FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner
            WHERE rolname = ANY (%s)""",
        list(LOGINS),
    )
    memberships = rows(
        cursor,
        """SELECT 1 FROM pg_auth_members JOIN pg_roles ON pg_roles.oid = member
            WHERE rolname = ANY (%s)""",
        list(LOGINS),
    )
    assert (owned, memberships) == ([], [])


def test_the_intake_of_accounting_reads_nothing_but_its_views(
    intake_connection: Connection, cursor: Cursor
) -> None:
    everything = rows(
        cursor,
        f"""SELECT nspname || '.' || relname FROM pg_class AS c
              JOIN pg_namespace AS n ON n.oid = c.relnamespace
             WHERE relkind IN ('r', 'p', 'v') AND nspname IN {OUR_SCHEMAS}""",
    )
    readable = set()
    for [name] in everything:
        with intake_connection.cursor() as intake:
            try:
                intake.execute(f"SELECT FROM {name}")
            except errors.InsufficientPrivilege:
                continue
            readable.add(name)
    assert readable == {f"intake.{view}" for view in VIEWS}


@pytest.mark.parametrize(
    "attempt",
    [
        "CREATE TEMPORARY TABLE heard ()",
        "CREATE TABLE intake.mine ()",
        "SELECT intake.end_live('{1}', '{1}', '{now}', '{stop}')",
        "SELECT intake.add_use()",
        "SELECT intake.forget_old_sessions(now())",
        "SELECT * FROM radius.connections",
        "SET ROLE skylink_gate",
    ],
)
def test_the_intake_of_accounting_does_nothing_but_its_work(
    attempt: str, intake_connection: Connection
) -> None:
    with intake_connection.cursor() as intake, pytest.raises(errors.InsufficientPrivilege):
        intake.execute(attempt)


def test_what_a_batch_became_can_be_filled_and_not_replaced(intake_connection: Connection) -> None:
    with intake_connection.cursor() as intake:
        intake.execute("SELECT intake.begin()")
        for attempt in (
            "DROP TABLE pg_temp.became",
            "ALTER TABLE pg_temp.became ADD x text",
            "SELECT * FROM pg_temp.became",
            "DELETE FROM pg_temp.became",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                intake.execute(attempt)


def test_enforcement_reads_nothing_but_its_views_and_facts_without_passwords(
    enforcer_connection: Connection, cursor: Cursor
) -> None:
    everything = rows(
        cursor,
        f"""SELECT nspname || '.' || relname FROM pg_class AS c
              JOIN pg_namespace AS n ON n.oid = c.relnamespace
             WHERE relkind IN ('r', 'p', 'v') AND nspname IN {OUR_SCHEMAS}
               AND has_any_column_privilege('skylink_enforcer', c.oid, 'SELECT')""",
    )
    facts = ("connections", "packages", "profiles", "isps", "changes")
    views = ("sessions", "nas_devices", "due", "spoken")
    allowed = {f"radius.{view}" for view in facts} | {f"enforcement.{view}" for view in views}
    assert {name for (name,) in everything} == allowed
    with enforcer_connection.cursor() as enforcer, pytest.raises(errors.InsufficientPrivilege):
        enforcer.execute("SELECT sealed_password FROM radius.connections")


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE public.session_changes SET wanted = NULL",
        "DELETE FROM public.live_sessions",
        "UPDATE public.connections SET status = 'active'",
        "DELETE FROM enforcement.nas_devices",
        "CREATE TABLE enforcement.mine ()",
        "SELECT radius.learn_mac(1, 1, 'AABBCC001122')",
        "SET ROLE skylink_gate",
    ],
)
def test_enforcement_does_nothing_but_its_work(
    attempt: str, enforcer_connection: Connection
) -> None:
    refusals = (errors.InsufficientPrivilege, errors.ObjectNotInPrerequisiteState)
    with enforcer_connection.cursor() as enforcer, pytest.raises(refusals):
        enforcer.execute(attempt)
