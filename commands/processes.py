"""The processes of the Procfile, kept running by supervisord, a child of `up`.

Nothing outlives `up`: supervisord is told to stop when `up` is gone, each process when supervisord
is gone, by the kernel (prctl(2), PR_SET_PDEATHSIG), so that also kill -9 leaves nothing behind.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from supervisor.xmlrpc import SupervisorTransport

from commands.cluster import Cluster
from commands.errors import CommandError, NotRunning
from commands.private_files import private_folder
from commands.settings import Settings

PROCFILE_LINE = re.compile(r"([a-z][a-z0-9_]*): (\S.*)")
POSTGRES = "postgres"
STOP_SIGNALS = {POSTGRES: "INT"}  # PostgreSQL: end sessions, keep commits; the rest end on TERM
MANAGER = "supervisord"
STOPPED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
START_SECONDS = 60
STOP_SECONDS = 60
LOG_BYTES_MAX = 10_000_000
LOGS_KEPT = 5
POLL_SECONDS = 0.1
LOG_LINES_SHOWN = 3
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h

DAEMON = """\
; Written by SkyLink at each start.
[supervisord]
nodaemon = true
silent = true
umask = 077
directory = {root}
logfile = {log}/supervisord.log
logfile_maxbytes = {log_bytes}
logfile_backups = {logs_kept}
pidfile = {run}/supervisord.pid
childlogdir = {log}
[unix_http_server]
file = {socket}
chmod = 0700
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""
PROGRAM = """\
[program:{name}]
command = setpriv --pdeathsig {stop_signal} sh -c 'exec {command}'
priority = {priority}
autostart = false
autorestart = true
stopsignal = {stop_signal}
stopwaitsecs = {stop_seconds}
redirect_stderr = true
stdout_logfile = {log}/{name}.log
stdout_logfile_maxbytes = {log_bytes}
stdout_logfile_backups = {logs_kept}
"""


class ProcfileUnreadable(CommandError):
    code = "procfile_unreadable"


class ProcessFailed(CommandError):
    """A process ended before it was ready; its last words are told."""

    code = "process_failed"


class ManagerDied(CommandError):
    """supervisord ended by itself; all processes ended with it."""

    code = "manager_died"


class ProcessState(NamedTuple):
    """One process as supervisord sees it; `state` is its word: RUNNING, BACKOFF, FATAL..."""

    name: str
    state: str
    pid: int  # 0 where it does not run
    since: int  # POSIX seconds of its last start; 0 where it never ran


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the Procfile: `name: one command`, in which the shell expands variables."""

    name: str
    command: str


def read_procfile(path: Path) -> list[Line]:
    """The lines of a Procfile, in the order in which they start. Raises ProcfileUnreadable."""
    lines = []
    for text in path.read_text().splitlines():
        if not text.strip() or text.startswith("#"):
            continue
        match = PROCFILE_LINE.fullmatch(text)
        if match is None or set(text) & set("'%"):
            raise ProcfileUnreadable(f"{path}: {text!r} is no `name: command` without ' and %.")
        lines.append(Line(match[1], match[2]))
    return lines


def control_socket(settings: Settings) -> Path:
    """Beside PostgreSQL's socket, which has a short path wherever the home is."""
    folder = Cluster(settings.home, settings.postgres_port).socket_folder
    return folder / "supervisor.sock"


@contextmanager
def supervisor(settings: Settings) -> Iterator[Any]:
    """The methods of a running supervisord: http://supervisord.org/api.html."""
    transport = SupervisorTransport(None, None, f"unix://{control_socket(settings)}")
    with closing(transport):
        yield xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor


def process_states(settings: Settings) -> list[ProcessState]:
    """All processes, in the order in which they start. Raises NotRunning."""
    try:
        with supervisor(settings) as methods:
            infos = methods.getAllProcessInfo()
    except (OSError, xmlrpc.client.Error):
        raise NotRunning from None
    states = [ProcessState(i["name"], i["statename"], i["pid"], i["start"]) for i in infos]
    order = [line.name for line in read_procfile(settings.root / "Procfile")]
    return sorted(states, key=lambda state: order.index(state.name))


def _manager_answers(settings: Settings) -> bool:
    """Its socket alone proves nothing: it is there a little before it is listened to."""
    try:
        process_states(settings)
    except NotRunning:
        return False
    return True


class Interruption:
    """The handler of signals that stop us, and whether one came.

    It raises KeyboardInterrupt as Python's own does. Where that happens while an object is
    finalised, Python drops it and the signal would be lost, so who waits in a loop calls `heed`.
    """

    def __init__(self) -> None:
        self._came = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        self._came = True
        raise KeyboardInterrupt

    def heed(self) -> None:
        """Raise KeyboardInterrupt if one came, raised or dropped."""
        if self._came:
            raise KeyboardInterrupt


interruption = Interruption()


def stop_as_ctrl_c_does() -> None:
    """SIGTERM and a closed terminal stop us like Ctrl-C, unless the caller ignores them (nohup)."""
    for stopping in STOPPED_BY:
        if signal.getsignal(stopping) is not signal.SIG_IGN:
            signal.signal(stopping, interruption)


class Processes:
    """The processes of a supervisord that `run_processes` keeps."""

    def __init__(self, settings: Settings, daemon: subprocess.Popen[bytes]) -> None:
        self._settings = settings
        self._daemon = daemon
        self._ailing: set[str] = set()  # end whenever they are started

    def start(self, name: str, ready: Callable[[], bool], seconds: float) -> None:
        """Start a process and wait until `ready()`. Raises ProcessFailed with its last words."""
        try:
            with supervisor(self._settings) as methods:
                methods.startProcess(name, False)
        except (OSError, xmlrpc.client.Error) as error:
            raise ProcessFailed(f"{name} could not be started: {error}") from error
        self.wait_for(name, ready, seconds)

    def watch(self, tell: Callable[[str], None]) -> None:
        """Stay until supervisord ends, telling what falls and rises. Raises ManagerDied."""
        seen = self._tell_changes({}, tell)
        while True:
            interruption.heed()
            try:
                self._daemon.wait(timeout=1)
            except subprocess.TimeoutExpired:
                seen = self._tell_changes(seen, tell)
            else:
                raise ManagerDied(
                    "The process manager ended, and all processes with it: "
                    f"see {self._settings.log}/supervisord.log, then ./skylink up."
                )

    def _tell_changes(
        self, seen: dict[str, ProcessState], tell: Callable[[str], None]
    ) -> dict[str, ProcessState]:
        try:
            states = process_states(self._settings)
        except NotRunning:
            return seen  # it ends: the next wait says so
        for now in states:
            before = seen.get(now.name, now)
            if now.state == "FATAL":  # supervisord has given up, we do not: a disk may be full
                if now.name not in self._ailing:
                    words = self._last_words(now.name)
                    tell(f"{now.name} keeps ending; it is tried again until it stays: {words}")
                self._ailing.add(now.name)
                self.start_again(now.name)
            elif now.name in self._ailing:
                if now.state == "RUNNING" == before.state:
                    self._ailing.remove(now.name)
                    tell(f"{now.name} stays up again.")
            elif now.pid and before.since != now.since:
                tell(f"{now.name} had ended and was started again: see {self._log(now.name)}.")
        return {state.name: state for state in states}

    def start_again(self, name: str) -> None:
        """Without waiting for it."""
        with suppress(OSError, xmlrpc.client.Error), supervisor(self._settings) as methods:
            methods.startProcess(name, False)

    def wait_for(
        self, name: str, ready: Callable[[], bool], seconds: float = START_SECONDS
    ) -> None:
        """Wait until `ready()`. Raises ProcessFailed where `name` ends or time is up."""
        deadline = time.monotonic() + seconds
        while not ready():
            interruption.heed()
            if self._has_failed(name):
                raise ProcessFailed(f"{name} ended at once: {self._last_words(name)}")
            if time.monotonic() > deadline:
                raise ProcessFailed(
                    f"{name} was not ready within {seconds:g} s: {self._last_words(name)}"
                )
            time.sleep(POLL_SECONDS)

    def _has_failed(self, name: str) -> bool:
        if name == MANAGER or self._daemon.poll() is not None:
            return self._daemon.poll() is not None
        states = {state.name: state.state for state in process_states(self._settings)}
        return states[name] in {"BACKOFF", "EXITED", "FATAL"}

    def _log(self, name: str) -> Path:
        return self._settings.log / f"{name}.log"

    def _last_words(self, name: str) -> str:
        try:
            lines = self._log(name).read_text(errors="replace").split("\n")
        except OSError:
            lines = []
        words = [line for line in lines if line.strip()][-LOG_LINES_SHOWN:]
        return "\n  ".join([f"see {self._log(name)}.", *words])


@contextmanager
def run_processes(
    settings: Settings, environ: Mapping[str, str], lines: list[Line]
) -> Iterator[Processes]:
    """A supervisord that knows the processes of `lines`, none of them started yet.

    They are given our environment with `environ`. At the end all have ended, the last one first.
    """
    adopt_orphans()
    private_folder(control_socket(settings).parent)
    control_socket(settings).unlink(missing_ok=True)  # of one that was killed: we hold the lock
    configuration = settings.run / "supervisord.conf"
    configuration.write_text(_configuration(settings, lines))
    command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)]
    # A session of its own, so that the terminal's Ctrl-C reaches only us, who stop in order.
    # What it prints beside its log is of askers who were interrupted: nothing for our screen.
    with (settings.log / f"{MANAGER}.log").open("ab") as log:
        daemon = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *command],
            env={**os.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        processes = Processes(settings, daemon)
        processes.wait_for(MANAGER, partial(_manager_answers, settings))
        yield processes
    finally:
        for stopping in STOPPED_BY:
            signal.signal(stopping, signal.SIG_IGN)
        daemon.terminate()
        daemon.wait()
        end_orphans(STOP_SECONDS)


def _configuration(settings: Settings, lines: list[Line]) -> str:
    common = {
        "root": settings.root,
        "run": settings.run,
        "log": settings.log,
        "socket": control_socket(settings),
        "log_bytes": LOG_BYTES_MAX,
        "logs_kept": LOGS_KEPT,
        "stop_seconds": STOP_SECONDS,
    }
    programs = [
        PROGRAM.format(
            name=line.name,
            command=line.command,
            priority=priority,
            stop_signal=STOP_SIGNALS.get(line.name, "TERM"),
            **common,
        )
        for priority, line in enumerate(lines, start=1)
    ]
    return DAEMON.format(**common) + "".join(programs)


def adopt_orphans() -> None:
    """Become the parent of what our children leave behind: prctl(2), PR_SET_CHILD_SUBREAPER."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def end_orphans(seconds: float) -> None:
    """Wait until no child is left, which the kernel has told to end; end by force what stays."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG) != (0, 0):
                continue
        except ChildProcessError:
            return
        if time.monotonic() > deadline:
            for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
                os.kill(int(pid), signal.SIGKILL)
        time.sleep(POLL_SECONDS)
