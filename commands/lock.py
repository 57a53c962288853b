"""`./skylink lock`: turns requirements*.in into lock files with a hash for every file."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from commands.settings import Settings

# requirements-test.in names requirements.lock as its constraint, so the order matters.
NAMES = ("requirements-build", "requirements", "requirements-test")
COMPILE = (
    "--generate-hashes",
    "--allow-unsafe",  # the name of an old quarrel: setuptools is pinned like all else
    "--strip-extras",
    "--no-header",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-trusted-host",
    "--quiet",
)


@click.command("lock")
@click.option("--upgrade", is_flag=True, help="Take the newest versions, not the pinned ones.")
def lock(upgrade: bool) -> None:
    """Pin what SkyLink is made of anew; the compiler is fetched into a throwaway environment."""
    root = Settings.from_environ(os.environ).root
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        tools = Path(folder) / "bin"
        subprocess.run([tools / "pip", "install", "--quiet", "pip-tools"], check=True)
        for name in NAMES:
            click.echo(f"{name}.lock")
            files = ["--output-file", f"{name}.lock", f"{name}.in"]
            extra = ["--upgrade"] if upgrade else []
            subprocess.run([tools / "pip-compile", *COMPILE, *extra, *files], cwd=root, check=True)


COMMAND = lock
