"""A signal to stop is heeded, whatever Python was doing when it came."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INTERRUPTED_IN_A_FINALISER = """
import os, signal
from commands.processes import interruption, stop_as_ctrl_c_does

class Finalised:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)

stop_as_ctrl_c_does()
Finalised()
print("went on")
try:
    interruption.heed()
except KeyboardInterrupt:
    print("stopped")
"""


def test_a_signal_that_comes_while_an_object_is_finalised_is_not_lost() -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_IN_A_FINALISER],
        cwd=ROOT, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert done.stdout == "went on\nstopped\n", done.stderr
