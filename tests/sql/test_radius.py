"""What a RADIUS node reads and says."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from psycopg2 import errors

from billing.connections import get_connection
from billing.devices import bind_mac, reset_macs
from commands.cluster import Cluster
from policy.documents import (
    CONNECTION_COLUMNS,
    connection_from_row,
    isp_from_document,
    package_from_document,
    profile_from_document,
)
from policy.facts import Burst, FairUseStep, MacMode, Reason, Speed, SpeedWindow, Status, Window
from sql.migrate import RADIUS
from storage.actors import SYSTEM
from storage.secrets import connection_password, nas_secret
from tests.fixtures.databases import Connection, connected
from tests.fixtures.isps import NAS_SECRET, PASSWORD, World

NIGHT = Window(60, 420, frozenset({1, 2, 3}))


def one(connection: Connection, query: str, *values: object) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        [row] = cursor.fetchall()
        return tuple(row)


def facts(connection: Connection, view: str, column: str, value: int) -> dict[str, object]:
    document = one(connection, f"SELECT facts FROM radius.{view} WHERE {column} = %s", value)[0]
    assert isinstance(document, dict)
    return {**document, column: value}


def test_connections_have_the_columns_that_policy_reads_and_the_password(
    radius_connection: Connection,
) -> None:
    with radius_connection.cursor() as cursor:
        cursor.execute("SELECT * FROM radius.counted_connections LIMIT 0")
        assert cursor.description is not None
        names = tuple(column.name for column in cursor.description)
    assert names == (*CONNECTION_COLUMNS, "sealed_password", "counted_through")


def test_a_connection_is_read_as_it_was_sold(isp: World, radius_connection: Connection) -> None:
    line = isp.connection(
        "সালমা@padma.net",
        mac_mode=MacMode.ENFORCE,
        ipv4_address="203.0.113.7",
        ipv6_prefix="2001:db8:7::/64",
        delegated_ipv6_prefix="2001:db8:7000::/56",
        pool="vip",
        session_limit=2,
        expires_at=datetime(2026, 4, 1, tzinfo=UTC),
    )
    with isp.transaction() as session:
        bind_mac(session, isp.tenant_id, line.connection_id, "aa-bb-cc-00-11-22", actor=SYSTEM)
    row = one(
        radius_connection,
        "SELECT * FROM radius.connections WHERE connection_id = %s",
        line.connection_id,
    )
    known = connection_from_row(row[:-1])
    assert known.username == "সালমা@padma.net"
    assert known.macs == ("AABBCC001122",)
    assert known.expires_at == datetime(2026, 4, 1, tzinfo=UTC)
    assert (known.ipv4_address, known.ipv6_prefix) == ("203.0.113.7", "2001:db8:7::/64")
    assert (known.pool, known.session_limit) == ("vip", 2)
    sealed = row[-1]
    assert isinstance(sealed, memoryview)
    context = connection_password(isp.tenant_id, line.connection_id)
    assert isp.keys.open(bytes(sealed), context).decode() == PASSWORD


def test_dues_are_the_oldest_day_and_the_whole_sum_of_what_is_unpaid(
    isp: World, radius_connection: Connection, admin: Connection
) -> None:
    line = isp.connection()
    client = line.client_id
    paid = isp.invoice(client, date(2026, 1, 5), 10_000)
    isp.invoice(client, date(2026, 2, 5), 20_000)
    part = isp.invoice(client, date(2026, 3, 5), 30_000)
    draft = isp.invoice(client, date(2025, 12, 5), 40_000)
    isp.settle(paid)
    with admin.cursor() as cursor:
        cursor.execute(
            "UPDATE invoices SET status = 'partial', paid_minor = 5000 WHERE id = %s",
            (part.invoice_id,),
        )
        cursor.execute(
            """UPDATE invoices SET status = 'draft', invoice_number = NULL, number_year = NULL,
                      number = NULL WHERE id = %s""",
            (draft.invoice_id,),
        )
    owed = one(
        radius_connection,
        "SELECT due_on, due_minor FROM radius.connections WHERE connection_id = %s",
        line.connection_id,
    )
    assert owed == (date(2026, 2, 5), 45_000)


def test_who_owes_nothing_has_no_due_date(isp: World, radius_connection: Connection) -> None:
    line = isp.connection()
    query = """SELECT due_on, due_minor, used_bytes, cycle_until, macs FROM radius.connections
                WHERE connection_id = %s"""
    assert one(radius_connection, query, line.connection_id) == (None, 0, 0, None, [])


def test_the_latest_cycle_tells_what_is_used(
    isp: World, admin: Connection, radius_connection: Connection
) -> None:
    line = isp.connection()
    with admin.cursor() as cursor:
        for month, used in ((2, 700), (3, 40)):
            cursor.execute(
                "INSERT INTO connection_usage VALUES (%s, %s, %s, %s, %s)",
                (
                    isp.tenant_id,
                    line.connection_id,
                    date(2026, month, 1),
                    datetime(2026, month + 1, 1, tzinfo=UTC),
                    used,
                ),
            )
    query = "SELECT used_bytes, cycle_until FROM radius.connections WHERE connection_id = %s"
    latest = one(radius_connection, query, line.connection_id)
    assert latest == (40, datetime(2026, 4, 1, tzinfo=UTC))


def test_a_package_is_read_as_it_was_sold(isp: World, radius_connection: Connection) -> None:
    sold = isp.package(
        burst=Burst(20_000, 10_000, 8_000, 4_000, 16),
        throttle=Speed(512, 256),
        data_limit_bytes=10**12,
        pool="home",
        session_limit=3,
        fair_use=(FairUseStep(10**9, Speed(5_000, 5_000)), FairUseStep(10**10, Speed(1_000, 999))),
        speed_windows=(SpeedWindow(NIGHT, Speed(50_000, 50_000)),),
        uncounted_windows=(NIGHT,),
    )
    document = facts(radius_connection, "packages", "package_id", sold.package_id)
    known = package_from_document(document)
    for name in (
        "name", "speed", "burst", "throttle", "data_limit_bytes", "pool", "session_limit",
        "fair_use", "speed_windows", "uncounted_windows", "quota_action", "priority",
    ):  # fmt: skip
        assert getattr(known, name) == getattr(sold.details, name), name


def test_a_profile_is_read_as_it_was_made(isp: World, radius_connection: Connection) -> None:
    made = isp.profile(grace_days=5, auto_suspend=False)
    document = facts(radius_connection, "profiles", "profile_id", made.profile_id)
    known = profile_from_document(document)
    assert (known.name, known.grace_days, known.auto_suspend) == (made.details.name, 5, False)


def test_a_new_isp_walls_who_owes_and_refuses_strange_devices(
    isp: World, radius_connection: Connection
) -> None:
    rules = isp_from_document(facts(radius_connection, "isps", "tenant_id", isp.tenant_id))
    assert (rules.slug, str(rules.zone), rules.language) == (isp.slug, "Asia/Dhaka", "bn")
    walled = {reason for reason, rule in rules.restrictions.items() if rule.action == "walled"}
    assert walled == {Reason.DUES, Reason.EXPIRED, Reason.QUOTA, Reason.SUSPENDED}
    assert rules.restrictions[Reason.DUES].speed == Speed(512, 512)


def test_a_nas_is_read_with_its_isp_and_its_sealed_secret(
    isp: World, radius_connection: Connection
) -> None:
    nas = isp.nas("2001:db8::0:1")
    query = "SELECT facts, sealed_secret FROM radius.nas_devices WHERE nas_id = %s"
    document, sealed = one(radius_connection, query, nas.nas_id)
    assert document == {
        "name": nas.details.name,
        "slug": isp.slug,
        "address": "2001:db8::1",
        "kind": "mikrotik",
        "require_message_authenticator": True,
        "swap_directions": False,
        "coa_port": 3799,
    }
    assert isinstance(sealed, memoryview)
    clear = isp.keys.open(bytes(sealed), nas_secret(isp.tenant_id, nas.nas_id))
    assert clear.decode() == NAS_SECRET


LEARN = "SELECT radius.learn_mac(%s, %s, %s)"


def test_the_first_device_is_learnt_and_no_second(
    isp: World, radius_connection: Connection, admin: Connection
) -> None:
    line = isp.connection(mac_mode=MacMode.LEARN)
    mine = isp.tenant_id, line.connection_id
    assert one(radius_connection, LEARN, *mine, "AABBCC001122") == (True,)
    assert one(radius_connection, LEARN, *mine, "AABBCC001133") == (False,)
    assert one(radius_connection, LEARN, *mine, "AABBCC001122") == (False,)
    with isp.transaction() as session:
        bound = get_connection(session, isp.tenant_id, line.connection_id).macs
    assert bound == ("AABBCC001122",)
    written = one(
        admin,
        """SELECT actor_kind, after FROM audit_log
            WHERE tenant_id = %s AND action = 'connection.mac_learnt'""",
        isp.tenant_id,
    )
    assert written == ("radius", {"mac": "AABBCC001122"})


def test_two_nodes_that_see_two_first_devices_learn_one(
    isp: World, cluster: Cluster, database_name: str
) -> None:
    line = isp.connection(mac_mode=MacMode.LEARN)

    def learn(mac: str) -> object:
        with connected(cluster.dsn(RADIUS, database_name)) as node:
            return one(node, LEARN, isp.tenant_id, line.connection_id, mac)[0]

    with ThreadPoolExecutor(4) as nodes:
        learnt = list(nodes.map(learn, [f"AABBCC00110{n}" for n in range(8)]))
    assert sorted(learnt, key=bool) == [False] * 7 + [True]


@pytest.mark.parametrize("mode", [MacMode.OFF, MacMode.ENFORCE])
def test_a_connection_that_does_not_learn_learns_nothing(
    mode: MacMode, isp: World, radius_connection: Connection
) -> None:
    line = isp.connection(mac_mode=mode)
    learnt = one(radius_connection, LEARN, isp.tenant_id, line.connection_id, "AABBCC001122")
    assert learnt == (False,)


def test_after_a_reset_the_next_device_is_learnt(isp: World, radius_connection: Connection) -> None:
    line = isp.connection(mac_mode=MacMode.LEARN)
    mine = isp.tenant_id, line.connection_id
    one(radius_connection, LEARN, *mine, "AABBCC001122")
    with isp.transaction() as session:
        reset_macs(session, *mine, actor=SYSTEM)
    assert one(radius_connection, LEARN, *mine, "AABBCC001133") == (True,)


def test_another_isps_connection_learns_nothing(
    isp: World, other_isp: World, radius_connection: Connection
) -> None:
    line = isp.connection(mac_mode=MacMode.LEARN)
    learnt = one(radius_connection, LEARN, other_isp.tenant_id, line.connection_id, "AABBCC001122")
    assert learnt == (False,)


def said(isp: World, **changes: object) -> dict[str, object]:
    return {
        "tenant_id": isp.tenant_id,
        "connection_id": None,
        "username": "rahim",
        "decided_at": "2026-03-10T12:00:00+00:00",
        "node": "node-1",
        "nas_id": None,
        "mac": None,
        "verdict": "reject",
        "reason": "unknown",
        **changes,
    }


def test_decisions_are_kept_also_of_what_is_gone(
    isp: World, radius_connection: Connection, admin: Connection
) -> None:
    line = isp.connection("rahim")
    docs = [
        said(isp, connection_id=line.connection_id, verdict="accept", reason="current"),
        said(isp, connection_id=10**12, username="deleted"),
        said(isp, username="x" * 300),
        said(isp, tenant_id=10**12),
    ]
    kept = one(radius_connection, "SELECT radius.note_decisions(%s)", json.dumps(docs))
    assert kept == (3,)
    with admin.cursor() as cursor:
        cursor.execute(
            """SELECT connection_id, length(username), verdict FROM access_decisions
                WHERE tenant_id = %s ORDER BY length(username)""",
            (isp.tenant_id,),
        )
        assert cursor.fetchall() == [
            (line.connection_id, 5, "accept"),
            (None, 7, "reject"),
            (None, 253, "reject"),
        ]


def test_a_connection_of_another_isp_is_not_written_into_a_decision(
    isp: World, other_isp: World, radius_connection: Connection, admin: Connection
) -> None:
    line = isp.connection("rahim")
    docs = json.dumps([said(other_isp, connection_id=line.connection_id)])
    one(radius_connection, "SELECT radius.note_decisions(%s)", docs)
    query = "SELECT connection_id FROM access_decisions WHERE tenant_id = %s"
    assert one(admin, query, other_isp.tenant_id) == (None,)


def test_a_verdict_that_is_none_is_refused(isp: World, radius_connection: Connection) -> None:
    docs = json.dumps([said(isp, verdict="maybe")])
    with pytest.raises(errors.CheckViolation):
        one(radius_connection, "SELECT radius.note_decisions(%s)", docs)


def test_a_node_is_known_by_its_last_word(
    radius_connection: Connection, app_connection: Connection
) -> None:
    report = "SELECT radius.report_node('dhaka-1', %s, %s)"
    one(radius_connection, report, datetime(2026, 3, 10, tzinfo=UTC), '{"logins": 1}')
    one(radius_connection, report, datetime(2026, 3, 11, tzinfo=UTC), '{"logins": 2}')
    query = "SELECT facts_at, counters FROM radius_nodes WHERE node = 'dhaka-1'"
    assert one(app_connection, query) == (datetime(2026, 3, 11, tzinfo=UTC), {"logins": 2})


def test_the_latest_sighting_of_a_nas_stays_whoever_reports_last(
    isp: World, radius_connection: Connection, admin: Connection
) -> None:
    nas = isp.nas()
    times = ("2026-03-10T12:00:00Z", "2026-03-10T11:00:00Z", None)
    for seen_at, unauthenticated_at in ((times[0], times[1]), (times[1], times[2])):
        doc = {
            "tenant_id": isp.tenant_id,
            "nas_id": nas.nas_id,
            "last_seen_at": seen_at,
            "unauthenticated_at": unauthenticated_at,
        }
        one(radius_connection, "SELECT radius.note_nas(%s)", json.dumps([doc]))
    query = "SELECT last_seen_at, unauthenticated_at FROM nas_sightings WHERE nas_id = %s"
    assert one(admin, query, nas.nas_id) == (
        datetime(2026, 3, 10, 12, tzinfo=UTC),
        datetime(2026, 3, 10, 11, tzinfo=UTC),
    )


def test_equal_usernames_at_two_isps_never_meet(
    isp: World, other_isp: World, radius_connection: Connection
) -> None:
    mine, theirs = isp.connection("rahim"), other_isp.connection("rahim")
    query = """SELECT connection_id FROM radius.connections
                WHERE tenant_id = %s AND username = 'rahim'"""
    assert one(radius_connection, query, isp.tenant_id) == (mine.connection_id,)
    assert one(radius_connection, query, other_isp.tenant_id) == (theirs.connection_id,)
    assert mine.status is Status.ACTIVE
