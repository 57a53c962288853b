from datetime import timedelta

from billing.portal_sessions import (
    FRESH_FOR,
    IDLE_LIFE,
    WHOLE_LIFE,
    LoggedIn,
    end_other_sessions,
    end_session,
    find_session,
    forget_sessions,
    open_session,
)
from policy.facts import ClientId
from storage.secrets import Secret
from tests.fixtures.isps import NOON, World

TICK = timedelta(microseconds=1)


def opens(isp: World, client_id: ClientId, now=NOON) -> Secret:
    with isp.transaction() as session:
        return open_session(session, isp.tenant_id, client_id, now=now, origin="203.0.113.9")


def finds(isp: World, token: str, now=NOON) -> LoggedIn | None:
    with isp.transaction() as session:
        return find_session(session, isp.tenant_id, token, now=now)


def test_a_token_tells_whose_it_is_at_its_own_isp_only(isp: World, other_isp: World) -> None:
    client = isp.client()
    found = finds(isp, token := opens(isp, client.client_id))
    assert found is not None
    assert (found.client_id, found.name) == (client.client_id, "Rahim Uddin")
    assert finds(other_isp, token) is None
    assert finds(isp, token + "x") is None
    assert finds(isp, "") is None


def test_a_session_ends_when_nobody_comes_back(isp: World) -> None:
    token = opens(isp, isp.client().client_id)
    assert finds(isp, token, NOON + IDLE_LIFE) is None
    assert finds(isp, token, NOON + IDLE_LIFE - TICK)
    assert finds(isp, token, NOON + 2 * (IDLE_LIFE - TICK))


def test_no_session_lasts_for_ever(isp: World) -> None:
    token = opens(isp, isp.client().client_id)
    day = IDLE_LIFE - TICK
    for visit in range(1, WHOLE_LIFE // day):
        assert finds(isp, token, NOON + visit * day)
    assert finds(isp, token, NOON + WHOLE_LIFE) is None


def test_a_session_is_fresh_for_a_quarter_of_an_hour(isp: World) -> None:
    found = finds(isp, opens(isp, isp.client().client_id))
    assert found is not None
    assert found.is_fresh(NOON + FRESH_FOR - TICK)
    assert not found.is_fresh(NOON + FRESH_FOR)


def test_who_logs_out_is_out(isp: World) -> None:
    client_id = isp.client().client_id
    here, there = opens(isp, client_id), opens(isp, client_id)
    with isp.transaction() as session:
        end_session(session, isp.tenant_id, here)
    assert finds(isp, here) is None
    assert finds(isp, there)


def test_all_others_can_be_logged_out(isp: World) -> None:
    client_id, neighbour = isp.client().client_id, opens(isp, isp.client().client_id)
    here, there = opens(isp, client_id), opens(isp, client_id)
    with isp.transaction() as session:
        end_other_sessions(session, isp.tenant_id, client_id, but=here)
    assert finds(isp, here)
    assert finds(isp, there) is None
    assert finds(isp, neighbour)


def test_what_is_over_is_forgotten(isp: World) -> None:
    client_id = isp.client().client_id
    old, new = opens(isp, client_id), opens(isp, client_id, NOON + IDLE_LIFE)
    with isp.transaction() as session:
        forget_sessions(session, isp.tenant_id, now=NOON + IDLE_LIFE)
    assert finds(isp, old) is None
    assert finds(isp, new, NOON + IDLE_LIFE)
