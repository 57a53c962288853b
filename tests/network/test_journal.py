"""A journal as it should not be: cut, torn, strange, flooded, read by two; nothing of it lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import psycopg2
import pytest

from network.addresses import who_had
from network.journal import FLUSH_SECONDS, OVER_SECONDS, Flusher, Journal
from network.quarantine import list_quarantined, replay
from tests.fixtures.isps import World
from tests.fixtures.journals import NOON, Book, record
from tests.radius.server import until

OLD = OVER_SECONDS + 5


def test_a_record_that_is_not_whole_yet_waits_for_its_rest(book: Book) -> None:
    whole = book("interim", 300, seconds=300, down=100, up=10)
    for end in range(1, len(whole), 37):
        (book.folder / "20260310T1200").unlink(missing_ok=True)
        book.write(whole[:end])
        book.intake().catch_up()
    assert book.sessions() == []
    book.write(whole[end:])
    book.intake().catch_up()
    assert (book.sessions(), book.quarantined()) == ([(None, 100, 10)], [])


def test_a_file_that_ends_in_the_midst_of_a_record_is_quarantined_when_its_minute_is_over(
    book: Book,
) -> None:
    whole = book("interim", 300, seconds=300, down=100, up=10)
    book.write(whole, whole[: len(whole) // 2], age=OLD)
    book.intake().catch_up()
    assert book.sessions() == [(None, 100, 10)]
    assert book.quarantined() == ["the file ends, or goes on, in the midst of it"]
    book.intake().catch_up()
    assert len(book.quarantined()) == 1


def test_a_last_record_without_its_empty_line_is_whole(book: Book) -> None:
    book.write(book("interim", 300, seconds=300, down=100, up=10).rstrip("\n"), age=OLD)
    book.intake().catch_up()
    assert (book.sessions(), book.quarantined()) == ([(None, 100, 10)], [])


@pytest.mark.parametrize("more", ["\n", "\n\n"])
def test_empty_lines_after_a_record_are_nothing(more: str, book: Book) -> None:
    book.write(book("start"), more, book("interim", 300, seconds=300, down=9, up=1), more)
    book.intake().catch_up()
    path = book.write(age=OLD)
    book.intake().catch_up()
    assert (book.sessions(), book.quarantined()) == ([(None, 9, 1)], [])
    read = book.rows("SELECT position FROM journal_positions WHERE node = %s", book.node)
    assert read == [(path.stat().st_size,)]


def test_what_follows_a_torn_record_is_not_torn(book: Book) -> None:
    first = book("interim", 300, seconds=300, down=100, up=10)
    torn = first[: len(first) // 2]
    book.bring(first, torn, book("interim", 600, seconds=600, down=130, up=13))
    assert book.sessions() == [(None, 130, 13)]
    assert book.quarantined() == ["the file ends, or goes on, in the midst of it"]


STRANGE = {
    "it has no Acct-Session-Id": {"id": None},
    "its Acct-Status-Type is 99": {"kind": "99"},
    "more than a line can carry": {"down": 1 << 60},
    "which is no NAS": {"source": "203.0.113.99"},
    "a counter is no number": {"octets": "many"},
    "the clock of the node was not set": {"at": -NOON + 5},
}


@pytest.mark.parametrize("reason", STRANGE)
def test_what_is_not_understood_is_kept_whole_and_holds_up_nothing(reason: str, book: Book) -> None:
    said = {
        "kind": "interim",
        "source": book.source,
        "at": 300.0,
        "seconds": 300,
        **STRANGE[reason],
    }
    strange = record(**said)  # type: ignore[arg-type]
    book.bring(book("start", id="1"), strange, "nonsense\n\n", "\n\n\n", book("start", 9, id="2"))
    assert [ended for ended, _down, _up in book.sessions()] == [None, None]
    assert reason in book.quarantined()[0]
    kept = book.rows(
        "SELECT record FROM accounting_quarantine WHERE node = %s ORDER BY id", book.node
    )
    assert kept[0] == (strange.strip("\n"),)


def test_bytes_that_are_no_text_hold_up_nothing(book: Book) -> None:
    book.folder.mkdir()
    bad = book("interim", 300, seconds=300, down=5).encode().replace(b"salma", b"\\000\\377x")
    raw = b"\xff\xfe\x00 nothing\n\n" + bad + book("start", 9, id="2").encode()
    (book.folder / "20260310T1200").write_bytes(raw)
    book.intake().catch_up()
    names = book.rows(
        "SELECT username FROM live_sessions WHERE tenant_id = %s ORDER BY id", book.isp.tenant_id
    )
    assert names == [("\\000\\377x",), ("salma",)]
    assert len(book.quarantined()) == 1


def test_the_quarantine_is_replayed_when_the_router_is_known(isp: World, book: Book) -> None:
    isp.connection("salma")
    book.source = "203.0.113.50"
    book.bring(book("interim", 300, seconds=300, down=100, up=10))
    assert (book.sessions(), len(book.quarantined())) == ([], 1)
    isp.nas("203.0.113.50")
    with closing(psycopg2.connect(book.dsn)) as connection:
        mine = tuple(one for one in list_quarantined(connection, 1000) if one.node == book.node)
        assert replay(connection, mine) == 1
    assert (book.sessions(), book.used(), book.quarantined()) == ([(None, 100, 10)], 110, [])


def test_what_is_still_not_understood_stays(book: Book) -> None:
    book.bring("nonsense\n\n")
    with closing(psycopg2.connect(book.dsn)) as connection:
        mine = tuple(one for one in list_quarantined(connection, 1000) if one.node == book.node)
        assert replay(connection, mine) == 0
    assert len(book.quarantined()) == 1


def test_a_flood_of_accounting_on_ends_each_session_once(isp: World, book: Book) -> None:
    starts = [book("start", number / 100, id=f"s{number}") for number in range(200)]
    floods = [book("on", 10 + number / 1000) for number in range(2_000)]
    mixed = [each for pair in zip(floods, starts * 10, strict=True) for each in pair]
    book.bring(*starts, *floods, *mixed)
    ended = [ended_by for ended_by, _down, _up in book.sessions()]
    assert ended == ["nas_restart"] * 200


def test_two_intakes_of_one_journal_take_turns_and_count_once(isp: World, book: Book) -> None:
    isp.connection("salma")
    book.write(book("start"))
    environ = {**os.environ, "SKYLINK_INTAKE_DSN": book.dsn, "SKYLINK_NODE": book.node,
               "SKYLINK_HOME": str(book.folder.parent)}  # fmt: skip
    command = [sys.executable, "-m", "network.intake"]
    both = [
        subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    try:
        until(lambda: book.sessions() == [(None, 0, 0)], lambda: book.said)
        holder = book.rows(
            """SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
                WHERE locktype = 'advisory' AND granted AND application_name = 'skylink-intake'
                  AND objid = hashtext(%s)::bigint & 4294967295""",
            book.node,
        )
        assert holder == [(1,)]
        for round_number in (1, 2):
            at = 300 * round_number
            book.write(book("interim", at, seconds=at, down=100 * round_number, up=0))
            until(lambda down=at // 3: book.used() == down, lambda: book.said)
            if round_number == 1:
                both[0].send_signal(signal.SIGKILL)
                both[0].wait()
        until(lambda: book.used() == 200, book.used)
    finally:
        for each in both:
            each.terminate()
            each.wait()
            assert each.stdout is not None
            each.stdout.close()


def test_a_position_moved_by_another_is_not_overwritten(book: Book) -> None:
    book.write(book("start"))
    intake = book.intake()
    with intake._turn() as connection:
        with book.admin.cursor() as cursor:
            cursor.execute(
                "INSERT INTO journal_positions (node, file, position) VALUES (%s, %s, 7)",
                (book.node, "20260310T1200"),
            )
        with pytest.raises(psycopg2.errors.SerializationFailure):
            intake._step(connection)
    assert book.sessions() == []


def test_files_are_removed_when_they_are_committed_and_kept_long_enough(book: Book) -> None:
    done = book.write(book("start"), file="20260310T1200", age=7_200)
    young = book.write(book("start", 60, id="2"), file="20260310T1201", age=OLD)
    book.intake(keep_seconds=3_600).catch_up()
    assert (done.exists(), young.exists()) == (False, True)
    assert book.rows(
        "SELECT file FROM journal_positions WHERE node = %s", book.node
    ) == [("20260310T1201",)]  # fmt: skip


def test_what_was_written_is_flushed_once(book: Book) -> None:
    path = book.write(book("start"))
    flusher = Flusher(Journal(book.folder), lambda _about, _line: None)
    flusher.flush()
    first = dict(flusher._flushed)
    flusher.flush()
    assert flusher._flushed == first
    book.write(book("stop", 9))
    flusher.flush()
    assert flusher._flushed[path.name][0] == path.stat().st_size


def test_the_journal_reaches_the_disk_whatever_the_database_does(book: Book) -> None:
    book.dsn = book.dsn.replace("host=", "host=/nowhere")
    path = book.write(book("start"))
    intake = book.intake()
    thread = Thread(target=intake.run)
    thread.start()

    def is_flushed() -> bool:
        return intake._flusher._flushed.get(path.name, (0, 0))[0] == path.stat().st_size

    try:
        until(is_flushed, lambda: book.said)
        book.write(book("stop", 9))
        until(is_flushed, lambda: book.said)
    finally:
        intake.stop()
        thread.join()
    assert any("the journal waits" in line for line in book.said)
    assert FLUSH_SECONDS <= 0.1  # what a power cut may cost


@pytest.fixture
def lived(isp: World, book: Book) -> Iterator[Callable[[str, float], list[str]]]:
    """Two who had one address after the other; who had `address` so many seconds after NOON."""
    isp.connection("salma")
    book.bring(
        book(
            "start", 0, ipv4="10.0.0.9", prefix="2001:db8:0:5::/64", delegated="2001:db8:700::/56"
        ),
        book("stop", 600, seconds=600, ipv4="10.0.0.9"),
        book("start", 700, id="2", user="karim", ipv4="10.0.0.9"),
    )

    def who(address: str, at: float) -> list[str]:
        moment = datetime.fromtimestamp(NOON + at, UTC)
        second = datetime.fromtimestamp(NOON + at + 1, UTC)
        with isp.transaction() as session:
            found = who_had(session, isp.tenant_id, address, at=moment, until=second)
        return [holder.username for holder in found]

    yield who


@pytest.mark.parametrize(
    ("address", "at", "names"),
    [
        ("10.0.0.9", -1, []),
        ("10.0.0.9", 0, ["salma"]),
        ("10.0.0.9", 600, ["salma"]),
        ("10.0.0.9", 601, []),
        ("10.0.0.9", 700, ["karim"]),
        ("10.0.0.9", 99_999, ["karim"]),
        ("10.0.0.8", 300, []),
        ("2001:db8:0:5::77", 300, ["salma"]),
        ("2001:db8:700:ff::1", 300, ["salma"]),
        ("2001:db8:701::1", 300, []),
    ],
)
def test_who_had_this_address_at_this_second(
    address: str, at: float, names: list[str], lived: Callable[[str, float], list[str]]
) -> None:
    assert lived(address, at) == names


def test_a_database_that_comes_back_is_caught_up_with(book: Book, tmp_path: Path) -> None:
    book.write(book("start"))
    gone = book.intake()
    book.dsn, there = book.dsn.replace("host=", "host=/nowhere"), book.dsn
    with pytest.raises(psycopg2.OperationalError):
        book.intake().catch_up()
    book.dsn = there
    began = time.monotonic()
    gone.catch_up()
    assert (book.sessions(), time.monotonic() > began) == ([(None, 0, 0)], True)
