"""Devices and sessions: the first device is learnt, others are refused, limits are kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from billing.connections import Connection, get_connection
from billing.devices import bind_mac
from policy.facts import MacMode, Service, Speed
from storage.actors import SYSTEM
from tests.fixtures.databases import Connection as Database
from tests.fixtures.isps import PASSWORD, World
from tests.radius.server import Radius, Router, of_each, together, until

FIRST, SECOND = "AA:BB:CC:00:00:01", "AA:BB:CC:00:00:02"


def learning(isp: World, **said: object) -> Connection:
    return isp.connection(**{"mac_mode": MacMode.LEARN, **said})  # type: ignore[arg-type]


def bound(isp: World, line: Connection) -> tuple[str, ...]:
    with isp.transaction() as session:
        return get_connection(session, isp.tenant_id, line.connection_id).macs


def login(router: Router, line: Connection, mac: str, password: str = PASSWORD) -> str:
    return router.login(line.details.username, password, mac=mac).code


def test_the_first_device_is_learnt_and_the_second_refused_at_once(
    radius: Radius, router: Router, isp: World, admin: Database
) -> None:
    line = learning(isp)
    radius.caught_up()
    assert login(router, line, FIRST) == "Access-Accept"
    second, reason = together(
        lambda: login(router, line, SECOND),
        lambda: radius.decision(isp.slug, line.details.username, PASSWORD, mac=SECOND)[1],
    )
    assert second == "Access-Reject"
    assert reason == "verdict=reject reason=wrong_device"
    assert login(router, line, FIRST.lower().replace(":", "-")) == "Access-Accept"
    until(lambda: bound(isp, line) == ("AABBCC000001",), lambda: bound(isp, line))
    with admin.cursor() as cursor:
        cursor.execute(
            "SELECT actor_kind, after FROM audit_log WHERE action = 'connection.mac_learnt'"
            " AND tenant_id = %s AND subject_id = %s",
            (isp.tenant_id, line.connection_id),
        )
        assert cursor.fetchall() == [("radius", {"mac": "AABBCC000001"})]


def test_a_wrong_password_binds_no_device(radius: Radius, router: Router, isp: World) -> None:
    line = learning(isp)
    radius.caught_up()
    assert login(router, line, SECOND, "guess") == "Access-Reject"
    assert login(router, line, FIRST) == "Access-Accept"
    until(lambda: bound(isp, line) == ("AABBCC000001",), lambda: bound(isp, line))


def test_a_login_that_names_no_device_binds_none(
    radius: Radius, router: Router, isp: World
) -> None:
    line = learning(isp)
    radius.caught_up()
    assert login(router, line, "10.0.0.7") == "Access-Accept"
    assert login(router, line, FIRST) == "Access-Accept"
    assert login(router, line, "10.0.0.7") == "Access-Reject"


def test_only_devices_that_were_bound_by_hand_get_in_where_that_is_enforced(
    radius: Radius, router: Router, isp: World
) -> None:
    line = isp.connection(mac_mode=MacMode.ENFORCE)
    radius.caught_up()
    assert login(router, line, FIRST) == "Access-Reject"
    with isp.transaction() as session:
        bind_mac(session, isp.tenant_id, line.connection_id, FIRST, actor=SYSTEM)
    radius.caught_up()
    assert login(router, line, FIRST) == "Access-Accept"
    assert bound(isp, line) == ("AABBCC000001",)


def test_a_learnt_device_is_remembered_over_a_restart(
    new_radius: Callable[..., Radius], new_router: Callable[..., Router], isp: World
) -> None:
    line = learning(isp)
    server = new_radius()
    router = new_router(server)
    server.start()
    assert login(router, line, FIRST) == "Access-Accept"
    assert server.stop() == 0  # at once: what is learnt is written on the way out
    assert bound(isp, line) == ("AABBCC000001",)
    server.start()
    assert login(router, line, SECOND) == "Access-Reject"


@pytest.fixture
def hotspot(radius: Radius, isp: World) -> Connection:
    """A hotspot client without a password, known by the device."""
    package = isp.package(service=Service.HOTSPOT, speed=Speed(4_000, 2_000))
    line = learning(isp, service=Service.HOTSPOT, package_id=package.package_id, password=None)
    with isp.transaction() as session:
        bind_mac(session, isp.tenant_id, line.connection_id, FIRST, actor=SYSTEM)
    radius.caught_up()
    return line


@pytest.mark.parametrize(
    "form",
    [
        "AA:BB:CC:00:00:01",
        "AA-BB-CC-00-00-01",
        "AABB:CC00:0001",
        "AABBCC000001",
        "aa:bb:cc:00:00:01",
    ],
)
def test_a_hotspot_device_logs_in_by_itself_in_each_form_that_routeros_writes(
    router: Router, hotspot: Connection, form: str
) -> None:
    answer = router.login(form, "", mac=FIRST, extra="NAS-Port-Type = Wireless-802.11")
    assert answer.code == "Access-Accept"
    assert answer["Mikrotik-Rate-Limit"] == "2M/4M"


def test_a_device_stands_for_nobody_but_itself(
    router: Router, hotspot: Connection, isp: World, other_isp: World, radius: Radius
) -> None:
    pppoe = learning(isp)
    with isp.transaction() as session:
        bind_mac(session, isp.tenant_id, pppoe.connection_id, SECOND, actor=SYSTEM)
    stranger = Router(radius, str(other_isp.nas("127.8.0.9").details.address), router.secret)
    radius.caught_up()
    answers = together(
        lambda: router.login(FIRST, "", mac=SECOND).code,  # says another's name
        lambda: router.login(SECOND, "", mac=SECOND).code,  # PPPoE needs its password
        lambda: router.login("AA:BB:CC:00:00:0F", "", mac="AA:BB:CC:00:00:0F").code,
        lambda: stranger.login(FIRST, "", mac=FIRST).code,  # at another ISP
        lambda: router.login(hotspot.details.username, "", mac=FIRST).code,
    )
    assert answers == ["Access-Reject"] * 5


def test_a_session_limit_counts_what_the_router_reports(
    radius: Radius, router: Router, isp: World
) -> None:
    package = isp.package(session_limit=1)
    line = isp.connection(package_id=package.package_id)
    username = line.details.username
    radius.caught_up()
    assert login(router, line, FIRST) == "Access-Accept"
    assert router.account("Start", username, "s-1", FIRST).code == "Accounting-Response"
    assert radius.decision(isp.slug, username, PASSWORD, mac=SECOND) == (
        "Access-Reject",
        "verdict=reject reason=session_limit",
    )
    assert login(router, line, FIRST) == "Access-Accept", "a device that dials again is let in"
    router.account("Stop", username, "s-1", FIRST)
    assert login(router, line, SECOND) == "Access-Accept"
    router.account("Interim-Update", username, "s-2", SECOND)
    assert login(router, line, FIRST) == "Access-Reject"
    router.account("Accounting-On", "", "", "")
    assert login(router, line, FIRST) == "Access-Accept"


def test_sessions_are_counted_by_class_where_the_name_was_rewritten(
    radius: Radius, router: Router, isp: World, other_isp: World
) -> None:
    line = isp.connection(session_limit=1)
    radius.caught_up()
    given = router.login(line.details.username, PASSWORD, mac=FIRST)["Class"]
    router.account("Start", "rewritten", "s-9", FIRST, f"Class = {given}")
    stranger = Router(radius, str(other_isp.nas("127.8.0.10").details.address), router.secret)
    radius.caught_up()
    stranger.account("Stop", "rewritten", "s-9", FIRST, f"Class = {given}")
    assert login(router, line, SECOND) == "Access-Reject", "another ISP's Stop ends nothing of ours"


def test_any_number_of_sessions_is_fine_where_nobody_set_a_limit(
    radius: Radius, router: Router, isp: World
) -> None:
    line = isp.connection()
    radius.caught_up()
    for number in range(3):
        router.account("Start", line.details.username, f"s-{number}", f"AA:BB:CC:00:01:0{number}")
    macs = [f"AA:BB:CC:00:02:0{number}" for number in range(3)]
    assert of_each(macs, lambda mac: login(router, line, mac)) == dict.fromkeys(
        macs, "Access-Accept"
    )
