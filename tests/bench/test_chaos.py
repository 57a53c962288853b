"""The short form of `./skylink bench chaos`, and that its books would show what is amiss."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.chaos import SHORT, Books, measure
from bench.figures import all_ok, as_table
from sandbox.nas.sessions import Use

KEY = ("127.10.0.1", "81010001", "user1")
USE = Use(upload_bytes=10, download_bytes=100)


def test_nothing_is_lost_or_counted_twice_whatever_is_killed(tmp_path: Path) -> None:
    figures = measure(SHORT, tmp_path, lambda _line: None)
    assert all_ok(figures), as_table(figures)


@pytest.mark.parametrize(
    ("kept", "by_day", "amiss"),
    [
        ([(USE, True)], 110, {}),
        ([], 110, {"octets_lost": 110, "sessions_missing": 1, "sessions_not_closed_once": 1}),
        ([(Use(10, 99), True)], 110, {"octets_lost": 1}),
        ([(Use(11, 100), True)], 110, {"octets_counted_twice": 1}),
        (
            [(USE, True), (USE, True)],
            110,
            {"octets_counted_twice": 110, "sessions_not_closed_once": 1},
        ),
        ([(USE, False)], 110, {"sessions_not_closed_once": 1}),
        ([(USE, True)], 111, {"octets_amiss_in_daily_use": 1}),
    ],
)
def test_the_books_show_what_is_amiss(
    kept: list[tuple[Use, bool]], by_day: int, amiss: dict[str, float]
) -> None:
    books = Books({KEY: USE}, {KEY: kept} if kept else {}, by_day, quarantined=0)
    assert {each.name: each.value for each in books.figures() if each.ok is False} == amiss


def test_a_session_of_nobody_is_shown() -> None:
    books = Books({}, {KEY: [(USE, True)]}, 0, quarantined=1)
    found = {each.name for each in books.figures() if each.ok is False}
    assert found == {"sessions_of_nobody", "records_not_understood"}
