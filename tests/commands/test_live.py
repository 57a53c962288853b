"""A whole SkyLink, and a router whose clients feel what is done here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from billing.clients import set_client_status
from billing.connections import Connection, find_connection
from billing.payments import NewPayment, PaymentMethod, take_payment
from commands.demo import demo_password
from commands.dsn import role_dsn
from commands.settings import Settings
from network.nas import NasDetails, NasKind, add_nas
from policy.facts import Status, TenantId
from sandbox.background import Background
from sandbox.nas.router import Router, Setup
from sandbox.nas.sessions import Dial, Session
from sql.migrate import APP
from storage.actors import SYSTEM
from storage.database import Database
from storage.secrets import KeyRing, Secret
from tenancy.isps import find_isp
from tests.commands.test_up import Copy, end
from tests.radius.server import until

ADDRESS, SECRET = "127.63.1.1", Secret("Meghna-Tower-1")


@dataclass(frozen=True)
class Live:
    """`tenant_id` is the demo ISP's."""

    copy: Copy
    router: Router
    background: Background
    database: Database
    tenant_id: TenantId

    def dial(self, username: str) -> Session:
        """The client is online, and accounting has brought it to the database."""
        dial = Dial(username, str(demo_password(username)))
        session = self.background.do(self.router.dial(dial))
        until(lambda: self.sessions(username), lambda: self.copy.run("status").stdout)
        return session

    def sessions(self, username: str) -> list[object]:
        shown: list[object] = self.copy.json("sessions", username)["sessions"]
        return shown

    def line(self, username: str) -> Connection:
        with self.database.transaction(self.tenant_id) as session:
            found = find_connection(session, self.tenant_id, username)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    one = Copy(tmp_path_factory.mktemp("live") / "home")
    process = one.up()
    yield one
    end(process)


@pytest.fixture(scope="module")
def live(copy: Copy) -> Iterator[Live]:
    settings = Settings.from_environ(copy.environ())
    setup = Setup(ADDRESS, str(SECRET), settings.radius_auth_port, settings.radius_acct_port)
    keys = KeyRing.from_text(settings.keys_file.read_text())
    router = Router(setup)
    with closing(Database(role_dsn(settings, APP))) as database, Background() as background:
        background.do(router.open())
        tower = NasDetails(
            name="tower", kind=NasKind.MIKROTIK, address=ADDRESS, coa_port=router.coa_port
        )
        with database.transaction(None) as session:
            tenant_id = find_isp(session, "demo").tenant_id
        with database.transaction(tenant_id) as session:
            add_nas(session, tenant_id, tower, secret=SECRET, keys=keys, actor=SYSTEM)
        yield Live(copy, router, background, database, tenant_id)
        background.do(router.close())


def test_a_kick_ends_the_session_and_waits_until_the_router_says_so(live: Live) -> None:
    online = live.dial("rahim")
    said = live.copy.run("kick", "rahim")
    assert (said.stdout, said.returncode) == ("Ended 1 session of rahim.\n", 0)
    assert not online.is_live


def test_who_is_suspended_is_cut_and_the_session_is_closed(live: Live) -> None:
    online, line = live.dial("ratan"), live.line("ratan")
    with live.database.transaction(live.tenant_id) as session:
        set_client_status(session, live.tenant_id, line.client_id, Status.SUSPENDED, actor=SYSTEM)
    until(lambda: not online.is_live, lambda: live.copy.run("status").stdout)
    until(lambda: not live.sessions("ratan"), lambda: live.copy.run("status").stdout)


def test_who_pays_is_let_out_of_the_walled_garden_at_once(live: Live) -> None:
    walled, line = live.dial("karim"), live.line("karim")
    assert walled.address_list == "expired"
    money = NewPayment(method=PaymentMethod.CASH, amount_minor=10_000_000)
    with live.database.transaction(live.tenant_id) as session:
        now = datetime.now(UTC)
        take_payment(session, live.tenant_id, line.client_id, money, now=now, actor=SYSTEM)
    until(lambda: not walled.is_live, lambda: live.copy.run("status").stdout)
    until(lambda: not live.sessions("karim"), lambda: live.copy.run("status").stdout)
    assert live.dial("karim").address_list is None
