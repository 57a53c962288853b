"""What is tried next, and what a record proves, at every boundary."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from network.attempts import (
    PAUSES_SECONDS,
    SLOW_SECONDS,
    SLOWEST_SECONDS,
    Abilities,
    Problem,
    Proof,
    Record,
    Try,
    after_failure,
    means_for,
    names_session,
    proof,
)
from network.coa import Answer, Means
from network.pacing import SILENT_AFTER, Pace
from network.redials import TRIED_MAX, WAIT_SECONDS, WITHIN, Redials
from policy.grants import Step

COA, DISCONNECT = Means.COA, Means.DISCONNECT
ACKED_AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LIMIT = (1_000, 512)  # kbps
ABLE = Abilities()


@pytest.mark.parametrize(
    ("step", "means", "tries", "answer", "cause", "expected"),
    [
        (Step.COA, COA, 1, Answer.SILENCE, None, Try(COA, 1, 0, PAUSES_SECONDS[0])),
        (Step.COA, COA, 2, Answer.NAK, 503, Try(COA, 2, 0, PAUSES_SECONDS[1])),
        (Step.COA, COA, 3, Answer.SILENCE, None, Try(DISCONNECT, 0, 0, 0)),
        (Step.COA, COA, 1, Answer.NAK, 401, Try(DISCONNECT, 0, 0, 0)),
        (Step.COA, COA, 1, None, None, Try(DISCONNECT, 0, 0, 0)),
        (Step.REDIAL, DISCONNECT, 1, None, None, Try(DISCONNECT, 1, 0, PAUSES_SECONDS[0])),
        (
            *(Step.REDIAL, DISCONNECT, 3, Answer.SILENCE, None),
            Try(DISCONNECT, 0, 1, SLOW_SECONDS, Problem.SILENT),
        ),
        (
            *(Step.COA, DISCONNECT, 3, Answer.CLOSED, None),
            Try(COA, 0, 1, SLOW_SECONDS, Problem.SILENT),
        ),
        (
            *(Step.REDIAL, DISCONNECT, 1, Answer.NAK, 406),
            Try(DISCONNECT, 0, 1, SLOW_SECONDS, Problem.REFUSED),
        ),
        (Step.REDIAL, DISCONNECT, 3, Answer.NAK, 503, Try(DISCONNECT, 0, 1, SLOW_SECONDS)),
        (
            *(Step.REDIAL, DISCONNECT, 3, None, None),
            Try(DISCONNECT, 0, 1, SLOW_SECONDS, Problem.NOT_DONE),
        ),
        (Step.END, COA, 1, Answer.NAK, 405, Try(COA, 0, 1, SLOW_SECONDS)),
        (Step.END, COA, 3, Answer.SILENCE, None, Try(COA, 0, 1, SLOW_SECONDS, Problem.SILENT)),
    ],
    ids=str,
)
def test_what_follows_a_try_that_came_to_nothing(
    step: Step, means: Means, tries: int, answer: Answer | None, cause: int | None, expected: Try
) -> None:
    assert after_failure(step, means, tries, 0, answer, cause, ABLE) == expected


def test_rounds_grow_further_apart_up_to_a_limit() -> None:
    waits = [
        after_failure(Step.REDIAL, DISCONNECT, 3, rounds, Answer.SILENCE, None, ABLE).wait_seconds
        for rounds in range(32)
    ]
    assert waits[:3] == [SLOW_SECONDS, 2 * SLOW_SECONDS, 4 * SLOW_SECONDS]
    assert waits[-1] == SLOWEST_SECONDS


@pytest.mark.parametrize(
    ("step", "nas", "expected"),
    [
        (Step.COA, ABLE, (COA, DISCONNECT)),
        (Step.COA, Abilities(coa=False), (DISCONNECT,)),
        (Step.COA, Abilities(disconnect=False), (COA,)),
        (Step.REDIAL, ABLE, (DISCONNECT,)),
        (Step.REDIAL, Abilities(disconnect=False), (DISCONNECT,)),
        (Step.END, ABLE, (COA,)),
    ],
)
def test_a_nas_is_asked_for_what_it_can(
    step: Step, nas: Abilities, expected: tuple[Means, ...]
) -> None:
    assert means_for(step, nas) == expected


def test_where_nothing_but_coa_works_a_failed_coa_ends_the_round() -> None:
    only_coa = Abilities(disconnect=False)
    failed = after_failure(Step.COA, COA, 3, 0, Answer.NAK, 501, only_coa)
    assert failed == Try(COA, 0, 1, SLOW_SECONDS, Problem.REFUSED)


def test_every_second_try_goes_without_the_session_id() -> None:
    assert [names_session(tries) for tries in range(3)] == [True, False, True]


@pytest.mark.parametrize(
    ("means", "limit", "before", "after", "expected"),
    [
        # (seconds from the acknowledgement, bytes towards the client) of two records
        (DISCONNECT, None, (-60, 0), (2, 0), Proof.NOT_YET),  # was on its way
        (DISCONNECT, None, (-60, 0), (3, 0), Proof.NOT_DONE),
        (COA, LIMIT, (-60, 0), (2, 0), Proof.NOT_YET),
        (COA, None, (-60, 0), (3, 10**12), Proof.DONE),
        (COA, LIMIT, (-60, 0), (240, 0), Proof.DONE),
        (COA, LIMIT, (-60, 0), (240, 57_250_000), Proof.DONE),  # 300 s at 1.5 Mbit/s and 1 MB
        (COA, LIMIT, (-60, 0), (240, 57_250_001), Proof.NOT_YET),  # of it, some was before
        (COA, LIMIT, (-1, 0), (299, 57_250_001), Proof.NOT_YET),
        (COA, LIMIT, (0, 0), (300, 57_250_001), Proof.NOT_DONE),
        (COA, LIMIT, (240, 10**9), (540, 10**9 + 57_250_000), Proof.DONE),
        (COA, LIMIT, (240, 10**9), (540, 10**9 + 57_250_001), Proof.NOT_DONE),
        (COA, LIMIT, (240, 10**9), (540, 0), Proof.DONE),  # counters that began anew
    ],
)
def test_what_a_record_proves(
    means: Means,
    limit: tuple[int, int] | None,
    before: tuple[int, int],
    after: tuple[int, int],
    expected: Proof,
) -> None:
    first, second = (Record(ACKED_AT + at * SECOND, down, 0) for at, down in (before, after))
    assert proof(means, ACKED_AT, first, second, limit) is expected


def test_an_upload_that_is_too_fast_counts_too() -> None:
    first, second = Record(ACKED_AT, 0, 0), Record(ACKED_AT + 300 * SECOND, 0, 10**8)
    assert proof(COA, ACKED_AT, first, second, LIMIT) is Proof.NOT_DONE


def test_in_no_second_is_a_nas_sent_more_than_it_can_take() -> None:
    pace, sent = Pace(5), list[float]()
    for tenth in range(40):
        now = 100.0 + tenth / 10
        for _ in range(pace.room(now)):
            pace.sent(now)
            sent.append(now)
    assert len(sent) == 20
    for first, sixth in zip(sent, sent[5:], strict=False):
        assert sixth - first >= 1.0


def test_a_silent_nas_is_asked_once_a_second_until_it_answers() -> None:
    pace = Pace(50)
    for _ in range(SILENT_AFTER - 1):
        pace.not_answered()
    assert pace.room(10.0) == 50
    pace.sent(10.0)
    pace.not_answered()
    assert pace.is_silent
    assert (pace.room(10.9), pace.room(11.0)) == (0, 1)
    pace.sent(11.0)
    assert (pace.room(11.9), pace.room(12.0)) == (0, 1)
    assert pace.answered()
    assert not pace.answered()
    assert not pace.is_silent


def test_a_redial_that_did_not_help_some_times_waits() -> None:
    redials, key = Redials(), (1, 11)
    for _ in range(TRIED_MAX - 1):
        redials.cut(key, "w", ACKED_AT)
    assert redials.wait_seconds(key, "w", ACKED_AT) == 0
    redials.cut(key, "w", ACKED_AT)
    assert redials.wait_seconds(key, "w", ACKED_AT + WITHIN) == WAIT_SECONDS
    assert redials.wait_seconds(key, "w", ACKED_AT + WITHIN + SECOND) == 0
    assert redials.wait_seconds(key, "a", ACKED_AT) == 0
    assert redials.wait_seconds((1, 12), "w", ACKED_AT) == 0
