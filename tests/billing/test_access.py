import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from billing.access import read_facts, recent_decisions, why
from billing.promises import promise_until
from policy.access import Verdict
from policy.facts import ProfileKind, Reason
from storage.actors import SYSTEM
from tests.fixtures.databases import Connection
from tests.fixtures.isps import NOON, World

SECOND = timedelta(seconds=1)


def test_a_new_connection_may_log_in(isp: World) -> None:
    isp.connection("rahim")
    with isp.transaction() as session:
        decision = why(session, isp.tenant_id, "rahim", now=NOON)
    assert (decision.verdict, decision.reason) == (Verdict.ACCEPT, Reason.CURRENT)


def test_an_overdue_invoice_walls_until_it_is_paid(isp: World) -> None:
    connection = isp.connection("karim")
    invoice = isp.invoice(connection.client_id)
    with isp.transaction() as session:
        assert why(session, isp.tenant_id, "karim", now=NOON).reason is Reason.DUES
    isp.settle(invoice)
    with isp.transaction() as session:
        assert why(session, isp.tenant_id, "karim", now=NOON).verdict is Verdict.ACCEPT


def test_a_promise_holds_until_its_instant(isp: World) -> None:
    connection = isp.connection("parvin")
    isp.invoice(connection.client_id)
    with isp.transaction() as session:
        promise_until(session, isp.tenant_id, connection.client_id, NOON, actor=SYSTEM)
    with isp.transaction() as session:
        before = why(session, isp.tenant_id, "parvin", now=NOON - SECOND)
        at = why(session, isp.tenant_id, "parvin", now=NOON)
    assert (before.reason, at.reason) == (Reason.PROMISE, Reason.DUES)


def test_paid_validity_ends_exclusively(isp: World) -> None:
    daily = isp.profile(ProfileKind.DAILY)
    isp.connection("nadia", profile_id=daily.profile_id, expires_at=NOON)
    with isp.transaction() as session:
        before = why(session, isp.tenant_id, "nadia", now=NOON - SECOND)
        at = why(session, isp.tenant_id, "nadia", now=NOON)
    assert (before.verdict, at.reason) == (Verdict.ACCEPT, Reason.EXPIRED)


def test_a_client_who_owes_is_cut_on_every_connection(isp: World) -> None:
    home = isp.connection("home")
    isp.connection("office", client_id=home.client_id)
    isp.invoice(home.client_id)
    with isp.transaction() as session:
        for username in ("home", "office"):
            assert why(session, isp.tenant_id, username, now=NOON).reason is Reason.DUES


def test_another_isps_username_is_nobodys(isp: World, other_isp: World) -> None:
    isp.connection("rahim")
    with other_isp.transaction() as session:
        assert why(session, other_isp.tenant_id, "rahim", now=NOON).reason is Reason.UNKNOWN
        assert why(session, isp.tenant_id, "rahim", now=NOON).reason is Reason.UNKNOWN


@pytest.mark.parametrize("username", ["", "' OR true --", "%", "x" * 10_000])
def test_a_username_is_never_part_of_a_query(username: str, isp: World) -> None:
    isp.connection("rahim")
    with isp.transaction() as session:
        assert read_facts(session, isp.tenant_id, username) is None


def test_after_a_look_at_the_past_the_session_is_in_the_present(isp: World) -> None:
    isp.connection("rahim")
    with isp.transaction() as session:
        assert read_facts(session, isp.tenant_id, "rahim", at=NOON - timedelta(days=9_999)) is None
        seen = text("SELECT current_setting('skylink.as_of')")
        assert session.execute(seen).scalar_one() == ""
        assert read_facts(session, isp.tenant_id, "rahim") is not None


def test_the_last_decisions_are_told_latest_first(
    isp: World, other_isp: World, radius_connection: Connection
) -> None:
    line, nas = isp.connection("rahim"), isp.nas()
    said = {
        "tenant_id": isp.tenant_id,
        "connection_id": line.connection_id,
        "username": "rahim",
        "node": "node-1",
        "nas_id": nas.nas_id,
        "mac": "AABBCC001122",
        "verdict": "accept",
        "reason": "current",
    }
    docs = [{**said, "decided_at": f"2026-03-10T12:00:{second:02d}Z"} for second in range(12)]
    stranger = {**docs[0], "connection_id": None, "username": "nobody", "reason": "unknown"}
    with radius_connection.cursor() as cursor:
        cursor.execute("SELECT radius.note_decisions(%s)", (json.dumps([*docs, stranger]),))
    with isp.transaction() as session:
        told = recent_decisions(session, isp.tenant_id, "rahim")
        assert [at.decided_at.second for at in told] == list(range(11, 1, -1))
        assert (told[0].nas_name, told[0].reason) == (nas.details.name, Reason.CURRENT)
        assert len(recent_decisions(session, isp.tenant_id, "nobody")) == 1
    with other_isp.transaction() as session:
        assert recent_decisions(session, isp.tenant_id, "rahim") == ()
