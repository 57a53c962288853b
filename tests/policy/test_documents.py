"""JSON documents become facts or one error that names what is wrong."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.documents import (
    BadFacts,
    isp_from_document,
    package_from_document,
    profile_from_document,
)
from policy.facts import (
    Burst,
    FairUseStep,
    IspFacts,
    PackageFacts,
    PackageId,
    ProfileFacts,
    ProfileId,
    ProfileKind,
    QuotaAction,
    Reason,
    Speed,
    SpeedWindow,
    TenantId,
    Window,
)
from policy.reading import DATES_AT_MOST, PARTS_AT_MOST, TEXT_AT_MOST
from tests.policy.cases import BERLIN, GARDEN, REFUSAL

READERS = {
    "package": package_from_document,
    "profile": profile_from_document,
    "isp": isp_from_document,
}
LEAST: dict[str, dict[str, Any]] = {
    "package": {"package_id": 3, "name": "Home", "speed": {"down_kbps": 1, "up_kbps": 2}},
    "profile": {"profile_id": 2, "name": "Monthly", "kind": "monthly"},
    "isp": {"tenant_id": 1, "slug": "demo", "name": "Demo", "zone": "Asia/Dhaka"},
}
SPEED = {"down_kbps": 1000, "up_kbps": 512}
WINDOW = {"start_minute": 1380, "end_minute": 360, "weekdays": [5, 6]}
BURST = {
    "down_kbps": 4,
    "up_kbps": 3,
    "threshold_down_kbps": 2,
    "threshold_up_kbps": 1,
    "seconds": 12,
}
PACKAGE = PackageFacts(
    package_id=PackageId(3),
    name="Home",
    speed=Speed(20_000, 10_000),
    burst=Burst(40_000, 20_000, 15_000, 8_000, 12),
    priority=3,
    pool="sold",
    ipv6_pool="v6",
    delegated_ipv6_pool="pd",
    router_profile="gold",
    address_list="paying",
    data_limit_bytes=50 * 10**9,
    quota_action=QuotaAction.BLOCK,
    throttle=Speed(512, 256),
    session_limit=2,
    idle_timeout_seconds=900,
    interim_seconds=60,
    fair_use=(FairUseStep(0, Speed(9, 9)), FairUseStep(10**9, Speed(8, 8))),
    speed_windows=(SpeedWindow(Window(0, 0, frozenset()), Speed(7, 7)),),
    uncounted_windows=(Window(1380, 360, frozenset({5, 6})),),
)
PROFILE = ProfileFacts(ProfileId(2), "Daily", ProfileKind.DAILY, grace_days=5, auto_suspend=False)
ISP = IspFacts(
    tenant_id=TenantId(1),
    slug="demo",
    name="ডেমো",
    zone=BERLIN,
    currency="EUR",
    language="en",
    interim_seconds=600,
    no_cut_weekdays=frozenset({5}),
    no_cut_dates=frozenset({date(2025, 12, 16)}),
    restrictions={Reason.DUES: GARDEN, Reason.QUOTA: REFUSAL},
)


def document_of(facts: PackageFacts | ProfileFacts | IspFacts) -> dict[str, Any]:
    """The facts as a database's JSON would hold them."""
    plain = asdict(facts) if not isinstance(facts, IspFacts) else _plain_isp(facts)
    return json.loads(json.dumps(plain, default=_plain))


def _plain_isp(facts: IspFacts) -> dict[str, Any]:
    plain = {column.name: getattr(facts, column.name) for column in fields(facts)}
    restrictions = {reason: asdict(what) for reason, what in facts.restrictions.items()}
    return {**plain, "zone": str(facts.zone), "restrictions": restrictions}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else sorted(value)


@pytest.mark.parametrize(
    ("kind", "facts"), [("package", PACKAGE), ("profile", PROFILE), ("isp", ISP)]
)
def test_facts_survive_a_round_trip_through_json(kind, facts):
    assert READERS[kind](document_of(facts)) == facts


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("package", PackageFacts(PackageId(3), "Home", Speed(1, 2))),
        ("profile", ProfileFacts(ProfileId(2), "Monthly", ProfileKind.MONTHLY)),
    ],
)
def test_what_is_absent_or_null_is_as_by_default(kind, facts):
    assert READERS[kind](LEAST[kind]) == facts
    nulls = {column.name: None for column in fields(facts)} | LEAST[kind]
    assert READERS[kind](nulls) == facts


def test_an_isp_without_choices_has_the_usual_ones():
    isp = isp_from_document(LEAST["isp"])
    assert (isp.currency, isp.language, isp.interim_seconds) == ("BDT", "bn", 300)
    assert (isp.no_cut_weekdays, isp.no_cut_dates, isp.restrictions) == (
        frozenset(),
        frozenset(),
        {},
    )


@pytest.mark.parametrize("kind", READERS)
def test_what_a_newer_schema_adds_is_left_alone(kind):
    newer = {**LEAST[kind], "colour": "green", "": [1]}
    assert READERS[kind](newer) == READERS[kind](LEAST[kind])


def test_restrictions_for_other_reasons_are_left_alone():
    walled = {"action": "walled", "speed": SPEED}
    given_ = {"dues": walled, "unknown": walled, "vip": walled, "moon_phase": {"action": "?"}}
    isp = isp_from_document({**LEAST["isp"], "restrictions": given_})
    assert set(isp.restrictions) == {Reason.DUES}


def test_fair_use_is_put_in_order():
    steps = [{"above_bytes": n, "speed": SPEED} for n in (300, 100, 200)]
    package = package_from_document({**LEAST["package"], "fair_use": steps})
    assert [step.above_bytes for step in package.fair_use] == [100, 200, 300]


WRONG: list[tuple[str, str, object, str]] = [
    # (kind, key, value, the field that the error names)
    *[
        ("package", "speed", {**SPEED, "down_kbps": bad}, "speed.down_kbps")
        for bad in (0, -1, None, "1000", 1000.0, True, 100_000_001)
    ],
    ("package", "speed", {"down_kbps": 1}, "speed.up_kbps"),
    ("package", "speed", None, "speed"),
    ("package", "speed", [1, 2], "speed"),
    *[
        (
            "package",
            "burst",
            {key: n for key, n in BURST.items() if key != missing},
            f"burst.{missing}",
        )
        for missing in BURST
    ],
    ("package", "burst", {**BURST, "seconds": 0}, "burst.seconds"),
    ("package", "burst", {**BURST, "seconds": 3600}, "burst.seconds"),
    ("package", "throttle", {**SPEED, "up_kbps": 0}, "throttle.up_kbps"),
    ("package", "package_id", 0, "package_id"),
    ("package", "package_id", None, "package_id"),
    ("package", "name", "", "name"),
    ("package", "name", None, "name"),
    ("package", "name", "x" * (TEXT_AT_MOST + 1), "name"),
    ("package", "priority", 0, "priority"),
    ("package", "priority", 9, "priority"),
    ("package", "pool", "", "pool"),
    ("package", "pool", 5, "pool"),
    ("package", "data_limit_bytes", 0, "data_limit_bytes"),
    ("package", "data_limit_bytes", 2**63, "data_limit_bytes"),
    ("package", "quota_action", "explode", "quota_action"),
    ("package", "quota_action", ["block"], "quota_action"),
    ("package", "session_limit", 0, "session_limit"),
    ("package", "idle_timeout_seconds", 0, "idle_timeout_seconds"),
    ("package", "interim_seconds", 59, "interim_seconds"),
    ("package", "interim_seconds", 86_401, "interim_seconds"),
    ("package", "fair_use", {"above_bytes": 1}, "fair_use"),
    ("package", "fair_use", [{"above_bytes": -1, "speed": SPEED}], "fair_use[0].above_bytes"),
    ("package", "fair_use", [{"above_bytes": 1}], "fair_use[0].speed"),
    (
        "package",
        "fair_use",
        [{"above_bytes": 1, "speed": SPEED}, {"above_bytes": 1, "speed": {**SPEED, "up_kbps": 0}}],
        "fair_use[1].speed.up_kbps",
    ),
    ("package", "speed_windows", [{"speed": SPEED}], "speed_windows[0].window"),
    ("package", "speed_windows", [{"window": WINDOW}], "speed_windows[0].speed"),
    ("package", "uncounted_windows", [None], "uncounted_windows[0]"),
    ("package", "uncounted_windows", [WINDOW] * (PARTS_AT_MOST + 1), "uncounted_windows"),
    *[
        ("package", "uncounted_windows", [{**WINDOW, key: bad}], f"uncounted_windows[0].{key}")
        for key, bad in (
            ("start_minute", -1),
            ("start_minute", 1440),
            ("end_minute", 1440),
            ("end_minute", None),
            ("weekdays", None),
            ("weekdays", 5),
            ("weekdays", [0]),
            ("weekdays", [8]),
            ("weekdays", [True]),
            ("weekdays", ["5"]),
            ("weekdays", [1] * 8),
        )
    ],
    ("profile", "kind", "weekly", "kind"),
    ("profile", "kind", None, "kind"),
    ("profile", "grace_days", -1, "grace_days"),
    ("profile", "grace_days", 3_661, "grace_days"),
    ("profile", "auto_suspend", "yes", "auto_suspend"),
    ("profile", "auto_suspend", 1, "auto_suspend"),
    *[
        ("isp", "zone", bad, "zone")
        for bad in (
            "Mars/Olympus",
            "",
            "../../etc/passwd",
            "/etc/passwd",
            "America",
            "\0",
            "z" * 900,
        )
    ],
    ("isp", "zone", None, "zone"),
    ("isp", "zone", 6, "zone"),
    *[("isp", "currency", bad, "currency") for bad in ("bdt", "TAKA", "৳৳৳", "BD", 50)],
    ("isp", "interim_seconds", 10, "interim_seconds"),
    ("isp", "no_cut_weekdays", [9], "no_cut_weekdays"),
    ("isp", "no_cut_dates", ["2025-02-30"], "no_cut_dates"),
    ("isp", "no_cut_dates", [20251216], "no_cut_dates"),
    ("isp", "no_cut_dates", ["2025-12-16"] * (DATES_AT_MOST + 1), "no_cut_dates"),
    ("isp", "restrictions", [], "restrictions"),
    ("isp", "restrictions", {"dues": "walled"}, "restrictions.dues"),
    ("isp", "restrictions", {"dues": {}}, "restrictions.dues.action"),
    ("isp", "restrictions", {"dues": {"action": "wall"}}, "restrictions.dues.action"),
    (
        "isp",
        "restrictions",
        {"quota": {"action": "walled", "speed": {"down_kbps": 0, "up_kbps": 1}}},
        "restrictions.quota.speed.down_kbps",
    ),
    (
        "isp",
        "restrictions",
        {"quota": {"action": "walled", "session_seconds": 0}},
        "restrictions.quota.session_seconds",
    ),
]


@pytest.mark.parametrize(("kind", "key", "value", "field"), WRONG)
def test_what_is_wrong_is_named(kind, key, value, field):
    with pytest.raises(BadFacts) as caught:
        READERS[kind]({**LEAST[kind], key: value})
    assert (caught.value.code, caught.value.kind, caught.value.field) == ("bad_facts", kind, field)
    assert field in str(caught.value)


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("junk", [None, 5, "text", [], [["name", "x"]], True])
def test_what_is_no_document_is_named_as_such(kind, junk):
    with pytest.raises(BadFacts) as caught:
        READERS[kind](junk)
    assert caught.value.field == "document"


def test_a_huge_wrong_value_makes_no_huge_error():
    with pytest.raises(BadFacts) as caught:
        package_from_document({**LEAST["package"], "pool": "x" * 10**6})
    assert len(str(caught.value)) < 200


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.binary(max_size=3)
)
junk = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=3) | st.sampled_from([*SPEED, *WINDOW]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
KEYS = sorted(
    {column.name for kind in (PackageFacts, ProfileFacts, IspFacts) for column in fields(kind)}
)


@pytest.mark.parametrize("kind", READERS)
@given(changes=st.dictionaries(st.sampled_from(KEYS), junk, max_size=3))
def test_any_junk_is_facts_or_bad_facts(kind, changes):
    try:
        READERS[kind]({**LEAST[kind], **changes})
    except BadFacts as error:
        assert error.kind == kind
