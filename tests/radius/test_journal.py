"""From a packet to octets in the database, with nothing of it replaced; and a disk without room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench.load import Radload
from commands.cluster import Cluster
from network.intake import Intake
from network.settings import IntakeSettings
from sql.migrate import INTAKE
from tests.fixtures.databases import Connection
from tests.fixtures.isps import NAS_SECRET, World
from tests.radius import packets
from tests.radius.server import Radius, Router

MAC = "AA:BB:CC:00:00:01"
GIGA = 1 << 32
RECORDS = 3_000
NOT_UTF8 = b"\xff\xfe\xc3("


def catch_up(node: Radius, cluster: Cluster, database_name: str) -> None:
    dsn = cluster.dsn(INTAKE, database_name)
    settings = IntakeSettings(dsn, node.home / "journal", node_name(node), 86_400)
    Intake(settings, lambda _about, _line: None).catch_up()


def node_name(node: Radius) -> str:
    return f"{node.home.parent.name}/{node.home.name}"  # other tests have a "node" this minute too


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


def test_records_that_come_at_once_stand_apart_in_the_journal(
    radius: Radius,
    isp: World,
    admin: Connection,
    cluster: Cluster,
    database_name: str,
    tmp_path: Path,
) -> None:
    isp.nas(address="127.0.0.1")
    radius.caught_up()
    load = Radload(tmp_path).closed(
        radius.acct_port, window=64, seconds=60, users=100, count=RECORDS, records=True, cycle=6,
        username=isp.slug + "-{n}", secret=NAS_SECRET,
    )  # fmt: skip
    assert (load.said["accepts"], load.said["forged"], load.said["odd"]) == (RECORDS, 0, 0)
    catch_up(radius, cluster, database_name)
    with admin.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM accounting_quarantine WHERE node = %s AND record LIKE %s",
            (node_name(radius), f"%{isp.slug}-%"),
        )
        assert cursor.fetchone() == (0,)
        cursor.execute(
            """SELECT sum(down_bytes + up_bytes) FROM (
                   SELECT tenant_id, down_bytes, up_bytes FROM live_sessions UNION ALL
                   SELECT tenant_id, down_bytes, up_bytes FROM session_history) AS session
                WHERE tenant_id = %s""",
            (isp.tenant_id,),
        )
        assert cursor.fetchone() == (load.said["octets"],)


def test_without_room_for_the_journal_nothing_is_acknowledged(
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
    node.start(SKYLINK_JOURNAL_RESERVE_MB=str(1 << 40))
    assert tower.account("Start", "salma", "s1", MAC).code == "none"
    assert node.lines("routers keep their records"), "nobody is told"
    node.stop()
    node.start()
    assert tower.account("Start", "salma", "s1", MAC).code == "Accounting-Response"
    catch_up(node, cluster, database_name)
    assert octets(admin, isp) == [("s1", "salma", 0, 0)]
