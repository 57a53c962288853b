"""A login answered through a plan is answered as if it were decided anew; and words are exact."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy.access import decide_access
from policy.decision import Decision, Reply
from policy.facts import AccessRequest, Burst, Facts, Service, Speed
from policy.grants import grant_of
from radius_modules import codec
from radius_modules.plans import Plan, Planner
from storage.secrets import Secret
from tests.policy.strategies import situations

KINDS = st.sampled_from(["mikrotik", "rfc"])
TRIED = settings(
    max_examples=200,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
HORIZON = timedelta(days=60)
ASKED = AccessRequest()
REPLY = Reply(
    speed=Speed(20_000, 10_000),
    burst=None,
    priority=8,
    pool=None,
    ipv6_pool=None,
    delegated_ipv6_pool=None,
    ipv4_address=None,
    ipv6_prefix=None,
    delegated_ipv6_prefix=None,
    router_profile=None,
    address_list=None,
    session_seconds=None,
    idle_timeout_seconds=None,
    interim_seconds=300,
    session_limit=None,
)


def planned(facts: Facts, kind: str, now: datetime) -> Plan | None:
    try:
        return Planner().plan(facts, kind, 0, now)
    except codec.NotSayable:
        return None


def decided_pairs(decision: Decision, facts: Facts, kind: str) -> set[codec.Pair] | None:
    """What the decision says; None where it cannot be said."""
    assert decision.reply is not None, facts
    try:
        return set(codec.reply_pairs(decision.reply, kind, facts.connection.service))
    except codec.NotSayable:
        return None


@TRIED
@given(situations(), KINDS, st.floats(0, 1), st.sampled_from([0, 1, 10**3, 10**6]))
def test_a_plan_says_what_a_decision_at_that_instant_would(
    situation: tuple[Facts, AccessRequest, datetime], kind: str, part: float, near: int
) -> None:
    facts, _, now = situation
    try:
        plan = planned(facts, kind, now)
        horizon = (now + HORIZON).timestamp()
    except OverflowError:  # at the end of the calendar
        return
    if plan is None:
        return
    began = now.timestamp()
    end = min(plan.until, horizon)
    if end <= began:
        return
    spread = began + (end - began) * part
    instant = datetime.fromtimestamp(max(began, spread if near == 0 else end - near / 10**6), UTC)
    at = instant.timestamp()
    if not began <= at < plan.until:
        return
    anew = decide_access(facts, ASKED, instant)
    assert (plan.verdict, plan.reason) == (anew.verdict.value, anew.reason.value)
    assert plan.grant == str(grant_of(anew))
    pairs = set(plan.pairs)
    if plan.ends_at is not None:
        pairs.add(codec.session_pair(max(1, ceil(plan.ends_at - at))))
    assert pairs == decided_pairs(anew, facts, kind)


@TRIED
@given(situations(), KINDS)
def test_whatever_is_said_is_exact_str_in_exact_tuples(
    situation: tuple[Facts, AccessRequest, datetime], kind: str
) -> None:
    facts, request, now = situation
    decision = decide_access(facts, request, now)
    if decision.reply is None:
        return
    try:
        pairs = codec.reply_pairs(decision.reply, kind, facts.connection.service)
        answer = codec.accept(pairs, Secret("back\\slash"))
    except codec.NotSayable:
        return
    rcode, lists = answer
    assert type(rcode) is int
    assert type(lists) is dict
    for said in lists.values():
        assert type(said) is tuple
        for pair in said:
            assert type(pair) is tuple
            assert [type(part) for part in pair] == [str, str, str]
            assert pair[1] in {":=", "+="}


@pytest.mark.parametrize(
    "junk",
    [
        {"speed": Speed(0, 10_000)},
        {"speed": Speed(20_000, -1)},
        {"speed": Speed(2**32, 1)},
        {"speed": Speed(1.5, 1)},  # type: ignore[arg-type]
        {"speed": Speed("20000", 1)},  # type: ignore[arg-type]
        {"burst": Burst(0, 1, 1, 1, 1)},
        {"burst": Burst(1, 1, 1, 1, 0)},
        {"burst": Burst(1, 1, 1, 1, 3600)},
        {"priority": 0},
        {"priority": 9},
        {"pool": ""},
        {"pool": "x" * 254},
        {"pool": "a\nb"},
        {"pool": "a\0b"},
        {"address_list": "x" * 248},
        {"ipv4_address": "example.com"},
        {"ipv4_address": "None"},
        {"ipv4_address": "203.0.113.7/24"},
        {"ipv4_address": ""},
        {"ipv6_prefix": "2001:db8::1/64"},
        {"ipv6_prefix": "0"},
        {"delegated_ipv6_prefix": "203.0.113.0/24"},
        {"session_seconds": 0},
        {"session_seconds": -1},
        {"session_seconds": 1.0},
        {"session_seconds": True},
        {"idle_timeout_seconds": 0},
        {"interim_seconds": 0},
        {"interim_seconds": 2**32},
    ],
    ids=str,
)
def test_what_cannot_be_said_as_it_is_meant_is_not_said_at_all(junk: dict[str, object]) -> None:
    with pytest.raises(codec.NotSayable):
        codec.reply_pairs(replace(REPLY, **junk), "mikrotik", Service.PPPOE)  # type: ignore[arg-type]


def test_a_longer_session_than_routers_can_count_is_said_as_the_longest_they_can() -> None:
    assert codec.session_pair(2**40) == ("Session-Timeout", ":=", "2147483647")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "0x",
        "0x736c",
        "0x" + b"sl:1:2".hex(),
        "0x" + b"xx:1:2:3".hex(),
        "0x" + b"sl:a:2:3".hex(),
        "0x" + b"sl:1:2:3:4:5".hex(),
        "0xzz",
        "sl:1:2:3",
        "0x" + "ff" * 16,
    ],
)
def test_a_class_that_is_not_ours_names_no_connection(value: str) -> None:
    assert codec.connection_of(value) is None


def test_our_own_class_names_its_connection() -> None:
    assert codec.connection_of("0x" + b"sl:7:42:1f".hex()) == (7, 42)
    assert codec.connection_of("0x" + b"sl:7:42:1f:a.1.0.0.0.0.0".hex()) == (7, 42)


def test_our_own_class_tells_what_was_granted_if_it_was_given_since_there_are_grants() -> None:
    assert codec.class_parts(b"sl:7:42:1f:a.1.0.0.0.0.0") == (7, 42, "a.1.0.0.0.0.0")
    assert codec.class_parts(b"sl:7:42:1f") == (7, 42, "")
