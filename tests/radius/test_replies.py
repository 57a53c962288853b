"""What a reply says, attribute by attribute, to each kind of router."""

from __future__ import annotations

import pytest

from billing.connections import Connection
from network.nas import NasKind
from policy.facts import Burst, Service, Speed
from policy.grants import grant_from
from tests.fixtures.isps import PASSWORD, World
from tests.radius.server import Answer, Radius, Router

SPEED = Speed(down_kbps=20_000, up_kbps=10_500)
BURST = Burst(40_000, 20_000, 15_000, 8_000, 12)
EVERYTHING = {
    "speed": SPEED,
    "burst": BURST,
    "priority": 3,
    "pool": "home",
    "ipv6_pool": "home6",
    "delegated_ipv6_pool": "home6-pd",
    "router_profile": "gold",
    "address_list": "paid",
    "session_limit": 2,
    "idle_timeout_seconds": 600,
    "interim_seconds": 120,
}


def sold(isp: World, package: dict[str, object], **said: object) -> Connection:
    package_id = isp.package(**package).package_id  # type: ignore[arg-type]
    return isp.connection(package_id=package_id, **said)  # type: ignore[arg-type]


def login(radius: Radius, router: Router, line: Connection) -> Answer:
    radius.caught_up()
    answer = router.login(line.details.username, PASSWORD)
    assert answer.code == "Access-Accept", answer
    return answer


@pytest.fixture
def plain_router(radius: Radius, isp: World, new_router: object) -> Router:
    """A router that is no MikroTik."""
    made = new_router(radius, kind=NasKind.RFC)  # type: ignore[operator]
    assert isinstance(made, Router)
    return made


@pytest.mark.parametrize(
    ("package", "said"),
    [
        ({"speed": Speed(20_000, 10_000)}, "10M/20M"),
        ({"speed": Speed(1_500, 512)}, "512k/1500k"),
        ({"speed": SPEED, "priority": 1}, "10500k/20M 0/0 0/0 0/0 1"),
        (
            {"speed": SPEED, "burst": BURST},
            "10500k/20M 20M/40M 8M/15M 12/12 8",
        ),
        (
            {"speed": SPEED, "burst": BURST, "priority": 3},
            "10500k/20M 20M/40M 8M/15M 12/12 3",
        ),
    ],
    ids=["megabits", "kilobits", "priority", "burst", "burst-and-priority"],
)
def test_a_mikrotik_reads_the_rate_limit_from_its_own_side(
    radius: Radius, router: Router, isp: World, package: dict[str, object], said: str
) -> None:
    answer = login(radius, router, sold(isp, package))
    assert answer["Mikrotik-Rate-Limit"] == said


def test_a_mikrotik_is_told_all_of_a_package_in_its_own_words(
    radius: Radius, router: Router, isp: World
) -> None:
    line = sold(isp, EVERYTHING)
    answer = login(radius, router, line)
    login_class = bytes.fromhex(answer["Class"].removeprefix("0x")).decode()
    mark, tenant_id, connection_id, number, grant = login_class.split(":")
    assert (mark, tenant_id) == ("sl", str(isp.tenant_id))
    assert connection_id == str(line.connection_id)
    assert int(number, 16)
    assert grant_from(grant) is not None, grant
    del answer.attributes["Class"], answer.attributes["Message-Authenticator"]
    assert answer.attributes == {
        "Mikrotik-Rate-Limit": ['"10500k/20M 20M/40M 8M/15M 12/12 3"'],
        "Mikrotik-Group": ['"gold"'],
        "Mikrotik-Address-List": ['"paid"'],
        "Mikrotik-Delegated-IPv6-Pool": ['"home6-pd"'],
        "Framed-Pool": ['"home"'],
        "Framed-IPv6-Pool": ['"home6"'],
        "Idle-Timeout": ["600"],
        "Acct-Interim-Interval": ["120"],
    }


def test_another_router_is_told_the_same_in_the_words_of_the_rfcs(
    radius: Radius, plain_router: Router, isp: World
) -> None:
    answer = login(radius, plain_router, sold(isp, EVERYTHING))
    del answer.attributes["Class"], answer.attributes["Message-Authenticator"]
    assert answer.attributes == {
        "WISPr-Bandwidth-Max-Down": ["20000000"],
        "WISPr-Bandwidth-Max-Up": ["10500000"],
        "Filter-Id": ['"paid"'],
        "Delegated-IPv6-Prefix-Pool": ['"home6-pd"'],
        "Framed-Pool": ['"home"'],
        "Framed-IPv6-Pool": ['"home6"'],
        "Idle-Timeout": ["600"],
        "Acct-Interim-Interval": ["120"],
    }


def test_fixed_addresses_stand_in_the_place_of_pools(
    radius: Radius, router: Router, isp: World
) -> None:
    fixed = {
        "ipv4_address": "203.0.113.77",
        "ipv6_prefix": "2001:db8:7::/64",
        "delegated_ipv6_prefix": "2001:db8:7700::/56",
    }
    answer = login(radius, router, sold(isp, EVERYTHING, **fixed))
    assert answer["Framed-IP-Address"] == "203.0.113.77"
    assert answer["Framed-IPv6-Prefix"] == "2001:db8:7::/64"
    assert answer["Delegated-IPv6-Prefix"] == "2001:db8:7700::/56"
    assert not {"Framed-Pool", "Framed-IPv6-Pool"} & answer.attributes.keys()


def test_what_a_connection_has_of_its_own_outranks_its_package(
    radius: Radius, router: Router, isp: World
) -> None:
    answer = login(radius, router, sold(isp, EVERYTHING, pool="office"))
    assert answer["Framed-Pool"] == "office"


def test_a_hotspot_is_told_how_many_devices_may_share_a_login(
    radius: Radius, router: Router, isp: World
) -> None:
    package = {**EVERYTHING, "service": Service.HOTSPOT}
    answer = login(radius, router, sold(isp, package, service=Service.HOTSPOT))
    assert answer["Port-Limit"] == "2"
    answer = login(radius, router, sold(isp, package, service=Service.HOTSPOT, session_limit=5))
    assert answer["Port-Limit"] == "5"


def test_without_a_word_in_the_package_the_isp_says_how_often_to_report(
    radius: Radius, router: Router, isp: World
) -> None:
    answer = login(radius, router, sold(isp, {}))
    assert answer["Acct-Interim-Interval"] == "300"
    assert answer.attributes.keys() == {
        "Mikrotik-Rate-Limit",
        "Acct-Interim-Interval",
        "Class",
        "Message-Authenticator",
    }


def test_names_of_pools_travel_as_they_are_written(
    radius: Radius, router: Router, isp: World
) -> None:
    package: dict[str, object] = {
        "pool": 'back\\slash "quoted" %{User-Name}',
        "address_list": "ঢাকা",
    }
    answer = login(radius, router, sold(isp, package))
    (pool,) = answer.attributes["Framed-Pool"]
    assert pool == '"back\\\\slash \\"quoted\\" %{User-Name}"'  # as radclient prints it
    assert answer["Mikrotik-Address-List"] == "ঢাকা"


def test_each_login_has_a_class_of_its_own(radius: Radius, router: Router, isp: World) -> None:
    line = sold(isp, {})
    radius.caught_up()
    classes = {router.login(line.details.username, PASSWORD)["Class"] for _ in range(3)}
    assert len(classes) == 3
