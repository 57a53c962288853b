from collections.abc import Callable

import pytest

from policy.facts import Reason, Speed
from storage.actors import SYSTEM
from storage.database import Database
from storage.errors import ValueRefused
from tenancy.access_rules import list_restrictions
from tenancy.errors import IspNotFound, SlugTaken, UnknownTimeZone
from tenancy.isps import IspDetails, create_isp, find_isp, get_isp, list_isps
from tests.fixtures.isps import World


def create(database: Database, **said: str) -> None:
    with database.transaction(None) as session:
        create_isp(session, IspDetails(**{"name": "Padma Net", **said}), actor=SYSTEM)  # type: ignore[arg-type]


def test_a_new_isp_is_found_by_its_slug_from_outside(database: Database, isp: World) -> None:
    with database.transaction(None) as session:
        assert find_isp(session, isp.slug).tenant_id == isp.tenant_id
        assert isp.tenant_id in {entry.tenant_id for entry in list_isps(session)}


def test_a_new_isp_is_in_dhaka_and_speaks_bangla(isp: World) -> None:
    with isp.transaction() as session:
        details = get_isp(session, isp.tenant_id).details
    assert (details.time_zone, details.currency, details.language) == ("Asia/Dhaka", "BDT", "bn")


def test_a_new_isps_walled_garden_is_slow_and_short(isp: World) -> None:
    with isp.transaction() as session:
        dues = list_restrictions(session, isp.tenant_id)[Reason.DUES]
    assert (dues.action, dues.pool, dues.address_list) == ("walled", "expired", "expired")
    assert (dues.speed, dues.session_seconds) == (Speed(512, 512), 600)


def test_nobody_has_an_unknown_slug(database: Database) -> None:
    with pytest.raises(IspNotFound), database.transaction(None) as session:
        find_isp(session, "nobody")


def test_another_isp_is_not_found_in_ones_own_scope(isp: World, other_isp: World) -> None:
    with pytest.raises(IspNotFound), isp.transaction() as session:
        get_isp(session, other_isp.tenant_id)


def test_a_slug_is_given_once(database: Database, isp: World) -> None:
    with pytest.raises(SlugTaken):
        create(database, slug=isp.slug)


@pytest.mark.parametrize("slug", ["", "Demo", "-demo", "demo-", "de--mo", "ডেমো", "a b", "x" * 64])
def test_a_slug_is_fit_for_an_address(slug: str, database: Database) -> None:
    with pytest.raises(ValueRefused) as refusal:
        create(database, slug=slug)
    assert refusal.value.rule == "tenants_slug_check"


@pytest.mark.parametrize("zone", ["Asia/Nowhere", "", "../etc/passwd", "/etc/localtime", "a\0b"])
def test_a_time_zone_must_exist(zone: str, database: Database) -> None:
    with pytest.raises(UnknownTimeZone):
        create(database, slug="somewhere", time_zone=zone)


def test_a_refused_isp_leaves_nothing(database: Database, new_isp: Callable[[], World]) -> None:
    new_isp()
    with database.transaction(None) as session:
        before = len(list_isps(session))
    with pytest.raises(ValueRefused):
        create(database, slug="fine", name=" ")
    with database.transaction(None) as session:
        assert len(list_isps(session)) == before
