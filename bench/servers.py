"""Servers under test: started beside this process, looked at, ended."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.figures import BenchError

PROGRAM = "/usr/sbin/freeradius"
WITH_US = ("setpriv", "--pdeathsig", "TERM")  # should we be killed, the kernel ends it too
READY = "Ready to process requests"
START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 30.0
POLL_SECONDS = 0.02
IDLE_PART = 0.05  # of one core
IDLE_LOOK_SECONDS = 0.5
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port of loopback that nobody has just now, by UDP or by TCP."""
    while True:
        with socket.socket(type=socket.SOCK_DGRAM) as by_udp, socket.socket() as by_tcp:
            by_udp.bind(("127.0.0.1", 0))
            port: int = by_udp.getsockname()[1]
            try:
                by_tcp.bind(("127.0.0.1", port))
            except OSError:
                continue  # a connection or a server has it
            return port


def wait_until_idle(servers: Iterable[RunningServer], seconds: float) -> float:
    """Until none has anything to do, or `seconds` are over: what a load left behind is done.

    Returns which part of the machine's processors was busy then, with something else.
    """
    watched = list(servers)
    deadline = time.monotonic() + seconds
    while True:
        before, machine_before = sum(each.cpu_seconds() for each in watched), _machine_ticks()
        time.sleep(IDLE_LOOK_SECONDS)
        used = sum(each.cpu_seconds() for each in watched) - before
        if used < IDLE_PART * IDLE_LOOK_SECONDS or time.monotonic() > deadline:
            idle, total = (b - a for a, b in zip(machine_before, _machine_ticks(), strict=True))
            return 1 - idle / max(total, 1)


def _machine_ticks() -> tuple[int, int]:
    """(idle, all) ticks of all processors since boot: proc(5), /proc/stat."""
    with Path("/proc/stat").open() as stat:
        ticks = [int(word) for word in stat.readline().split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


@dataclass(frozen=True, slots=True)
class RadiusServer:
    """How to start one FreeRADIUS: `folder` holds its radiusd.conf, `port` takes its logins."""

    name: str
    folder: Path
    port: int
    log: Path
    environ: Mapping[str, str]

    @contextmanager
    def run(self) -> Iterator[RunningServer]:
        """Alive inside `with`, and ready. Raises BenchError with its last words where it is not."""
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                [*WITH_US, PROGRAM, "-f", "-d", str(self.folder), "-n", "radiusd", "-l", "stdout"],
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environ},
            )
        running = RunningServer(self.name, self.port, self.log, process)
        try:
            running.wait_until_ready()
            yield running
        finally:
            running.end()


@dataclass(frozen=True, slots=True)
class RunningServer:
    """One process that runs; `port` is a FreeRADIUS's."""

    name: str
    port: int
    log: Path
    process: subprocess.Popen[bytes]

    def resident_bytes(self) -> int:
        """Memory the process holds in RAM now (VmRSS)."""
        status = self._proc("status")
        match = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.M)
        return int(match[1]) * 1024 if match else 0

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while READY not in self.log.read_text(errors="replace"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise BenchError(f"{self.name} does not start: {self.last_words()}")
            time.sleep(POLL_SECONDS)

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def cpu_seconds(self) -> float:
        """User and system time of the whole process: proc(5), stat, fields 14 and 15."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND

    def _proc(self, name: str) -> str:
        try:
            return Path(f"/proc/{self.process.pid}/{name}").read_text()
        except OSError:
            raise BenchError(f"{self.name} is gone: {self.last_words()}") from None

    def last_words(self) -> str:
        """The end of its log, errors first."""
        lines = self.log.read_text(errors="replace").splitlines()
        errors = [line for line in lines if ": Error:" in line] or lines
        return " | ".join(errors[-3:]) or "it said nothing"
