"""`./skylink restore`: brings a backup into an empty database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
import psycopg2

from commands.backups import feed
from commands.checks import check_home, check_user
from commands.dsn import admin_dsn, private_cluster, role_passwords
from commands.errors import CommandError
from commands.postgres_programs import ProgramFailed, connection_for, program, running
from commands.running import end_leftover, only_one
from commands.settings import Settings
from sql.migrate import migrate, prepare
from storage.secrets import KeyRing, KeyUnknown, SecretDamaged

TABLES = """
    SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE relkind IN ('r', 'p') AND nspname !~ '^pg_' AND nspname <> 'information_schema'"""


class RestoreFailed(CommandError):
    """The database is as empty as before."""

    code = "restore_failed"


class DatabaseNotEmpty(CommandError):
    code = "database_not_empty"

    def __init__(self, settings: Settings) -> None:
        way = (
            "name an empty one in DATABASE_URL"
            if settings.database_url
            else f"move {settings.home}/postgres away, or set another SKYLINK_HOME"
        )
        super().__init__(f"A restore replaces nothing, and the database is not empty: {way}.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
def restore(file: Path) -> None:
    """Bring the backup FILE into an empty database, all of it or nothing, and migrate it.

    The keys that open it must be in the folder secrets first: they are not in the backup.
    """
    settings = Settings.from_environ(os.environ)
    check_user()
    check_home(settings)
    with only_one(settings):
        end_leftover(settings)
        keys = keys_for(settings)
        with database_running(settings):
            refuse_unless_empty(settings)
            prepare(admin_dsn(settings), passwords=role_passwords(settings))
            bring_in(settings, file, keys)
            migrate(admin_dsn(settings), passwords=role_passwords(settings))
    click.echo(f"Restored from {file}. Start it with ./skylink up.")


def keys_for(settings: Settings) -> KeyRing:
    """The ring of this home. Raises RestoreFailed where there is none."""
    try:
        return KeyRing.load(settings.keys_file)
    except FileNotFoundError:
        raise RestoreFailed(
            f"The keys that open a backup are not in it: put your copy in {settings.keys_file}, "
            "owner-only, then try again."
        ) from None


@contextmanager
def database_running(settings: Settings) -> Iterator[None]:
    """The private PostgreSQL, made where absent, for as long as the block takes."""
    cluster = private_cluster(settings)
    if cluster is None:
        yield
        return
    cluster.start()
    try:
        cluster.create_database()
        yield
    finally:
        cluster.stop()


def refuse_unless_empty(settings: Settings) -> None:
    """Raise DatabaseNotEmpty where there is any table."""
    with (
        closing(psycopg2.connect(admin_dsn(settings))) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(TABLES)
        (tables,) = cursor.fetchone() or (0,)
    if tables:
        raise DatabaseNotEmpty(settings)


def bring_in(settings: Settings, file: Path, keys: KeyRing) -> None:
    """In one transaction: one that is damaged at its end leaves nothing. Raises RestoreFailed."""
    dsn, environ = connection_for(admin_dsn(settings))
    whole = ["--single-transaction", "--exit-on-error", "--no-password"]
    command = [str(program(settings, "pg_restore")), *whole, f"--dbname={dsn}"]
    try:
        with running(command, environ, reads=True) as restoring:
            feed(file, keys, restoring.input)
            restoring.end()
    except SecretDamaged:
        raise RestoreFailed(
            f"{file} is no whole backup of SkyLink: it was changed, cut off, or is another file."
        ) from None
    except KeyUnknown as unknown:
        raise RestoreFailed(
            f"{file} was sealed under key {unknown.key_id}, which is not in "
            f"{settings.keys_file}: put the keys of that time back."
        ) from None
    except ProgramFailed as failure:
        raise RestoreFailed(f"The backup could not be restored: {failure.words}") from None


COMMAND = restore
