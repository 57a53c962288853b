"""A whole SkyLink, and a router whose clients feel what is done here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.request import urlopen
from uuid import uuid4

import pytest

from billing.clients import set_client_status
from billing.connections import Connection, change_connection, find_connection, set_expiry
from billing.package_details import PackageDetails
from billing.packages import add_package
from billing.payments import NewPayment, PaymentMethod, take_payment
from commands.demo import demo_password
from commands.dsn import role_dsn
from commands.screen import portal_address
from commands.settings import Settings
from network.nas import NasDetails, NasKind, add_nas
from policy.facts import QuotaAction, Service, Speed, Status, TenantId
from sandbox.background import Background
from sandbox.nas.router import Router, Setup
from sandbox.nas.sessions import Dial, Session
from sql.migrate import APP
from storage.actors import SYSTEM
from storage.database import Database
from storage.secrets import KeyRing, Secret
from tenancy.isps import find_isp
from tests.commands.payer import pay_on_portal
from tests.commands.test_up import Copy, end
from tests.radius.server import until

ADDRESS, SECRET = "127.63.1.1", Secret("Meghna-Tower-1")
GIGABYTE = 10**9


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

    def sell(self, username: str, **said: object) -> None:
        """A package of the client's own, from now on; who is online already stays so."""
        shape: dict[str, object] = {"name": f"For {username} {uuid4()}", "price_minor": 80_000}
        shape |= {"service": Service.PPPOE, "speed": Speed(10_000, 10_000)}
        shape |= {"pool": "home", "router_profile": "own"}
        line = self.line(username)
        with self.database.transaction(self.tenant_id) as session:
            details = PackageDetails(**shape | said)  # type: ignore[arg-type]
            sold = add_package(session, self.tenant_id, details, actor=SYSTEM)
            new = replace(line.details, package_id=sold.package_id)
            change_connection(session, self.tenant_id, line.connection_id, new, actor=SYSTEM)


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
    online, line = live.dial("parvin"), live.line("parvin")
    with live.database.transaction(live.tenant_id) as session:
        set_client_status(session, live.tenant_id, line.client_id, Status.SUSPENDED, actor=SYSTEM)
    until(lambda: not online.is_live, lambda: live.copy.run("status").stdout)
    until(lambda: not live.sessions("parvin"), lambda: live.copy.run("status").stdout)


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


def test_a_newcomer_pays_by_a_local_gateway_and_is_online_again(live: Live) -> None:
    walled = live.dial("nadia")
    assert walled.address_list == "expired"
    portal = portal_address(Settings.from_environ(live.copy.environ()))
    paying = pay_on_portal(portal, "nadia", str(demo_password("nadia")), "bkash")
    assert "বিকাশ নিশ্চিত করেছে" in live.background.do(paying)
    until(lambda: not walled.is_live, lambda: live.copy.run("status").stdout)
    until(lambda: not live.sessions("nadia"), lambda: live.copy.run("status").stdout)
    assert live.dial("nadia").address_list is None


def test_who_buys_more_is_faster_in_the_session_that_runs(live: Live) -> None:
    live.sell("office")
    online = live.dial("office")
    until(lambda: online.rate_limit == "10M/10M", lambda: live.copy.run("status").stdout)
    live.sell("office", speed=Speed(50_000, 20_000))
    until(lambda: online.rate_limit == "20M/50M", lambda: live.copy.run("status").stdout)
    assert online.is_live


def test_who_pays_by_the_day_is_cut_when_the_time_has_come_and_nobody_did_anything(
    live: Live,
) -> None:
    online, line = live.dial("ratan"), live.line("ratan")
    with live.database.transaction(live.tenant_id) as session:
        ends_at = datetime.now(UTC) + timedelta(seconds=2)
        set_expiry(
            session, live.tenant_id, line.connection_id, ends_at, reason="a test", actor=SYSTEM
        )
    until(lambda: not online.is_live, lambda: live.copy.run("status").stdout)
    assert datetime.now(UTC) >= ends_at
    assert live.dial("ratan").address_list == "expired"


def test_a_quota_crossed_within_a_session_slows_it_with_the_record_that_tells(live: Live) -> None:
    slow = Speed(1_000, 512)
    quota = {"data_limit_bytes": 5 * GIGABYTE, "quota_action": QuotaAction.THROTTLE}
    live.sell("salma", throttle=slow, **quota)
    online = live.dial("salma")
    until(lambda: online.rate_limit == "10M/10M", lambda: live.copy.run("status").stdout)
    online.carry(download_bytes=6 * GIGABYTE)
    assert live.background.do(live.router.interim(online))
    until(lambda: online.rate_limit == "512k/1M", lambda: live.copy.run("sessions").stdout)
    assert online.is_live


def test_the_portal_is_served_where_the_first_screen_says(live: Live) -> None:
    settings = Settings.from_environ(live.copy.environ())
    with urlopen(portal_address(settings)) as page:  # noqa: S310 (its scheme is ours)
        assert "Padma Net" in page.read().decode()
