"""Keys of other programs: who comes in, from where, how often."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from storage.actors import SYSTEM, Permission
from storage.errors import ValueRefused
from tenancy.api_keys import (
    Admission,
    Admitted,
    ApiKeyDetails,
    ApiScope,
    NewApiKey,
    admit,
    list_api_keys,
    make_api_key,
    revoke_api_key,
)
from tenancy.errors import BadNetwork
from tests.fixtures.isps import NOON, World

BANK = "203.0.113.7"
MINUTE = timedelta(minutes=1)


def made(isp: World, **said: object) -> NewApiKey:
    shape: dict[str, object] = {"name": "City Bank", "scopes": frozenset({ApiScope.BILLS})}
    with isp.transaction() as session:
        details = ApiKeyDetails(**shape | said)  # type: ignore[arg-type]
        return make_api_key(session, isp.tenant_id, details, now=NOON, actor=SYSTEM)


def comes(isp: World, secret: str, origin: str = BANK, now: object = NOON) -> Admitted:
    with isp.database.transaction(None) as session:
        return admit(session, secret, origin=origin, now=now)  # type: ignore[arg-type]


def test_a_key_leads_to_its_own_isp(isp: World, other_isp: World) -> None:
    ours, theirs = made(isp), made(other_isp)
    for world, key in ((isp, ours), (other_isp, theirs)):
        admitted = comes(isp, key.secret)
        assert admitted.admission is Admission.IN
        assert admitted.key is not None
        assert admitted.key.tenant_id == world.tenant_id


def test_only_its_hash_is_kept(isp: World) -> None:
    secret = str(made(isp).secret)
    with isp.transaction() as session:
        kept = str(session.execute(text("SELECT t::text FROM api_keys AS t")).scalars().all())
        told = str(session.execute(text("SELECT t::text FROM audit_log AS t")).scalars().all())
    assert secret not in kept + told
    assert secret[:6] in kept


@pytest.mark.parametrize("nonsense", ["", "a" * 32, "x" * 10_000, "\0", "কী", "\ud800"])
def test_what_is_no_key_is_nobodys(isp: World, nonsense: str) -> None:
    made(isp)
    assert comes(isp, nonsense).admission is Admission.UNKNOWN


def test_a_revoked_key_is_no_key(isp: World) -> None:
    key = made(isp)
    with isp.transaction() as session:
        revoke_api_key(session, isp.tenant_id, key.key.key_id, now=NOON, actor=SYSTEM)
    assert comes(isp, key.secret).admission is Admission.UNKNOWN
    with isp.transaction() as session:
        assert list_api_keys(session, isp.tenant_id) == ()


@pytest.mark.parametrize(
    ("networks", "origin", "admission"),
    [
        (["203.0.113.0/24"], BANK, Admission.IN),
        (["203.0.113.7"], BANK, Admission.IN),
        (["203.0.113.7"], f"::ffff:{BANK}", Admission.IN),
        (["198.51.100.0/24", "203.0.113.8"], BANK, Admission.ELSEWHERE),
        (["2001:db8::/32"], BANK, Admission.ELSEWHERE),
        (["2001:db8::/32"], "2001:db8::5", Admission.IN),
        (["203.0.113.0/24"], "nonsense", Admission.ELSEWHERE),
    ],
)
def test_it_is_good_from_its_networks_alone(
    isp: World, networks: list[str], origin: str, admission: Admission
) -> None:
    assert comes(isp, made(isp, networks=networks).secret, origin).admission is admission


def test_it_comes_so_often_a_minute_and_in_the_next_again(isp: World) -> None:
    secret = made(isp, per_minute=2).secret
    at = NOON + timedelta(seconds=50)
    assert [comes(isp, secret, now=at).admission for _ in range(3)] == [
        Admission.IN,
        Admission.IN,
        Admission.TOO_OFTEN,
    ]
    assert comes(isp, secret, now=at).wait_seconds == 11
    assert comes(isp, secret, now=NOON + MINUTE).admission is Admission.IN


def test_it_may_what_its_scopes_say(isp: World) -> None:
    reads = made(isp).key.actor(BANK)
    assert reads.permissions == {Permission.VIEW_ALL_CLIENTS}
    both = made(isp, scopes=frozenset(ApiScope)).key.actor(BANK)
    assert both.permissions == {Permission.VIEW_ALL_CLIENTS, Permission.TAKE_PAYMENTS}


@pytest.mark.parametrize("said", [{"name": " "}, {"scopes": frozenset()}, {"method": "coins"},
                                  {"per_minute": 0}, {"name": "\0"}])  # fmt: skip
def test_what_makes_no_sense_is_refused(isp: World, said: dict[str, object]) -> None:
    with pytest.raises(ValueRefused):
        made(isp, **said)


def test_what_is_no_network_is_refused(isp: World) -> None:
    with pytest.raises(BadNetwork):
        made(isp, networks=["the bank"])
