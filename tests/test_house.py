"""The rules of the house that a machine can check: arrows, types, style, sizes, names."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOT_OURS = {".git", ".venv", "var"}
ROOMS = (
    *("policy", "storage", "tenancy", "billing", "network", "messaging", "clock"),
    *("radius_modules", "sql", "bots", "portal", "webhooks", "commands", "bench", "sandbox"),
)
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
HOMELESS = {"utils", "util", "helpers", "common", "misc", "core", "base", "manager"}
CLOCKS = {"now", "utcnow", "today", "fromtimestamp"}


def files(suffix: str) -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_OURS and name[0] != "."]
        yield from (Path(folder, name) for name in names if name.endswith(suffix))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def run(*command: str) -> subprocess.CompletedProcess[str]:
    tools = Path(sys.executable).parent
    return subprocess.run(
        [tools / command[0], *command[1:]], cwd=ROOT, text=True, capture_output=True, check=False
    )


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy", *ROOMS),
        ("lint-imports", "--no-cache"),
    ],
    ids=" ".join,
)
def test_style_types_and_arrows_are_as_agreed(command: tuple[str, ...]) -> None:
    done = run(*command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_launcher_is_plain_posix_shell() -> None:
    shell = shutil.which("dash") or "sh"
    for script in (ROOT / "skylink", ROOT / ".ci/run"):
        assert script.read_text().startswith("#!/bin/sh\n")
        assert os.access(script, os.X_OK)
        subprocess.run([shell, "-n", script], check=True)


def test_files_stay_short_enough_to_be_read() -> None:
    sizes = {
        path: len(path.read_bytes().splitlines()) for path in [*files(".py"), ROOT / "skylink"]
    }
    assert not {path for path, lines in sizes.items() if lines > FILE_LINES_MAX}


def test_functions_stay_short_enough_to_be_seen_at_once() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in files(".py")
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert not long


def test_no_module_is_named_after_nothing() -> None:
    assert not [path for path in files(".py") if path.stem in HOMELESS]


def test_each_module_says_first_what_it_is_for() -> None:
    modules = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    assert not [path for path in modules if not ast.get_docstring(ast.parse(path.read_bytes()))]


def test_policy_never_looks_at_a_clock() -> None:
    looks = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in files(".py")
        if path.is_relative_to(ROOT / "policy")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
    ]
    assert not looks


def test_each_room_has_a_readme_of_one_screen() -> None:
    for room in ROOMS:
        lines = (ROOT / room / "README.md").read_text().splitlines()
        assert 5 <= len(lines) <= 60, room


def test_links_between_documents_lead_somewhere() -> None:
    for document in files(".md"):
        for target in re.findall(r"\]\(([^)#:]+)[^):]*\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document}: {target}"


def test_the_lock_files_name_no_place_and_leave_nothing_unhashed() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text()
        assert not re.search(r"https?:|--(extra-)?index-url|--find-links", text)
        for pin in re.split(r"\n(?=[A-Za-z])", text):
            assert re.match(r"[A-Za-z0-9._-]+==\S+ \\\n    --hash=sha256:", pin) or "==" not in pin
