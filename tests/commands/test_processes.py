"""Processes that fall are started again, and what happens is told once."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.processes import PROGRAM, Line, process_states, run_processes
from commands.settings import Settings


class Seen(Exception):
    """The test has seen what it waited for."""


def test_what_keeps_ending_is_tried_until_it_stays_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_machine = PROGRAM + "startsecs = 5\n"  # what ends within them has not started
    monkeypatch.setattr("commands.processes.PROGRAM", slow_machine)
    settings = Settings.from_environ({"SKYLINK_HOME": str(tmp_path / "home")})
    for folder in (settings.log, settings.run):
        folder.mkdir(parents=True)
    mended, told = tmp_path / "mended", list[str]()

    def tell(line: str) -> None:
        told.append(line)
        if "keeps ending" in line:
            mended.touch()
        if "stays up" in line:
            raise Seen

    script = tmp_path / "web"
    script.write_text(f"test -e {mended} && exec sleep 600")
    lines = [Line("web", f"sh {script}")]
    with run_processes(settings, {}, lines) as processes:
        processes.start_again("web")
        try:
            processes.watch(tell)
        except Seen:
            assert [state.state for state in process_states(settings)] == ["RUNNING"]
    given_up, mended_again = [line for line in told if "had ended" not in line]
    assert given_up.startswith("web keeps ending; it is tried again until it stays: see ")
    assert mended_again == "web stays up again."
