"""`./skylink test`: the suite, with everything it writes kept under SkyLink's home."""

from __future__ import annotations

import os
import signal
import sys

import click

from commands.settings import Settings

WORKERS = "2"
CACHES = {
    "HYPOTHESIS_STORAGE_DIRECTORY": "hypothesis",
    "MYPY_CACHE_DIR": "mypy",
    "RUFF_CACHE_DIR": "ruff",
}


@click.command(
    "test", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False}
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run the tests. ARGUMENTS go to pytest: ./skylink test tests/policy -k grace"""
    settings = Settings.from_environ(os.environ)
    scratch = settings.home / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    caches = {name: str(settings.home / "cache" / part) for name, part in CACHES.items()}
    # Temporary files of tests: pytest keeps those of the last three runs, apart for each run.
    environ = {**os.environ, **caches, "PYTEST_DEBUG_TEMPROOT": str(scratch)}
    pytest = [sys.executable, "-m", "pytest", "-o", f"cache_dir={settings.home}/cache/pytest"]
    if "--pdb" not in arguments and not any(word.startswith("-n") for word in arguments):
        # A file's tests stay together: they share its database or its RADIUS server.
        pytest += ["-n", WORKERS, "--dist", "loadfile"]
    # A script that starts us in the background has us ignore Ctrl-C, and so all that tests start.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.chdir(settings.root)
    os.execve(sys.executable, [*pytest, *arguments], environ)  # noqa: S606 (no shell is wanted)


COMMAND = test
