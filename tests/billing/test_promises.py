"""A promise to pay keeps access for some days, once in a month."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from billing.access import why
from billing.clients import Client
from billing.connections import Connection
from billing.errors import PromiseGiven, PromiseRefused
from billing.promises import promise_to_pay, promise_until
from policy.access import Verdict
from storage.actors import SYSTEM
from tests.fixtures.bills import line, settings
from tests.fixtures.isps import NOON, World

LATE = date(2026, 3, 1)


def promise(isp: World, one: Connection, now: datetime = NOON, days: int | None = None) -> Client:
    with isp.transaction() as session:
        return promise_to_pay(
            session, isp.tenant_id, one.client_id, now=now, days=days, actor=SYSTEM
        )


def verdict(isp: World, one: Connection, now: datetime) -> Verdict:
    with isp.transaction() as session:
        return why(session, isp.tenant_id, one.details.username, now=now).verdict


def test_a_promise_keeps_access_to_the_end_of_its_last_day(isp: World) -> None:
    one = line(isp)
    isp.invoice(one.client_id, LATE)
    assert verdict(isp, one, NOON) is not Verdict.ACCEPT
    until = promise(isp, one).promised_until
    assert until == datetime(2026, 3, 13, 18, tzinfo=UTC)  # midnight in Dhaka after the third day
    assert verdict(isp, one, until - timedelta.resolution) is Verdict.ACCEPT
    assert verdict(isp, one, until) is not Verdict.ACCEPT


def test_a_client_promises_once_in_a_month(isp: World) -> None:
    one = line(isp)
    promise(isp, one)
    with pytest.raises(PromiseGiven):
        promise(isp, one, NOON + timedelta(days=20))
    promise(isp, one, NOON + timedelta(days=22))  # April


def test_two_promises_at_once_are_one(isp: World) -> None:
    one = line(isp)
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(promise, isp, one) for _ in range(4)]
        refused = [done.exception() for done in asked]
    assert [type(error) for error in refused if error] == [PromiseGiven] * 3


@pytest.mark.parametrize("days", [-1, 0, 4])
def test_no_days_and_more_than_the_isp_gives_are_refused(isp: World, days: int) -> None:
    with pytest.raises(PromiseRefused):
        promise(isp, line(isp), days=days)


def test_an_isp_may_take_no_promises(isp: World) -> None:
    settings(isp, promise_days=0)
    with pytest.raises(PromiseRefused):
        promise(isp, line(isp))


def test_staff_may_give_more_time_and_take_it_back(isp: World) -> None:
    one = line(isp)
    promise(isp, one)
    with isp.transaction() as session:
        longer = NOON + timedelta(days=20)
        given = promise_until(session, isp.tenant_id, one.client_id, longer, actor=SYSTEM)
        assert given.promised_until == longer
        taken = promise_until(session, isp.tenant_id, one.client_id, None, actor=SYSTEM)
        assert taken.promised_until is None


def test_a_promise_is_told_to_the_client(isp: World) -> None:
    promise(isp, line(isp))
    with isp.transaction() as session:
        assert session.scalars(text("SELECT event FROM outbox")).all() == ["promise.given"]
