from dataclasses import replace

import pytest
from sqlalchemy import text

from billing.connections import (
    change_connection,
    connections_of,
    find_connection,
    get_connection,
    set_connection_status,
    set_expiry,
    set_vip,
)
from billing.devices import bind_mac, reset_macs
from billing.errors import BadMac, ReasonMissing, UsernameTaken
from policy.facts import MacMode, Status
from storage.actors import SYSTEM
from storage.errors import ValueRefused
from tests.fixtures.isps import NOON, World


def test_a_client_may_have_several_connections_each_with_its_own_package(isp: World) -> None:
    home = isp.connection("home")
    office = isp.connection("office", client_id=home.client_id)
    with isp.transaction() as session:
        both = connections_of(session, isp.tenant_id, home.client_id)
    assert both == (home, office)
    assert home.details.package_id != office.details.package_id


@pytest.mark.parametrize(
    "username",
    [
        "rahim",
        "Rahim",
        "রহিম@padma.net",
        "a b",
        "'; DROP TABLE clients; --",
        "%{User-Name}",
        "x" * 253,
    ],
)
def test_a_username_is_any_text_and_found_byte_by_byte(username: str, isp: World) -> None:
    made = isp.connection(username)
    with isp.transaction() as session:
        assert find_connection(session, isp.tenant_id, username) == made
        assert find_connection(session, isp.tenant_id, username.swapcase() + "!") is None


@pytest.mark.parametrize(
    "username", ["x" * 254, "ক" * 85, "tab\t", "line\n", "\x7f", "nul\0", "\ud800"]
)
def test_a_username_that_fits_no_attribute_is_refused(username: str, isp: World) -> None:
    with pytest.raises(ValueRefused):
        isp.connection(username)


def test_the_case_of_a_username_is_kept_and_tells_two_apart(isp: World) -> None:
    assert isp.connection("Rahim").connection_id != isp.connection("rahim").connection_id


def test_a_username_is_given_once_at_an_isp_and_again_at_another(
    isp: World, other_isp: World
) -> None:
    isp.connection("rahim")
    other_isp.connection("rahim")
    with pytest.raises(UsernameTaken) as refusal:
        isp.connection("rahim")
    assert refusal.value.username == "rahim"


def test_a_change_replaces_what_was_said(isp: World) -> None:
    line = isp.connection("rahim")
    details = replace(
        line.details,
        username="rahim.uddin",
        package_id=isp.package().package_id,
        mac_mode=MacMode.LEARN,
        ipv4_address="203.0.113.8",
        ipv6_prefix="2001:db8:8::/64",
        delegated_ipv6_prefix="2001:db8:800::/56",
        pool="static",
        session_limit=1,
    )
    with isp.transaction() as session:
        change_connection(session, isp.tenant_id, line.connection_id, details, actor=SYSTEM)
    with isp.transaction() as session:
        changed = get_connection(session, isp.tenant_id, line.connection_id)
    assert changed == replace(line, details=details)


@pytest.mark.parametrize(
    "nonsense",
    [
        {"ipv4_address": "203.0.113.0/24"},
        {"ipv4_address": "2001:db8::1"},
        {"ipv4_address": "somewhere"},
        {"ipv6_prefix": "10.0.0.0/8"},
        {"ipv6_prefix": "2001:db8::1/64"},
        {"session_limit": 0},
        {"pool": ""},
    ],
    ids=str,
)
def test_nonsense_is_refused(nonsense: dict[str, object], isp: World) -> None:
    with pytest.raises(ValueRefused):
        isp.connection(**nonsense)  # type: ignore[arg-type]


def test_status_and_vip_are_set_apart_from_the_rest(isp: World) -> None:
    line = isp.connection()
    mine = isp.tenant_id, line.connection_id
    with isp.transaction() as session:
        set_connection_status(session, *mine, Status.SUSPENDED, actor=SYSTEM)
        changed = set_vip(session, *mine, vip=True, actor=SYSTEM)
    assert changed == replace(line, status=Status.SUSPENDED, vip=True)


def test_an_expiry_is_moved_with_a_reason_that_is_kept(isp: World) -> None:
    line = isp.connection()
    mine = isp.tenant_id, line.connection_id
    with isp.transaction() as session:
        moved = set_expiry(session, *mine, NOON, reason="line was down", actor=SYSTEM)
        query = "SELECT before, after FROM audit_log ORDER BY id DESC LIMIT 1"
        before, after = session.execute(text(query)).one()
    assert moved.expires_at == NOON
    assert before == {"expires_at": None}
    assert after == {"expires_at": "2026-03-10T12:00:00+00:00", "reason": "line was down"}


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_expiry_is_not_moved_without_a_reason(reason: str, isp: World) -> None:
    line = isp.connection()
    with pytest.raises(ReasonMissing), isp.transaction() as session:
        set_expiry(session, isp.tenant_id, line.connection_id, NOON, reason=reason, actor=SYSTEM)


def test_devices_are_bound_however_their_address_is_written_and_forgotten_together(
    isp: World,
) -> None:
    line = isp.connection(mac_mode=MacMode.ENFORCE)
    mine = isp.tenant_id, line.connection_id
    with isp.transaction() as session:
        for mac in ("aa:bb:cc:00:11:22", "AA-BB-CC-00-11-22", "aabb.cc00.1133"):
            bound = bind_mac(session, *mine, mac, actor=SYSTEM)
    assert bound.macs == ("AABBCC001122", "AABBCC001133")
    with isp.transaction() as session:
        assert reset_macs(session, *mine, actor=SYSTEM).macs == ()


@pytest.mark.parametrize("mac", ["", "AABBCC00112", "GG:BB:CC:00:11:22", "x" * 300])
def test_what_is_no_mac_is_not_bound(mac: str, isp: World) -> None:
    line = isp.connection()
    with pytest.raises(BadMac), isp.transaction() as session:
        bind_mac(session, isp.tenant_id, line.connection_id, mac, actor=SYSTEM)
