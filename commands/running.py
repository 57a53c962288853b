"""Whether SkyLink runs from this home: one `up` holds a lock there, and says who it is."""

from __future__ import annotations

import fcntl
import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commands.errors import CommandError
from commands.settings import Settings

STOP_SECONDS_MAX = 120


class RunsAlready(CommandError):
    code = "runs_already"

    def __init__(self, settings: Settings, pid: int | None) -> None:
        process = f" (process {pid})" if pid else ""
        super().__init__(
            f"SkyLink runs from {settings.home} already{process}: ./skylink status shows "
            "it, ./skylink stop ends it; a second copy needs a SKYLINK_HOME and ports of its own."
        )


class DoesNotStop(CommandError):
    code = "does_not_stop"


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Be the one `up` of this home. Raises RunsAlready."""
    # Appending, because what is written there is another's until we hold the lock.
    with _lock_file(settings).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunsAlready(settings, running_pid(settings)) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield
        lock.truncate(0)


def running_pid(settings: Settings) -> int | None:
    """The process of the `up` that runs from this home; None where none does.

    Its lock is looked up, not tried: trying would keep an `up` that starts just then from starting.
    """
    try:
        inode = _lock_file(settings).stat().st_ino
    except FileNotFoundError:
        return None
    for fields in map(str.split, Path("/proc/locks").read_text().splitlines()):
        # proc(5): "1: FLOCK  ADVISORY  WRITE 708 08:02:13631582 0 EOF"
        if fields[1] == "FLOCK" and fields[5].rpartition(":")[2] == str(inode):
            return int(fields[4])
    return None


def stop(settings: Settings) -> bool:
    """End the `up` of this home and wait for it; False where none runs. Raises DoesNotStop."""
    pid = running_pid(settings)
    if pid is None:
        return False
    end(pid, signal.SIGTERM)
    return True


def end_leftover(settings: Settings) -> bool:
    """End the process manager of an `up` that was killed, if it still stops; whether it was so."""
    try:
        pid = int((settings.run / "supervisord.pid").read_text())
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return False
    ours = os.fsencode(settings.run / "supervisord.conf") in words
    if ours:
        end(pid, signal.SIGTERM)
    return ours


def end(pid: int, by: signal.Signals) -> None:
    """Send a signal and wait until the process is gone. Raises DoesNotStop."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        signal.pidfd_send_signal(handle, by)
        # A pidfd becomes readable when its process ends: pidfd_open(2).
        if not select.select([handle], [], [], STOP_SECONDS_MAX)[0]:
            raise DoesNotStop(f"Process {pid} did not stop within {STOP_SECONDS_MAX} s.")
    except ProcessLookupError:
        pass  # it ended in between
    finally:
        os.close(handle)


def _lock_file(settings: Settings) -> Path:
    return settings.run / "up.pid"
