"""Seals on the ledger: what nobody touched holds; the first row that anybody touched is found."""

import pytest
from sqlalchemy import text

from billing.seals import Seal, SealCheck, check_seals, seal_ledger
from commands.cluster import Cluster
from sql.migrate import APP
from tests.fixtures.databases import Connection, connected
from tests.fixtures.isps import NOON, World
from tests.fixtures.seals import seal_all


def seal(isp: World) -> Seal | None:
    with isp.transaction() as session:
        return seal_ledger(session, isp.tenant_id, now=NOON)


def check(isp: World) -> SealCheck:
    with isp.transaction() as session:
        return check_seals(session, isp.tenant_id)


def entry_ids(isp: World) -> list[int]:
    with isp.transaction() as session:
        return list(session.scalars(text("SELECT id FROM ledger_entries ORDER BY id")))


@pytest.fixture
def busy(isp: World) -> World:
    """An ISP with a ledger of five rows under two seals."""
    client_id = isp.client().client_id
    isp.invoice(client_id)
    isp.pay(client_id, 50_000)
    seal_all(isp)
    isp.pay(client_id, 1_000)
    isp.pay(client_id, 2_000)
    seal_all(isp)
    return isp


def test_a_ledger_that_nobody_touched_holds(busy: World) -> None:
    told = check(busy)
    assert (told.broken, told.first_touched, told.slipped_in, told.waiting) == (None,) * 3 + (0,)
    assert told.last is not None
    assert len(bytes.fromhex(told.last.digest)) == 32


def test_nothing_new_makes_no_seal(busy: World) -> None:
    last = check(busy).last
    assert seal(busy) is None
    assert check(busy).last == last


def test_each_isp_has_seals_of_its_own(busy: World, other_isp: World) -> None:
    assert check(other_isp).last is None
    other_isp.pay(other_isp.client().client_id, 100)
    seal_all(other_isp)
    told = check(other_isp).last
    assert told is not None
    assert told.number == 1


@pytest.mark.parametrize(
    "change",
    [
        "amount_minor = amount_minor + 1",
        "actor_name = 'Nobody'",
        "booked_on = booked_on - 1",
        "client_id = NULL, debit = 'cash', credit = 'bank'",
        "posted_at = posted_at + interval '1 microsecond'",
        "credit_id = NULL",
    ],
)
def test_a_row_that_even_a_superuser_changed_is_named(
    change: str, busy: World, admin: Connection
) -> None:
    second = entry_ids(busy)[1]
    with admin.cursor() as cursor:
        cursor.execute(
            f"""UPDATE ledger_entries SET {change}
                 WHERE tenant_id = {busy.tenant_id} AND id >= {second}"""
        )
    told = check(busy)
    assert (told.broken, told.first_touched) == (1, second)


def test_a_row_that_was_removed_is_named(busy: World, admin: Connection) -> None:
    last = entry_ids(busy)[-1]
    with admin.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entries WHERE id = %s", (last,))
    told = check(busy)
    assert told.first_touched == last


def test_a_row_that_was_put_in_behind_a_seal_is_named(busy: World, admin: Connection) -> None:
    with admin.cursor() as cursor:
        cursor.execute(
            """INSERT INTO ledger_entries (tenant_id, xid, booked_on, debit, credit, amount_minor,
                   code, actor_kind, actor_name)
               VALUES (%s, '9', '2026-03-01', 'cash', 'suspense', 5, 'transfer', 'system', 'x')
               RETURNING id""",
            (busy.tenant_id,),
        )
        [(slipped_in,)] = cursor.fetchall()
    assert check(busy).slipped_in == slipped_in


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_seals SET digest = sha256(digest) WHERE tenant_id = %s AND number = 1",
        "UPDATE ledger_seals SET entry_digests = '' WHERE tenant_id = %s AND number = 1",
        "UPDATE ledger_seals SET number = 7 WHERE tenant_id = %s AND number = 1",
    ],
)
def test_a_seal_that_was_changed_does_not_hold(change: str, busy: World, admin: Connection) -> None:
    with admin.cursor() as cursor:
        cursor.execute(change, (busy.tenant_id,))
    assert check(busy).broken is not None


def test_what_commits_after_a_later_row_was_sealed_falls_to_the_next_seal(
    isp: World, cluster: Cluster, database_name: str
) -> None:
    client_id = isp.client().client_id
    posting = """INSERT INTO ledger_entries (tenant_id, booked_on, debit, credit, client_id,
                     amount_minor, code, actor_kind, actor_name)
                 VALUES (%s, now(), 'cash', 'client_credit', %s, 5, 'opening', 'system', 'x')"""
    with connected(cluster.dsn(APP, database_name)) as slow, slow.cursor() as cursor:
        slow.autocommit = False
        cursor.execute("SELECT set_config('skylink.tenant_id', %s, false)", (str(isp.tenant_id),))
        cursor.execute(posting, (isp.tenant_id, client_id))
        isp.pay(client_id, 100)
        seal(isp)  # the payment came after a row that is not committed: it waits as well
        assert check(isp).waiting == 1
        slow.commit()
    seal_all(isp)
    told = check(isp)
    assert (told.broken, told.slipped_in) == (None, None)


def test_in_another_cluster_the_chain_goes_on(busy: World, admin: Connection) -> None:
    """As after restoring a backup: there, transactions are counted from anew."""
    with admin.cursor() as cursor:
        cursor.execute(
            """UPDATE ledger_seals SET system_identifier = 1, seen_xid = '99999999999'
                WHERE tenant_id = %s""",
            (busy.tenant_id,),
        )
    before = check(busy)
    assert (before.broken, before.slipped_in, before.waiting) == (None, None, 0)
    client_id = busy.client().client_id
    for amount in (10, 20):
        busy.pay(client_id, amount)
        seal_all(busy)
    after = check(busy)
    assert (after.broken, after.slipped_in) == (None, None)
    assert before.last is not None
    assert after.last is not None
    assert after.last.number >= before.last.number + 2
