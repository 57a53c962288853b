from datetime import timedelta
from typing import Any

import pytest

from billing.errors import NoticeNotFound, ZoneNotFound
from billing.notices import (
    NOTICES_SHOWN,
    Notice,
    NoticeDetails,
    add_notice,
    list_notices,
    notices_for,
    withdraw_notice,
)
from billing.zones import ZoneId, add_zone
from policy.facts import ClientId
from storage.actors import SYSTEM
from storage.errors import ValueRefused
from tests.fixtures.isps import NOON, World

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


def tells(isp: World, text_en: str | None = "Eid Mubarak", **said: Any) -> Notice:
    details = NoticeDetails(
        text_en=text_en, **{"shown_from_at": NOON, "shown_until": NOON + DAY, **said}
    )
    with isp.transaction() as session:
        return add_notice(session, isp.tenant_id, details, actor=SYSTEM)


def reads(isp: World, client_id: ClientId, now=NOON) -> list[str]:
    with isp.transaction() as session:
        return [n.text("en") for n in notices_for(session, isp.tenant_id, client_id, now=now)]


def test_a_notice_to_all_is_read_by_all_while_it_is_shown(isp: World, other_isp: World) -> None:
    tells(isp)
    client_id = isp.client().client_id
    assert reads(isp, client_id, NOON - TICK) == []
    assert reads(isp, client_id) == ["Eid Mubarak"]
    assert reads(isp, client_id, NOON + DAY) == []
    assert reads(other_isp, other_isp.client().client_id) == []


def test_a_notice_to_a_zone_is_read_there(isp: World) -> None:
    with isp.transaction() as session:
        zone_id = add_zone(session, isp.tenant_id, "Mirpur", actor=SYSTEM).zone_id
    tells(isp, zone_id=zone_id)
    assert reads(isp, isp.client(zone_id=zone_id).client_id)
    assert not reads(isp, isp.client().client_id)


def test_a_notice_about_a_package_is_read_by_who_has_it(isp: World) -> None:
    package_id = isp.package().package_id
    tells(isp, package_id=package_id)
    assert reads(isp, isp.connection(package_id=package_id).client_id)
    assert not reads(isp, isp.connection().client_id)


def test_a_notice_about_debts_is_read_by_who_is_overdue(isp: World) -> None:
    tells(isp, overdue_only=True)
    late, paid, in_time = (isp.client().client_id for _ in range(3))
    isp.invoice(late, due_on=NOON.date() - DAY)
    isp.settle(isp.invoice(paid, due_on=NOON.date() - DAY))
    isp.invoice(in_time, due_on=NOON.date())
    assert [bool(reads(isp, who)) for who in (late, paid, in_time)] == [True, False, False]


def test_who_reads_the_other_language_sees_the_one_there_is(isp: World) -> None:
    assert tells(isp, None, text_bn="ঈদ মোবারক").text("en") == "ঈদ মোবারক"
    assert tells(isp).text("bn") == "Eid Mubarak"
    assert tells(isp, text_bn="ঈদ মোবারক").text("bn") == "ঈদ মোবারক"


def test_a_notice_is_withdrawn(isp: World) -> None:
    notice = tells(isp)
    with isp.transaction() as session:
        assert list_notices(session, isp.tenant_id, now=NOON) == (notice,)
        withdraw_notice(session, isp.tenant_id, notice.notice_id, actor=SYSTEM)
    assert reads(isp, isp.client().client_id) == []
    with isp.transaction() as session, pytest.raises(NoticeNotFound):
        withdraw_notice(session, isp.tenant_id, notice.notice_id, actor=SYSTEM)


def test_a_client_sees_the_newest_few(isp: World) -> None:
    for number in range(NOTICES_SHOWN + 1):
        tells(isp, str(number))
    assert reads(isp, isp.client().client_id) == ["5", "4", "3", "2", "1"]


@pytest.mark.parametrize("text_en", [None, "", "x" * 1001])
def test_a_notice_says_something_and_not_too_much(isp: World, text_en: str | None) -> None:
    with pytest.raises(ValueRefused):
        tells(isp, text_en)


def test_a_zone_that_is_not_there_is_refused(isp: World) -> None:
    with pytest.raises(ZoneNotFound):
        tells(isp, zone_id=ZoneId(1 << 40))
