from datetime import date

import pytest
from sqlalchemy import text

from policy.facts import Reason, Restriction, RestrictionAction, Speed
from storage.actors import SYSTEM
from storage.errors import ValueRefused
from tenancy.access_rules import list_restrictions, set_no_cut_days, set_restriction
from tenancy.errors import NotRestrictable
from tests.fixtures.isps import World

EID, VICTORY = date(2026, 3, 20), date(2026, 12, 16)


def restrict(isp: World, reason: Reason, restriction: Restriction) -> None:
    with isp.transaction() as session:
        set_restriction(session, isp.tenant_id, reason, restriction, actor=SYSTEM)


def test_an_isp_chooses_what_a_reason_means(isp: World) -> None:
    garden = Restriction(RestrictionAction.WALLED, "late", "late-list", Speed(256, 128), 900)
    restrict(isp, Reason.DUES, garden)
    with isp.transaction() as session:
        assert list_restrictions(session, isp.tenant_id)[Reason.DUES] == garden


def test_a_walled_garden_needs_a_speed(isp: World) -> None:
    with pytest.raises(ValueRefused) as refusal:
        restrict(isp, Reason.DUES, Restriction(RestrictionAction.WALLED))
    assert refusal.value.rule == "a_walled_garden_has_a_speed"


@pytest.mark.parametrize("reason", [Reason.UNKNOWN, Reason.CURRENT, Reason.VIP])
def test_what_lets_through_or_always_refuses_cannot_be_chosen(reason: Reason, isp: World) -> None:
    with pytest.raises(NotRestrictable):
        restrict(isp, reason, Restriction(RestrictionAction.REJECT))


def test_no_cut_days_replace_the_former_ones(isp: World) -> None:
    for weekdays, dates in (({5}, {EID: "Eid"}), ({5, 6}, {VICTORY: "Victory Day"})):
        with isp.transaction() as session:
            set_no_cut_days(
                session, isp.tenant_id, weekdays=frozenset(weekdays), dates=dates, actor=SYSTEM
            )
    with isp.transaction() as session:
        days = session.execute(text("SELECT no_cut_on, name FROM no_cut_days")).all()
        kept = session.execute(text("SELECT no_cut_weekdays FROM tenants")).scalar_one()
    assert [tuple(day) for day in days] == [(VICTORY, "Victory Day")]
    assert kept == [5, 6]


@pytest.mark.parametrize("weekday", [0, 8, -1])
def test_a_week_has_seven_days(weekday: int, isp: World) -> None:
    with pytest.raises(ValueRefused) as refusal, isp.transaction() as session:
        set_no_cut_days(
            session, isp.tenant_id, weekdays=frozenset({weekday}), dates={}, actor=SYSTEM
        )
    assert refusal.value.rule == "weekdays_check"
