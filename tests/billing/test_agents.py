"""An agent's own clients, kept apart by the database itself: whoever writes the query."""

import pytest
from sqlalchemy import text

from billing.access import why
from billing.agents import assign_client
from billing.clients import ClientDetails, add_client, get_client
from billing.connections import Connection
from billing.errors import ClientNotFound
from billing.search import ClientsWanted, find_clients
from policy.facts import Reason
from storage.actors import SYSTEM, Actor, Permission
from storage.database import Scope
from tenancy.agents import scope_of
from tenancy.errors import StaffNotFound
from tenancy.roles import Role, StaffId
from tenancy.staff import add_staff, staff_actor
from tests.fixtures.isps import NOON, World


def agent(isp: World) -> Actor:
    with isp.transaction() as session:
        added = add_staff(
            session, isp.tenant_id, name="Nadia", role=Role.SUPPORT_AGENT, actor=SYSTEM
        )
        return staff_actor(session, isp.tenant_id, added.staff_id, origin="test")


def assigned(isp: World, line: Connection, to: Actor) -> None:
    with isp.transaction() as session:
        assign_client(session, isp.tenant_id, line.client_id, StaffId(to.id or 0), actor=SYSTEM)


def test_an_agent_finds_their_own_clients_and_what_hangs_on_them(isp: World) -> None:
    nadia, mine, other = agent(isp), isp.connection("rahim"), isp.connection("karim")
    assigned(isp, mine, nadia)
    for line in (mine, other):
        isp.invoice(line.client_id)
    with isp.database.transaction(scope_of(isp.tenant_id, nadia)) as session:
        for table, column in (
            ("clients", "id"), ("connections", "client_id"), ("invoices", "client_id"),
        ):  # fmt: skip
            found = session.execute(text(f"SELECT {column} FROM {table}")).scalars().all()
            assert found == [mine.client_id], table
        assert get_client(session, isp.tenant_id, mine.client_id)
        with pytest.raises(ClientNotFound):
            get_client(session, isp.tenant_id, other.client_id)
        assert why(session, isp.tenant_id, "rahim", now=NOON).reason is not Reason.UNKNOWN
        for at in (None, NOON):
            decision = why(session, isp.tenant_id, "karim", now=NOON, at=at)
            assert decision.reason is Reason.UNKNOWN


@pytest.mark.parametrize("words", ["", "Rahim", "rahim", "karim"])
def test_an_agent_searches_and_counts_their_own_clients_alone(isp: World, words: str) -> None:
    nadia, mine = agent(isp), isp.connection("rahim")
    isp.connection("karim")
    assigned(isp, mine, nadia)
    wanted = ClientsWanted(words=words)
    with isp.transaction() as session:
        everybody = find_clients(session, isp.tenant_id, wanted, now=NOON)
    with isp.database.transaction(scope_of(isp.tenant_id, nadia)) as session:
        hers = find_clients(session, isp.tenant_id, wanted, now=NOON)
    assert {client.client_id for client in hers.clients} <= {mine.client_id}
    assert (hers.total, everybody.total) == (len(hers.clients), len(hers.clients) + 1)


def test_whom_an_agent_adds_is_theirs(isp: World) -> None:
    nadia = agent(isp)
    scope = scope_of(isp.tenant_id, nadia)
    with isp.database.transaction(scope) as session:
        added = add_client(session, isp.tenant_id, ClientDetails(name="Salma"), actor=nadia)
    with isp.database.transaction(scope) as session:
        assert get_client(session, isp.tenant_id, added.client_id).details.name == "Salma"


def test_an_agent_cannot_take_anothers_client_in_any_way(isp: World) -> None:
    nadia, line = agent(isp), isp.connection("karim")
    with isp.database.transaction(scope_of(isp.tenant_id, nadia)) as session:
        changed = session.execute(text("UPDATE clients SET agent_id = current_agent()"))
        assert changed.rowcount == 0  # type: ignore[attr-defined]
        deleted = session.execute(text("DELETE FROM connections"))
        assert deleted.rowcount == 0  # type: ignore[attr-defined]
    with isp.transaction() as session:
        assert get_client(session, isp.tenant_id, line.client_id)


def test_who_may_see_all_does_and_nobody_in_particular_sees_none(isp: World) -> None:
    assert scope_of(isp.tenant_id, SYSTEM) == Scope(isp.tenant_id)
    isp.client()
    stray = Actor(SYSTEM.kind, "stray", permissions=frozenset({Permission.EDIT_CLIENTS}))
    with isp.database.transaction(scope_of(isp.tenant_id, stray)) as session:
        assert session.execute(text("SELECT count(*) FROM clients")).scalar_one() == 0


def test_a_client_is_given_to_nobody_who_does_not_work_here(isp: World) -> None:
    client = isp.client()
    with isp.transaction() as session, pytest.raises(StaffNotFound):
        assign_client(session, isp.tenant_id, client.client_id, StaffId(0), actor=SYSTEM)
