"""Brings a database to the schema this code expects: roles, grants, migrations. Forward only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import psycopg2
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg2 import sql
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

OWNER = "skylink_owner"
GATE = "skylink_gate"
APP = "skylink_app"
RADIUS = "skylink_radius"
INTAKE = "skylink_intake"
ENFORCER = "skylink_enforcer"
LOGINS = (APP, RADIUS, INTAKE, ENFORCER)
ROLES = MappingProxyType(
    {
        OWNER: "NOLOGIN NOINHERIT",  # owns the tables; a member of the gate, but not by default
        GATE: "NOLOGIN",
        APP: "LOGIN NOINHERIT",
        RADIUS: "LOGIN NOINHERIT",
        INTAKE: "LOGIN NOINHERIT",
        ENFORCER: "LOGIN NOINHERIT",
    }
)
LOCK = 0x5B11  # of pg_advisory_xact_lock: two starts at once migrate one after the other


class MigrationError(Exception):
    """Base of what can keep a database from being migrated; the message says what to do."""

    code = "migration_error"


class DatabaseNewer(MigrationError):
    """The database has migrations that this code does not know."""

    code = "database_newer"

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"The database is newer than this SkyLink (its schema is {revision}): "
            "start the newer version, or restore a backup made by this one."
        )
        self.revision = revision


class RoleTooStrong(MigrationError):
    """A role of ours exists that could pass by row-level security."""

    code = "role_too_strong"

    def __init__(self, role: str) -> None:
        super().__init__(
            f"The role {role} of this PostgreSQL could read across ISPs: "
            f"ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS, then try again."
        )
        self.role = role


class NotAllowed(MigrationError):
    """The user given for migrating may not do what migrating needs."""

    code = "migration_not_allowed"


def migrate(admin_dsn: str, *, passwords: Mapping[str, str] = MappingProxyType({})) -> None:
    """Make roles where absent, grant, and run the migrations that are missing; all or nothing.

    `admin_dsn` (libpq keywords or URL) connects as a superuser, or as the database's owner with
    CREATEROLE. `passwords` by role are set for login roles; none are needed under peer
    authentication. Raises DatabaseNewer, RoleTooStrong or NotAllowed.
    """
    with _prepared(admin_dsn, passwords) as connection:
        connection.execute(text(f"SET LOCAL ROLE {OWNER}"))
        command.upgrade(configuration(connection), "head")


def prepare(admin_dsn: str, *, passwords: Mapping[str, str] = MappingProxyType({})) -> None:
    """Roles and grants alone, so that a backup can be restored. Raises as `migrate` does."""
    with _prepared(admin_dsn, passwords):
        pass


@contextmanager
def _prepared(admin_dsn: str, passwords: Mapping[str, str]) -> Iterator[Connection]:
    """A transaction in which the roles are there and may do what they must."""
    engine = create_engine(
        "postgresql+psycopg2://", creator=lambda: psycopg2.connect(admin_dsn), poolclass=NullPool
    )
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            refuse_newer(connection)
            make_roles(connection, passwords)
            grant_database(connection)
            yield connection
    except (DBAPIError, psycopg2.Error) as error:
        refusal = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(refusal, psycopg2.errors.InsufficientPrivilege):
            raise NotAllowed(
                "The user of DATABASE_URL may not prepare the database "
                f"({str(refusal).splitlines()[0]}): it must own the database and have CREATEROLE."
            ) from error
        raise


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration, in code: nothing of it is for an operator to set."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def refuse_newer(connection: Connection) -> None:
    """Raise DatabaseNewer where the database has had a migration that is not in the code."""
    current = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(configuration())
    if current is not None and current not in {
        known.revision for known in scripts.walk_revisions()
    }:
        raise DatabaseNewer(current)


def make_roles(connection: Connection, passwords: Mapping[str, str]) -> None:
    """Roles belong to the whole PostgreSQL server, so they may be there already: then checked."""
    for role, attributes in ROLES.items():
        there = connection.execute(
            text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = :role"),
            {"role": role},
        ).one_or_none()
        if there is None:
            connection.execute(text(f"CREATE ROLE {role} {attributes}"))
        elif there[0]:
            raise RoleTooStrong(role)
        if role in passwords:
            set_password(connection, role, passwords[role])
    for member, group in ((OWNER, GATE), ("CURRENT_USER", OWNER), ("CURRENT_USER", GATE)):
        name = f"'{member}'" if member == OWNER else "current_user"
        if not connection.scalar(text(f"SELECT pg_has_role({name}, '{group}', 'MEMBER')")):
            connection.execute(text(f"GRANT {group} TO {member}"))


def set_password(connection: Connection, role: str, password: str) -> None:
    """Sent as a literal of the driver's making: ALTER ROLE takes no bound parameters."""
    statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
    cursor = connection.connection.cursor()
    cursor.execute(statement.format(sql.Identifier(role), sql.Literal(password)))
    cursor.close()


def grant_database(connection: Connection) -> None:
    """Nothing is everybody's: who may connect, and that only the owner may create."""
    database = connection.scalar(text("SELECT quote_ident(current_database())"))
    for statement in (
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {database} TO {', '.join(LOGINS)}",
        f"GRANT TEMPORARY ON DATABASE {database} TO {GATE}",  # the tables of a batch of accounting
        f"GRANT CREATE ON DATABASE {database} TO {OWNER}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    ):
        connection.execute(text(statement))
    granted = text(
        "SELECT has_schema_privilege(:owner, 'public', 'CREATE WITH GRANT OPTION')"
        " AND has_schema_privilege(:owner, 'public', 'USAGE WITH GRANT OPTION')"
    )
    if not connection.scalar(granted, {"owner": OWNER}):
        connection.execute(
            text(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER} WITH GRANT OPTION")
        )
