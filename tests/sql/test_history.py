"""Former versions: what was so at a past instant can be read later, and nobody can rewrite it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from billing.access import read_facts, why
from billing.clients import set_client_status
from billing.connections import Connection as Line
from billing.connections import set_connection_status, set_expiry, set_vip
from billing.devices import bind_mac, reset_macs
from billing.invoice_lines import InvoiceLine
from billing.invoices import NewInvoice, issue_invoice
from billing.passwords import set_password
from billing.payments import NewPayment, PaymentMethod, take_payment
from billing.promises import promise_until
from commands.cluster import Cluster
from policy.access import Verdict
from policy.bills import LineKind
from policy.facts import (
    Facts,
    MacMode,
    ProfileKind,
    Reason,
    Restriction,
    RestrictionAction,
    Status,
)
from sql.migrate import APP
from storage.actors import SYSTEM
from storage.database import Database
from storage.secrets import KeyRing, Secret
from tenancy.access_rules import set_no_cut_days, set_restriction
from tests.fixtures.databases import Connection, connected
from tests.fixtures.full_isp import fill
from tests.fixtures.isps import NOON, World, create_world

VIEWS = {
    "connection_facts": "connections",
    "package_facts": "packages",
    "profile_facts": "profiles",
    "isp_facts": "isps",
}


def instant(isp: World) -> datetime:
    """Now, by the clock that stamps the rows."""
    with isp.transaction() as session:
        moment: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
        return moment


def facts(isp: World, username: str, at: datetime | None = None) -> Facts | None:
    with isp.transaction() as session:
        return read_facts(session, isp.tenant_id, username, at=at)


def test_what_is_in_force_now_is_what_radius_reads(
    isp: World,
    radius_connection: Connection,
    intake_connection: Connection,
    enforcer_connection: Connection,
) -> None:
    fill(isp, radius_connection, intake_connection, enforcer_connection)
    for view, radius_view in VIEWS.items():
        with isp.transaction() as session:
            told = session.execute(text(f"SELECT to_jsonb(v) FROM asof.{view} AS v")).scalars()
            ours = sorted(told, key=repr)
        with radius_connection.cursor() as cursor:
            query = f"""SELECT to_jsonb(v) - 'sealed_password' FROM radius.{radius_view} AS v
                         WHERE tenant_id = %s"""
            cursor.execute(query, (isp.tenant_id,))
            theirs = sorted((row[0] for row in cursor.fetchall()), key=repr)
        assert ours
        assert ours == theirs


def test_a_past_instant_shows_what_was_owed_then(isp: World) -> None:
    line = isp.connection("karim")
    owing = isp.invoice(line.client_id)
    before_paying = instant(isp)
    isp.settle(owing)
    with isp.transaction() as session:
        assert why(session, isp.tenant_id, "karim", now=NOON).verdict is Verdict.ACCEPT
        past = read_facts(session, isp.tenant_id, "karim", at=before_paying)
    assert past is not None
    assert (past.connection.due_on, past.connection.due_minor) == (date(2026, 3, 5), 50_000)


def test_before_it_was_made_a_username_was_nobodys(isp: World) -> None:
    before = instant(isp)
    isp.connection("rahim")
    assert facts(isp, "rahim", before) is None
    assert facts(isp, "rahim") is not None


def test_a_renamed_connection_is_found_by_its_name_of_then(isp: World) -> None:
    line = isp.connection("old-name")
    before = instant(isp)
    with isp.transaction() as session:
        session.execute(text("UPDATE connections SET username = 'new-name'"))
    assert facts(isp, "old-name") is None
    then = facts(isp, "old-name", before)
    assert then is not None
    assert then.connection.connection_id == line.connection_id


def test_a_deleted_connection_is_still_told_of_the_past(isp: World) -> None:
    isp.connection("gone")
    before = instant(isp)
    with isp.transaction() as session:
        session.execute(text("DELETE FROM connections"))
    assert facts(isp, "gone") is None
    assert facts(isp, "gone", before) is not None


def test_all_that_one_transaction_changes_takes_effect_in_one_instant(isp: World) -> None:
    line = isp.connection("salma")
    before = facts(isp, "salma")
    with isp.transaction() as session:
        began: datetime = session.execute(text("SELECT now()")).scalar_one()
        for status in (Status.SUSPENDED, Status.INACTIVE):
            set_connection_status(session, isp.tenant_id, line.connection_id, status, actor=SYSTEM)
        set_client_status(session, isp.tenant_id, line.client_id, Status.SUSPENDED, actor=SYSTEM)
    just_before = facts(isp, "salma", began - timedelta(microseconds=1))
    at_once = facts(isp, "salma", began)
    assert just_before == before
    assert at_once is not None
    assert at_once.connection.connection_status is Status.INACTIVE  # never seen suspended
    assert at_once.connection.client_status is Status.SUSPENDED
    with isp.transaction() as session:
        former = session.execute(text("SELECT count(*) FROM history.connections")).scalar_one()
    assert former == 1  # the version between was never in force


def test_a_transaction_that_began_earlier_and_changed_later_leaves_one_version_at_a_time(
    isp: World, cluster: Cluster, database_name: str
) -> None:
    line = isp.connection("jamal")
    with connected(cluster.dsn(APP, database_name)) as early:
        early.autocommit = False
        with early.cursor() as cursor:
            cursor.execute(f"SELECT set_config('skylink.tenant_id', '{isp.tenant_id}', true)")
            began = instant(isp)
            with isp.transaction() as session:
                set_vip(session, isp.tenant_id, line.connection_id, vip=True, actor=SYSTEM)
            cursor.execute("UPDATE connections SET pool = 'late'")
        early.commit()
    after = instant(isp)
    for at in (began, began + (after - began) / 2, after):
        assert facts(isp, "jamal", at) is not None  # one row; two would be an error
    now = facts(isp, "jamal", after)
    assert now is not None
    assert (now.connection.vip, now.connection.pool) == (True, "late")


def test_a_past_cycle_of_use_is_the_one_that_was_open_then(isp: World, admin: Connection) -> None:
    line = isp.connection("rafiq")

    def open_cycle(month: int, used: int) -> None:
        with isp.transaction() as session:
            session.execute(
                text("""INSERT INTO connection_usage (tenant_id, connection_id, cycle_from_on,
                            cycle_until, used_bytes)
                        VALUES (:isp, :line, :start, :until, :used)"""),
                {
                    "isp": isp.tenant_id,
                    "line": line.connection_id,
                    "start": date(2026, month, 1),
                    "until": datetime(2026, month + 1, 1, tzinfo=UTC),
                    "used": used,
                },
            )

    open_cycle(2, 700)
    in_february = instant(isp)
    open_cycle(3, 5)
    then, now = facts(isp, "rafiq", in_february), facts(isp, "rafiq")
    assert then is not None
    assert now is not None
    assert (then.connection.used_bytes, now.connection.used_bytes) == (700, 5)


def test_a_password_leaves_no_trace_in_history(isp: World, admin: Connection) -> None:
    line = isp.connection("shirin")
    with isp.transaction() as session:
        password = Secret("changed-once")
        set_password(
            session, isp.tenant_id, line.connection_id, password, keys=isp.keys, actor=SYSTEM
        )
    with admin.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM information_schema.columns
                WHERE table_schema IN ('history', 'asof') AND data_type = 'bytea'"""
        )
        assert cursor.fetchall() == [(0,)]
        cursor.execute("SELECT FROM history.connections WHERE id = %s", (line.connection_id,))
        assert cursor.rowcount == 0  # and it is no new version either


def test_a_column_added_later_is_kept_in_history_too(
    cluster: Cluster, new_database: Callable[[str], str], keys: KeyRing
) -> None:
    name = new_database("test_added_column")
    with connected(cluster.dsn("skylink_admin", name)) as admin, admin.cursor() as cursor:
        cursor.execute(
            """BEGIN; SET LOCAL ROLE skylink_owner;
               ALTER TABLE clients ADD COLUMN nickname text;
               SELECT history.track('clients'); COMMIT"""
        )
    database = Database(cluster.dsn(APP, name))
    isp = create_world(database, keys)
    client = isp.client()
    with isp.transaction() as session:
        session.execute(text("UPDATE clients SET nickname = 'Bhai'"))
    then = instant(isp)
    with isp.transaction() as session:
        session.execute(text("UPDATE clients SET nickname = 'Boss'"))
    with isp.transaction() as session:
        session.execute(text("SELECT set_config('skylink.as_of', :at, true)"), {"at": str(then)})
        told = session.execute(
            text("SELECT nickname FROM asof.clients WHERE id = :id"), {"id": client.client_id}
        )
        assert told.scalar_one() == "Bhai"
    database.close()


Step = Callable[[Any, World, Line], object]


def step(change: Callable[..., object], *what: object, **how: object) -> Step:
    """A change to the client or the connection that a life is about."""

    def take(session: Any, isp: World, line: Line) -> object:
        ids = {"client": line.client_id, "connection": line.connection_id}
        given = [ids.get(str(part), part) for part in what]
        return change(session, isp.tenant_id, *given, **how, actor=SYSTEM)

    return take


BILL = NewInvoice(date(2026, 3, 1), date(2026, 3, 5), (InvoiceLine(LineKind.BASE, 700),))
CASH = NewPayment(method=PaymentMethod.CASH, amount_minor=500)
STEPS: tuple[Step, ...] = (
    step(set_client_status, "client", Status.SUSPENDED),
    step(set_client_status, "client", Status.ACTIVE),
    step(set_connection_status, "connection", Status.INACTIVE),
    step(set_connection_status, "connection", Status.ACTIVE),
    step(set_vip, "connection", vip=True),
    step(set_vip, "connection", vip=False),
    step(set_expiry, "connection", NOON, reason="asked on the phone"),
    step(promise_until, "client", NOON),
    step(promise_until, "client", None),
    step(bind_mac, "connection", "AABBCC001122"),
    step(bind_mac, "connection", "AABBCC001133"),
    step(reset_macs, "connection"),
    step(set_restriction, Reason.DUES, Restriction(RestrictionAction.REJECT)),
    step(set_no_cut_days, weekdays=frozenset({5}), dates={date(2026, 3, 26): "Independence"}),
    step(set_no_cut_days, weekdays=frozenset(), dates={}),
    step(issue_invoice, "client", BILL, now=NOON),
    step(take_payment, "client", CASH, now=NOON),
)


@pytest.fixture(scope="module")
def lives(database: Database, keys: KeyRing) -> World:
    """An ISP in which every drawn life is another connection."""
    return create_world(database, keys)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(transactions=st.lists(st.lists(st.sampled_from(STEPS), min_size=1, max_size=3), max_size=8))
def test_whatever_happened_a_past_instant_is_told_as_it_was_told_then(
    lives: World, transactions: list[list[Step]]
) -> None:
    daily = lives.profile(ProfileKind.DAILY)
    line = lives.connection(mac_mode=MacMode.ENFORCE, profile_id=daily.profile_id)
    username = line.details.username
    told = [(instant(lives), facts(lives, username))]
    for steps in transactions:
        with lives.transaction() as session:
            for take in steps:
                take(session, lives, line)
        told.append((instant(lives), facts(lives, username)))
    assert [facts(lives, username, at) for at, _then in told] == [then for _at, then in told]
