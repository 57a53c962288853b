"""What holds of every decision: total, constant until it changes, never lowered by paying."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from policy.access import Decision, Verdict, decide_access
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
from tests.policy.cases import SECOND, TICK
from tests.policy.strategies import amounts, instants, situations

LETS_THROUGH = {
    Reason.CURRENT,
    Reason.GRACE,
    Reason.PROMISE,
    Reason.NO_CUT_DAY,
    Reason.VIP,
    Reason.FREE,
    Reason.THROTTLED,
}
ORDER = list(Reason)
END = datetime.max.replace(tzinfo=UTC)
RANK = {Verdict.REJECT: 0, Verdict.WALLED: 1, Verdict.ACCEPT: 2}
UNIFORM = [
    {},
    {reason: Restriction(RestrictionAction.WALLED, speed=Speed(64, 64)) for reason in Reason},
]


def answer(decision: Decision) -> tuple[object, ...]:
    """What a router would do, but for the countdown."""
    reply = decision.reply and replace(decision.reply, session_seconds=None)
    return decision.verdict, decision.reason, reply


def never_lowers(before: Decision, after: Decision) -> None:
    """Access that is had is kept; a walled garden is lost only to a later rule.

    Each rule has its own restriction, so one that stood behind another may be the harder.
    """
    if before.verdict is Verdict.ACCEPT:
        assert after.verdict is Verdict.ACCEPT
    elif RANK[after.verdict] < RANK[before.verdict]:
        assert ORDER.index(after.reason) > ORDER.index(before.reason)


def uniform(facts: Facts, restrictions: dict) -> Facts:
    """The same case at an ISP that restricts alike for every reason."""
    action = facts.package.quota_action
    if action is QuotaAction.DISCONNECT:
        action = QuotaAction.BLOCK
    package = replace(facts.package, quota_action=action)
    return replace(facts, package=package, isp=replace(facts.isp, restrictions=restrictions))


def compare(facts: Facts, better: Facts, request: AccessRequest, now: datetime) -> None:
    """`better` is never lower than `facts`, and at a uniform ISP its verdict never ranks lower."""
    never_lowers(decide_access(facts, request, now), decide_access(better, request, now))
    for restrictions in UNIFORM:
        before = decide_access(uniform(facts, restrictions), request, now)
        after = decide_access(uniform(better, restrictions), request, now)
        assert RANK[after.verdict] >= RANK[before.verdict]


def changed(facts: Facts, **connection: object) -> Facts:
    return replace(facts, connection=replace(facts.connection, **connection))


@given(situations())
def test_every_situation_has_a_whole_decision(situation):
    facts, request, now = situation
    decision = decide_access(facts, request, now)
    assert (decision.reply is None) == (decision.verdict is Verdict.REJECT)
    assert (decision.verdict is Verdict.ACCEPT) == (decision.reason in LETS_THROUGH)
    assert decision.changes_at is None or decision.changes_at > now
    assert decision.changes_at is None or decision.changes_at.tzinfo is UTC
    if decision.reply is not None:
        reply = decision.reply
        assert reply.speed.down_kbps > 0
        assert reply.speed.up_kbps > 0
        assert reply.burst is None or min(reply.burst.down_kbps, reply.burst.seconds) > 0
        assert reply.session_seconds is None or reply.session_seconds >= 1


@given(situations())
def test_the_same_situation_has_the_same_decision_and_chain(situation):
    facts, request, now = situation
    once, again = (decide_access(facts, request, now) for _ in range(2))
    assert once == again
    assert once.chain == again.chain


@given(situations())
def test_the_chain_names_the_rule_that_decided(situation):
    facts, request, now = situation
    decision = decide_access(facts, request, now)
    *asked, outcome = decision.chain
    if decision.verdict is Verdict.ACCEPT:
        assert outcome.rule == "speed"
        assert dict(outcome.saw)["down_kbps"] == str(decision.reply.speed.down_kbps)
        assert any(check.matched for check in asked) == (decision.reason is not Reason.CURRENT)
    else:
        rules = {"active": Reason.INACTIVE, "device": Reason.WRONG_DEVICE} | {
            "validity": Reason.EXPIRED
        }
        assert asked[-1].matched
        assert rules.get(asked[-1].rule, asked[-1].rule) == decision.reason
        assert dict(outcome.saw)["action"] == decision.verdict


@given(situations(), st.data())
def test_the_answer_stays_the_same_until_it_is_said_to_change(situation, data):
    facts, request, now = situation
    now = now.astimezone(UTC)
    decision = decide_access(facts, request, now)
    until = decision.changes_at or END
    span = until - now
    for _ in range(4):
        part = data.draw(st.integers(0, 2**20)) / 2**20
        later = min(now + span * part, until - TICK)
        assume(later >= now)
        assert answer(decide_access(facts, request, later)) == answer(decision)
    if decision.changes_at is not None:
        assert answer(decide_access(facts, request, until - TICK)) == answer(decision)


@given(situations(), st.data())
def test_a_session_lasts_exactly_as_long_as_access(situation, data):
    facts, request, now = situation
    now = now.astimezone(UTC)
    decision = decide_access(facts, request, now)
    if decision.verdict is not Verdict.ACCEPT:
        return
    seconds = decision.reply.session_seconds
    ends_at = END if seconds is None else now + timedelta(seconds=seconds)
    assert (decision.ends_at is None) == (seconds is None)
    if seconds is not None:
        assert decision.ends_at <= ends_at < decision.ends_at + SECOND
        for end in (decision.ends_at, ends_at):
            assert decide_access(facts, request, end).verdict is not Verdict.ACCEPT
        before = decide_access(facts, request, decision.ends_at - TICK)
        assert before.verdict is Verdict.ACCEPT
    # Seconds are rounded up, so the session ends less than one after access does.
    last = ends_at - (TICK if seconds is None else SECOND)
    near = data.draw(instants(now))
    for later in (now, last, now + (last - now) * data.draw(st.integers(0, 64)) / 64, near):
        if now <= later <= last:
            assert decide_access(facts, request, later).verdict is Verdict.ACCEPT


@given(situations())
def test_a_walled_session_ends_with_the_reason_for_it(situation):
    facts, request, now = situation
    facts = uniform(facts, UNIFORM[1])
    decision = decide_access(facts, request, now)
    if decision.verdict is not Verdict.WALLED or decision.changes_at is None:
        return
    ends_at = now + timedelta(seconds=decision.reply.session_seconds)
    assert ends_at - decision.changes_at < SECOND


@given(situations(), st.data())
def test_paying_more_never_lowers_access(situation, data):
    facts, request, now = situation
    turn = now if now.year not in {1, 9999} else datetime(2025, 1, 1, tzinfo=UTC)
    connection = facts.connection
    if connection.due_on is not None:
        later = data.draw(st.none() | st.dates(min_value=connection.due_on))
        compare(facts, changed(facts, due_on=later), request, now)
    promised = data.draw(instants(turn))
    if connection.promised_until is None or promised >= connection.promised_until:
        compare(facts, changed(facts, promised_until=promised), request, now)
    expires_at = data.draw(instants(turn))
    if connection.expires_at is None or expires_at >= connection.expires_at:
        compare(facts, changed(facts, expires_at=expires_at), request, now)


@given(situations(), st.sampled_from([ProfileKind.VIP, ProfileKind.FREE]))
def test_becoming_vip_or_free_never_lowers_access(situation, kind):
    facts, request, now = situation
    compare(facts, changed(facts, vip=True), request, now)
    compare(facts, replace(facts, profile=replace(facts.profile, kind=kind)), request, now)


@given(situations(), st.integers(1, 10**6))
def test_more_grace_never_lowers_access(situation, days):
    facts, request, now = situation
    profile = replace(facts.profile, grace_days=facts.profile.grace_days + days)
    compare(facts, replace(facts, profile=profile), request, now)


@given(situations())
def test_lifting_a_suspension_never_lowers_access(situation):
    facts, request, now = situation
    better = changed(facts, connection_status=Status.ACTIVE, client_status=Status.ACTIVE)
    compare(facts, better, request, now)


@given(situations(), amounts)
def test_more_use_never_raises_access_or_speed(situation, used_bytes):
    facts, request, now = situation
    assume(used_bytes <= facts.connection.used_bytes)
    less, more = (
        decide_access(case, request, now) for case in (changed(facts, used_bytes=used_bytes), facts)
    )
    never_lowers(more, less)
    if more.verdict is less.verdict is Verdict.ACCEPT:
        assert more.reply.speed.down_kbps <= less.reply.speed.down_kbps
        assert more.reply.speed.up_kbps <= less.reply.speed.up_kbps
        assert more.reply.burst is None or more.reply.burst == less.reply.burst


@given(situations())
def test_a_device_is_learnt_on_accept_only_and_then_let_in(situation):
    facts, request, now = situation
    facts = changed(facts, mac_mode=MacMode.LEARN)
    decision = decide_access(facts, request, now)
    if decision.learn_mac is None:
        return
    assert decision.verdict is Verdict.ACCEPT
    assert decision.learn_mac == request.mac
    bound = decide_access(changed(facts, macs=(decision.learn_mac,)), request, now)
    assert answer(bound) == answer(decision)


@given(situations())
def test_a_walled_reply_never_carries_what_leads_out(situation):
    facts, request, now = situation
    decision = decide_access(facts, request, now)
    if decision.verdict is not Verdict.WALLED:
        return
    restriction = facts.isp.restrictions[decision.reason]
    reply = decision.reply
    assert (reply.pool, reply.address_list) == (restriction.pool, restriction.address_list)
    assert (reply.ipv4_address, reply.ipv6_prefix, reply.delegated_ipv6_prefix) == (None,) * 3
    assert (reply.router_profile, reply.burst, decision.learn_mac) == (None,) * 3


@given(situations())
def test_an_instant_is_the_same_in_any_zone(situation):
    facts, request, now = situation
    assume(1 < now.year < 9999)
    elsewhere = now.astimezone(facts.isp.zone)
    here, there = (decide_access(facts, request, instant) for instant in (now, elsewhere))
    assert (answer(here), here.changes_at) == (answer(there), there.changes_at)
    assert (here.reply and here.reply.session_seconds) == (
        there.reply and there.reply.session_seconds
    )


@given(situations())
def test_a_decision_survives_a_pickle(situation):
    decision = decide_access(*situation)
    again = pickle.loads(pickle.dumps(decision))  # noqa: S301 our own bytes
    assert again == decision
