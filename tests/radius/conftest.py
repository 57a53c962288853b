"""One FreeRADIUS a worker, on the worker's database; a router of its own for each test's ISP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from commands.cluster import Cluster
from sql.migrate import RADIUS
from tests.fixtures.isps import NAS_SECRET, World
from tests.radius.server import Radius, Router

addresses = count(2)


def new_address() -> str:
    """A loopback address that no other router of this worker has."""
    number = next(addresses)
    return f"127.9.{number >> 8}.{number & 255}"


@pytest.fixture(scope="session")
def radius(
    run_home: Path, cluster: Cluster, database_name: str, key_lines: str
) -> Iterator[Radius]:
    """The worker's FreeRADIUS. Tests that stop or harm one use `lonely_radius`."""
    home = run_home / f"radius-{database_name}"
    server = Radius(home, cluster.dsn(RADIUS, database_name), key_lines)
    try:
        server.start()
        yield server
        assert server.stop() == 0, server
    finally:
        if not server.ended():
            server.kill()


@pytest.fixture
def new_radius(
    tmp_path: Path, cluster: Cluster, database_name: str, key_lines: str
) -> Iterator[Callable[..., Radius]]:
    """Make a server of the test's own; ended after it."""
    made: list[Radius] = []

    def make(dsn: str | None = None, home: Path | None = None) -> Radius:
        server = Radius(
            home or tmp_path / "node", dsn or cluster.dsn(RADIUS, database_name), key_lines
        )
        made.append(server)
        return server

    yield make
    for server in made:
        if not server.ended():
            server.kill()


def _router(radius: Radius, isp: World, address: str = "", **said: object) -> Router:
    nas = isp.nas(address or new_address(), **said)
    return Router(radius, str(nas.details.address), str(NAS_SECRET))


@pytest.fixture
def new_router(isp: World) -> Callable[..., Router]:
    """Make a router of the test's ISP: new_router(radius, address=..., kind=...)."""
    return partial(lambda radius, **said: _router(radius, isp, **said))


@pytest.fixture
def router(radius: Radius, isp: World) -> Router:
    """A MikroTik of the test's ISP."""
    return _router(radius, isp)
