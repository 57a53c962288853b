"""Routers that refuse, are silent, lie or are lied for: all is tried, then a person is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from billing.connections import Connection as Line
from network.enforcement import Enforcement
from network.kicks import kick
from network.nas import Ability, change_nas, list_nas
from policy.facts import Reason, Restriction, RestrictionAction
from sandbox.nas.changes import Manner
from sandbox.nas.router import Router
from sandbox.nas.sessions import Session
from storage.actors import SYSTEM
from tests.fixtures.isps import World
from tests.network.conftest import Field
from tests.network.test_enforcement import FAST, SLOW, kinds, restrict, sell, suspend
from tests.radius.server import until

GARDEN = Restriction(RestrictionAction.WALLED, pool="expired", address_list="walled", speed=SLOW)
MEGABYTE = 10**6


@pytest.fixture
def line(isp: World) -> Line:
    return isp.connection()


@pytest.fixture
def online(field: Field, router: Router, line: Line, enforcement: Enforcement) -> Session:
    return field.dial(router, line)


@pytest.fixture
def answers(field: Field, router: Router) -> Callable[..., None]:
    """From now on the router answers changes so."""

    def set_manner(manner: Manner, error_cause: int = 503) -> None:
        field.background.do(router.answer_changes(manner, error_cause))

    return set_manner


def named(router: Router) -> list[bool]:
    """Of each request heard, whether it said Acct-Session-Id."""
    return ["Acct-Session-Id" in heard.attributes for heard in router.heard]


def able(isp: World, **said: object) -> None:
    """The ISP's staff know better what its router can do."""
    with isp.transaction() as session:
        (nas,) = list_nas(session, isp.tenant_id)
        details = replace(nas.details, **said)  # type: ignore[arg-type]
        change_nas(session, isp.tenant_id, nas.nas_id, details, actor=SYSTEM)


@pytest.mark.parametrize(
    ("manner", "problem"),
    [(Manner.SILENT, "silent"), (Manner.CLOSED, "silent"), (Manner.FORGED, "silent")],
)
def test_a_router_that_says_nothing_true_is_asked_by_all_means_and_then_a_person_is_told(
    field: Field,
    router: Router,
    line: Line,
    online: Session,
    answers: Callable[..., None],
    manner: Manner,
    problem: str,
) -> None:
    answers(manner)
    sell(field.isp, line, speed=FAST)
    until(lambda: field.problems() == [problem], lambda: (router.heard, field.change_of(online)))
    assert online.rate_limit == "10M/10M"
    if manner is not Manner.CLOSED:
        assert kinds(router)[:6] == ["coa"] * 3 + ["disconnect"] * 3
        assert named(router)[:6] == [True, False, True] * 2
    answers(Manner.ACK)
    until(lambda: field.problems(closed=True) == [problem], lambda: field.change_of(online))
    assert field.problems() == []
    assert online.rate_limit == "20M/50M"


def test_a_router_that_does_not_find_its_session_id_is_asked_without_it(
    field: Field, router: Router, line: Line, online: Session
) -> None:
    online.session_id, real = "another than it said", online.session_id
    sell(field.isp, line, speed=FAST)
    until(lambda: online.rate_limit == "20M/50M", lambda: router.heard)
    assert [heard.answer for heard in router.heard] == ["nak 503", "ack"]
    assert named(router) == [True, False]
    online.session_id = real
    assert field.change_of(online)["error_cause"] is None


def test_a_refused_change_is_made_by_a_redial_and_the_router_is_known_for_it(
    field: Field, router: Router, line: Line, online: Session, answers: Callable[..., None]
) -> None:
    answers(Manner.NAK, 405)
    sell(field.isp, line, speed=FAST)
    until(lambda: "disconnect" in kinds(router), lambda: router.heard)
    assert kinds(router)[:2] == ["coa", "disconnect"]
    answers(Manner.ACK)
    until(lambda: not online.is_live, lambda: router.heard)
    field.ends(online)
    again = field.dial(router, line)
    sell(field.isp, line, speed=SLOW)
    until(lambda: not again.is_live, lambda: router.heard)
    assert kinds(router).count("coa") == 1


def test_what_staff_say_of_a_router_outranks_what_it_was_seen_to_do(
    field: Field, router: Router, line: Line, enforcement: Enforcement
) -> None:
    able(field.isp, coa=Ability.NO)
    online = field.dial(router, line)
    sell(field.isp, line, speed=FAST)
    until(lambda: not online.is_live, lambda: router.heard)
    assert kinds(router) == ["disconnect"]


def test_the_last_error_cause_is_kept_for_who_asks(
    field: Field, router: Router, line: Line, online: Session, answers: Callable[..., None]
) -> None:
    answers(Manner.NAK, 501)
    sell(field.isp, line, speed=FAST)
    until(lambda: field.problems() == ["refused"], lambda: (router.heard, field.change_of(online)))
    assert field.change_of(online)["error_cause"] == 501


def test_a_session_the_router_does_not_know_any_more_is_no_problem_of_anybodys(
    field: Field, router: Router, line: Line, online: Session, answers: Callable[..., None]
) -> None:
    answers(Manner.NAK, 503)
    sell(field.isp, line, speed=FAST)
    until(lambda: kinds(router).count("disconnect") >= 3, lambda: router.heard)
    until(lambda: field.change_of(online)["error_cause"] == 503, lambda: field.change_of(online))
    assert field.problems() == []


def test_a_session_that_speaks_after_its_disconnect_was_not_cut(
    field: Field, router: Router, line: Line, online: Session, answers: Callable[..., None]
) -> None:
    answers(Manner.NO_EFFECT)
    restrict(field.isp, Reason.SUSPENDED, GARDEN)
    suspend(field.isp, line)
    for later in range(5, 5 * 60, 60):
        until(lambda: field.change_of(online).get("acked"), lambda: field.change_of(online))
        field.hear(router, online, later=later)
        if field.problems():
            break
        until(lambda: not field.change_of(online)["acked"], lambda: field.change_of(online))
    until(lambda: field.problems() == ["not_done"], lambda: field.change_of(online))
    assert set(kinds(router)) == {"disconnect"}
    answers(Manner.ACK)
    until(lambda: not online.is_live, lambda: router.heard)
    field.ends(online)
    until(lambda: field.problems(closed=True) == ["not_done"], field.problems)


def test_a_session_as_fast_as_before_was_not_slowed(
    field: Field, router: Router, line: Line, online: Session, answers: Callable[..., None]
) -> None:
    answers(Manner.NO_EFFECT)
    sell(field.isp, line, speed=SLOW)
    until(lambda: field.change_of(online).get("acked"), lambda: field.change_of(online))
    online.carry(download_bytes=300 * MEGABYTE)  # at its old speed, before and after
    begin = field.change_of(online)["proof_at"]
    field.hear(router, online, later=240)
    answers(Manner.ACK)
    until(lambda: field.change_of(online)["proof_at"] > begin, lambda: field.change_of(online))
    assert field.change_of(online)["acked"]
    online.carry(download_bytes=300 * MEGABYTE)
    field.hear(router, online, later=480)
    until(lambda: not online.is_live, lambda: (router.heard, field.change_of(online)))
    assert kinds(router) == ["coa", "disconnect"]


def test_a_client_who_comes_back_as_before_is_not_cut_for_ever(
    field: Field, router: Router, line: Line, enforcement: Enforcement
) -> None:
    restrict(field.isp, Reason.SUSPENDED, GARDEN)
    online = field.dial(router, line)
    suspend(field.isp, line)
    old_class = online.class_
    for _ in range(3):
        until(lambda: not router.live, lambda: router.heard)
        field.ends(router.sessions[-1])
        until(lambda: pending(field) == 0, lambda: pending(field))
        online = field.background.do(router.dial(online.dial))
        online.class_ = old_class  # of a router that keeps it for ever
        field.hear(router, online)
    until(lambda: field.problems() == ["redials"], lambda: router.heard)
    assert kinds(router) == ["disconnect"] * 3
    assert online.is_live


def pending(field: Field) -> int:
    with field.admin.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM session_changes WHERE tenant_id = %s", (field.isp.tenant_id,)
        )
        return int(cursor.fetchone()[0])  # type: ignore[index]


def test_a_secret_that_no_key_opens_is_told_and_hurts_no_other_router(
    field: Field,
    router: Router,
    line: Line,
    online: Session,
    new_router: Callable[[], Router],
) -> None:
    other, neighbour = new_router(), field.isp.connection()
    theirs = field.dial(other, neighbour)
    with field.admin.cursor() as cursor:
        cursor.execute(
            "UPDATE nas_devices SET sealed_secret = '\\x010203' WHERE address = %s::inet",
            (router.setup.address,),
        )
    sell(field.isp, line, speed=FAST)
    sell(field.isp, neighbour, speed=FAST)
    until(lambda: field.problems() == ["unreadable"], lambda: field.change_of(online))
    until(lambda: theirs.rate_limit == "20M/50M", lambda: other.heard)
    assert router.heard == []


def test_a_small_router_is_not_drowned_and_a_quick_one_does_not_wait_for_it(
    field: Field, router: Router, enforcement: Enforcement, new_router: Callable[[], Router]
) -> None:
    able(field.isp, coa_packets_per_second=4)
    package = field.isp.package()
    lines = [field.isp.connection(package_id=package.package_id) for _ in range(12)]
    sessions = [field.dial(router, each) for each in lines]
    quick, neighbour = new_router(), field.isp.connection()
    theirs = field.dial(quick, neighbour)
    sell(field.isp, lines[0], speed=FAST)
    sell(field.isp, neighbour, speed=FAST)
    until(lambda: theirs.rate_limit == "20M/50M", lambda: quick.heard)
    assert len(router.heard) < 12
    until(lambda: all(each.rate_limit == "20M/50M" for each in sessions), lambda: router.heard)
    times = [heard.at for heard in router.heard]
    assert len(times) == 12
    for first, fifth in zip(times, times[4:], strict=False):
        assert fifth - first > 0.9  # a second as it left; on its way it may have been held up


def test_a_kick_ends_the_session_and_an_unanswered_one_is_tried_again(
    field: Field, router: Router, line: Line, online: Session, answers: Callable[..., None]
) -> None:
    answers(Manner.SILENT)
    with field.isp.transaction() as session:
        assert kick(session, field.isp.tenant_id, line.connection_id, actor=SYSTEM) == 1
    until(lambda: router.heard, lambda: field.change_of(online))
    sell(field.isp, line, speed=FAST)  # and a kick is not overruled
    answers(Manner.ACK)
    until(lambda: not online.is_live, lambda: (router.heard, field.change_of(online)))
    assert set(kinds(router)) == {"disconnect"}


def test_what_was_claimed_by_one_who_died_is_sent_by_the_next(
    field: Field, router: Router, line: Line, enforce: Callable[..., Enforcement]
) -> None:
    online = field.dial(router, line)
    first = enforce()
    first.stop()
    with field.isp.transaction() as session:
        kick(session, field.isp.tenant_id, line.connection_id, actor=SYSTEM)
    with field.admin.cursor() as cursor:
        cursor.execute(
            """UPDATE session_changes SET tries = 1, sent_at = now(),
                   next_try_at = now() + interval '1 second' WHERE tenant_id = %s""",
            (field.isp.tenant_id,),
        )
    enforce()
    until(lambda: not online.is_live, lambda: field.change_of(online))
    assert kinds(router) == ["disconnect"]


def test_a_database_that_goes_away_and_comes_back_is_followed_again(
    field: Field, router: Router, line: Line, online: Session, enforcement: Enforcement
) -> None:
    with field.admin.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'skylink-enforcement'"
        )
    sell(field.isp, line, speed=FAST)
    until(lambda: online.rate_limit == "20M/50M", lambda: router.heard)
    assert enforcement.is_alive()


@pytest.fixture(autouse=True)
def nothing_left_to_send(admin: object) -> Iterator[None]:
    """The next test's enforcement serves all ISPs: it finds nothing of this test's to send."""
    yield
    with admin.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("DELETE FROM session_changes")
        cursor.execute("DELETE FROM live_sessions")
