"""From a packet to the octets in the database, with nothing of it replaced; and a full disk."""

from __future__ import annotations

from collections.abc import Callable

from commands.cluster import Cluster
from network.intake import Intake
from network.settings import IntakeSettings
from sql.migrate import INTAKE
from tests.fixtures.databases import Connection
from tests.fixtures.isps import World
from tests.radius import packets
from tests.radius.server import Radius, Router

MAC = "AA:BB:CC:00:00:01"
GIGA = 1 << 32
RECORDS_MAX = 100  # more than its small disk holds, also where it is written to in two minutes
LONG = ", ".join(f'Connect-Info += "{"x" * 250}"' for _ in range(10))
NOT_UTF8 = b"\xff\xfe\xc3("


def catch_up(node: Radius, cluster: Cluster, database_name: str) -> None:
    dsn = cluster.dsn(INTAKE, database_name)
    name = f"{node.home.parent.name}/{node.home.name}"  # other tests have a "node" this minute too
    settings = IntakeSettings(dsn, node.home / "journal", name, 86_400)
    Intake(settings, lambda _about, _line: None).catch_up()


def octets(admin: Connection, isp: World) -> list[tuple[object, ...]]:
    with admin.cursor() as cursor:
        cursor.execute(
            """SELECT acct_session_id, username, down_bytes, up_bytes FROM live_sessions
                WHERE tenant_id = %s ORDER BY id""",
            (isp.tenant_id,),
        )
        return cursor.fetchall()


def test_what_a_router_reports_is_what_the_database_has(
    radius: Radius,
    router: Router,
    isp: World,
    admin: Connection,
    cluster: Cluster,
    database_name: str,
) -> None:
    name = 'o"br\\ien রহিম'
    isp.connection(name)
    radius.caught_up()
    counters = (
        "Acct-Session-Time = 300, Acct-Output-Octets = 7, Acct-Output-Gigawords = 3,"
        " Acct-Input-Octets = 5, Framed-IP-Address = 10.0.0.9"
    )
    router.account("Interim-Update", name, "81'0\\1", MAC, counters)
    catch_up(radius, cluster, database_name)
    assert octets(admin, isp) == [("81'0\\1", name, 3 * GIGA + 7, 5)]


def test_a_record_with_bytes_that_are_no_text_is_counted_too(
    radius: Radius,
    router: Router,
    isp: World,
    admin: Connection,
    cluster: Cluster,
    database_name: str,
) -> None:
    radius.caught_up()
    record = packets.accounting_request(
        router.secret,
        (packets.ACCT_STATUS_TYPE, (3).to_bytes(4, "big")),
        (packets.ACCT_SESSION_ID, b"junk\0" + NOT_UTF8),
        (packets.USER_NAME, b"name\n\t" + NOT_UTF8),
        (42, (7).to_bytes(4, "big")),  # Acct-Input-Octets
    )
    code = packets.sent(record, source=router.address, port=radius.acct_port)
    assert code == packets.ACCOUNTING_RESPONSE
    catch_up(radius, cluster, database_name)
    ((_session_id, _name, down, up),) = octets(admin, isp)
    assert (down, up) == (0, 7)


def test_a_full_disk_acknowledges_nothing_and_what_was_acknowledged_is_whole(
    new_radius: Callable[..., Radius],
    new_router: Callable[..., Router],
    isp: World,
    admin: Connection,
    cluster: Cluster,
    database_name: str,
) -> None:
    node = new_radius()
    tower = new_router(node)
    isp.connection("salma")
    node.start(file_bytes_max=64 * 1024)
    acknowledged = []
    for number in range(RECORDS_MAX):
        if tower.account("Start", "salma", f"s{number}", MAC, LONG).code == "none":
            break
        acknowledged.append(f"s{number}")
    assert len(acknowledged) < RECORDS_MAX, "the disk of this test never filled up"
    assert node.lines("File too large"), "nobody is told"
    catch_up(node, cluster, database_name)
    with admin.cursor() as cursor:
        cursor.execute(
            """SELECT acct_session_id FROM live_sessions WHERE tenant_id = %(isp)s UNION ALL
               SELECT acct_session_id FROM session_history WHERE tenant_id = %(isp)s""",
            {"isp": isp.tenant_id},
        )
        assert {row[0] for row in cursor.fetchall()} == set(acknowledged)
