"""A changed decision reaches the live session: by CoA where that is enough, else by redial."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from billing.clients import set_client_status
from billing.connections import Connection as Line
from billing.connections import set_expiry
from billing.packages import change_package, get_package
from network.enforcement import Enforcement, utc_now
from network.nas import change_nas, list_nas
from policy.facts import (
    ProfileKind,
    QuotaAction,
    Reason,
    Restriction,
    RestrictionAction,
    Speed,
    SpeedWindow,
    Status,
    Window,
)
from sandbox.nas.changes import Kind
from sandbox.nas.router import Router
from sandbox.nas.sessions import Session
from storage.actors import SYSTEM
from tenancy.access_rules import set_restriction
from tests.fixtures.isps import World
from tests.network.conftest import Field
from tests.radius.server import until

SLOW, FAST = Speed(1_000, 512), Speed(50_000, 20_000)
GARDEN = Restriction(
    RestrictionAction.WALLED, pool="expired", address_list="walled", speed=Speed(256, 128)
)
LIST_ONLY = replace(GARDEN, pool=None)
REFUSAL = Restriction(RestrictionAction.REJECT)
LONG_AGO = date(2026, 1, 5)
EVERY_DAY = frozenset(range(1, 8))


def kinds(router: Router) -> list[str]:
    return [str(heard.kind) for heard in router.heard]


def suspend(isp: World, line: Line, status: Status = Status.SUSPENDED) -> None:
    with isp.transaction() as session:
        set_client_status(session, isp.tenant_id, line.client_id, status, actor=SYSTEM)


def restrict(isp: World, reason: Reason, restriction: Restriction) -> None:
    with isp.transaction() as session:
        set_restriction(session, isp.tenant_id, reason, restriction, actor=SYSTEM)


def sell(isp: World, line: Line, **said: object) -> None:
    """Sell the line's package otherwise from now on."""
    package_id = line.details.package_id
    with isp.transaction() as session:
        now = get_package(session, isp.tenant_id, package_id).details
        new = replace(now, **said)  # type: ignore[arg-type]
        change_package(session, isp.tenant_id, package_id, new, actor=SYSTEM)


def use(isp: World, line: Line, used_bytes: int, cycle_until: datetime) -> None:
    """What intake counts in the running cycle."""
    with isp.transaction() as session:
        session.execute(
            text("""INSERT INTO connection_usage
                        (tenant_id, connection_id, cycle_from_on, cycle_until, used_bytes)
                    VALUES (:isp, :line, :from, :until, :used)
                    ON CONFLICT (tenant_id, connection_id, cycle_from_on)
                    DO UPDATE SET used_bytes = excluded.used_bytes"""),
            {
                "isp": isp.tenant_id,
                "line": line.connection_id,
                "from": cycle_until.date().replace(day=1),
                "until": cycle_until,
                "used": used_bytes,
            },
        )


def moves_lists(isp: World) -> None:
    """The ISP's staff have seen its routers move clients to other lists by CoA."""
    with isp.transaction() as session:
        for nas in list_nas(session, isp.tenant_id):
            able = replace(nas.details, coa_address_lists=True)
            change_nas(session, isp.tenant_id, nas.nas_id, able, actor=SYSTEM)


@pytest.fixture
def line(isp: World) -> Line:
    return isp.connection()


@pytest.fixture
def online(field: Field, router: Router, line: Line, enforcement: Enforcement) -> Session:
    assert enforcement.works.is_set()
    return field.dial(router, line)


def test_a_faster_package_is_in_force_without_a_redial(
    field: Field, router: Router, line: Line, online: Session
) -> None:
    sell(field.isp, line, speed=FAST)
    until(lambda: online.rate_limit == "20M/50M", lambda: (router.heard, field.change_of(online)))
    assert kinds(router) == ["coa"]
    assert online.is_live
    (heard,) = router.heard
    said = heard.attributes
    assert said["User-Name"] == [line.details.username]
    assert said["Acct-Session-Id"] == [online.session_id]
    assert said["Framed-IP-Address"] == [online.address]
    assert said["NAS-IP-Address"] == [router.setup.address]
    assert {"Event-Timestamp", "Message-Authenticator"} <= said.keys()


def test_an_acknowledgement_is_proved_by_the_next_record(
    field: Field, router: Router, line: Line, online: Session
) -> None:
    sell(field.isp, line, speed=SLOW)
    until(lambda: field.change_of(online).get("acked"), lambda: field.change_of(online))
    change = field.change_of(online)
    assert (change["step"], change["given"]) == ("coa", change["wanted"])
    field.hear(router, online, later=5)
    until(lambda: field.change_of(online)["step"] == "none", lambda: field.change_of(online))
    assert not field.change_of(online)["acked"]
    sell(field.isp, line, speed=FAST)
    until(lambda: online.rate_limit == "20M/50M", lambda: router.heard)
    assert kinds(router) == ["coa", "coa"]


def test_nothing_is_sent_where_nothing_changed(
    field: Field, router: Router, line: Line, online: Session
) -> None:
    sell(field.isp, line, name="The same under another name")
    suspend(field.isp, line)  # what follows proves that what came before was looked at
    until(lambda: kinds(router) == ["disconnect"], lambda: router.heard)


def test_a_suspended_client_redials_into_the_walled_garden_and_out_of_it(
    field: Field, router: Router, line: Line, enforcement: Enforcement
) -> None:
    restrict(field.isp, Reason.SUSPENDED, GARDEN)
    first = field.dial(router, line)
    suspend(field.isp, line)
    until(lambda: not first.is_live, lambda: router.heard)
    field.ends(first)
    walled = field.dial(router, line)
    assert (walled.address_list, walled.rate_limit) == ("walled", "128k/256k")
    suspend(field.isp, line, Status.ACTIVE)
    until(lambda: not walled.is_live, lambda: router.heard)
    field.ends(walled)
    again = field.dial(router, line)
    assert (again.address_list, again.rate_limit) == (None, "10M/10M")
    assert kinds(router) == ["disconnect", "disconnect"]


def test_who_pays_leaves_the_walled_garden_at_once(
    field: Field, router: Router, line: Line, enforcement: Enforcement
) -> None:
    restrict(field.isp, Reason.DUES, GARDEN)
    invoice = field.isp.invoice(line.client_id, LONG_AGO)
    walled = field.dial(router, line)
    assert walled.address_list == "walled"
    field.isp.settle(invoice)
    until(lambda: not walled.is_live, lambda: router.heard)


def test_where_the_nas_can_a_client_is_moved_by_list_into_the_garden_and_out(
    field: Field, router: Router, enforcement: Enforcement
) -> None:
    moves_lists(field.isp)
    restrict(field.isp, Reason.SUSPENDED, LIST_ONLY)
    package = field.isp.package(address_list="paid")
    line = field.isp.connection(package_id=package.package_id)
    online = field.dial(router, line)
    suspend(field.isp, line)
    until(lambda: online.address_list == "walled", lambda: (router.heard, field.change_of(online)))
    assert online.rate_limit == "128k/256k"
    until(lambda: field.change_of(online)["acked"], lambda: field.change_of(online))
    suspend(field.isp, line, Status.ACTIVE)
    until(lambda: online.address_list == "paid", lambda: router.heard)
    assert (online.rate_limit, kinds(router)) == ("10M/10M", ["coa", "coa"])
    assert online.session_timeout_seconds == 2**31 - 1  # no longer that of a walled session


def test_who_loses_access_is_cut(
    field: Field, router: Router, line: Line, enforcement: Enforcement
) -> None:
    restrict(field.isp, Reason.SUSPENDED, REFUSAL)
    online = field.dial(router, line)
    suspend(field.isp, line)
    until(lambda: not online.is_live, lambda: router.heard)
    assert kinds(router) == ["disconnect"]


def test_a_used_up_quota_throttles_and_the_next_month_gives_the_speed_back(
    field: Field, router: Router, enforce: Callable[..., Enforcement]
) -> None:
    ahead = [timedelta(0)]
    enforce(lambda: utc_now() + ahead[0])
    package = field.isp.package(
        data_limit_bytes=10**9, quota_action=QuotaAction.THROTTLE, throttle=SLOW
    )
    line = field.isp.connection(package_id=package.package_id)
    cycle_until = utc_now() + timedelta(days=10)
    use(field.isp, line, 10**9 - 1, cycle_until)
    online = field.dial(router, line)
    assert online.rate_limit == "10M/10M"
    use(field.isp, line, 10**9, cycle_until)
    until(lambda: online.rate_limit == "512k/1M", lambda: (router.heard, field.change_of(online)))
    field.hear(router, online, later=5)
    ahead[0] = timedelta(days=10)  # nobody does anything: the clock alone
    until(lambda: online.rate_limit == "10M/10M", lambda: (router.heard, field.change_of(online)))
    assert kinds(router) == ["coa", "coa"]


@pytest.mark.parametrize("action", [QuotaAction.BLOCK, QuotaAction.DISCONNECT])
def test_a_used_up_quota_cuts_where_the_package_says_so(
    field: Field, router: Router, enforcement: Enforcement, action: QuotaAction
) -> None:
    package = field.isp.package(data_limit_bytes=10**9, quota_action=action)
    line = field.isp.connection(package_id=package.package_id)
    use(field.isp, line, 0, utc_now() + timedelta(days=10))
    online = field.dial(router, line)
    use(field.isp, line, 2 * 10**9, utc_now() + timedelta(days=10))
    until(lambda: not online.is_live, lambda: router.heard)


def test_happy_hours_begin_and_end_by_the_clock_alone(
    field: Field, router: Router, enforce: Callable[..., Enforcement]
) -> None:
    start = datetime(2026, 11, 25, 12, tzinfo=UTC)
    moment = [start]
    enforce(lambda: moment[0])
    night = Window(start_minute=60, end_minute=360, weekdays=EVERY_DAY)
    package = field.isp.package(speed_windows=(SpeedWindow(night, FAST),))
    line = field.isp.connection(package_id=package.package_id)
    online = field.dial(router, line)
    moment[0] = datetime(2026, 11, 25, 20, tzinfo=UTC)  # two in the morning in Dhaka
    until(lambda: online.rate_limit == "20M/50M", lambda: (router.heard, field.change_of(online)))
    moment[0] = datetime(2026, 11, 26, 0, tzinfo=UTC)
    until(lambda: online.rate_limit == "10M/10M", lambda: router.heard)


def test_a_session_is_told_when_it_ends_now_counted_from_its_start(
    field: Field, router: Router, enforcement: Enforcement
) -> None:
    daily = field.isp.profile(ProfileKind.DAILY).profile_id
    ends_at = utc_now() + timedelta(hours=2)
    line = field.isp.connection(profile_id=daily, expires_at=ends_at)
    online = field.dial(router, line)
    assert 7_000 < (online.session_timeout_seconds or 0) <= 7_200
    with field.isp.transaction() as session:
        later = ends_at + timedelta(hours=5)
        set_expiry(
            session, field.isp.tenant_id, line.connection_id, later, reason="storm", actor=SYSTEM
        )
    until(lambda: (online.session_timeout_seconds or 0) > 8_000, lambda: router.heard)
    assert abs(online.since + (online.session_timeout_seconds or 0) - later.timestamp()) < 3
    assert kinds(router) == ["coa"]
    assert "Mikrotik-Rate-Limit" not in router.heard[0].attributes


def test_a_session_that_appears_with_an_old_grant_is_brought_up_to_date(
    field: Field, router: Router, line: Line, enforcement: Enforcement
) -> None:
    field.radius.caught_up()
    slow = field.dial(router, line)
    old = field.change_of(slow)
    assert old == {}
    other = field.isp.connection(package_id=line.details.package_id)
    field.radius.caught_up()
    late = field.background.do(router.dial(field.device_of(other)))
    sell(field.isp, line, speed=FAST)
    until(lambda: slow.rate_limit == "20M/50M", lambda: router.heard)
    assert late.rate_limit == "10M/10M"
    field.hear(router, late)  # its Start was slow to come
    until(lambda: late.rate_limit == "20M/50M", lambda: router.heard)


def test_a_session_of_which_nothing_is_known_is_told_all_that_coa_can_say(
    field: Field, router: Router, line: Line, enforcement: Enforcement
) -> None:
    field.radius.caught_up()
    session = field.background.do(router.dial(field.device_of(line)))
    session.rate_limit = None
    field.hear(router, session, granted="of a router that made it up")
    until(lambda: session.rate_limit == "10M/10M", lambda: router.heard)
    assert kinds(router) == ["coa"]


def test_what_changed_while_nobody_enforced_is_found_at_the_start(
    field: Field, router: Router, line: Line, enforce: Callable[..., Enforcement]
) -> None:
    online = field.dial(router, line)
    sell(field.isp, line, speed=FAST)
    enforce()
    until(lambda: online.rate_limit == "20M/50M", lambda: router.heard)


@pytest.mark.parametrize("sweep_seconds", [0.2, 900])
def test_what_nothing_told_of_is_found_by_the_sweep_and_by_nothing_else(
    field: Field,
    router: Router,
    line: Line,
    enforce: Callable[..., Enforcement],
    sweep_seconds: float,
) -> None:
    enforce(sweep_seconds=sweep_seconds)
    online, other = field.dial(router, line), field.isp.connection()
    field.dial(router, other)
    sell(field.isp, other, speed=SLOW)  # from here on all that was is known
    until(lambda: kinds(router) == ["coa"], lambda: router.heard)
    online.rate_limit = None
    with field.admin.cursor() as cursor:  # no fact, no hour and no new session
        cursor.execute(
            "UPDATE live_sessions SET granted = NULL WHERE tenant_id = %s AND acct_session_id = %s",
            (field.isp.tenant_id, online.session_id),
        )
    if sweep_seconds < 1:
        until(lambda: online.rate_limit == "10M/10M", lambda: router.heard)
        return
    sell(field.isp, other, speed=FAST)
    until(lambda: kinds(router) == ["coa", "coa"], lambda: router.heard)
    assert online.rate_limit is None


def test_a_deleted_connection_is_cut_and_a_session_of_nobody_is_left_alone(
    field: Field, router: Router, line: Line, online: Session
) -> None:
    with field.admin.cursor() as cursor:
        cursor.execute(
            """INSERT INTO live_sessions (tenant_id, nas_id, node, acct_session_id, username,
                   started_at, heard_at)
               SELECT tenant_id, nas_id, 'test', 'of-nobody', 'nobody', now(), now()
                 FROM live_sessions WHERE acct_session_id = %s AND tenant_id = %s""",
            (online.session_id, field.isp.tenant_id),
        )
    with field.isp.transaction() as session:
        session.execute(
            text("DELETE FROM connections WHERE tenant_id = :isp AND id = :line"),
            {"isp": field.isp.tenant_id, "line": line.connection_id},
        )
    until(lambda: not online.is_live, lambda: router.heard)
    assert kinds(router) == [Kind.DISCONNECT]


def test_two_at_once_send_each_change_once_and_one_takes_over_from_the_other(
    field: Field, router: Router, line: Line, enforce: Callable[..., Enforcement]
) -> None:
    first, second = enforce(), enforce(works=False)
    online = field.dial(router, line)
    sell(field.isp, line, speed=FAST)
    until(lambda: online.rate_limit == "20M/50M", lambda: router.heard)
    assert (kinds(router), second.works.is_set()) == (["coa"], False)
    first.stop()
    until(second.works.is_set, lambda: "the second never worked")
    sell(field.isp, line, speed=SLOW)
    until(lambda: online.rate_limit == "512k/1M", lambda: router.heard)
    assert kinds(router) == ["coa", "coa"]


def test_a_thread_that_ended_is_stopped_again_without_harm(
    enforce: Callable[..., Enforcement],
) -> None:
    one = enforce()
    one.stop()
    with Path(os.devnull).open("rb"):  # whoever opens something next may get the pipe's number
        one.stop()
    assert not one.is_alive()
