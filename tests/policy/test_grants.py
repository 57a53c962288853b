"""What a session has, told from its grant, and what it takes to give it something else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from policy.access import decide_access
from policy.facts import (
    AccessRequest,
    Burst,
    Facts,
    ProfileKind,
    Restriction,
    RestrictionAction,
    Service,
    Status,
)
from policy.grants import Grant, Step, after_coa, grant_from, grant_of, step_between
from tests.policy.cases import (
    DAY,
    FACTS,
    FAST,
    GARDEN,
    GARDENS,
    NOW,
    SECOND,
    SLOW,
    Changes,
    decide,
    facts,
)
from tests.policy.strategies import situations

LIST_ONLY = Restriction(RestrictionAction.WALLED, address_list="walled", speed=SLOW)
SUSPENDED = {"client_status": Status.SUSPENDED}
POOLED: Changes = {"pool": "home"}


def granted(case: Facts) -> Grant:
    grant = grant_of(decide(case))
    assert grant is not None
    return grant


def step(before: Facts, after: Facts, *, lists: bool = False) -> Step:
    return step_between(granted(before), grant_of(decide(after)), lists_by_coa=lists)


@given(situations())
def test_a_grant_is_read_back_from_its_text_and_fits_into_a_class(
    situation: tuple[Facts, AccessRequest, object],
) -> None:
    case, request, now = situation
    grant = grant_of(decide_access(case, request, now))  # type: ignore[arg-type]
    if grant is not None:
        assert grant_from(str(grant)) == grant
        assert len(str(grant)) <= 64
        assert str(grant).isascii()
        assert ":" not in str(grant)


@pytest.mark.parametrize(
    "text",
    [None, "", "a", "x.1.0.0.0.0.0", "a.1.0.0.0.0.zz", "a..0.0.0.0.0", "a.1.0.0.0.0.0.0", "é" * 7],
)
def test_what_is_no_grant_is_none(text: str | None) -> None:
    assert grant_from(text) is None


def test_who_is_refused_is_granted_nothing() -> None:
    assert grant_of(decide(facts(connection=SUSPENDED))) is None
    assert grant_of(decide(None)) is None


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {}, Step.NONE),
        ({}, {"speed": FAST}, Step.COA),
        ({}, {"burst": Burst(30_000, 30_000, 10_000, 10_000, 16)}, Step.COA),
        ({}, {"priority": 3}, Step.COA),
        ({}, {"interim_seconds": 600}, Step.NONE),  # at the next login; no reason to cut anybody
        ({}, {"name": "Home 20 plus"}, Step.NONE),
        ({}, {"router_profile": "home"}, Step.COA),
        ({"router_profile": "home"}, {"router_profile": "fast"}, Step.COA),
        ({"router_profile": "home"}, {}, Step.REDIAL),  # CoA cannot take a profile away
        ({"router_profile": "home"}, {"idle_timeout_seconds": 60}, Step.REDIAL),
        ({}, {"idle_timeout_seconds": 60}, Step.COA),
        ({"idle_timeout_seconds": 60}, {}, Step.REDIAL),
        ({}, {"pool": "home"}, Step.REDIAL),
        ({"pool": "home"}, {}, Step.REDIAL),
        ({}, {"ipv6_pool": "six"}, Step.REDIAL),
        ({}, {"delegated_ipv6_pool": "six"}, Step.REDIAL),
        ({"ipv6_pool": "six"}, {"delegated_ipv6_pool": "six"}, Step.REDIAL),
        ({}, {"session_limit": 2}, Step.NONE),  # PPPoE routers are not told
    ],
)
def test_a_changed_package_takes_a_coa_or_a_redial(
    before: Changes, after: Changes, expected: Step
) -> None:
    assert step(facts(package=before), facts(package=after)) is expected


def test_a_hotspot_is_told_how_many_sessions_there_may_be() -> None:
    hotspot = {"service": Service.HOTSPOT}
    assert step(
        facts(connection=hotspot), facts(connection=hotspot, package={"session_limit": 2})
    ) is Step.COA  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "by_redial", "by_coa"),
    [
        (None, "gamers", Step.REDIAL, Step.COA),
        ("gamers", "office", Step.REDIAL, Step.COA),
        ("gamers", None, Step.REDIAL, Step.REDIAL),  # an empty list by CoA removes nobody
    ],
)
def test_a_list_is_moved_by_coa_only_where_the_nas_can(
    before: str | None, after: str | None, by_redial: Step, by_coa: Step
) -> None:
    old, new = facts(package={"address_list": before}), facts(package={"address_list": after})
    assert step(old, new, lists=False) is by_redial
    assert step(old, new, lists=True) is by_coa


def test_a_suspended_client_is_redialled_into_a_garden_with_a_pool_of_its_own() -> None:
    paid = facts(isp={"restrictions": GARDENS}, package={"address_list": "paid"})
    cut = facts(paid, connection=SUSPENDED)
    assert step(paid, cut, lists=True) is Step.REDIAL
    assert step(cut, paid, lists=True) is Step.REDIAL


def test_where_the_nas_can_a_garden_that_is_a_list_needs_no_redial_either_way() -> None:
    restrictions = dict.fromkeys(GARDENS, LIST_ONLY)
    paid = facts(isp={"restrictions": restrictions}, package={"address_list": "paid", **POOLED})
    cut = facts(paid, connection=SUSPENDED)
    assert step(paid, cut, lists=True) is Step.COA
    assert step(paid, cut, lists=False) is Step.REDIAL
    had, walled = granted(paid), granted(cut)
    moved = after_coa(had, walled)
    assert step_between(moved, walled, lists_by_coa=True) is Step.NONE
    assert step_between(moved, had, lists_by_coa=True) is Step.COA
    assert after_coa(moved, had) == had


def test_who_dialled_into_a_garden_without_a_pool_redials_for_an_address_of_the_package() -> None:
    restrictions = dict.fromkeys(GARDENS, LIST_ONLY)
    paid = facts(isp={"restrictions": restrictions}, package={"address_list": "paid", **POOLED})
    assert step(facts(paid, connection=SUSPENDED), paid, lists=True) is Step.REDIAL


def test_a_list_leads_nobody_out_of_the_garden_by_ipv6() -> None:
    restrictions = dict.fromkeys(GARDENS, LIST_ONLY)
    paid = facts(isp={"restrictions": restrictions}, package={"ipv6_pool": "six"})
    assert step(paid, facts(paid, connection=SUSPENDED), lists=True) is Step.REDIAL


def test_no_access_any_more_is_a_redial_and_so_is_a_garden_for_a_session_nobody_knows() -> None:
    assert step(FACTS, facts(connection=SUSPENDED)) is Step.REDIAL
    walled = granted(facts(isp={"restrictions": GARDENS}, connection=SUSPENDED))
    assert step_between(None, None, lists_by_coa=False) is Step.REDIAL
    assert step_between(None, walled, lists_by_coa=True) is Step.REDIAL
    assert step_between(None, granted(FACTS), lists_by_coa=False) is Step.COA


def test_a_session_that_ends_sooner_or_later_is_told_its_end_alone() -> None:
    daily: Changes = {"kind": ProfileKind.DAILY}
    today = facts(profile=daily, connection={"expires_at": NOW + DAY})
    later = facts(profile=daily, connection={"expires_at": NOW + 2 * DAY})
    assert step(today, later) is Step.END
    assert step(later, today) is Step.END
    assert step(today, FACTS) is Step.END
    assert granted(today).ends_at == int((NOW + DAY).timestamp())
    assert step(today, facts(later, package={"speed": FAST})) is Step.COA


def test_the_end_of_a_walled_session_counts_down_without_being_a_change() -> None:
    walled = facts(isp={"restrictions": GARDENS}, connection=SUSPENDED)
    now, later = grant_of(decide(walled)), grant_of(decide(walled, NOW + timedelta(hours=5)))
    assert now == later
    assert now is not None
    assert now.ends_at == 0


def test_a_grant_holds_as_long_as_the_clock_alone_changes_nothing() -> None:
    case = facts(profile={"kind": ProfileKind.DAILY}, connection={"expires_at": NOW + DAY})
    assert grant_of(decide(case)) == grant_of(decide(case, NOW + DAY - SECOND))


def test_options_that_cannot_be_read_are_taken_for_set() -> None:
    odd = replace(granted(FACTS), options="zz")
    assert step_between(odd, granted(FACTS), lists_by_coa=True) is Step.REDIAL


def test_another_garden_of_the_same_shape_changes_nothing() -> None:
    inactive = facts(
        isp={"restrictions": GARDENS}, connection={"connection_status": Status.INACTIVE}
    )
    walled = facts(isp={"restrictions": GARDENS}, connection=SUSPENDED)
    assert step(walled, inactive) is Step.NONE
    assert GARDEN.pool is not None
