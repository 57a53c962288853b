"""Any facts at all, crowded around the few instants at which clocks, bills and cycles turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from policy.facts import (
    AccessRequest,
    Burst,
    ConnectionFacts,
    Facts,
    FairUseStep,
    IspFacts,
    MacMode,
    ProfileKind,
    QuotaAction,
    Reason,
    Speed,
    SpeedWindow,
    Status,
    Window,
)
from tests.policy.cases import (
    CONNECTION,
    EVERY_DAY,
    FACTS,
    GARDEN,
    GB,
    MAC,
    NOW,
    OTHER_MAC,
    REFUSAL,
)

ZONES = [
    ZoneInfo("Asia/Dhaka"),
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("America/New_York"),
    ZoneInfo("Africa/Cairo"),
    ZoneInfo("America/Havana"),
    ZoneInfo("Australia/Lord_Howe"),
    ZoneInfo("Pacific/Apia"),
    timezone(timedelta(hours=-9, minutes=-30)),
]
TURNS = [  # when the clocks of ZONES change, and a day on which none does
    NOW,
    datetime(2025, 3, 30, 1, tzinfo=UTC),
    datetime(2025, 10, 26, 1, tzinfo=UTC),
    datetime(2025, 3, 9, 7, tzinfo=UTC),
    datetime(2025, 11, 2, 6, tzinfo=UTC),
    datetime(2025, 4, 24, 22, tzinfo=UTC),
    datetime(2025, 11, 2, 5, tzinfo=UTC),
    datetime(2025, 4, 5, 15, tzinfo=UTC),
    datetime(2011, 12, 30, 10, tzinfo=UTC),
]
MINUTES = [0, 60, 2 * 60, 2 * 60 + 30, 3 * 60, 6 * 60, 12 * 60, 23 * 60, 23 * 60 + 59]
ABSURD_MINUTES = [-1, 1440, 10**9]
WEEKDAYS = [EVERY_DAY, frozenset({5}), frozenset({1, 7}), EVERY_DAY - {7}, frozenset({0, 8})]
SPEEDS = [Speed(down, up) for down in (0, 64, 512, 1_000, 20_000) for up in (-1, 64, 512, 10_000)]
BURSTS = [
    None,
    Burst(40_000, 20_000, 15_000, 8_000, 12),
    Burst(0, 20_000, 15_000, 8_000, 12),
    Burst(40_000, 20_000, 15_000, 8_000, 0),
]
AMOUNTS = [-(2**63), -1, 0, 1, 2, 3, 50 * GB - 1, 50 * GB, 50 * GB + 1, 2**63 - 1]
RESTRICTIONS = [
    {},
    dict.fromkeys(Reason, GARDEN),
    dict.fromkeys(Reason, REFUSAL),
    {Reason.DUES: GARDEN, Reason.EXPIRED: replace(GARDEN, speed=None)},
    {Reason.QUOTA: replace(GARDEN, session_seconds=-1), Reason.SUSPENDED: GARDEN},
    {Reason.WRONG_DEVICE: GARDEN, Reason.DUES: REFUSAL, Reason.SESSION_LIMIT: GARDEN},
]

few = st.sampled_from([None, -1, 0, 1, 2, 3])
speeds = st.sampled_from(SPEEDS)
maybe_speeds = st.sampled_from([None, *SPEEDS])
minutes = st.sampled_from(MINUTES * 3 + ABSURD_MINUTES) | st.integers(0, 1439)
windows = st.builds(Window, minutes, minutes, st.sampled_from(WEEKDAYS))
amounts = st.sampled_from(AMOUNTS) | st.integers(-(2**63), 2**63 - 1)
packages = st.builds(
    partial(replace, FACTS.package),
    speed=speeds,
    burst=st.sampled_from(BURSTS),
    router_profile=st.sampled_from([None, "gold"]),
    data_limit_bytes=st.none() | amounts,
    quota_action=st.sampled_from(QuotaAction),
    throttle=maybe_speeds,
    session_limit=few,
    fair_use=st.lists(st.builds(FairUseStep, amounts, speeds), max_size=2).map(tuple),
    speed_windows=st.lists(st.builds(SpeedWindow, windows, speeds), max_size=2).map(tuple),
    uncounted_windows=st.lists(windows, max_size=2).map(tuple),
)
profiles = st.builds(
    partial(replace, FACTS.profile),
    kind=st.sampled_from(ProfileKind),
    grace_days=st.sampled_from([0, 1, 2, 5, -3, -(10**9), 10**9]),
    auto_suspend=st.sampled_from([True, True, False]),
)
requests = st.builds(
    AccessRequest, mac=st.sampled_from([None, MAC, OTHER_MAC]), other_sessions=st.integers(-1, 4)
)


def instants(turn: datetime) -> st.SearchStrategy[datetime]:
    """Any instant, mostly within days of `turn`, now and then a tick before it."""
    near = st.integers(-240 * 60, 240 * 60).map(lambda minutes: turn + timedelta(minutes=minutes))
    hours = st.integers(-240, 240).map(lambda hours: turn + timedelta(hours=hours))
    before = hours.map(lambda instant: instant - timedelta(microseconds=1))
    far = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=9))]))
    return st.one_of(hours, near, before, far)


def connections(turn: datetime) -> st.SearchStrategy[ConnectionFacts]:
    near_days = st.integers(-9, 9).map(lambda days: (turn + timedelta(days=days)).date())
    statuses = st.sampled_from([Status.ACTIVE] * 6 + [Status.SUSPENDED, Status.INACTIVE])
    return st.builds(
        partial(replace, CONNECTION),
        connection_status=statuses,
        client_status=statuses,
        vip=st.sampled_from([False, False, True]),
        mac_mode=st.sampled_from([MacMode.OFF, MacMode.OFF, MacMode.LEARN, MacMode.ENFORCE]),
        macs=st.sampled_from([(), (MAC,), (OTHER_MAC,), (OTHER_MAC, MAC)]),
        due_on=st.none() | near_days | near_days | st.dates(),
        due_minor=amounts,
        promised_until=st.none() | instants(turn),
        expires_at=st.none() | instants(turn),
        used_bytes=amounts,
        cycle_until=st.none() | instants(turn),
        ipv4_address=st.sampled_from([None, "203.0.113.7"]),
        ipv6_prefix=st.sampled_from([None, "2001:db8::/64"]),
        session_limit=few,
    )


def isps(turn: datetime) -> st.SearchStrategy[IspFacts]:
    days = [(turn + timedelta(days=number)).date() for number in range(-2, 6)]
    calendars = [frozenset(), frozenset(days), frozenset(days[::2]), frozenset(days[3:5])]
    return st.builds(
        partial(replace, FACTS.isp),
        zone=st.sampled_from(ZONES),
        currency=st.sampled_from(["BDT", "JPY", "KWD", "USD"]),
        no_cut_weekdays=st.sampled_from([frozenset(), *WEEKDAYS]),
        no_cut_dates=st.sampled_from(calendars),
        restrictions=st.sampled_from(RESTRICTIONS),
    )


AROUND = {turn: (connections(turn), isps(turn), instants(turn)) for turn in TURNS}


@st.composite
def situations(draw: st.DrawFn) -> tuple[Facts, AccessRequest, datetime]:
    """Facts, a request and an instant, all about one turn of a clock."""
    near_connections, near_isps, near_instants = AROUND[draw(st.sampled_from(TURNS))]
    facts = Facts(draw(near_connections), draw(packages), draw(profiles), draw(near_isps))
    return facts, draw(requests), draw(near_instants)
