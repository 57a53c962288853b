"""Use counted by the node itself: over quota is refused, database or not; nothing counts twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from billing.connections import Connection
from commands.cluster import Cluster
from network.intake import Intake
from network.settings import IntakeSettings
from policy.facts import FairUseStep, QuotaAction, Speed
from sql.migrate import INTAKE, RADIUS
from tests.fixtures.databases import Connection as Database
from tests.fixtures.isps import PASSWORD, World
from tests.radius.proxy import Proxy
from tests.radius.server import Answer, Radius, Router, until

GB = 10**9
MAC = "AA:BB:CC:00:00:01"


@pytest.fixture
def way(cluster: Cluster, database_name: str) -> Iterator[Proxy]:
    """The way from the test's node to the database."""
    folder = Path(mkdtemp(prefix="sky-", dir="/tmp"))
    proxy = Proxy(folder, cluster.dsn(RADIUS, database_name))
    proxy.mend()
    yield proxy
    proxy.cut()
    shutil.rmtree(folder)


@pytest.fixture
def node(new_radius: Callable[..., Radius], way: Proxy) -> Radius:
    """A node of the test's own, not yet started."""
    return new_radius(way.dsn)


@pytest.fixture
def tower(node: Radius, new_router: Callable[..., Router]) -> Router:
    return new_router(node)


@pytest.fixture
def bring(node: Radius, cluster: Cluster, database_name: str) -> Callable[[], None]:
    """Bring the node's journal into the database."""
    settings = IntakeSettings(
        cluster.dsn(INTAKE, database_name), node.home / "journal", node.home.name, 86_400
    )
    return Intake(settings, lambda _about, _line: None).catch_up


@pytest.fixture
def line(isp: World, tower: Router) -> Connection:
    """A gigabyte, then nothing; and half the speed from half of it on."""
    package = isp.package(
        data_limit_bytes=GB,
        quota_action=QuotaAction.DISCONNECT,
        fair_use=(FairUseStep(GB // 2, Speed(5_000, 5_000)),),
    )
    return isp.connection(package_id=package.package_id)


def told(tower: Router, line: Connection, kind: str, session: str, **said: int) -> None:
    names = {
        "down": "Acct-Output-Octets",
        "up": "Acct-Input-Octets",
        "seconds": "Acct-Session-Time",
    }
    extra = ", ".join(f"{names[name]} = {value}" for name, value in said.items())
    answer = tower.account(kind, line.details.username, session, MAC, extra)
    assert answer.code == "Accounting-Response"


def login(tower: Router, line: Connection) -> Answer:
    return tower.login(line.details.username, PASSWORD)


def speed(tower: Router, line: Connection) -> str:
    return login(tower, line)["Mikrotik-Rate-Limit"]


def test_a_client_over_quota_is_refused_while_the_database_is_away(
    node: Radius, way: Proxy, tower: Router, line: Connection
) -> None:
    node.start()
    way.cut()
    assert speed(tower, line) == "10M/10M"
    told(tower, line, "Start", "1")
    told(tower, line, "Interim-Update", "1", down=GB // 2, up=0, seconds=300)
    assert speed(tower, line) == "5M/5M"
    told(tower, line, "Interim-Update", "1", down=GB // 2, up=0, seconds=300)
    assert speed(tower, line) == "5M/5M"
    told(tower, line, "Stop", "1", down=GB // 2, up=GB // 2 - 1, seconds=400)
    assert speed(tower, line) == "5M/5M"  # one byte is left
    told(tower, line, "Start", "2")
    told(tower, line, "Interim-Update", "2", down=1, up=0, seconds=300)
    assert login(tower, line).code == "Access-Reject"


def test_what_the_database_has_counted_is_not_counted_again(
    node: Radius,
    way: Proxy,
    tower: Router,
    line: Connection,
    isp: World,
    admin: Database,
    bring: Callable[[], None],
) -> None:
    node.start()
    way.cut()
    told(tower, line, "Start", "1")
    told(tower, line, "Interim-Update", "1", down=GB - 1, up=0, seconds=300)
    way.mend()
    bring()
    node.caught_up()  # the figure of the database has crossed the step: it is fetched
    assert speed(tower, line) == "5M/5M"  # twice would be refused
    told(tower, line, "Interim-Update", "1", down=GB, up=0, seconds=600)
    assert login(tower, line).code == "Access-Reject"
    bring()
    node.caught_up()
    with admin.cursor() as cursor:
        cursor.execute(
            "UPDATE connection_usage SET used_bytes = used_bytes - 1 WHERE tenant_id = %s",
            (isp.tenant_id,),
        )
    until(lambda: login(tower, line).code == "Access-Accept", lambda: node)


def test_a_session_that_runs_when_the_node_starts_counts_from_what_it_says_first(
    node: Radius, way: Proxy, tower: Router, line: Connection
) -> None:
    node.start()
    way.cut()
    told(tower, line, "Interim-Update", "1", down=3 * GB, up=0, seconds=300)
    assert speed(tower, line) == "10M/10M"  # the journal has it; perhaps the database, too
    told(tower, line, "Interim-Update", "1", down=4 * GB, up=0, seconds=600)
    assert login(tower, line).code == "Access-Reject"


def test_a_client_without_a_limit_may_use_what_it_likes(
    node: Radius, tower: Router, isp: World
) -> None:
    free = isp.connection()
    node.start()
    told(tower, free, "Start", "1")
    told(tower, free, "Interim-Update", "1", down=4 * GB, up=0, seconds=300)
    assert speed(tower, free) == "10M/10M"
