from dataclasses import replace

import pytest

from billing.errors import NameTaken
from billing.package_details import PackageDetails
from billing.packages import add_package, change_package, get_package, list_packages
from policy.facts import Burst, FairUseStep, QuotaAction, Service, Speed, SpeedWindow, Window
from storage.actors import SYSTEM
from storage.errors import ValueRefused
from tests.fixtures.isps import World

NIGHT = Window(1_380, 420, frozenset({5, 6}))
RICH = PackageDetails(
    name="বাসা ৫০",
    service=Service.PPPOE,
    price_minor=150_000,
    speed=Speed(50_000, 25_000),
    validity_days=15,
    burst=Burst(75_000, 30_000, 40_000, 20_000, 12),
    priority=3,
    pool="home",
    ipv6_pool="home6",
    delegated_ipv6_pool="home6pd",
    router_profile="home-50",
    address_list="clients",
    data_limit_bytes=10**12,
    quota_action=QuotaAction.DISCONNECT,
    throttle=Speed(1_000, 500),
    session_limit=2,
    idle_timeout_seconds=900,
    interim_seconds=120,
    fair_use=(FairUseStep(10**9, Speed(9, 8)), FairUseStep(10**10, Speed(7, 6))),
    speed_windows=(SpeedWindow(NIGHT, Speed(99, 98)), SpeedWindow(NIGHT, Speed(97, 96))),
    uncounted_windows=(NIGHT, Window(0, 0, frozenset({1}))),
)
PLAIN = PackageDetails(name="Plain", service=Service.STATIC, price_minor=0, speed=Speed(1, 1))


@pytest.mark.parametrize("details", [RICH, PLAIN], ids=["rich", "plain"])
def test_a_package_comes_back_as_it_was_given(details: PackageDetails, isp: World) -> None:
    with isp.transaction() as session:
        package_id = add_package(session, isp.tenant_id, details, actor=SYSTEM).package_id
    with isp.transaction() as session:
        assert get_package(session, isp.tenant_id, package_id).details == details


@pytest.mark.parametrize(("before", "after"), [(RICH, PLAIN), (PLAIN, RICH)])
def test_a_change_replaces_all_that_was_said(
    before: PackageDetails, after: PackageDetails, isp: World
) -> None:
    with isp.transaction() as session:
        package_id = add_package(session, isp.tenant_id, before, actor=SYSTEM).package_id
    with isp.transaction() as session:
        change_package(session, isp.tenant_id, package_id, after, actor=SYSTEM)
    with isp.transaction() as session:
        assert [sold.details for sold in list_packages(session, isp.tenant_id)] == [after]


def test_a_package_may_be_changed_twice_in_one_transaction(isp: World) -> None:
    with isp.transaction() as session:
        package_id = add_package(session, isp.tenant_id, RICH, actor=SYSTEM).package_id
        longer = replace(RICH, fair_use=(FairUseStep(10**9, Speed(3, 3)),))
        change_package(session, isp.tenant_id, package_id, longer, actor=SYSTEM)
        change_package(session, isp.tenant_id, package_id, RICH, actor=SYSTEM)
        assert get_package(session, isp.tenant_id, package_id).details == RICH


def test_a_name_is_given_once_at_an_isp_and_again_at_another(isp: World, other_isp: World) -> None:
    isp.package("Home")
    other_isp.package("Home")
    with pytest.raises(NameTaken):
        isp.package("Home")


@pytest.mark.parametrize(
    "nonsense",
    [
        {"speed": Speed(0, 1)},
        {"speed": Speed(1, 100_000_001)},
        {"price_minor": -1},
        {"price_minor": 2**63},
        {"validity_days": 0},
        {"priority": 0},
        {"priority": 9},
        {"data_limit_bytes": 0},
        {"session_limit": 0},
        {"interim_seconds": 59},
        {"idle_timeout_seconds": 0},
        {"burst": Burst(2, 2, 1, 1, 0)},
        {"pool": ""},
        {"pool": "x" * 254},
        {"pool": "two\nlines"},
        {"pool": "nul\0"},
        {"name": " \t"},
        {"name": "x" * 201},
        {"uncounted_windows": (Window(0, 1_440, frozenset({1})),)},
        {"uncounted_windows": (Window(-1, 60, frozenset({1})),)},
        {"uncounted_windows": (Window(0, 60, frozenset({8})),)},
        {"fair_use": (FairUseStep(-1, Speed(1, 1)),)},
    ],
    ids=str,
)
def test_nonsense_is_refused(nonsense: dict[str, object], isp: World) -> None:
    with pytest.raises(ValueRefused):
        isp.package(**nonsense)  # type: ignore[arg-type]
