"""What changed: what a RADIUS node is told, and that it can lose nothing of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from billing.bulk import Newcomer, add_newcomers
from billing.clients import ClientDetails, change_client, set_client_status
from billing.connections import ConnectionDetails, change_connection
from billing.devices import bind_mac
from billing.invoices import void_invoice
from billing.packages import change_package
from billing.passwords import set_password
from billing.payments import NewPayment, PaymentMethod, take_payment
from billing.profiles import change_profile
from billing.promises import promise_until
from commands.cluster import Cluster
from network.nas import change_nas, remove_nas
from policy.facts import FairUseStep, Reason, Restriction, RestrictionAction, Service, Speed, Status
from sql.migrate import APP
from storage.actors import SYSTEM
from storage.secrets import Secret
from tenancy.access_rules import set_no_cut_days, set_restriction
from tests.fixtures.databases import Connection, connected
from tests.fixtures.isps import NOON, World

NEW = """
    SELECT DISTINCT kind, id FROM radius.changes
     WHERE xid >= pg_snapshot_xmin(%(last)s::pg_snapshot)
       AND NOT pg_visible_in_snapshot(xid, %(last)s::pg_snapshot)
       AND tenant_id = %(tenant_id)s"""


USED = """
    INSERT INTO connection_usage (tenant_id, connection_id, cycle_from_on, cycle_until, used_bytes)
    VALUES (:isp, :line, '2026-03-01', '2026-04-01', :used)
    ON CONFLICT (tenant_id, connection_id, cycle_from_on) DO UPDATE SET used_bytes = :used"""


class Node:
    """Reads changes as a RADIUS node does: by what it could not see before."""

    def __init__(self, connection: Connection, tenant_id: int) -> None:
        self._connection = connection
        self._tenant_id = tenant_id
        self.last = self._snapshot()
        with connection.cursor() as cursor:
            cursor.execute("LISTEN skylink_facts")

    def _snapshot(self) -> str:
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_snapshot()::text")
            [(snapshot,)] = cursor.fetchall()
            return str(snapshot)

    def news(self) -> set[tuple[str, int]]:
        """What changed since the last call."""
        now = self._snapshot()
        with self._connection.cursor() as cursor:
            cursor.execute(NEW, {"last": self.last, "tenant_id": self._tenant_id})
            found = set(cursor.fetchall())
        self.last = now
        return found

    def calls(self) -> int:
        """How many notifications came since the last call: they come with the next answer."""
        self._snapshot()
        came = len(self._connection.notifies)
        self._connection.notifies.clear()
        return came


@pytest.fixture
def new_node(radius_connection: Connection) -> Callable[[World], Node]:
    return lambda world: Node(radius_connection, world.tenant_id)


def test_each_kind_of_change_marks_what_it_decides(
    isp: World, new_node: Callable[[World], Node]
) -> None:
    package, profile, nas = isp.package(), isp.profile(), isp.nas()
    line = isp.connection(package_id=package.package_id, profile_id=profile.profile_id)
    second = isp.connection(client_id=line.client_id)
    invoice = isp.invoice(line.client_id)
    ours, client, one = isp.tenant_id, line.client_id, line.connection_id
    both = {("connection", one), ("connection", second.connection_id)}
    the_isp = {("isp", ours)}
    details = line.details
    stepped = replace(package.details, fair_use=(FairUseStep(5, Speed(1, 1)),))
    refusal = Restriction(RestrictionAction.REJECT)
    node = new_node(isp)

    def told(change: Callable[..., object], *what: object, **how: object) -> set[tuple[str, int]]:
        with isp.transaction() as session:
            change(session, ours, *what, **how, actor=SYSTEM)
        return node.news()

    assert told(set_client_status, client, Status.SUSPENDED) == both
    assert told(promise_until, client, NOON) == both
    assert (
        told(change_client, client, ClientDetails(name="Salma Begum", phone="01711000000")) == set()
    )
    cash = NewPayment(method=PaymentMethod.CASH, amount_minor=invoice.due_minor)
    assert told(take_payment, client, cash, now=NOON) == both
    assert told(change_connection, one, replace(details, pool="home")) == {("connection", one)}
    assert told(change_connection, one, replace(details, pool="home")) == set()
    assert told(bind_mac, one, "AABBCC001122") == {("connection", one)}
    secret = Secret("another")
    assert told(set_password, one, secret, keys=isp.keys) == {("connection", one)}
    with_use = {("package", package.package_id), ("connection", one)}  # whose use counts by it
    assert told(change_package, package.package_id, stepped) == with_use
    longer = replace(profile.details, grace_days=4)
    assert told(change_profile, profile.profile_id, longer) == {("profile", profile.profile_id)}
    assert told(set_restriction, Reason.DUES, refusal) == the_isp
    dates = {date(2026, 3, 26): "Independence Day"}
    assert told(set_no_cut_days, weekdays=frozenset(), dates=dates) == the_isp
    swapped = replace(nas.details, swap_directions=True)
    assert told(change_nas, nas.nas_id, swapped) == {("nas", nas.nas_id)}
    assert told(remove_nas, nas.nas_id) == {("nas", nas.nas_id)}


def test_a_new_invoice_and_its_voiding_mark_the_client(
    isp: World, new_node: Callable[[World], Node]
) -> None:
    line = isp.connection()
    node = new_node(isp)
    invoice = isp.invoice(line.client_id)
    assert node.news() == {("connection", line.connection_id)}
    with isp.transaction() as session:
        void_invoice(session, isp.tenant_id, invoice.invoice_id, now=NOON, actor=SYSTEM)
    assert node.news() == {("connection", line.connection_id)}


@pytest.mark.parametrize(
    ("limits", "marked_at"),
    [
        ({}, ()),
        ({"data_limit_bytes": 100}, (1, 100)),
        ({"fair_use": (FairUseStep(50, Speed(1, 1)),)}, (1, 50)),
        ({"data_limit_bytes": 100, "fair_use": (FairUseStep(50, Speed(1, 1)),)}, (1, 50, 100)),
    ],
    ids=["no limit", "quota", "fair use", "both"],
)
def test_use_marks_the_connection_only_where_it_can_matter(
    limits: dict[str, Any],
    marked_at: tuple[int, ...],
    isp: World,
    new_node: Callable[[World], Node],
) -> None:
    line = isp.connection(package_id=isp.package(**limits).package_id)
    node = new_node(isp)
    marked = []
    for used in (1, 2, 49, 50, 51, 99, 100, 101):
        with isp.transaction() as session:
            session.execute(
                text(USED), {"isp": isp.tenant_id, "line": line.connection_id, "used": used}
            )
        if node.news() == {("connection", line.connection_id)}:
            marked.append(used)
    assert tuple(marked) == marked_at  # the first is the opening of the cycle


def test_use_that_is_taken_back_or_goes_marks_the_connection(
    isp: World, new_node: Callable[[World], Node]
) -> None:
    line = isp.connection(package_id=isp.package(data_limit_bytes=100).package_id)
    node = new_node(isp)
    for statement in (
        "UPDATE connection_usage SET used_bytes = 99",
        "UPDATE connection_usage SET cycle_until = cycle_until + interval '1 day'",
        "DELETE FROM connection_usage",
    ):
        with isp.transaction() as session:
            session.execute(
                text(USED), {"isp": isp.tenant_id, "line": line.connection_id, "used": 100}
            )
        node.news()
        with isp.transaction() as session:
            session.execute(text(statement))
        assert node.news() == {("connection", line.connection_id)}, statement


def test_an_isp_renamed_in_commands_marks_its_nas(
    isp: World, new_node: Callable[[World], Node]
) -> None:
    nas = isp.nas()
    node = new_node(isp)
    with isp.transaction() as session:
        session.execute(text("UPDATE tenants SET slug = slug || '-x'"))
    assert node.news() == {("isp", isp.tenant_id), ("nas", nas.nas_id)}


def test_a_bulk_change_is_one_notification_and_a_row_for_each_connection(
    isp: World, new_node: Callable[[World], Node]
) -> None:
    package, profile = isp.package(), isp.profile()
    node = new_node(isp)
    many = [
        Newcomer(
            client=ClientDetails(name=f"Client {n}"),
            connection=ConnectionDetails(
                username=f"user{n}",
                service=Service.PPPOE,
                package_id=package.package_id,
                profile_id=profile.profile_id,
            ),
            password=Secret(f"pw{n}"),
        )
        for n in range(500)
    ]
    with isp.transaction() as session:
        arrived = add_newcomers(session, isp.tenant_id, many, keys=isp.keys, actor=SYSTEM)
    all_of_them = {("connection", new.connection_id) for new in arrived}
    assert (node.calls(), node.news()) == (1, all_of_them)
    with isp.transaction() as session:
        session.execute(text("UPDATE connections SET status = 'suspended'"))
    assert (node.calls(), node.news()) == (1, all_of_them)
    with isp.transaction() as session:
        session.execute(text("UPDATE clients SET status = 'suspended'"))
    assert (node.calls(), node.news()) == (1, all_of_them)


def test_a_change_of_nothing_that_decides_is_not_told(
    isp: World, new_node: Callable[[World], Node]
) -> None:
    isp.connection()
    node = new_node(isp)
    with isp.transaction() as session:
        session.execute(text("UPDATE clients SET address = 'Road 7'"))
        session.execute(text("UPDATE connections SET status = status"))
    assert (node.calls(), node.news()) == (0, set())


def test_transactions_that_commit_out_of_order_are_all_found(
    isp: World, cluster: Cluster, database_name: str, new_node: Callable[[World], Node]
) -> None:
    early, late = isp.connection("early"), isp.connection("late")
    node = new_node(isp)
    with (
        connected(cluster.dsn(APP, database_name)) as slow,
        connected(cluster.dsn(APP, database_name)) as quick,
    ):
        change(slow, isp, early.connection_id)  # has the lower transaction id, and is not committed
        change(quick, isp, late.connection_id)
        quick.commit()
        assert node.news() == {("connection", late.connection_id)}
        assert node.news() == set()
        slow.commit()
        assert node.news() == {("connection", early.connection_id)}
    assert node.news() == set()


def test_a_change_that_was_rolled_back_is_never_told(
    isp: World, cluster: Cluster, database_name: str, new_node: Callable[[World], Node]
) -> None:
    line = isp.connection()
    node = new_node(isp)
    with connected(cluster.dsn(APP, database_name)) as other:
        change(other, isp, line.connection_id)
        other.rollback()
    assert (node.calls(), node.news()) == (0, set())


def change(connection: Connection, isp: World, connection_id: int) -> None:
    """Change a connection in a transaction that stays open."""
    connection.autocommit = False
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('skylink.tenant_id', %s, true)", (str(isp.tenant_id),))
        cursor.execute("UPDATE connections SET pool = 'x' WHERE id = %s", (connection_id,))


def test_changes_older_than_a_day_are_forgotten_and_younger_ones_kept(
    isp: World, admin: Connection, radius_connection: Connection
) -> None:
    line = isp.connection()
    with admin.cursor() as cursor:
        cursor.execute(
            "UPDATE fact_changes SET changed_at = now() - interval '24 hours 1 second'"
            " WHERE tenant_id = %s AND kind = 'connection'",
            (isp.tenant_id,),
        )
    with radius_connection.cursor() as cursor:
        cursor.execute("SELECT radius.forget_old_changes()")
        [(forgotten,)] = cursor.fetchall()
        cursor.execute("SELECT kind FROM radius.changes WHERE tenant_id = %s", (isp.tenant_id,))
        kinds = {kind for (kind,) in cursor.fetchall()}
    assert forgotten >= 1
    assert line.connection_id
    assert kinds == {"isp", "package", "profile"}


def test_decisions_older_than_ninety_days_are_forgotten_and_younger_ones_kept(
    isp: World, admin: Connection, radius_connection: Connection
) -> None:
    with admin.cursor() as cursor:
        cursor.execute(
            "INSERT INTO access_decisions (tenant_id, username, decided_at, node, verdict, reason)"
            " SELECT %s, age, now() - age::interval, 'n', 'reject', 'unknown'"
            " FROM unnest(ARRAY['90 days 1 second', '89 days']) AS age",
            (isp.tenant_id,),
        )
    with radius_connection.cursor() as cursor:
        cursor.execute("SELECT radius.forget_old_decisions()")
    with admin.cursor() as cursor:
        cursor.execute(
            "SELECT username FROM access_decisions WHERE tenant_id = %s", (isp.tenant_id,)
        )
        assert cursor.fetchall() == [("89 days",)]
