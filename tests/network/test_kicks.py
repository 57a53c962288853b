"""A kick is asked for by who may, written down, and seen as pending until the session has ended."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from billing.errors import ConnectionNotFound
from network.attempts import Problem
from network.coa import Means
from network.enforcement import Enforcement
from network.kicks import kick
from network.problems import AskedBy, open_problems, pending_changes
from policy.grants import Step
from sandbox.nas.changes import Manner
from sandbox.nas.router import Router
from storage.actors import SYSTEM, Actor, ActorKind
from storage.errors import NotPermitted
from tests.fixtures.isps import World
from tests.network.conftest import Field
from tests.network.test_enforcement import FAST, sell
from tests.radius.server import until


def kicked(isp: World, connection_id: int) -> int:
    with isp.transaction() as session:
        return kick(session, isp.tenant_id, connection_id, actor=SYSTEM)  # type: ignore[arg-type]


def test_every_session_of_the_connection_is_ended_and_no_other(
    field: Field, router: Router, enforcement: Enforcement
) -> None:
    line, neighbour = field.isp.connection(), field.isp.connection()
    first = field.dial(router, line)
    second = field.dial(router, line, mac="AA:BB:CC:00:00:02")
    other = field.dial(router, neighbour)
    assert kicked(field.isp, line.connection_id) == 2
    until(lambda: not (first.is_live or second.is_live), lambda: router.heard)
    assert other.is_live
    with field.isp.transaction() as session:
        audited = session.execute(
            text("SELECT action, after FROM audit_log WHERE subject_id = :line ORDER BY id DESC"),
            {"line": line.connection_id},
        ).first()
    assert audited == ("connection.kicked", {"sessions": 2})


def test_who_is_not_online_is_not_kicked(isp: World) -> None:
    assert kicked(isp, isp.connection().connection_id) == 0


def test_who_may_not_control_access_may_not_kick(isp: World, other_isp: World) -> None:
    line = isp.connection()
    nobody = Actor(ActorKind.STAFF, "Nobody", id=7)
    with pytest.raises(NotPermitted), isp.transaction() as session:
        kick(session, isp.tenant_id, line.connection_id, actor=nobody)
    with pytest.raises(ConnectionNotFound):
        kicked(other_isp, line.connection_id)


def test_what_is_pending_and_what_keeps_it_can_be_seen_by_its_own_isp_alone(
    field: Field,
    router: Router,
    enforcement: Enforcement,
    other_isp: World,
) -> None:
    line = field.isp.connection()
    online = field.dial(router, line)
    field.background.do(router.answer_changes(Manner.NAK, 501))
    sell(field.isp, line, speed=FAST)
    until(lambda: field.problems() == ["refused"], lambda: field.change_of(online))
    with field.isp.transaction() as session:
        (change,) = pending_changes(session, field.isp.tenant_id, line.connection_id)
        (problem,) = open_problems(session, field.isp.tenant_id)
        assert pending_changes(session, field.isp.tenant_id) == (change,)
    assert (change.asked_by, change.step, change.error_cause) == (AskedBy.DECISION, Step.COA, 501)
    assert (problem.kind, problem.changes, problem.error_cause) == (Problem.REFUSED, 1, 501)
    assert (problem.username, problem.address) == (
        line.details.username,
        router.setup.address,
    )
    with other_isp.transaction() as session:
        assert pending_changes(session, other_isp.tenant_id) == ()
        assert open_problems(session, other_isp.tenant_id) == ()


def test_a_kick_waits_for_the_clock_and_takes_the_place_of_what_was_pending(
    field: Field, router: Router, enforce: Callable[..., Enforcement]
) -> None:
    line = field.isp.connection()
    online = field.dial(router, line)
    sell(field.isp, line, speed=FAST)
    kicked(field.isp, line.connection_id)
    with field.isp.transaction() as session:
        (change,) = pending_changes(session, field.isp.tenant_id)
    assert (change.asked_by, change.means, change.tries) == (AskedBy.KICK, Means.DISCONNECT, 0)
    enforce()
    until(lambda: not online.is_live, lambda: router.heard)
    assert [str(heard.kind) for heard in router.heard] == ["disconnect"]
