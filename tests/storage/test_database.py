import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from storage.database import Database
from tests.fixtures.isps import World

ZONES = text("SELECT name FROM zones ORDER BY name")
ADD = text("INSERT INTO zones (tenant_id, name) VALUES (current_tenant(), :name)")


def add_zone(session: Session, name: str) -> str:
    session.execute(ADD, {"name": name})
    return name


def zones(session: Session) -> list[str]:
    return list(session.scalars(ZONES))


def test_a_transaction_that_ends_is_kept_and_one_that_raises_is_not(isp: World) -> None:
    with isp.transaction() as session:
        add_zone(session, "Mirpur")
    with pytest.raises(ZeroDivisionError), isp.transaction() as session:
        add_zone(session, "Uttara")
        raise ZeroDivisionError
    with isp.transaction() as session:
        assert zones(session) == ["Mirpur"]


def test_the_scope_of_one_transaction_is_not_the_next_ones(
    database: Database, isp: World, other_isp: World
) -> None:
    with isp.transaction() as session:
        add_zone(session, "Mirpur")
    with database.transaction(None) as session:
        assert zones(session) == []
    with other_isp.transaction() as session:
        assert zones(session) == []


def test_async_code_gets_what_the_work_returned_after_it_was_committed(
    database: Database, isp: World
) -> None:
    async def door() -> tuple[str, list[str]]:
        name = await database.run(isp.tenant_id, add_zone, name="Badda")
        return name, await database.run(isp.tenant_id, zones)

    assert asyncio.run(door()) == ("Badda", ["Badda"])


def test_async_work_that_raises_leaves_nothing(database: Database, isp: World) -> None:
    def fail(session: Session) -> None:
        add_zone(session, "Tongi")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(database.run(isp.tenant_id, fail))
    with isp.transaction() as session:
        assert zones(session) == []


def test_instants_come_back_in_utc(isp: World) -> None:
    with isp.transaction() as session:
        moment = session.execute(text("SELECT now()")).scalar_one()
    assert moment.utcoffset().total_seconds() == 0
