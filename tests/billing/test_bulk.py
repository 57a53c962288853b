from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from billing.access import read_facts
from billing.bulk import Bill, Newcomer, Usage, add_newcomers
from billing.clients import ClientDetails
from billing.connections import ConnectionDetails
from billing.passwords import reveal_password
from policy.facts import MacMode, Service, Status
from storage.actors import SYSTEM
from storage.errors import ValueRefused
from storage.secrets import Secret
from tests.fixtures.isps import NOON, World


def newcomer(isp: World, username: str, **said: object) -> Newcomer:
    shape = {
        "client": ClientDetails(name="রহিম উদ্দিন", phone="01711000000"),
        "connection": ConnectionDetails(
            username=username,
            service=Service.PPPOE,
            package_id=isp.package().package_id,
            profile_id=isp.profile().profile_id,
            mac_mode=MacMode.ENFORCE,
        ),
        "password": Secret("pw"),
    }
    return Newcomer(**{**shape, **said})  # type: ignore[arg-type]


def test_many_arrive_in_their_order_with_all_that_was_known(isp: World) -> None:
    until = datetime(2026, 4, 1, tzinfo=UTC)
    known = newcomer(
        isp,
        "salma",
        status=Status.SUSPENDED,
        vip=True,
        expires_at=NOON,
        promised_until=NOON,
        macs=("AABBCC001122",),
        bill=Bill(issued_on=date(2026, 3, 1), due_on=date(2026, 3, 10), total_minor=700),
        usage=Usage(from_on=date(2026, 3, 1), until=until, used_bytes=5),
    )
    with isp.transaction() as session:
        many = [newcomer(isp, "rahim"), known, newcomer(isp, "karim", password=None)]
        arrived = add_newcomers(session, isp.tenant_id, many, keys=isp.keys, actor=SYSTEM)
    with isp.transaction() as session:
        for new, there in zip(many, arrived, strict=True):
            facts = read_facts(session, isp.tenant_id, new.connection.username)
            assert facts is not None
            assert facts.connection.connection_id == there.connection_id
            assert facts.connection.client_id == there.client_id
        salma = read_facts(session, isp.tenant_id, "salma")
        assert salma is not None
        line = salma.connection
        shown = reveal_password(
            session, isp.tenant_id, arrived[1].connection_id, keys=isp.keys, actor=SYSTEM
        )
    assert (line.connection_status, line.vip, line.macs) == ("suspended", True, ("AABBCC001122",))
    assert (line.due_minor, line.due_on) == (700, date(2026, 3, 10))
    assert (line.used_bytes, line.cycle_until, line.expires_at) == (5, until, NOON)
    assert (line.promised_until, shown) == (NOON, "pw")


def test_an_arrival_of_many_is_one_audit_row(isp: World) -> None:
    with isp.transaction() as session:
        many = [newcomer(isp, f"user{n}") for n in range(3)]
        add_newcomers(session, isp.tenant_id, many, keys=isp.keys, actor=SYSTEM)
        query = "SELECT after FROM audit_log WHERE action = 'client.many_added'"
        assert session.execute(text(query)).scalars().all() == [{"clients": 3}]


def test_one_that_is_refused_keeps_all_out(isp: World) -> None:
    many = [newcomer(isp, "rahim"), newcomer(isp, "tab\t")]
    with pytest.raises(ValueRefused), isp.transaction() as session:
        add_newcomers(session, isp.tenant_id, many, keys=isp.keys, actor=SYSTEM)
    with isp.transaction() as session:
        assert session.execute(text("SELECT count(*) FROM clients")).scalar_one() == 0
