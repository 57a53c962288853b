"""What records in the journal become in the database, in octets."""

from collections.abc import Callable
from typing import Any

import pytest

from policy.facts import Window
from tests.fixtures.isps import World
from tests.fixtures.journals import GIGA, NOON, Book

ALL_WEEK = frozenset(range(1, 8))
LATER = {"clock": "Mar 10 2026 12:20:00 UTC"}
Step = tuple[Any, ...]

#  name: (records as (kind, at, what it says), sessions as (ended by, down, up))
CASES: dict[str, tuple[list[tuple[str, float, dict[str, Any]]], list[Step]]] = {
    "start, interim, stop": (
        [("start", 0, {}), ("interim", 300, {"seconds": 300, "down": 100, "up": 10}),
         ("stop", 400, {"seconds": 400, "down": 150, "up": 15})],
        [("stop", 150, 15)],
    ),
    "a start lives and counts nothing": ([("start", 0, {"down": 7, "up": 7})], [(None, 0, 0)]),
    "gigawords": (
        [("interim", 300, {"seconds": 300, "down": 3 * GIGA + 7, "up": GIGA})],
        [(None, 3 * GIGA + 7, GIGA)],
    ),
    "IPv6 counts in the same octets": (
        [("start", 0, {"delegated": "2001:db8:7::/56"}),
         ("interim", 300, {"seconds": 300, "down": 9 * GIGA, "up": 8, "prefix": "2001:db8::/64"})],
        [(None, 9 * GIGA, 8)],
    ),
    "4 GB backwards": (
        [("interim", 300, {"seconds": 300, "down": 2 * GIGA, "up": 10}),
         ("interim", 600, {"seconds": 600, "down": GIGA, "up": 20})],
        [(None, 3 * GIGA, 20)],
    ),
    "each record twice": (
        [("start", 0, {})] * 2
        + [("interim", 300, {"seconds": 300, "down": 100, "up": 10})] * 2
        + [("stop", 400, {"seconds": 400, "down": 150, "up": 15})] * 2,
        [("stop", 150, 15)],
    ),
    "stop before start": (
        [("stop", 400, {"seconds": 400, "down": 150, "up": 15}), ("start", 401, {})],
        [("stop", 150, 15)],
    ),
    "stop before the last interim": (
        [("start", 0, {}), ("stop", 400, {"seconds": 400, "down": 150, "up": 15}),
         ("interim", 401, {"seconds": 300, "down": 100, "up": 10})],
        [("stop", 150, 15)],
    ),
    "a stop alone": ([("stop", 400, {"seconds": 400, "down": 150, "up": 15})], [("stop", 150, 15)]),
    "interims in another order": (
        [("interim", 600, {"seconds": 600, "down": 250, "up": 20}),
         ("interim", 601, {"seconds": 300, "down": 100, "up": 10})],
        [(None, 250, 20)],
    ),
    "late by Acct-Delay-Time": (
        [("interim", 600, {"down": 250, "up": 20}),
         ("interim", 700, {"down": 100, "up": 10, "delay": 400})],
        [(None, 250, 20)],
    ),
    "counters began anew under one id": (
        [("interim", 300, {"seconds": 300, "down": 100, "up": 10}),
         ("interim", 600, {"seconds": 600, "down": 40, "up": 4})],
        [(None, 140, 14)],
    ),
    "the NAS rebooted under one id": (
        [("interim", 600, {"seconds": 600, "down": 100, "up": 10}), ("start", 700, {}),
         ("interim", 1000, {"seconds": 300, "down": 400, "up": 4})],
        [(None, 500, 14)],
    ),
    "dialled again before the old stop": (
        [("start", 0, {"mac": "AA:BB:CC:00:00:01"}),
         ("interim", 300, {"seconds": 300, "down": 100, "up": 10}),
         ("start", 350, {"id": "81000002", "mac": "AA:BB:CC:00:00:01"})],
        [("redial", 100, 10), (None, 0, 0)],
    ),
    "the old stop comes after all": (
        [("start", 0, {"mac": "AA:BB:CC:00:00:01"}),
         ("start", 350, {"id": "81000002", "mac": "AA:BB:CC:00:00:01"}),
         ("stop", 360, {"seconds": 340, "down": 150, "up": 15})],
        [("stop", 150, 15), (None, 0, 0)],
    ),
    "another device of the same client": (
        [("start", 0, {"mac": "AA:BB:CC:00:00:01"}),
         ("start", 350, {"id": "81000002", "mac": "AA:BB:CC:00:00:02"})],
        [(None, 0, 0), (None, 0, 0)],
    ),
    "the same id again after its stop": (
        [("stop", 400, {"seconds": 400, "down": 150, "up": 15,
                        "clock": "Mar 10 2026 12:06:40 UTC"}),
         ("start", 1200, LATER),
         ("stop", 1300, {"seconds": 100, "down": 5, "up": 1, "clock": "Mar 10 2026 12:21:40 UTC"})],
        [("stop", 150, 15), ("stop", 5, 1)],
    ),
    "Accounting-On ends what ran": (
        [("start", 0, {}), ("interim", 300, {"seconds": 300, "down": 100, "up": 10}),
         ("on", 400, {}), ("start", 410, {"id": "82000001"})],
        [("nas_restart", 100, 10), (None, 0, 0)],
    ),
    "it speaks again after the Accounting-On": (
        [("interim", 300, {"seconds": 300, "down": 100, "up": 10}), ("on", 400, {}),
         ("interim", 600, {"seconds": 600, "down": 130, "up": 13})],
        [(None, 130, 13)],
    ),
    "a session id of 200 bytes": (
        [("start", 0, {"id": "x" * 200}),
         ("stop", 9, {"id": "x" * 200, "seconds": 9, "down": 4, "up": 2})],
        [("stop", 4, 2)],
    ),
    "router clocks of 1970 and 2100": (
        [("interim", 300, {"seconds": 300, "down": 100, "up": 10,
                           "clock": "Jan  1 1970 00:05:00 UTC"}),
         ("interim", 600, {"seconds": 600, "down": 120, "up": 12,
                           "clock": "Jan  1 2100 00:00:00 UTC"})],
        [(None, 120, 12)],
    ),
    "no username at all": (
        [("start", 0, {"user": ""}), ("stop", 9, {"user": "", "seconds": 9, "down": 4, "up": 2})],
        [("stop", 4, 2)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("one_by_one", [False, True], ids=["in one batch", "in batches of one"])
@pytest.mark.parametrize("case", CASES)
def test_what_records_become(case: str, one_by_one: bool, isp: World, book: Book) -> None:
    said, sessions = CASES[case]
    isp.connection("salma")
    records = [book(kind, at, **what) for kind, at, what in said]
    if one_by_one:
        for each in records:
            book.bring(each)
    else:
        book.bring(*records)
    assert book.sessions() == sessions
    assert book.quarantined() == []
    counts = sum(down + up for _ended_by, down, up in sessions)
    assert book.used() == (0 if case == "no username at all" else counts)


def test_a_record_through_two_nodes_counts_once(isp: World, new_book: Callable[..., Book]) -> None:
    isp.connection("salma")
    one, other = new_book("one"), new_book("other")
    records = [
        one("start", 0),
        one("interim", 300, seconds=300, down=100, up=10),
        one("stop", 400, seconds=400, down=150, up=15),
    ]
    one.bring(*records)
    other.bring(*records)
    assert one.sessions() == [("stop", 150, 15)]
    assert one.used() == 165


def test_a_journal_read_anew_counts_once(isp: World, book: Book) -> None:
    isp.connection("salma")
    book.bring(book("interim", 300, seconds=300, down=100, up=10))
    with book.admin.cursor() as cursor:
        cursor.execute("DELETE FROM journal_positions WHERE node = %s", (book.node,))
    book.intake().catch_up()
    assert (book.sessions(), book.used()) == ([(None, 100, 10)], 110)


def test_a_nas_that_reports_input_and_output_reversed(isp: World, book: Book) -> None:
    book.source = isp.nas(swap_directions=True).details.address
    book.bring(book("interim", 300, seconds=300, down=100, up=10))
    assert book.sessions() == [(None, 10, 100)]


def test_use_is_kept_by_local_day_and_month(isp: World, book: Book) -> None:
    isp.connection("salma")
    hour = 3600
    book.bring(
        book("interim", 5.9 * hour, seconds=100, down=100, up=10),  # 23:54 in Dhaka
        book("interim", 6.1 * hour, seconds=820, down=150, up=15),  # 00:06
        book("interim", 22 * 24 * hour, seconds=1_900_000, down=160, up=16),  # 1 April, 18:00
    )
    days = book.rows(
        """SELECT used_on::text, down_bytes, up_bytes FROM usage_daily
            WHERE tenant_id = %s ORDER BY 1""",
        isp.tenant_id,
    )
    months = book.rows(
        """SELECT cycle_from_on::text, used_bytes FROM connection_usage
            WHERE tenant_id = %s ORDER BY 1""",
        isp.tenant_id,
    )
    assert days == [("2026-03-10", 100, 10), ("2026-03-11", 50, 5), ("2026-04-01", 10, 1)]
    assert months == [("2026-03-01", 165), ("2026-04-01", 11)]


def test_what_free_hours_carried_does_not_count(isp: World, book: Book) -> None:
    evening = Window(18 * 60 + 5, 18 * 60 + 10, ALL_WEEK)  # noon in UTC is 18:00 in Dhaka
    isp.connection("salma", package_id=isp.package(uncounted_windows=(evening,)).package_id)
    book.bring(book("start"), book("interim", 600, seconds=600, down=1000, up=200))
    day = "SELECT down_bytes, up_bytes, uncounted_bytes FROM usage_daily WHERE tenant_id = %s"
    assert book.rows(day, isp.tenant_id) == [(1000, 200, 600)]
    assert book.used() == 600


def test_a_session_keeps_what_was_told_of_it(isp: World, book: Book) -> None:
    line = isp.connection("salma")
    granted = f"sl:{isp.tenant_id}:{line.connection_id}:1f:abc:d".encode().hex()
    book.bring(
        book("start", 0, mac="aa-bb-cc-00-00-01", ipv4="10.0.0.9", klass=f"0x{granted}", port="e1"),
        book("interim", 300, prefix="2001:db8::/64", delegated="2001:db8:1::/56", seconds=300),
    )
    told = book.rows(
        """SELECT connection_id, mac, host(framed_ipv4), framed_ipv6_prefix::text,
                  delegated_ipv6_prefix::text, nas_port_id, granted,
                  extract(epoch FROM started_at)::int, extract(epoch FROM heard_at)::int
             FROM live_sessions WHERE tenant_id = %s""",
        isp.tenant_id,
    )
    assert told == [
        (line.connection_id, "AABBCC000001", "10.0.0.9", "2001:db8::/64", "2001:db8:1::/56", "e1",
         "abc:d", NOON, NOON + 300)
    ]  # fmt: skip


def test_a_class_of_four_parts_finds_the_connection_too(isp: World, book: Book) -> None:
    line = isp.connection("salma")
    klass = "0x" + f"sl:{isp.tenant_id}:{line.connection_id}:1f".encode().hex()
    book.bring(book("interim", 300, user="renamed by the router", seconds=300, down=5, klass=klass))
    assert book.used() == 5


def test_a_class_of_another_isp_says_nothing(isp: World, other_isp: World, book: Book) -> None:
    theirs = other_isp.connection("salma")
    klass = "0x" + f"sl:{other_isp.tenant_id}:{theirs.connection_id}:1f".encode().hex()
    book.bring(book("interim", 300, user="somebody", seconds=300, down=5, klass=klass))
    connections = book.rows(
        "SELECT connection_id FROM live_sessions WHERE tenant_id = %s", isp.tenant_id
    )
    assert connections == [(None,)]


def test_an_unknown_user_lives_apart_and_is_found_when_it_is_made(isp: World, book: Book) -> None:
    book.bring(book("interim", 300, seconds=300, down=100, up=10))
    assert (book.sessions(), book.used()) == ([(None, 100, 10)], 0)
    isp.connection("salma")
    book.bring(book("interim", 600, seconds=600, down=130, up=13))
    assert (book.sessions(), book.used()) == ([(None, 130, 13)], 33)


def test_a_plan_made_while_the_table_was_empty_is_not_kept(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    with book.admin.cursor() as cursor:
        cursor.execute("TRUNCATE live_sessions CASCADE")
    monkeypatch.setattr("network.journal.CHUNK_BYTES", 50_000)
    monkeypatch.setattr("network.intake.BATCH_RECORDS", 250)
    ids = [f"{number:08x}" for number in range(2_500)]
    read = _index_entries_read(book)
    book.bring(
        *(book("start", 0, id=each, user=each) for each in ids),
        *(book("stop", 9, id=each, user=each, seconds=9, down=4, up=2) for each in ids),
    )
    assert len(book.sessions()) == len(ids)
    assert _index_entries_read(book) - read < len(ids) ** 2 / 4  # all of it for each: twice that


def _index_entries_read(book: Book) -> int:
    """Of live sessions, by everybody who has ended since."""
    [(read,)] = book.rows(
        "SELECT sum(idx_tup_read)::bigint FROM pg_stat_user_indexes WHERE relname = 'live_sessions'"
    )
    return int(read)
