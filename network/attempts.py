"""What to try next when a session is to be changed, and what proves that it was. Pure.

CoA is tried, then Disconnect, each a few times with growing pauses and in turn with and without
Acct-Session-Id, which some routers do not find. When all is tried it begins anew, slowly, as a
problem that a person sees. An acknowledgement says "accepted"; the next record says "done".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from network.coa import Answer, Means
from policy.grants import Step

TRIES_OF_EACH = 3
PAUSES_SECONDS = (1.0, 5.0, 15.0)  # after the first, second and third try of a means
NEXT_SECONDS = 0.0  # what was refused for good is tried by the next means at once
SLOW_SECONDS = 60.0  # between rounds, once everything has been tried; doubled each round
SLOWEST_SECONDS = 600.0

#  RFC 5176, 3.5: to ask the same again would be in vain.
UNSUPPORTED_ATTRIBUTE, UNSUPPORTED_SERVICE, UNSUPPORTED_EXTENSION = 401, 405, 406
IN_VAIN = frozenset({UNSUPPORTED_ATTRIBUTE, UNSUPPORTED_SERVICE, UNSUPPORTED_EXTENSION})
NO_SUCH_SESSION = 503

ON_ITS_WAY = timedelta(seconds=2)  # records this soon after an acknowledgement were made before it
CLEARLY_FASTER = 1.5  # times the limit: bursts, rounding, and what was in queues
SLACK_BYTES = 1_000_000


class Problem(StrEnum):
    """Why changes do not reach sessions, where a person has to look."""

    SILENT = "silent"  # the NAS does not answer CoA
    REFUSED = "refused"  # it answers NAK
    NOT_DONE = "not_done"  # it acknowledges and does nothing
    REDIALS = "redials"  # the client comes back as it was
    UNREADABLE = "unreadable"  # no key opens the NAS's secret


@dataclass(frozen=True, slots=True)
class Try:
    """The next try of a change: `tries` of `means` were made in `rounds` whole rounds before."""

    means: Means
    tries: int
    rounds: int
    wait_seconds: float
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Abilities:
    """What is worth trying on a NAS."""

    coa: bool = True
    disconnect: bool = True


def means_for(step: Step, nas: Abilities) -> tuple[Means, ...]:
    """What to try, in order; where nothing is worth it, what would have to work."""
    if step is Step.END:
        return (Means.COA,)
    by_coa = (Means.COA,) if nas.coa and step is Step.COA else ()
    by_redial = (Means.DISCONNECT,) if nas.disconnect else ()
    return by_coa + by_redial or (Means.DISCONNECT,)


def after_failure(
    step: Step,
    means: Means,
    tries: int,
    rounds: int,
    answer: Answer | None,
    cause: int | None,
    nas: Abilities,
) -> Try:
    """What follows a try that came to nothing; `tries` counts it. `answer` None: ACK, not done.

    That a session ends later or sooner is worth no redial: it ends by itself, or when its time
    has come.
    """
    problem = _problem(step, answer, cause)
    gave_up = tries >= TRIES_OF_EACH or (answer is Answer.NAK and cause in IN_VAIN)
    untrue = answer is None and means is Means.COA
    if not (gave_up or untrue):
        return Try(means, tries, rounds, PAUSES_SECONDS[tries - 1])
    possible = means_for(step, nas)
    if means is Means.COA and Means.DISCONNECT in possible:
        return Try(Means.DISCONNECT, 0, rounds, NEXT_SECONDS)
    slow = min(SLOW_SECONDS * 2.0**rounds, SLOWEST_SECONDS)
    return Try(possible[0], 0, rounds + 1, slow, problem)


def _problem(step: Step, answer: Answer | None, cause: int | None) -> Problem | None:
    if answer is None:
        return Problem.NOT_DONE
    if answer is not Answer.NAK:
        return Problem.SILENT
    if cause == NO_SUCH_SESSION or step is Step.END:
        return None  # it is gone, and its Stop was lost; or nothing that anybody would miss
    return Problem.REFUSED


def names_session(tries: int) -> bool:
    """Whether a try says Acct-Session-Id: `tries` were made of its means before."""
    return tries % 2 == 0


class Proof(StrEnum):
    """DONE, NOT_DONE, or the record begins before the change and only the next can tell."""

    DONE = "done"
    NOT_DONE = "not_done"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Record:
    """Of a session: when it was heard, and all it had carried then."""

    heard_at: datetime
    down_bytes: int
    up_bytes: int


def proof(
    means: Means,
    acked_at: datetime,
    before: Record,
    after: Record,
    limit_kbps: tuple[int, int] | None,
) -> Proof:
    """What `after` proves of a change acknowledged at `acked_at`; `before` is an earlier record.

    A session that speaks after its Disconnect was not cut. One that carries clearly more than
    `limit_kbps` (down, up) was not slowed; where `before` is from before the change, its old speed
    is in the sum, and the next record tells.
    """
    if after.heard_at <= acked_at + ON_ITS_WAY:
        return Proof.NOT_YET
    if means is Means.DISCONNECT:
        return Proof.NOT_DONE
    if limit_kbps is None or not _exceeds(before, after, limit_kbps):
        return Proof.DONE
    return Proof.NOT_DONE if before.heard_at >= acked_at else Proof.NOT_YET


def _exceeds(before: Record, after: Record, limit_kbps: tuple[int, int]) -> bool:
    seconds = (after.heard_at - before.heard_at).total_seconds()
    carried = (after.down_bytes - before.down_bytes, after.up_bytes - before.up_bytes)
    return any(
        many > seconds * kbps * 125 * CLEARLY_FASTER + SLACK_BYTES
        for many, kbps in zip(carried, limit_kbps, strict=True)
    )
