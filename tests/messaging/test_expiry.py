from datetime import UTC, date, datetime, timedelta

import pytest

from billing.connections import Connection, set_connection_status, set_expiry, set_vip
from messaging.expiry import PASSED_MAX, tell_expired, warn_of_expiry
from policy.facts import ProfileKind, Status
from storage.actors import SYSTEM
from tests.fixtures.isps import World
from tests.messaging.queued import queued

ENDS = datetime(2026, 3, 20, 10, tzinfo=UTC)  # 16:00 on the 20th in Dhaka
MORNING = datetime(2026, 3, 20, 3, tzinfo=UTC)
TICK, DAY = timedelta.resolution, timedelta(days=1)


def daily(isp: World, expires_at: datetime | None = ENDS) -> Connection:
    profile = isp.profile(ProfileKind.DAILY)
    return isp.connection(profile_id=profile.profile_id, expires_at=expires_at)


def warn(isp: World, days_before: int) -> list[str]:
    """What is said for the first time on the morning of a day, from the warning's step on."""
    before, now = len(queued(isp)), MORNING - days_before * DAY
    with isp.transaction() as session:
        warn_of_expiry(session, isp.tenant_id, on=date(2026, 3, 20) - days_before * DAY, now=now)
    return [about.rpartition(":")[2] for _event, about in queued(isp)[before:]]


def passed(isp: World, now: datetime) -> int:
    with isp.transaction() as session:
        return tell_expired(session, isp.tenant_id, now=now)


def test_a_client_is_warned_three_days_and_one_day_before_the_end(isp: World) -> None:
    daily(isp)
    assert {days: said for days in range(6, -1, -1) if (said := warn(isp, days))} == {
        3: ["3"], 1: ["1"],
    }  # fmt: skip


def test_the_end_is_told_when_it_has_come_and_once(isp: World) -> None:
    daily(isp)
    assert passed(isp, ENDS - TICK) == 0
    assert passed(isp, ENDS) == 1
    assert passed(isp, ENDS + DAY) == 0


def test_what_ended_long_ago_is_no_news(isp: World) -> None:
    daily(isp)
    assert passed(isp, ENDS + PASSED_MAX) == 0
    assert passed(isp, ENDS + PASSED_MAX - TICK) == 1


def test_an_end_that_was_moved_is_told_of_anew(isp: World) -> None:
    line = daily(isp)
    assert warn(isp, 1) == ["1"]
    with isp.transaction() as session:
        set_expiry(
            session, isp.tenant_id, line.connection_id, ENDS + 2 * DAY, reason="paid", actor=SYSTEM
        )
    assert warn(isp, 1) == ["3"]
    assert passed(isp, ENDS) == 0
    assert passed(isp, ENDS + 2 * DAY) == 1


def test_who_ends_today_is_not_warned_after_the_end(isp: World) -> None:
    daily(isp, expires_at=MORNING)
    assert warn(isp, 0) == []


@pytest.mark.parametrize("kind", [ProfileKind.MONTHLY, ProfileKind.POSTPAID, ProfileKind.FREE])
def test_where_the_end_decides_nothing_it_is_not_spoken_of(kind: ProfileKind, isp: World) -> None:
    isp.connection(profile_id=isp.profile(kind).profile_id, expires_at=ENDS)
    assert warn(isp, 1) == []
    assert passed(isp, ENDS) == 0


def test_a_vip_a_suspended_one_and_one_without_end_are_not_spoken_to(isp: World) -> None:
    vip, suspended, _endless = daily(isp), daily(isp), daily(isp, expires_at=None)
    with isp.transaction() as session:
        set_vip(session, isp.tenant_id, vip.connection_id, vip=True, actor=SYSTEM)
        set_connection_status(
            session, isp.tenant_id, suspended.connection_id, Status.SUSPENDED, actor=SYSTEM
        )
    assert warn(isp, 1) == []
    assert passed(isp, ENDS) == 0
