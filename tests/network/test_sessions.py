from datetime import UTC, date, datetime, timedelta

import pytest

from network.session_upkeep import end_silent_sessions, forget_old_sessions, make_months
from network.sessions import (
    DayUse,
    SessionCounts,
    daily_use,
    list_live_sessions,
    session_counts,
)
from storage.actors import SYSTEM
from tenancy.isps import keep_sessions
from tests.fixtures.databases import Connection
from tests.fixtures.isps import World
from tests.fixtures.journals import NOON, Book

MINUTE = 60


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(NOON + seconds, UTC)


def current(book: Book, at: float) -> None:
    """The node has read all until `at`."""
    with book.admin.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_nodes SET received_at = %s WHERE node = %s", (moment(at), book.node)
        )


def end_silent(book: Book, at: float) -> None:
    with book.isp.transaction() as session:
        end_silent_sessions(session, now=moment(at))


@pytest.mark.parametrize(
    ("silence", "ended"),
    [(16 * MINUTE - 1, None), (16 * MINUTE, None), (16 * MINUTE + 1, "silence")],
)
def test_a_session_that_misses_three_interims_and_a_minute_is_over(
    silence: float, ended: str | None, book: Book
) -> None:
    book.bring(book("start"), book("interim", 300, seconds=300, down=100, up=10))
    current(book, 300 + silence)
    end_silent(book, 300 + silence)
    assert book.sessions() == [(ended, 100, 10)]


def test_the_interim_of_the_package_is_what_is_waited_for(isp: World, book: Book) -> None:
    isp.connection("salma", package_id=isp.package(interim_seconds=3600).package_id)
    book.bring(book("start"))
    current(book, 3 * 3600)
    end_silent(book, 3 * 3600)
    assert book.sessions() == [(None, 0, 0)]


def test_a_journal_that_waits_for_its_intake_makes_nobody_silent(book: Book) -> None:
    book.bring(book("start"))
    current(book, 100)
    end_silent(book, 50_000)
    assert book.sessions() == [(None, 0, 0)]


def test_a_session_that_was_given_up_lives_again_when_it_speaks(isp: World, book: Book) -> None:
    isp.connection("salma")
    book.bring(book("start"), book("interim", 300, seconds=300, down=100, up=10))
    current(book, 9_000)
    end_silent(book, 9_000)
    [(session_id,)] = book.rows(
        "SELECT id FROM session_history WHERE tenant_id = %s", isp.tenant_id
    )
    book.bring(book("interim", 9_300, seconds=9_300, down=900, up=90))
    assert (book.sessions(), book.used()) == ([(None, 900, 90)], 990)
    assert book.rows("SELECT id FROM live_sessions WHERE tenant_id = %s", isp.tenant_id) == [
        (session_id,)
    ]


def test_the_lost_stop_of_a_session_that_was_given_up_ends_it_rightly(book: Book) -> None:
    book.bring(book("start"), book("interim", 300, seconds=300, down=100, up=10))
    current(book, 9_000)
    end_silent(book, 9_000)
    book.bring(book("stop", 9_300, seconds=500, delay=8_800, down=130, up=13, cause="User-Request"))
    assert book.sessions() == [("stop", 130, 13)]
    ends = book.rows(
        "SELECT ended_at, terminate_cause FROM session_history WHERE tenant_id = %s",
        book.isp.tenant_id,
    )
    assert ends == [(moment(500), "User-Request")]


def test_live_sessions_are_listed_the_latest_first(isp: World, book: Book) -> None:
    line = isp.connection("salma")
    book.bring(
        book("start", 0, id="1", ipv4="10.0.0.9"),
        book("interim", 300, id="1", seconds=300, down=100, up=10),
        book("start", 400, id="2", user="nobody"),
    )
    with isp.transaction() as session:
        every = list_live_sessions(session, isp.tenant_id)
        (mine,) = list_live_sessions(session, isp.tenant_id, "salma")
        assert list_live_sessions(session, isp.tenant_id, limit=0) == ()
    assert [live.username for live in every] == ["nobody", "salma"]
    assert (mine.connection_id, mine.framed_ipv4) == (line.connection_id, "10.0.0.9")
    assert (mine.down_bytes, mine.up_bytes, mine.heard_at) == (100, 10, moment(300))


def test_who_is_online_and_who_is_not(isp: World, other_isp: World, book: Book) -> None:
    for name in ("salma", "karim", "rahim"):
        isp.connection(name)
    other_isp.connection("salma")
    book.bring(
        book("start", 0, id="1"), book("start", 1, id="2"), book("start", 2, id="3", user="nobody")
    )
    with isp.transaction() as session:
        assert session_counts(session, isp.tenant_id) == SessionCounts(1, 2, 1)
    with other_isp.transaction() as session:
        assert session_counts(session, other_isp.tenant_id) == SessionCounts(0, 1, 0)


def test_use_is_told_by_day(isp: World, book: Book) -> None:
    line = isp.connection("salma")
    book.bring(
        book("interim", 300, seconds=300, down=100, up=10),
        book("interim", 90_000, seconds=90_000, down=150, up=11),
    )
    with isp.transaction() as session:
        days = daily_use(
            session,
            isp.tenant_id,
            line.connection_id,
            from_on=date(2026, 3, 1),
            until_on=date(2026, 3, 11),
        )
    assert days == (DayUse(date(2026, 3, 10), 100, 10, 0),)


def forget_months(admin: Connection) -> None:
    """Of the spring: other tests of this database have made them, or want none."""
    with admin.cursor() as cursor:
        cursor.execute("""
            CREATE TEMP TABLE moved AS SELECT * FROM session_history WHERE ended_at < '2026-07-01';
            DROP TABLE IF EXISTS intake.session_history_2026_03, intake.session_history_2026_04,
                                 intake.session_history_2026_05;
            INSERT INTO session_history SELECT * FROM moved ON CONFLICT DO NOTHING;
            DROP TABLE moved""")


def test_months_are_made_ahead_and_what_waits_for_one_moves_into_it(
    isp: World, book: Book, admin: Connection
) -> None:
    forget_months(admin)
    book.bring(book("stop", 400, seconds=400, down=150, up=15))
    with isp.transaction() as session:
        assert make_months(session, now=moment(0)) >= 3
        assert make_months(session, now=moment(0)) == 0
    where = "SELECT tableoid::regclass::text FROM session_history WHERE tenant_id = %s"
    assert book.rows(where, isp.tenant_id) == [("intake.session_history_2026_03",)]
    assert book.sessions() == [("stop", 150, 15)]
    with isp.transaction() as session:
        keep_sessions(session, isp.tenant_id, 240, actor=SYSTEM)
    forget_months(admin)


def test_an_isp_forgets_what_it_need_not_keep(isp: World, other_isp: World, book: Book) -> None:
    isp.connection("salma")
    book.bring(book("stop", 400, seconds=400, down=150, up=15))
    with isp.transaction() as session:
        keep_sessions(session, isp.tenant_id, 14, actor=SYSTEM)
    year = timedelta(days=365)
    with isp.transaction() as session:
        forget_old_sessions(session, now=moment(0) + year)
    assert book.sessions() == [("stop", 150, 15)]
    with isp.transaction() as session:
        keep_sessions(session, isp.tenant_id, 11, actor=SYSTEM)
    with isp.transaction() as session:
        forget_old_sessions(session, now=moment(0) + year)
    assert book.sessions() == []
    days = book.rows("SELECT count(*) FROM usage_daily WHERE tenant_id = %s", isp.tenant_id)
    assert days == [(0,)]
