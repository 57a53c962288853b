"""The clock jumps: decisions follow it, and nothing breaks."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from policy.facts import ProfileKind
from tests.fixtures.isps import PASSWORD, World
from tests.radius.server import Radius, Router, until

RIGHT = PASSWORD.encode()
SOURCE = Path(__file__).with_name("clock.c")
MONTH_SECONDS = 30 * 86_400


@pytest.fixture
def preloaded(tmp_path: Path) -> str:
    """What LD_PRELOAD needs to be for the clock of SOURCE.

    With libpython before it is wanted: FreeRADIUS binds what a module brings along to the C library
    first, whatever was preloaded.
    """
    library = tmp_path / "clock.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(SOURCE)], check=True)
    folder = Path("/usr/lib") / f"{os.uname().machine}-linux-gnu"
    (python,) = folder.glob("libpython3.*.so.1.0")
    return f"{library} {python}"


def test_decisions_follow_a_clock_that_jumps_a_month_ahead_and_back(
    new_radius: Callable[..., Radius],
    new_router: Callable[..., Router],
    isp: World,
    preloaded: str,
    tmp_path: Path,
) -> None:
    daily = isp.profile(ProfileKind.DAILY).profile_id
    line = isp.connection(profile_id=daily, expires_at=datetime.now(UTC) + timedelta(days=10))
    clock = tmp_path / "clock"
    clock.write_text("0")
    node = new_radius()
    router = new_router(node)
    node.start(LD_PRELOAD=preloaded, TEST_CLOCK=str(clock))

    def verdict() -> str:
        said = node.decision(isp.slug, line.details.username, PASSWORD)[1]
        return said.partition(" ")[0]

    def jumps(by: int, expected: str) -> None:
        clock.write_text(str(by))
        until(lambda: verdict() == f"verdict={expected}", lambda: (by, verdict(), node), 5)
        assert router.raw(line.details.username.encode(), RIGHT) == "Access-Accept"

    jumps(0, "accept")
    jumps(MONTH_SECONDS, "walled")
    jumps(0, "accept")
    jumps(-MONTH_SECONDS, "accept")
    jumps(MONTH_SECONDS, "walled")
    later = isp.connection()
    until(
        lambda: router.raw(later.details.username.encode(), RIGHT) == "Access-Accept", lambda: node
    )
    assert not node.lines("Traceback")
    assert not node.lines("failed")
    assert node.stop() == 0
