"""Backups of the whole database: pg_dump, sealed with the key ring, kept by count.

The keys are not in them: who finds a backup can read nothing, and neither can who lost the keys.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from errno import ENOSPC
from pathlib import Path
from typing import IO

from commands.dsn import admin_dsn
from commands.errors import CommandError
from commands.postgres_programs import ProgramFailed, connection_for, program, running
from commands.private_files import private_folder
from commands.settings import Settings
from storage.sealed_streams import open_stream, seal_stream
from storage.secrets import KeyRing

CONTEXT = "backup"  # what the streams are sealed for
NAME = re.compile(r"skylink-\d{4}-\d\d-\d\dT\d{6}Z\.backup")
# Notes of what changed, for RADIUS nodes, by transactions of this cluster: in another they would
# never count as seen. A node that meets a restored database reads all of it.
LEFT_OUT = "public.fact_changes"


class BackupFailed(CommandError):
    """No backup was made, and nothing half is left."""

    code = "backup_failed"


@dataclass(frozen=True, slots=True)
class Backup:
    path: Path
    bytes: int


def back_up(settings: Settings, now: datetime) -> Backup:
    """Make one, read it back to its end, and remove the oldest of more than are to be kept.

    One at a time: a second waits. Raises BackupFailed.
    """
    folder = private_folder(settings.backups)
    keys = KeyRing.load(settings.keys_file)
    path = folder / f"skylink-{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}.backup"
    new = path.with_suffix(".new")
    with alone_in(folder):
        try:
            write(settings, new, keys)
            read_back(settings, new, keys)
            new.replace(path)
        except OSError as error:
            if error.errno != ENOSPC:
                raise
            raise BackupFailed(f"The disk of {folder} is full: {MAKE_ROOM}") from None
        except ProgramFailed as failure:
            raise BackupFailed(explained(failure.words)) from None
        finally:
            new.unlink(missing_ok=True)
        for old in backups_in(folder)[: -settings.backups_kept]:
            old.path.unlink()
    return Backup(path, path.stat().st_size)


MAKE_ROOM = "free some, or keep fewer backups (SKYLINK_BACKUPS_KEPT)."


def backups_in(folder: Path) -> list[Backup]:
    """All of a folder, the oldest first."""
    paths = [path for path in sorted(folder.glob("*.backup")) if NAME.fullmatch(path.name)]
    return [Backup(path, path.stat().st_size) for path in paths]


def write(settings: Settings, path: Path, keys: KeyRing) -> None:
    """pg_dump, sealed on its way to the disk, where it never lies in clear."""
    dsn, environ = connection_for(admin_dsn(settings))
    shape = ["--format=custom", "--no-password", f"--exclude-table-data={LEFT_OUT}"]
    command = [str(program(settings, "pg_dump")), *shape, f"--dbname={dsn}"]
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as target, running(command, environ, reads=False) as dump:
        seal_stream(dump.output, target, keys, CONTEXT)
        dump.end()
        target.flush()
        os.fsync(target.fileno())


def read_back(settings: Settings, path: Path, keys: KeyRing) -> None:
    """Read a backup to its end as a restore does, and throw away what it says."""
    command = [str(program(settings, "pg_restore")), "--file=/dev/null"]
    with running(command, dict(os.environ), reads=True) as restore:
        feed(path, keys, restore.input)
        restore.end()


def feed(path: Path, keys: KeyRing, pipe: IO[bytes]) -> None:
    """Give a program a backup in clear. Raises SecretDamaged, amid it, and KeyUnknown."""
    with path.open("rb") as source:
        for chunk in open_stream(source, keys, CONTEXT):
            try:
                pipe.write(chunk)
            except BrokenPipeError:
                return  # it ended before: its words say why


def explained(words: str) -> str:
    """What PostgreSQL said, as one sentence with what to do."""
    if "row-level security" in words or "permission denied" in words:
        return (
            "The user of DATABASE_URL may not read every ISP's rows, as a backup must: "
            "make it a superuser or give it BYPASSRLS, or back that server up by its own means."
        )
    return f"The backup was not made ({words}): mend that, then ./skylink backup."


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """One writes there at a time; what one that was killed left behind goes."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for half in folder.glob("skylink-*.new"):
            half.unlink()
        yield
        os.fsync(handle)
    finally:
        os.close(handle)
