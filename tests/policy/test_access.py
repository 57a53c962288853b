"""The order of the rules, every reason, and what each verdict carries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest

from policy.access import Verdict
from policy.facts import (
    AccessRequest,
    Facts,
    MacMode,
    ProfileKind,
    QuotaAction,
    Reason,
    Restriction,
    RestrictionAction,
    Speed,
    Status,
)
from policy.speeds import SLOWEST
from tests.policy.cases import (
    DAY,
    FACTS,
    GARDEN,
    GARDENS,
    GB,
    MAC,
    NOW,
    OTHER_MAC,
    REFUSAL,
    SECOND,
    TICK,
    Changes,
    decide,
    facts,
    on,
)

ADDRESSES: Changes = {
    "ipv4_address": "203.0.113.7",
    "ipv6_prefix": "2001:db8::/64",
    "delegated_ipv6_prefix": "2001:db8:1::/56",
}
FROM_MAC = AccessRequest(mac=MAC)

# What makes each rule restrict, in the order in which the rules are asked.
TROUBLES: dict[Reason, Callable[[Facts], Facts]] = {
    Reason.INACTIVE: lambda case: facts(case, connection={"client_status": Status.INACTIVE}),
    Reason.WRONG_DEVICE: lambda case: facts(case, connection={"mac_mode": MacMode.ENFORCE}),
    Reason.SUSPENDED: lambda case: facts(case, connection={"connection_status": Status.SUSPENDED}),
    Reason.DUES: lambda case: facts(case, connection={"due_on": on("2025-11-01")}),
    Reason.EXPIRED: lambda case: facts(case, profile={"kind": ProfileKind.DAILY}),
    Reason.QUOTA: lambda case: facts(
        case,
        connection={"used_bytes": 50 * GB},
        package={"data_limit_bytes": 50 * GB, "quota_action": QuotaAction.BLOCK},
    ),
    Reason.SESSION_LIMIT: lambda case: facts(case, connection={"session_limit": 0}),
}
SPARED = (Reason.SUSPENDED, Reason.DUES, Reason.EXPIRED)


def troubled(*reasons: Reason) -> Facts:
    case = FACTS
    for reason in reasons:
        case = TROUBLES[reason](case)
    return case


def test_a_client_who_owes_nothing_is_accepted_for_good():
    decision = decide(FACTS)
    assert (decision.verdict, decision.reason) == (Verdict.ACCEPT, Reason.CURRENT)
    assert decision.reply is not None
    assert decision.reply.speed == FACTS.package.speed
    assert decision.reply.session_seconds is None
    assert decision.changes_at is None


def test_an_unknown_username_is_refused_whatever_was_asked():
    decision = decide(None, request=FROM_MAC)
    assert (decision.verdict, decision.reason) == (Verdict.REJECT, Reason.UNKNOWN)
    assert (decision.reply, decision.changes_at, decision.learn_mac) == (None, None, None)


@pytest.mark.parametrize("reason", TROUBLES)
def test_each_trouble_alone_restricts_for_its_own_reason(reason):
    decision = decide(troubled(reason))
    assert (decision.verdict, decision.reason) == (Verdict.REJECT, reason)


@pytest.mark.parametrize(
    "reasons",
    [some for size in range(2, len(TROUBLES) + 1) for some in combinations(TROUBLES, size)],
)
def test_of_several_troubles_the_first_in_order_decides(reasons):
    decision = decide(troubled(*reasons))
    assert decision.reason is reasons[0]
    assert [check.matched for check in decision.chain[:-2]] == [False] * (len(decision.chain) - 2)
    assert decision.chain[-2].matched
    assert decision.chain[-1].rule == "restriction"


@pytest.mark.parametrize("reason", TROUBLES)
@pytest.mark.parametrize(
    ("spare", "spared_as"),
    [
        ({"connection": {"vip": True}}, Reason.VIP),
        ({"profile": {"kind": ProfileKind.VIP}}, Reason.VIP),
        ({"profile": {"kind": ProfileKind.FREE}}, Reason.FREE),
    ],
)
def test_vip_and_free_are_spared_the_duties_but_not_the_limits(reason, spare, spared_as):
    if reason is Reason.EXPIRED and "profile" in spare:
        case = facts(**spare, connection={"expires_at": NOW - DAY})  # not billed by the day at all
    else:
        case = facts(troubled(reason), **spare)
    decision = decide(case)
    if reason in SPARED:
        assert (decision.verdict, decision.reason) == (Verdict.ACCEPT, spared_as)
    else:
        assert (decision.verdict, decision.reason) == (Verdict.REJECT, reason)


@pytest.mark.parametrize("field", ["connection_status", "client_status"])
@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.ACTIVE, Reason.CURRENT),
        (Status.SUSPENDED, Reason.SUSPENDED),
        (Status.INACTIVE, Reason.INACTIVE),
    ],
)
def test_connection_and_client_both_have_a_status(field, status, reason):
    assert decide(facts(connection={field: status})).reason is reason


@pytest.mark.parametrize(
    ("mode", "macs", "mac", "accepted", "learnt"),
    [
        (MacMode.OFF, (), MAC, True, None),
        (MacMode.OFF, (OTHER_MAC,), MAC, True, None),
        (MacMode.LEARN, (), MAC, True, MAC),
        (MacMode.LEARN, (), None, True, None),
        (MacMode.LEARN, (MAC,), MAC, True, None),
        (MacMode.LEARN, (OTHER_MAC, MAC), MAC, True, None),
        (MacMode.LEARN, (OTHER_MAC,), MAC, False, None),
        (MacMode.LEARN, (OTHER_MAC,), None, False, None),
        (MacMode.ENFORCE, (MAC,), MAC, True, None),
        (MacMode.ENFORCE, (OTHER_MAC,), MAC, False, None),
        (MacMode.ENFORCE, (), MAC, False, None),
        (MacMode.ENFORCE, (MAC,), None, False, None),
    ],
)
def test_the_device_is_any_the_first_or_a_bound_one(mode, macs, mac, accepted, learnt):
    case = facts(connection={"mac_mode": mode, "macs": macs})
    decision = decide(case, request=AccessRequest(mac=mac))
    reason = Reason.CURRENT if accepted else Reason.WRONG_DEVICE
    assert (decision.reason, decision.learn_mac) == (reason, learnt)


@pytest.mark.parametrize("reason", [r for r in TROUBLES if r is not Reason.WRONG_DEVICE])
def test_a_device_is_not_learnt_where_the_login_is_restricted(reason):
    case = facts(troubled(reason), connection={"mac_mode": MacMode.LEARN})
    for restrictions in ({}, GARDENS):
        decision = decide(facts(case, isp={"restrictions": restrictions}), request=FROM_MAC)
        assert (decision.reason, decision.learn_mac) == (reason, None)


@pytest.mark.parametrize(
    ("own", "packaged", "others", "accepted"),
    [
        (None, None, 1000, True),
        (None, 2, 1, True),
        (None, 2, 2, False),
        (None, 2, 3, False),
        (1, 2, 0, True),
        (1, 2, 1, False),
        (3, 2, 2, True),
    ],
)
def test_a_connections_own_session_limit_outranks_its_packages(own, packaged, others, accepted):
    case = facts(connection={"session_limit": own}, package={"session_limit": packaged})
    decision = decide(case, request=AccessRequest(other_sessions=others))
    assert decision.reason is (Reason.CURRENT if accepted else Reason.SESSION_LIMIT)
    if decision.reply is not None:
        assert decision.reply.session_limit == (own or packaged)


@pytest.mark.parametrize(
    ("now", "reason", "seconds"),
    [
        (NOW - DAY, Reason.CURRENT, 86_400),
        (NOW - SECOND, Reason.CURRENT, 1),
        (NOW - SECOND - TICK, Reason.CURRENT, 2),
        (NOW - TICK, Reason.CURRENT, 1),
        (NOW, Reason.EXPIRED, None),
        (NOW + TICK, Reason.EXPIRED, None),
    ],
)
def test_the_end_of_paid_validity_is_exclusive(now, reason, seconds):
    case = facts(connection={"expires_at": NOW}, profile={"kind": ProfileKind.DAILY})
    decision = decide(case, now)
    assert decision.reason is reason
    assert (decision.reply and decision.reply.session_seconds) == seconds
    assert decision.changes_at == (None if reason is Reason.EXPIRED else NOW)


def test_daily_billing_without_a_validity_was_never_paid():
    assert decide(facts(profile={"kind": ProfileKind.DAILY})).reason is Reason.EXPIRED


def test_validity_decides_for_daily_billing_only():
    for kind in (ProfileKind.MONTHLY, ProfileKind.POSTPAID):
        case = facts(connection={"expires_at": NOW - DAY}, profile={"kind": kind})
        assert decide(case).reason is Reason.CURRENT


@pytest.mark.parametrize("reason", TROUBLES)
def test_the_isp_says_for_each_reason_whether_to_refuse_or_to_wall(reason):
    case = facts(troubled(reason), connection=ADDRESSES, package={"router_profile": "gold"})
    walled = decide(facts(case, isp={"restrictions": {reason: GARDEN}}))
    assert (walled.verdict, walled.reason) == (Verdict.WALLED, reason)
    refused = decide(facts(case, isp={"restrictions": {**GARDENS, reason: REFUSAL}}))
    assert (refused.verdict, refused.reason, refused.reply) == (Verdict.REJECT, reason, None)


@pytest.mark.parametrize("reason", TROUBLES)
def test_a_walled_reply_leaves_no_way_out(reason):
    bound = facts(
        troubled(reason),
        connection={**ADDRESSES, "pool": "own"},
        package={
            "pool": "sold",
            "ipv6_pool": "v6",
            "delegated_ipv6_pool": "pd",
            "router_profile": "gold",
            "address_list": "paying",
            "priority": 1,
        },
        isp={"restrictions": GARDENS},
    )
    reply = decide(bound).reply
    assert reply is not None
    assert (reply.pool, reply.address_list, reply.speed) == ("expired", "walled", Speed(256, 128))
    assert (reply.ipv4_address, reply.ipv6_prefix, reply.delegated_ipv6_prefix) == (None,) * 3
    assert (reply.ipv6_pool, reply.delegated_ipv6_pool, reply.router_profile) == (None,) * 3
    assert (reply.burst, reply.priority, reply.session_seconds) == (None, 8, 600)


def test_a_walled_garden_without_a_speed_is_at_the_slowest():
    for speed in (None, Speed(0, 0), Speed(-1, -1)):
        garden = Restriction(RestrictionAction.WALLED, pool="expired", speed=speed)
        reply = decide(
            facts(troubled(Reason.DUES), isp={"restrictions": {Reason.DUES: garden}})
        ).reply
        assert reply is not None
        assert reply.speed == SLOWEST


def test_a_walled_session_ends_no_later_than_the_restriction():
    case = facts(
        troubled(Reason.QUOTA),
        connection={"cycle_until": NOW + 90 * SECOND + TICK},
        isp={"restrictions": {Reason.QUOTA: GARDEN}},
    )
    assert [decide(case, now).reply.session_seconds for now in (NOW - DAY, NOW, NOW + TICK)] == [
        600,
        91,
        90,
    ]
    hasty = replace(GARDEN, session_seconds=-5)
    reply = decide(facts(case, isp={"restrictions": {Reason.QUOTA: hasty}})).reply
    assert reply.session_seconds == 1


def test_an_unknown_username_is_never_walled():
    assert Reason.UNKNOWN in GARDENS
    assert decide(None).verdict is Verdict.REJECT


def test_a_package_that_disconnects_at_its_limit_is_never_walled():
    case = facts(
        troubled(Reason.QUOTA),
        package={"quota_action": QuotaAction.DISCONNECT},
        isp={"restrictions": GARDENS},
    )
    assert (decide(case).verdict, decide(case).reason) == (Verdict.REJECT, Reason.QUOTA)


def test_an_accepted_reply_carries_what_was_sold():
    case = facts(
        connection={**ADDRESSES, "session_limit": 2},
        package={
            "pool": "sold",
            "ipv6_pool": "v6",
            "delegated_ipv6_pool": "pd",
            "router_profile": "gold",
            "address_list": "paying",
            "priority": 3,
            "idle_timeout_seconds": 900,
        },
    )
    reply = decide(case).reply
    assert reply is not None
    assert (reply.ipv4_address, reply.pool) == ("203.0.113.7", "sold")
    assert (reply.ipv6_prefix, reply.ipv6_pool) == ("2001:db8::/64", "v6")
    assert (reply.delegated_ipv6_prefix, reply.delegated_ipv6_pool) == ("2001:db8:1::/56", "pd")
    assert (reply.router_profile, reply.address_list) == ("gold", "paying")
    assert (reply.priority, reply.session_limit) == (3, 2)
    assert (reply.idle_timeout_seconds, reply.interim_seconds) == (900, 300)


def test_a_connections_own_pool_and_a_packages_own_interval_come_first():
    case = facts(connection={"pool": "own"}, package={"pool": "sold", "interim_seconds": 60})
    reply = decide(case).reply
    assert reply is not None
    assert (reply.pool, reply.interim_seconds) == ("own", 60)


def test_two_connections_of_one_client_are_decided_apart():
    first = facts(connection={"username": "home", "connection_status": Status.SUSPENDED})
    second = facts(connection={"username": "shop"})
    assert decide(first).reason is Reason.SUSPENDED
    assert decide(second).reason is Reason.CURRENT


def test_a_login_pays_for_no_chain_that_nobody_reads():
    decision = decide(FACTS)
    assert decision.chain == decision.chain
    assert decision.chain is not decision.chain
    assert [check.rule for check in decision.chain] == [
        "known",
        "active",
        "device",
        "exempt",
        "suspended",
        "dues",
        "validity",
        "quota",
        "session_limit",
        "speed",
    ]
