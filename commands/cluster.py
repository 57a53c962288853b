"""A private PostgreSQL under SkyLink's home: made, started and stopped without touching any other.

It listens on a unix socket only. The operating system user that made it may be the administrator,
the application or a RADIUS node, by peer authentication: no password exists that could leak.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import time
from contextlib import closing, suppress
from errno import ENOSPC
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import make_dsn

from sql.migrate import LOGINS, migrate

ADMIN = "skylink_admin"
LOGIN_ROLES = (ADMIN, *LOGINS)
VERSIONS = Path("/usr/lib/postgresql")
OLDEST_MAJOR = 15
SOCKET_PATH_BYTES_MAX = 100  # sockaddr_un.sun_path holds 107 and PostgreSQL adds a suffix
FREE_BYTES_MIN = 200 * 1024 * 1024  # a new cluster takes 40 MB; the rest is its first log segments
START_SECONDS_MAX = 60
POLL_SECONDS = 0.05

CONFIGURATION = """\
# Written by SkyLink at each start; what differs from PostgreSQL's defaults, and why.
# Settings of your own go into local.conf beside this file: it is read last and left alone.
listen_addresses = ''                   # unix socket only
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 128MB                  # a small box; raise it in local.conf
jit = off                               # compiling costs more than our short queries take
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
log_min_error_statement = panic         # a failing statement may carry a password in its values
log_parameter_max_length_on_error = 0   # likewise
{extra}include_if_exists = 'local.conf'
"""
FAST_FOR_TESTS = """\
fsync = off                             # a throwaway cluster: its data may die with the machine
synchronous_commit = off
full_page_writes = off
max_wal_size = 4GB
"""


class ClusterError(Exception):
    """Base of what can keep a private PostgreSQL from running; the message says what to do."""

    code = "cluster_error"


class RunAsRoot(ClusterError):
    code = "cluster_run_as_root"


class PostgresMissing(ClusterError):
    code = "cluster_postgres_missing"


class OtherMajorVersion(ClusterError):
    code = "cluster_other_major_version"


class NotACluster(ClusterError):
    code = "cluster_not_a_cluster"


class BelongsToAnother(ClusterError):
    code = "cluster_belongs_to_another"


class DiskFull(ClusterError):
    code = "cluster_disk_full"


class SocketInUse(ClusterError):
    code = "cluster_socket_in_use"


class DidNotStart(ClusterError):
    code = "cluster_did_not_start"


class Cluster:
    """One PostgreSQL cluster in `home`/postgres; `port` only names its socket."""

    def __init__(self, home: Path, port: int, *, fast_for_tests: bool = False) -> None:
        """`fast_for_tests` gives up durability: for clusters that are thrown away."""
        self.home = home.absolute()
        self.port = port
        self.data = self.home / "postgres"
        self.log = self.home / "log" / "postgres.log"
        self._fast_for_tests = fast_for_tests

    @property
    def socket_folder(self) -> Path:
        """`home`/run; where that is too long for a socket's name, a private folder in /tmp."""
        usual = self.home / "run"
        if len(os.fsencode(usual / f".s.PGSQL.{self.port}")) <= SOCKET_PATH_BYTES_MAX:
            return usual
        mark = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path("/tmp") / f"skylink-{os.geteuid()}-{mark}"  # noqa: S108 (owner is checked)

    def dsn(self, role: str, dbname: str = "skylink") -> str:
        """A libpq connection string for `role` (one of LOGIN_ROLES) over the socket."""
        return make_dsn(host=str(self.socket_folder), port=self.port, user=role, dbname=dbname)

    def initialise(self) -> None:
        """Make the cluster if there is none, write its configuration, clear locks left by a crash.

        To be called before each start. Raises ClusterError with what to do.
        """
        if os.geteuid() == 0:
            raise RunAsRoot("PostgreSQL refuses to run as root: run this as an ordinary user.")
        try:
            self._make_folders()
            if not self.data.exists():
                self._initdb()
            self._check_cluster()
            if self._postmaster() is None:
                self._clear_stale_locks()
            self._configure()
        except OSError as error:
            if error.errno == ENOSPC:
                raise self._disk_full() from None
            raise BelongsToAnother(
                f"{error.filename} cannot be used ({error.strerror}): give it to this user, "
                "or set SKYLINK_HOME."
            ) from None

    def foreground_command(self) -> list[str]:
        """What a process manager runs: stays in the foreground, logs to stderr, SIGINT ends it."""
        return [str(self.program("postgres")), "-D", str(self.data)]

    def program(self, name: str) -> Path:
        """One of PostgreSQL's programs (psql, pg_dump ...) that suits this cluster."""
        return self._binaries() / name

    def start(self) -> None:
        """Start in the background and wait until it answers; nothing to do where it runs."""
        if self.running():
            return
        self.initialise()
        wait = ["-w", "-t", str(START_SECONDS_MAX), "-l", str(self.log)]
        self.log.write_bytes(b"")
        done = self._run("pg_ctl", "-D", str(self.data), *wait, "start")
        if done.returncode != 0:
            raise self._explained(self.log.read_text(errors="replace") or done.stdout)

    def stop(self) -> None:
        """Stop it and wait; sessions are ended, commits kept. Nothing to do where none runs."""
        if self._postmaster() is not None:
            self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "stop", check=True)
        if not self.socket_folder.is_relative_to(self.home):
            with suppress(OSError):  # not there, or not empty
                self.socket_folder.rmdir()

    def running(self) -> bool:
        """Whether it is up and takes connections."""
        return self._postmaster() is not None and self._lock_line(7) == "ready"

    def wait_until_ready(self, seconds: float = START_SECONDS_MAX) -> None:
        """Wait for a start made by somebody else, as a process manager does."""
        deadline = time.monotonic() + seconds
        while not self.running():
            if time.monotonic() > deadline:
                raise DidNotStart(f"PostgreSQL did not start within {seconds:g} s: see its log.")
            time.sleep(POLL_SECONDS)

    def prepare_database(self, name: str = "skylink") -> None:
        """Create the database of this running cluster where absent, and migrate it."""
        self.create_database(name)
        migrate(self.dsn(ADMIN, name))

    def create_database(self, name: str = "skylink") -> None:
        """Create the database of this running cluster where absent."""
        with closing(psycopg2.connect(self.dsn(ADMIN, "postgres"))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT FROM pg_database WHERE datname = %s", (name,))
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _make_folders(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        if not self.data.exists() and shutil.disk_usage(self.home).free < FREE_BYTES_MIN:
            raise self._disk_full()
        self.log.parent.mkdir(exist_ok=True)
        self.socket_folder.mkdir(mode=0o700, exist_ok=True)
        if self.socket_folder.stat().st_uid != os.geteuid():
            raise BelongsToAnother(f"{self.socket_folder} belongs to another user: remove it.")

    def _initdb(self) -> None:
        """Into a folder beside, renamed when whole: an initdb that was killed leaves no cluster."""
        making = self.data.with_name("postgres.new")
        shutil.rmtree(making, ignore_errors=True)
        shape = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=peer", "--no-instructions"]
        if self._fast_for_tests:
            shape.append("--no-sync")
        done = self._run("initdb", "-D", str(making), "-U", ADMIN, *shape)
        if done.returncode != 0:
            raise self._explained(done.stdout)
        making.rename(self.data)

    def _check_cluster(self) -> None:
        try:
            if self.data.stat().st_uid != os.geteuid():
                raise BelongsToAnother(
                    f"The database in {self.data} belongs to another user: run as its owner."
                )
            made_by = (self.data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            raise NotACluster(
                f"{self.data} holds no PostgreSQL database: move it away and try again."
            ) from None
        if made_by not in installed_majors():
            raise OtherMajorVersion(
                f"The database in {self.data} was made by PostgreSQL {made_by}, which is not "
                f"installed: install postgresql-{made_by}, or move the folder away to start anew."
            )

    def _configure(self) -> None:
        me = pwd.getpwuid(os.geteuid()).pw_name
        extra = FAST_FOR_TESTS if self._fast_for_tests else ""
        sockets = str(self.socket_folder).replace("'", "''")
        text = CONFIGURATION.format(port=self.port, sockets=sockets, extra=extra)
        hba = "# The socket is the only way in; who may be whom: pg_ident.conf.\n"
        hba += "local all all peer map=skylink\n"
        ident = "".join(f'skylink "{me}" {role}\n' for role in LOGIN_ROLES)
        for name, content in (
            ("postgresql.conf", text), ("pg_hba.conf", hba), ("pg_ident.conf", ident),
        ):  # fmt: skip
            (self.data / name).write_text(content)

    def _postmaster(self) -> int | None:
        """The process id of the server that runs on our data, if one does.

        A pid file alone proves nothing: after a crash its number may be another process's. A
        postmaster's working folder is its data folder.
        """
        pid = self._lock_line(0)
        if not pid.isdecimal():
            return None
        try:
            return int(pid) if Path(f"/proc/{pid}/cwd").samefile(self.data) else None
        except OSError:
            return None

    def _lock_line(self, index: int) -> str:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return ""
        return lines[index].strip() if len(lines) > index else ""

    def _clear_stale_locks(self) -> None:
        """Remove locks of a dead server; PostgreSQL keeps off when their pid lives on elsewhere."""
        socket_lock = self.socket_folder / f".s.PGSQL.{self.port}.lock"
        holder = socket_lock.read_text().split("\n") if socket_lock.exists() else []
        if holder and _is_postgres(holder[0]):
            raise SocketInUse(
                f"Port {self.port} of {self.socket_folder} is used by the database in "
                f"{holder[1]}: stop it, or choose another SKYLINK_POSTGRES_PORT."
            )
        socket_lock.unlink(missing_ok=True)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _binaries(self) -> Path:
        """Of the cluster's own major version where there is one, else of the newest installed."""
        majors = installed_majors()
        version = self.data / "PG_VERSION"
        made_by = version.read_text().strip() if version.exists() else None
        if made_by in majors:
            return majors[made_by]
        if not majors:
            raise PostgresMissing(
                f"PostgreSQL {OLDEST_MAJOR} or newer is not installed: apt install postgresql."
            )
        return majors[max(majors, key=int)]

    def _run(
        self, program: str, *arguments: str, check: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs; its words come in English, in `stdout`."""
        return subprocess.run(
            [str(self.program(program)), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            text=True,
            check=check,
        )

    def _disk_full(self) -> DiskFull:
        return DiskFull(f"The disk of {self.home} is full: free 200 MB and try again.")

    def _explained(self, words: str) -> ClusterError:
        """PostgreSQL's own words as one sentence with what to do."""
        if "No space left on device" in words:
            return self._disk_full()
        if "already in use" in words:
            return SocketInUse(f"Port {self.port} is in use: choose another SKYLINK_POSTGRES_PORT.")
        last = [line for line in words.splitlines() if "FATAL" in line or "error:" in line][-1:]
        reason = last[0].partition(": ")[2] if last else "it gave no reason"
        return DidNotStart(f"PostgreSQL did not start ({reason}): see {self.log}.")


def installed_majors() -> dict[str, Path]:
    """Folders of PostgreSQL's programs by major version, where they suit us."""
    found = {path.parent.parent.name: path.parent for path in VERSIONS.glob("*/bin/postgres")}
    return {
        major: path
        for major, path in found.items()
        if major.isdecimal() and int(major) >= OLDEST_MAJOR and (path / "initdb").exists()
    }


def _is_postgres(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid.strip().lstrip('-')}/exe").readlink().name.startswith("postgres")
    except OSError:
        return False
