"""PostgreSQL's own programs (pg_dump, pg_restore, psql) on the database of this home."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from psycopg2.extensions import make_dsn, parse_dsn

from commands.cluster import PostgresMissing, installed_majors
from commands.dsn import private_cluster
from commands.errors import CommandError
from commands.settings import Settings


class ProgramFailed(CommandError):
    """One of PostgreSQL's programs ended with an error; `words` are its first of it."""

    code = "program_failed"

    def __init__(self, words: str) -> None:
        super().__init__(f"PostgreSQL could not do it: {words}")
        self.words = words


def program(settings: Settings, name: str) -> Path:
    """Of the private database's version; for another, the newest. Raises PostgresMissing."""
    cluster = private_cluster(settings)
    if cluster is not None:
        return cluster.program(name)
    majors = installed_majors()
    if not majors:
        raise PostgresMissing("PostgreSQL's programs are missing: apt install postgresql.")
    return majors[max(majors, key=int)] / name


def connection_for(dsn: str) -> tuple[str, dict[str, str]]:
    """A connection string without its password, and an environment with it.

    A command line is everybody's to read, an environment is not.
    """
    words = parse_dsn(dsn)
    password = words.pop("password", "")
    return make_dsn(**words), {**os.environ, "LC_ALL": "C.UTF-8", "PGPASSWORD": str(password)}


class Running:
    """A program that runs, with a pipe from it or to it."""

    def __init__(self, process: subprocess.Popen[bytes], words: IO[bytes]) -> None:
        self._process, self._words = process, words

    @property
    def output(self) -> IO[bytes]:
        assert self._process.stdout is not None, "started to be read from"
        return self._process.stdout

    @property
    def input(self) -> IO[bytes]:
        assert self._process.stdin is not None, "started to be written to"
        return self._process.stdin

    def end(self) -> None:
        """Wait until it has ended by itself. Raises ProgramFailed."""
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):  # it ended before: its words say why
                self._process.stdin.close()
        if self._process.wait() != 0:
            self._words.seek(0)
            lines = self._words.read().decode(errors="replace").splitlines()
            told = next((line for line in lines if "error" in line.lower()), "it gave no reason")
            raise ProgramFailed(told.rpartition("error: ")[2])


@contextmanager
def running(command: list[str], environ: dict[str, str], *, reads: bool) -> Iterator[Running]:
    """Run a program that reads what we write, or whose output we read.

    Where the block raises, the program is killed before its input ends: what it was given so far
    must not be taken for the whole.
    """
    with TemporaryFile() as words:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *command],
            env=environ,
            stdin=subprocess.PIPE if reads else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if reads else subprocess.PIPE,
            stderr=words,
        )
        try:
            yield Running(process, words)
        except BaseException:
            process.kill()
            raise
        finally:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()
            process.wait()
