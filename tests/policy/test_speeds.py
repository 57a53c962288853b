"""Speed and quota: fair-use steps, happy hours, uncounted hours, and a used-up data limit."""

from __future__ import annotations

import pytest

from policy.access import Verdict
from policy.facts import (
    Burst,
    Facts,
    FairUseStep,
    QuotaAction,
    Reason,
    Speed,
    SpeedWindow,
    Window,
)
from policy.speeds import SLOWEST
from tests.policy.cases import (
    DAY,
    EVERY_DAY,
    FACTS,
    FAST,
    GARDEN,
    GB,
    MORNING,
    NIGHT,
    SECOND,
    SLOW,
    SOLD,
    TICK,
    at,
    decide,
    facts,
)

STEP_1, STEP_2 = Speed(8_000, 4_000), Speed(2_000, 1_000)
STEPS = (FairUseStep(100 * GB, STEP_1), FairUseStep(200 * GB, STEP_2))
RENEWAL = at("2025-12-01T00:00")
BURST = Burst(40_000, 20_000, 15_000, 8_000, 12)
NOON = at("2025-11-19T12:00")
MORNING_STARTS, MORNING_ENDS = at("2025-11-19T08:00"), at("2025-11-19T10:00")
NIGHT_STARTS, NIGHT_ENDS = at("2025-11-19T23:00"), at("2025-11-20T06:00")


def using(used_bytes: int, **package: object) -> Facts:
    return facts(
        connection={"used_bytes": used_bytes, "cycle_until": RENEWAL}, package=dict(package)
    )


def limited(used_bytes: int, action: QuotaAction, **package: object) -> Facts:
    return using(used_bytes, data_limit_bytes=50 * GB, quota_action=action, **package)


def speed_of(case: Facts, now=NOON) -> Speed:
    return decide(case, now).reply.speed


@pytest.mark.parametrize(
    ("used_bytes", "speed"),
    [
        (0, SOLD),
        (100 * GB - 1, SOLD),
        (100 * GB, STEP_1),
        (200 * GB - 1, STEP_1),
        (200 * GB, STEP_2),
        (10**18, STEP_2),
    ],
)
def test_a_fair_use_step_holds_from_its_first_byte(used_bytes, speed):
    assert speed_of(using(used_bytes, fair_use=STEPS)) == speed


def test_use_counts_as_nothing_from_the_next_cycle_on():
    case = using(150 * GB, fair_use=STEPS)
    assert decide(case).changes_at == RENEWAL
    assert speed_of(case, RENEWAL - TICK) == STEP_1
    assert speed_of(case, RENEWAL) == SOLD
    assert decide(case, RENEWAL).changes_at is None
    endless = facts(case, connection={"cycle_until": None})
    assert (speed_of(endless, RENEWAL), decide(endless).changes_at) == (STEP_1, None)


def test_a_change_of_speed_ends_no_session():
    happy = (SpeedWindow(MORNING, FAST),)
    for case in (using(150 * GB, fair_use=STEPS), using(0, speed_windows=happy)):
        decision = decide(case)
        assert decision.changes_at is not None
        assert decision.reply.session_seconds is None


def test_a_step_above_the_package_is_no_reward():
    assert speed_of(using(100 * GB, fair_use=(FairUseStep(100 * GB, FAST),))) == SOLD
    upside_down = (FairUseStep(1, STEP_2), FairUseStep(2, STEP_1))
    assert speed_of(using(3, fair_use=upside_down)) == STEP_2
    crossed = (FairUseStep(1, Speed(9_000, 100)), FairUseStep(2, Speed(1_000, 900)))
    assert speed_of(using(3, fair_use=crossed)) == Speed(1_000, 100)


@pytest.mark.parametrize(
    ("now", "speed", "changes_at"),
    [
        (MORNING_STARTS - TICK, SOLD, MORNING_STARTS),
        (MORNING_STARTS, FAST, MORNING_ENDS),
        (MORNING_ENDS - TICK, FAST, MORNING_ENDS),
        (MORNING_ENDS, SOLD, MORNING_STARTS + DAY),
    ],
)
def test_happy_hours_set_the_speed_while_they_hold(now, speed, changes_at):
    decision = decide(using(0, speed_windows=(SpeedWindow(MORNING, FAST),)), now)
    assert (decision.reply.speed, decision.changes_at) == (speed, changes_at)


def test_the_first_speed_window_that_holds_wins():
    late = Window(9 * 60, 11 * 60, EVERY_DAY)
    case = using(0, speed_windows=(SpeedWindow(late, SLOW), SpeedWindow(MORNING, FAST)))
    nine, ten, eleven = (at(f"2025-11-19T{hour}:00") for hour in ("09", "10", "11"))
    told = [decide(case, now) for now in (MORNING_STARTS, nine, ten, eleven)]
    assert [decision.reply.speed for decision in told] == [FAST, SLOW, SLOW, SOLD]
    assert [decision.changes_at for decision in told] == [
        nine,
        eleven,
        eleven,
        MORNING_STARTS + DAY,
    ]


def test_a_speed_window_was_promised_and_outranks_fair_use():
    case = using(150 * GB, fair_use=STEPS, speed_windows=(SpeedWindow(MORNING, FAST),))
    assert speed_of(case, MORNING_STARTS - TICK) == STEP_1
    assert speed_of(case, MORNING_STARTS) == FAST
    assert speed_of(case, MORNING_ENDS) == STEP_1


@pytest.mark.parametrize(
    ("now", "speed", "changes_at"),
    [
        (NIGHT_STARTS - TICK, STEP_1, NIGHT_STARTS),
        (NIGHT_STARTS, SOLD, NIGHT_ENDS),
        (NIGHT_ENDS - TICK, SOLD, NIGHT_ENDS),
        (NIGHT_ENDS, STEP_1, NIGHT_STARTS + DAY),
    ],
)
def test_use_slows_nobody_in_uncounted_hours(now, speed, changes_at):
    decision = decide(using(150 * GB, fair_use=STEPS, uncounted_windows=(NIGHT,)), now)
    assert (decision.reply.speed, decision.changes_at) == (speed, changes_at)


def test_burst_comes_with_the_packages_own_speed_only():
    def burst_of(case, now=NOON):
        return decide(facts(case, package={"burst": BURST}), now).reply.burst

    assert burst_of(FACTS) == BURST
    assert burst_of(using(0, fair_use=STEPS)) == BURST
    assert burst_of(using(100 * GB, fair_use=STEPS)) is None
    assert burst_of(using(0, speed_windows=(SpeedWindow(MORNING, SOLD),)), MORNING_STARTS) is None
    assert burst_of(limited(50 * GB, QuotaAction.THROTTLE, throttle=SOLD)) is None


@pytest.mark.parametrize("field", ["down_kbps", "threshold_up_kbps", "seconds"])
@pytest.mark.parametrize("nothing", [0, -1])
def test_a_burst_that_lacks_a_part_is_none(field, nothing):
    parts = {name: getattr(BURST, name) for name in BURST.__slots__}
    broken = Burst(**{**parts, field: nothing})
    assert decide(facts(package={"burst": broken})).reply.burst is None


@pytest.mark.parametrize(
    ("bad", "speed"),
    [
        (Speed(0, 0), SLOWEST),
        (Speed(-5, 100), Speed(SLOWEST.down_kbps, 100)),
        (Speed(100, 0), Speed(100, SLOWEST.up_kbps)),
    ],
)
def test_what_is_no_speed_is_the_slowest_and_never_no_limit(bad, speed):
    assert speed_of(facts(package={"speed": bad})) == speed
    assert speed_of(using(GB, fair_use=(FairUseStep(1, bad),))) == speed
    window = (SpeedWindow(MORNING, bad),)
    assert speed_of(using(0, speed_windows=window), MORNING_STARTS) == speed
    assert speed_of(limited(50 * GB, QuotaAction.THROTTLE, throttle=bad)) == speed


@pytest.mark.parametrize(
    ("used_bytes", "verdict", "reason"),
    [
        (0, Verdict.ACCEPT, Reason.CURRENT),
        (50 * GB - 1, Verdict.ACCEPT, Reason.CURRENT),
        (50 * GB, Verdict.WALLED, Reason.QUOTA),
        (50 * GB + 1, Verdict.WALLED, Reason.QUOTA),
    ],
)
def test_the_limit_itself_is_used_up(used_bytes, verdict, reason):
    case = facts(
        limited(used_bytes, QuotaAction.BLOCK), isp={"restrictions": {Reason.QUOTA: GARDEN}}
    )
    decision = decide(case)
    assert (decision.verdict, decision.reason) == (verdict, reason)


def test_a_blocked_client_is_back_with_the_next_cycle():
    case = limited(50 * GB, QuotaAction.BLOCK)
    assert decide(case).changes_at == RENEWAL
    assert decide(case, RENEWAL - TICK).verdict is Verdict.REJECT
    assert decide(case, RENEWAL).verdict is Verdict.ACCEPT
    endless = facts(case, connection={"cycle_until": None})
    assert decide(endless).changes_at is None


def test_a_limit_of_nothing_is_used_up_in_every_cycle():
    case = facts(limited(0, QuotaAction.BLOCK), package={"data_limit_bytes": 0})
    for now in (NOON, RENEWAL - TICK, RENEWAL, RENEWAL + DAY):
        assert (decide(case, now).reason, decide(case, now).changes_at) == (Reason.QUOTA, None)


@pytest.mark.parametrize(
    ("throttle", "speed"),
    [
        (SLOW, SLOW),
        (None, SLOWEST),
        (FAST, SOLD),
        (Speed(1_000_000, 1), Speed(SOLD.down_kbps, 1)),
    ],
)
def test_a_throttled_client_goes_on_slower_and_never_above_the_package(throttle, speed):
    decision = decide(limited(50 * GB, QuotaAction.THROTTLE, throttle=throttle))
    assert (decision.verdict, decision.reason) == (Verdict.ACCEPT, Reason.THROTTLED)
    assert (decision.reply.speed, decision.reply.burst) == (speed, None)
    assert (decision.changes_at, decision.reply.session_seconds) == (RENEWAL, None)


@pytest.mark.parametrize(
    ("case", "now", "source"),
    [
        (using(0, fair_use=STEPS), NOON, "package"),
        (using(150 * GB, fair_use=STEPS), NOON, "fair_use"),
        (using(0, speed_windows=(SpeedWindow(MORNING, FAST),)), MORNING_STARTS, "window"),
        (limited(50 * GB, QuotaAction.THROTTLE, throttle=SLOW), NOON, "throttle"),
    ],
)
def test_the_chain_ends_with_what_set_the_speed(case, now, source):
    decision = decide(case, now)
    saw = dict(decision.chain[-1].saw)
    assert saw["speed_source"] == source
    assert saw["down_kbps"] == str(decision.reply.speed.down_kbps)


def test_a_throttle_is_no_way_around_fair_use_or_a_slow_window():
    slow_morning = (SpeedWindow(MORNING, Speed(512, 512)),)
    steps = (FairUseStep(10 * GB, SLOW),)
    case = limited(
        50 * GB, QuotaAction.THROTTLE, throttle=STEP_1, fair_use=steps, speed_windows=slow_morning
    )
    assert speed_of(case, NOON) == SLOW
    assert speed_of(case, MORNING_STARTS) == Speed(512, 512)
    happy = facts(case, package={"speed_windows": (SpeedWindow(MORNING, FAST),)})
    assert speed_of(happy, MORNING_STARTS) == SLOW


def test_a_throttled_vip_is_told_so():
    case = facts(limited(50 * GB, QuotaAction.THROTTLE), connection={"vip": True})
    assert decide(case).reason is Reason.THROTTLED


def test_a_throttled_client_still_has_a_session_limit():
    case = facts(limited(50 * GB, QuotaAction.THROTTLE), connection={"session_limit": 0})
    assert decide(case).reason is Reason.SESSION_LIMIT


@pytest.mark.parametrize("action", [QuotaAction.BLOCK, QuotaAction.DISCONNECT])
def test_a_used_up_limit_does_not_bite_in_uncounted_hours(action):
    case = limited(50 * GB, action, uncounted_windows=(NIGHT,))
    assert decide(case, NIGHT_STARTS - TICK).changes_at == NIGHT_STARTS
    assert decide(case, NIGHT_STARTS - TICK).reason is Reason.QUOTA
    inside = decide(case, NIGHT_STARTS)
    assert (inside.verdict, inside.reason) == (Verdict.ACCEPT, Reason.CURRENT)
    assert (inside.changes_at, inside.reply.session_seconds) == (NIGHT_ENDS, 7 * 3600)
    assert decide(case, NIGHT_ENDS - SECOND).reply.session_seconds == 1
    assert decide(case, NIGHT_ENDS).reason is Reason.QUOTA


def test_a_throttle_does_not_hold_in_uncounted_hours():
    case = limited(50 * GB, QuotaAction.THROTTLE, uncounted_windows=(NIGHT,))
    inside = decide(case, NIGHT_STARTS)
    assert (inside.reason, inside.reply.speed) == (Reason.CURRENT, SOLD)
    assert (inside.changes_at, inside.reply.session_seconds) == (NIGHT_ENDS, None)
    assert decide(case, NIGHT_ENDS).reason is Reason.THROTTLED


def test_a_cycle_that_renews_in_uncounted_hours_keeps_the_session():
    case = facts(
        limited(50 * GB, QuotaAction.BLOCK, uncounted_windows=(NIGHT,)),
        connection={"cycle_until": at("2025-11-20T00:00")},
    )
    decision = decide(case, NIGHT_STARTS)
    assert (decision.changes_at, decision.reply.session_seconds) == (None, None)


def test_use_never_counts_below_nothing():
    case = facts(limited(-GB, QuotaAction.BLOCK), package={"data_limit_bytes": 0})
    assert [decide(case, now).reason for now in (NOON, RENEWAL)] == [Reason.QUOTA] * 2
    assert decide(case).changes_at is None
