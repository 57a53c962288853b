"""Processes that fall are started again, and what happens is told once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#  In a process of its own: it becomes the parent of orphans, and stops heeding signals at its end.
WATCHED = """
import sys
from pathlib import Path
from commands import processes
from commands.settings import Settings

folder = Path(sys.argv[1])
settings = Settings.from_environ({"SKYLINK_HOME": str(folder)})
for part in (settings.log, settings.run):
    part.mkdir(parents=True)
script = folder / "web"
script.write_text(f"test -e {folder}/mended && exec sleep 600")
processes.PROGRAM += "startsecs = 5\\n"  # a slow machine: what ends within them has not started

class Seen(Exception):
    pass

def tell(line):
    print(line)
    if "keeps ending" in line:
        (folder / "mended").touch()
    if "stays up" in line:
        raise Seen

with processes.run_processes(settings, {}, [processes.Line("web", f"sh {script}")]) as running:
    running.start_again("web")
    try:
        running.watch(tell)
    except Seen:
        print([state.state for state in processes.process_states(settings)])
"""


def test_what_keeps_ending_is_tried_until_it_stays_up(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(tmp_path / "home")],
        cwd=ROOT, text=True, capture_output=True, check=False,
    )  # fmt: skip
    told = [line for line in done.stdout.splitlines() if "had ended" not in line]
    assert len(told) == 3, done.stdout + done.stderr
    assert told[0].startswith("web keeps ending; it is tried again until it stays: see ")
    assert told[1:] == ["web stays up again.", "['RUNNING']"]
