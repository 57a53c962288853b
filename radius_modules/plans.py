"""Decisions made ahead of the login, held exactly as long as `changes_at` says they hold.

Access is a pure function of billing state and the clock, so what is decided now about a login
without a device to compare or sessions to count is what would be decided then: until the clock
reaches `changes_at`, or any fact it was made from is replaced. A plan knows both. Connections
with the same answer share one plan.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from policy.access import decide_access
from policy.decision import Decision, Verdict
from policy.facts import AccessRequest, Facts
from policy.grants import grant_of
from radius_modules import codec

SHARED_MAX = 50_000
FOREVER = float("inf")

_NOTHING_ASKED = AccessRequest()


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """An answer to NASes of `kind`, until the clock reaches `until` or the ISP's era ends.

    Instants are POSIX seconds. `pairs` lack Class, which is new at each login, and
    Session-Timeout where `ends_at` is set. `grant` is what the session will have, for its Class.
    """

    kind: str
    era: int
    until: float
    verdict: str
    reason: str
    walled: bool
    ends_at: float | None
    pairs: codec.Pairs
    grant: str


class Planner:
    """Makes plans, and gives the same one for the same answer."""

    def __init__(self) -> None:
        self._shared: dict[object, Plan] = {}

    def plan(self, facts: Facts, kind: str, era: int, now: datetime) -> Plan | None:
        """A plan from `now` on; None for who is refused, since refusals are told each their own.

        Raises codec.NotSayable.
        """
        decision = decide_access(facts, _NOTHING_ASKED, now)
        reply = decision.reply
        if reply is None:
            return None
        until = FOREVER if decision.changes_at is None else decision.changes_at.timestamp()
        if decision.verdict is Verdict.WALLED:
            until -= reply.session_seconds or 0  # later the walled session itself gets shorter
        ends_at = None if decision.ends_at is None else decision.ends_at.timestamp()
        if ends_at is not None:
            reply = replace(reply, session_seconds=None)
        pairs = codec.reply_pairs(reply, kind, facts.connection.service)
        grant = str(grant_of(decision))
        key = (pairs, grant, kind, era, decision.reason, until, ends_at)
        plan = self._shared.get(key)
        return plan or self._keep(key, _made(decision, pairs, grant, kind, era, until, ends_at))

    def _keep(self, key: object, plan: Plan) -> Plan:
        if len(self._shared) >= SHARED_MAX:
            self._shared.clear()
        self._shared[key] = plan
        return plan


def _made(
    decision: Decision,
    pairs: codec.Pairs,
    grant: str,
    kind: str,
    era: int,
    until: float,
    ends_at: float | None,
) -> Plan:
    walled = decision.verdict is Verdict.WALLED
    verdict, reason = decision.verdict.value, decision.reason.value
    return Plan(kind, era, until, verdict, reason, walled, ends_at, pairs, grant)
