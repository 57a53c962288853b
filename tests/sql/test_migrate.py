"""Bringing a database to the schema: once, again, under another's rules, and not at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import psycopg2
import pytest
from alembic import command
from sqlalchemy import create_engine, text

from commands.cluster import ADMIN, Cluster
from sql.migrate import (
    APP,
    LOGINS,
    DatabaseNewer,
    NotAllowed,
    RoleTooStrong,
    configuration,
    migrate,
)
from sql.schema import dump_schema
from storage.database import Database
from tests.fixtures.databases import connected, server


@contextmanager
def empty_database(cluster: Cluster, name: str, owner: str = ADMIN) -> Iterator[str]:
    """A database without anything in it; its name."""
    with server(cluster) as cursor:
        cursor.execute(f"CREATE DATABASE {name} OWNER {owner}")
        try:
            yield name
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def second_cluster(home: Path) -> Iterator[Cluster]:
    """A PostgreSQL whose roles are its own to spoil."""
    cluster = Cluster(home, 54329, fast_for_tests=True)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()


def test_migrating_again_changes_nothing(
    cluster: Cluster, new_database: Callable[[str], str]
) -> None:
    name = new_database("test_again")
    before = dump_schema(cluster.program("pg_dump"), cluster.dsn(ADMIN, name))
    migrate(cluster.dsn(ADMIN, name))
    assert dump_schema(cluster.program("pg_dump"), cluster.dsn(ADMIN, name)) == before


def test_two_starts_at_once_migrate_one_after_the_other(cluster: Cluster) -> None:
    with empty_database(cluster, "test_two_starts") as name:
        refusals: list[Exception] = []

        def start() -> None:
            try:
                migrate(cluster.dsn(ADMIN, name))
            except Exception as error:  # noqa: BLE001 (a thread's errors are told by the test)
                refusals.append(error)

        starts = [Thread(target=start) for _twice in range(2)]
        for one in starts:
            one.start()
        for one in starts:
            one.join()
        assert refusals == []


def test_a_newer_database_is_left_alone(
    cluster: Cluster, new_database: Callable[[str], str]
) -> None:
    name = new_database("test_newer")
    with connected(cluster.dsn(ADMIN, name)) as admin, admin.cursor() as cursor:
        cursor.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseNewer) as refusal:
        migrate(cluster.dsn(ADMIN, name))
    assert refusal.value.revision == "9999"


def test_there_is_no_way_back(cluster: Cluster, new_database: Callable[[str], str]) -> None:
    name = new_database("test_no_way_back")
    dsn = cluster.dsn(ADMIN, name)
    engine = create_engine("postgresql+psycopg2://", creator=lambda: psycopg2.connect(dsn))
    with pytest.raises(NotImplementedError), engine.begin() as connection:
        command.downgrade(configuration(connection), "base")
    engine.dispose()


def test_a_migration_that_fails_leaves_nothing_behind(cluster: Cluster) -> None:
    with empty_database(cluster, "test_half") as name:
        dsn = cluster.dsn(ADMIN, name)
        with connected(dsn) as admin, admin.cursor() as cursor:
            cursor.execute("CREATE TABLE public.invoices ()")  # in the way of the fourth file
        with pytest.raises(psycopg2.errors.DuplicateTable):
            migrate(dsn)
        with connected(dsn) as admin, admin.cursor() as cursor:
            cursor.execute("SELECT to_regclass('public.tenants'), to_regclass('alembic_version')")
            assert cursor.fetchall() == [(None, None)]


def test_a_role_that_could_read_across_isps_is_refused(tmp_path: Path) -> None:
    with second_cluster(tmp_path) as cluster, server(cluster) as cursor:
        cursor.execute("CREATE ROLE skylink_app LOGIN BYPASSRLS")
        with empty_database(cluster, "spoilt") as name, pytest.raises(RoleTooStrong) as refusal:
            migrate(cluster.dsn(ADMIN, name))
    assert refusal.value.role == APP


def test_a_database_of_somebody_elses_server_needs_no_superuser(tmp_path: Path) -> None:
    with second_cluster(tmp_path) as cluster, server(cluster) as cursor:
        cursor.execute("CREATE ROLE hired LOGIN CREATEROLE")
        with (cluster.data / "pg_ident.conf").open("a") as ident:
            ident.write("skylink /.* hired\n")
        cursor.execute("SELECT pg_reload_conf()")
        passwords = {role: f"{role}'s password" for role in LOGINS}
        with empty_database(cluster, "rented", owner="hired") as name:
            migrate(cluster.dsn("hired", name), passwords=passwords)
            migrate(cluster.dsn("hired", name), passwords=passwords)
            cursor.execute("SELECT rolname FROM pg_authid WHERE rolpassword LIKE 'SCRAM%'")
            assert {role for (role,) in cursor.fetchall()} == set(LOGINS)
            database = Database(cluster.dsn(APP, name))
            with database.transaction(None) as session:
                assert session.execute(text("SELECT count(*) FROM tenants")).scalar_one() == 0
            database.close()


def test_a_user_who_may_not_make_roles_is_told_what_is_missing(tmp_path: Path) -> None:
    with second_cluster(tmp_path) as cluster, server(cluster) as cursor:
        cursor.execute("CREATE ROLE guest LOGIN")
        with (cluster.data / "pg_ident.conf").open("a") as ident:
            ident.write("skylink /.* guest\n")
        cursor.execute("SELECT pg_reload_conf()")
        rented = empty_database(cluster, "rented", owner="guest")
        with rented as name, pytest.raises(NotAllowed) as refusal:
            migrate(cluster.dsn("guest", name))
    assert "CREATEROLE" in str(refusal.value)
