"""What a live session has against what `decide_access` says now, and what is to be done. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from network.attempts import SLOWEST_SECONDS, Problem, means_for
from network.coa import Means
from network.shared_facts import NasState
from policy.access import decide_access
from policy.decision import Decision, Reply, Verdict
from policy.facts import AccessRequest, Facts
from policy.grants import Grant, Step, grant_from, grant_of, step_between
from policy.macs import normalise_mac
from radius_modules import codec

STALE: Final = timedelta(seconds=900)  # as at login: who was not heard of for longer counts no more
OPTIONS: Final = frozenset({"Mikrotik-Group", "Idle-Timeout", "Port-Limit"})
LISTS: Final = frozenset({"Mikrotik-Address-List", "Filter-Id"})
SPEEDS: Final = frozenset(
    {"Mikrotik-Rate-Limit", "WISPr-Bandwidth-Max-Down", "WISPr-Bandwidth-Max-Up"}
)
TEXTS: Final = LISTS | {"Mikrotik-Rate-Limit", "Mikrotik-Group"}

Says = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Live:
    """One row of `enforcement.sessions`: a session, and what is pending for it."""

    tenant_id: int
    session_id: int
    connection_id: int
    nas_id: int
    started_at: datetime
    heard_at: datetime
    mac: str | None
    granted: str | None
    wanted: str | None
    step: str | None
    means: str | None
    tries: int | None
    waits: bool
    acked: bool
    asked_by: str | None


@dataclass(frozen=True, slots=True)
class Want:
    """What a session is to become: a row of `session_changes`."""

    tenant_id: int
    session_id: int
    wanted: str | None
    step: Step
    says: Says
    means: Means
    down_kbps: int | None = None
    up_kbps: int | None = None
    wait_seconds: float = 0.0
    problem: Problem | None = None

    def delayed(self, wait_seconds: float, problem: Problem) -> Want:
        return replace(self, wait_seconds=wait_seconds, problem=problem)

    def document(self) -> dict[str, Any]:
        names = ("tenant_id", "session_id", "wanted", "says", "means", "down_kbps", "up_kbps")
        said = {name: getattr(self, name) for name in (*names, "wait_seconds", "problem")}
        return said | {"step": self.step.name.lower()}


@dataclass(frozen=True, slots=True)
class Compared:
    """`want` is new; or what was pending is to be left (`leave`); or neither: all is on its way."""

    want: Want | None
    leave: bool
    changes_at: datetime | None


def other_sessions(live: Live, siblings: Sequence[Live], now: datetime) -> int:
    """How many sessions of the connection count against `live`: those that were there before it.

    As at login, an older session of the same device does not, nor one that has gone silent.
    """
    return sum(
        1
        for each in siblings
        if (each.started_at, each.session_id) < (live.started_at, live.session_id)
        and now - each.heard_at <= STALE
        and (live.mac is None or each.mac != live.mac)
    )


def compare(
    live: Live, facts: Facts | None, siblings: Sequence[Live], nas: NasState, now: datetime
) -> Compared:
    """`facts` of None: the connection is gone. Raises NotSayable."""
    mac = normalise_mac(live.mac or "")
    request = AccessRequest(mac, other_sessions(live, siblings, now))
    decision = decide_access(facts, request, now)
    had, wanted = grant_from(live.granted), grant_of(decision)
    step = step_between(had, wanted, lists_by_coa=nas.moves_lists)
    done = _already(live, wanted, step)
    if step is Step.END and not nas.abilities(now).coa:
        done = True  # it ends by itself, or when its time has come
    if step is Step.NONE and not done:
        if live.means != Means.COA or not live.tries:
            return Compared(None, leave=True, changes_at=decision.changes_at)
        step = Step.COA  # another CoA was sent, and who knows whether it arrived
    if done:
        return Compared(None, leave=False, changes_at=decision.changes_at)
    return Compared(_want(live, decision, had, wanted, step, nas, now), False, decision.changes_at)


def _already(live: Live, wanted: Grant | None, step: Step) -> bool:
    """Whether there is nothing to add to what is pending."""
    pending = live.waits or live.acked
    if pending and live.asked_by == "kick":
        return True
    if not pending:
        return step is Step.NONE
    if live.acked and live.means == Means.COA and step is Step.NONE:
        return True  # it has been told all of it; its next record will prove it
    same = live.wanted == (None if wanted is None else str(wanted))
    return same and step is not Step.NONE


def _want(
    live: Live,
    decision: Decision,
    had: Grant | None,
    wanted: Grant | None,
    step: Step,
    nas: NasState,
    now: datetime,
) -> Want:
    reply = decision.reply
    says: Says = {}
    if step is not Step.REDIAL and reply is not None and wanted is not None:
        says = what_coa_says(decision, reply, had, wanted, step, nas, live.started_at)
    able = nas.abilities(now)
    want = Want(
        live.tenant_id,
        live.session_id,
        None if wanted is None else str(wanted),
        step,
        says,
        means_for(step, able)[0],
        None if reply is None else reply.speed.down_kbps,
        None if reply is None else reply.speed.up_kbps,
    )
    if want.means is Means.DISCONNECT and not able.disconnect:
        return want.delayed(SLOWEST_SECONDS, Problem.REFUSED)
    return want


def what_coa_says(
    decision: Decision,
    reply: Reply,
    had: Grant | None,
    wanted: Grant,
    step: Step,
    nas: NasState,
    started_at: datetime,
) -> Says:
    """The attributes of a CoA: the whole speed, and of the rest only what is different.

    A router that does not know an attribute refuses all of them. Raises NotSayable.
    """
    says: Says = {}
    if step is not Step.END:
        assert decision.facts is not None, "who has a reply has facts"
        service = decision.facts.connection.service
        said = SPEEDS
        if had is None or had.options != wanted.options:
            said |= OPTIONS if nas.kind == codec.MIKROTIK else OPTIONS | LISTS
        if nas.moves_lists and (had is None or had.address_list != wanted.address_list):
            said |= LISTS
        pairs = codec.reply_pairs(replace(reply, session_seconds=None), nas.kind, service)
        says = {name: _plain(name, value) for name, _, value in pairs if name in said}
    seconds = _session_seconds(had, wanted, started_at)
    return says if seconds is None else {**says, "Session-Timeout": seconds}


def _session_seconds(had: Grant | None, wanted: Grant, started_at: datetime) -> int | None:
    """Session-Timeout counted from the start of the session, None where it stays as it is.

    No RFC says from when a NAS counts that of a CoA. From the start is the reading that can cut
    nobody too early: a NAS that counts from now on is too late, and then we cut. A walled session
    was given a short one, which must not follow it out of the garden.
    """
    if wanted.ends_at:
        if had is not None and had.ends_at == wanted.ends_at:
            return None
        seconds = wanted.ends_at - int(started_at.timestamp())
        return min(max(1, seconds), codec.SESSION_SECONDS_MAX)
    if had is None:
        return None
    left_garden = had.verdict is Verdict.WALLED and wanted.verdict is Verdict.ACCEPT
    return codec.SESSION_SECONDS_MAX if had.ends_at or left_garden else None


def _plain(name: str, value: str) -> str | int:
    """As it travels, not as rlm_python3 reads it."""
    return value.replace("\\\\", "\\") if name in TEXTS else int(value)
