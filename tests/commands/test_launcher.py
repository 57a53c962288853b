"""The launcher: what it does in a checkout that is not installed, and what it hands over.

It runs in small checkouts of the test's own, whose one Python package is made here, so that
nothing is fetched from anywhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements-build.lock", "requirements.lock", "requirements-test.lock")
TELLS_WHAT_IT_GOT = """
import json, os, sys
print(json.dumps({"arguments": sys.argv[1:], "folder": os.getcwd(), "python": sys.executable,
                  "environ": dict(os.environ)}))
sys.exit(7)
"""


@dataclass
class Checkout:
    """The real launcher, lock files that name the package `ours`, and a command that tells."""

    root: Path
    wheels: Path

    def lock(self, digest: str) -> None:
        for name in LOCKS:
            (self.root / name).write_text(f"ours==1.0 \\\n    --hash=sha256:{digest}\n")

    def run(self, *arguments: str, folder: Path | None = None, **environ: str) -> Done:
        clean = {
            name: value for name, value in os.environ.items() if name[:4] not in {"PIP_", "SKYL"}
        }
        offline = {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels),
        }
        done = subprocess.run(
            [self.root / "skylink", *arguments],
            cwd=folder or self.root,
            env={**clean, **offline, **environ},
            text=True,
            capture_output=True,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)


@dataclass
class Done:
    code: int
    out: str
    err: str


def make_wheel(folder: Path) -> str:
    """A wheel of an empty package; returns its hash. PyPA, binary distribution format 1.0."""
    folder.mkdir()
    wheel, info = folder / "ours-1.0-py3-none-any.whl", "ours-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("ours.py", "")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: ours\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", f"ours.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n")
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def make_checkout(folder: Path) -> Checkout:
    root = folder / "a checkout"
    (root / "commands").mkdir(parents=True)
    shutil.copy(ROOT / "skylink", root)
    (root / "commands/cli.py").write_text(TELLS_WHAT_IT_GOT)
    made = Checkout(root, folder / "wheels")
    made.lock(make_wheel(made.wheels))
    return made


@pytest.fixture
def new(tmp_path: Path) -> Checkout:
    """A checkout in which nothing was ever run."""
    return make_checkout(tmp_path)


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, Done]:
    """A checkout after its first `up`, which was called from another folder; and what that said."""
    folder = tmp_path_factory.mktemp("first")
    checkout = make_checkout(folder)
    return checkout, checkout.run("up", "--two words", folder=folder, SKYLINK_HOME="my home")


@pytest.fixture
def installed(first_start: tuple[Checkout, Done], tmp_path: Path) -> Checkout:
    """A copy of that checkout, to do with as one likes."""
    root = tmp_path / "a checkout"
    shutil.copytree(first_start[0].root, root, symlinks=True)
    return Checkout(root, first_start[0].wheels)


def test_a_new_checkout_says_how_to_begin(new: Checkout) -> None:
    done = new.run()
    assert done.code == 0
    assert "./skylink up" in done.err


def test_other_commands_do_not_install_anything(new: Checkout) -> None:
    done = new.run("status")
    assert (done.code, done.out) == (1, "")
    assert "./skylink up installs" in done.err
    assert not (new.root / ".venv").exists()


def test_a_checkout_of_somebody_else_is_left_alone(new: Checkout) -> None:
    new.root.chmod(0o555)
    try:
        done = new.run("up", SKYLINK_HOME=str(new.root.parent / "home"))
    finally:
        new.root.chmod(0o755)
    assert done.code == 1
    assert "use a checkout of your own" in done.err


def test_up_installs_what_the_lock_files_say_and_hands_over(
    first_start: tuple[Checkout, Done],
) -> None:
    checkout, done = first_start
    assert done.code == 7
    told = json.loads(done.out)
    home = checkout.root.parent / "my home"
    assert home.is_dir()
    assert told["arguments"] == ["up", "--two words"]
    assert told["folder"] == str(checkout.root)
    assert told["python"] == str(checkout.root / ".venv/bin/python")
    assert told["environ"]["SKYLINK_HOME"] == str(home)
    assert told["environ"]["PYTHONPYCACHEPREFIX"] == str(home / "cache/pycache")
    assert told["environ"]["MPLCONFIGDIR"] == str(home / "cache/matplotlib")
    assert "requirements-test.lock" not in done.err


def test_a_second_start_needs_no_network_and_says_nothing(installed: Checkout) -> None:
    for command in ("up", "status"):
        done = installed.run(command, PIP_FIND_LINKS="")
        assert (done.code, done.err) == (7, "")


def test_what_tests_need_comes_with_the_first_test(installed: Checkout) -> None:
    assert "requirements-test.lock" in installed.run("test").err
    assert installed.run("test").err == ""


def test_a_changed_lock_file_is_installed_again(installed: Checkout) -> None:
    lock = installed.root / "requirements.lock"
    lock.write_text(lock.read_text() + "# changed\n")
    assert "from requirements.lock: 1" in installed.run("up").err
    assert installed.run("up").err == ""


def test_a_package_that_is_not_the_locked_one_is_refused(installed: Checkout) -> None:
    shutil.rmtree(next(installed.root.glob(".venv/lib/python3*/site-packages/ours-1.0.dist-info")))
    installed.lock("0" * 64)
    done = installed.run("up")
    assert (done.code, done.out) == (1, "")
    assert "differs from the hash in requirements-build.lock" in done.err


def test_no_network_is_one_clear_sentence(installed: Checkout) -> None:
    (installed.root / "requirements.lock").write_text("theirs==1.0 --hash=sha256:" + "0" * 64)
    done = installed.run(
        "up", PIP_NO_INDEX="0", PIP_FIND_LINKS="", PIP_INDEX_URL="http://127.0.0.1:9/"
    )
    assert done.code == 1
    assert "connect this machine to the network and try again" in done.err
    assert "Traceback" not in done.err


def test_a_home_that_cannot_be_made_is_told(installed: Checkout) -> None:
    done = installed.run("up", SKYLINK_HOME="/proc/skylink")
    assert done.code == 1
    assert "choose another SKYLINK_HOME" in done.err


def test_a_python_that_is_first_on_the_path_by_luck_is_not_used(
    installed: Checkout, tmp_path: Path
) -> None:
    lucky = tmp_path / "bin"
    lucky.mkdir()
    (lucky / "python3").write_text("#!/bin/sh\nexit 66\n")
    (lucky / "python3").chmod(0o755)
    shutil.rmtree(installed.root / ".venv")
    done = installed.run("up", PATH=f"{lucky}:{os.environ['PATH']}", PYTHONPATH=str(lucky))
    assert done.code == 7
    assert "PYTHONPATH" not in json.loads(done.out)["environ"]
