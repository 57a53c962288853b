"""Sends what is due, as much as each NAS can take, and notes what became of it.

A change is claimed in the database before its packet leaves, so that two who run at once never send
the same; its outcome is written in sets. What a NAS refuses for good is learned.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from network.attempts import (
    IN_VAIN,
    SLOWEST_SECONDS,
    Abilities,
    Problem,
    Proof,
    Record,
    Try,
    after_failure,
    names_session,
    proof,
)
from network.coa import Answer, CoaClient, Means, NoRoom, Outcome
from network.pacing import Pace
from network.redials import Redials
from network.shared_facts import Key, SharedFacts
from policy.grants import Step, after_coa, grant_from
from radius_modules.voice import Log

PACKETS_AT_ONCE = 200  # over all NAS devices, shared out evenly; a few milliseconds' work


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row of `enforcement.claim`: a change that we are to send, `tries` counting this one."""

    tenant_id: int
    session_id: int
    nas_id: int
    connection_id: int | None
    given: str | None
    wanted: str | None
    step: str
    means: str
    tries: int
    rounds: int
    says: dict[str, str | int]
    problem: str | None
    sent_at: datetime
    username: str
    acct_session_id: str
    framed_ipv4: str | None
    granted: str | None

    @property
    def nas(self) -> Key:
        return self.tenant_id, self.nas_id


@dataclass(frozen=True, slots=True)
class Spoken:
    """A row of `enforcement.spoken`: an acknowledged change, and what its session said since."""

    tenant_id: int
    session_id: int
    nas_id: int
    wanted: str | None
    step: str
    means: str
    tries: int
    rounds: int
    sent_at: datetime
    acked_at: datetime
    down_kbps: int | None
    up_kbps: int | None
    proof_at: datetime
    proof_down_bytes: int
    proof_up_bytes: int
    heard_at: datetime
    down_bytes: int
    up_bytes: int


CLAIM = f"SELECT {', '.join(Claimed.__slots__)} FROM enforcement.claim(%s)"
SPOKEN = f"SELECT {', '.join(Spoken.__slots__)} FROM enforcement.spoken"


class Sender:
    """Of one thread and one database connection, as Reconciler is."""

    def __init__(
        self,
        client: CoaClient,
        shared: SharedFacts,
        redials: Redials,
        now: Callable[[], datetime],
        log: Log,
        patience: float,
    ) -> None:
        """`patience` multiplies the pauses between tries."""
        self._client, self._shared, self._redials = client, shared, redials
        self._now, self._log, self._patience = now, log, patience
        self._paces: dict[Key, Pace] = {}
        self._due: set[Key] = set()
        self.sent = 0

    def note_due(self, nas: Iterable[Key]) -> None:
        """Something is to be sent to these NAS devices now."""
        self._due.update(nas)

    def seconds_idle(self) -> float | None:
        """Until there may be room for what is due; None where nothing is."""
        if not self._due:
            return None
        now = time.monotonic()
        return 0.0 if any(self._pace(nas).room(now) for nas in self._due) else 0.02

    def send(self, cursor: Any) -> None:
        """Claim and send what there is room for."""
        rooms = self._rooms()
        if not rooms:
            return
        cursor.execute(CLAIM, (json.dumps(rooms),))
        claimed = [Claimed(*row) for row in cursor.fetchall()]
        failed = [row for row in claimed if not self._send(row)]
        taken: dict[Key, int] = {}
        for row in claimed:
            taken[row.nas] = taken.get(row.nas, 0) + 1
        for room in rooms:
            nas = room["tenant_id"], room["nas_id"]
            if taken.get(nas, 0) < room["room"]:
                self._due.discard(nas)  # no more is due now
        if failed:
            self._write(cursor, [self._unreadable(row) for row in failed])

    def _rooms(self) -> list[dict[str, int]]:
        now = time.monotonic()
        fair = max(1, PACKETS_AT_ONCE // max(1, len(self._due)))
        rooms = []
        for nas in list(self._due):
            if nas not in self._shared.nas:
                self._due.discard(nas)
            elif room := min(self._pace(nas).room(now), fair):
                rooms.append({"tenant_id": nas[0], "nas_id": nas[1], "room": room})
        return rooms

    def _pace(self, nas: Key) -> Pace:
        known = self._shared.nas.get(nas)
        per_second = 1 if known is None else known.per_second
        pace = self._paces.get(nas)
        if pace is None or pace.per_second != per_second:
            pace = self._paces[nas] = Pace(per_second)
        return pace

    def _send(self, row: Claimed) -> bool:
        """False where the NAS is not known any more, or its secret cannot be opened."""
        known = self._shared.nas.get(row.nas)
        if known is None or known.peer is None:
            return False
        said = who(row, known.peer.address) | (row.says if row.means == Means.COA else {})
        try:
            self._client.send(row, known.peer, Means(row.means), said)
        except NoRoom:  # it is claimed for half a minute, and then sent again
            self._log(f"room-{row.nas_id}", f"NAS {known.peer.address} cannot be reached just now")
        self._pace(row.nas).sent(time.monotonic())  # once it left: the second begins there
        self.sent += 1
        return True

    def receive(self, cursor: Any) -> None:
        """Note what became of what was sent."""
        documents = [self._became(cursor, outcome) for outcome in self._client.outcomes()]
        if documents:
            self._write(cursor, documents)

    def _became(self, cursor: Any, outcome: Outcome) -> dict[str, Any]:
        row: Claimed = outcome.key
        pace = self._pace(row.nas)
        if outcome.answer in {Answer.ACK, Answer.NAK}:
            if pace.answered():
                cursor.execute("SELECT enforcement.try_now(%s, %s)", row.nas)
                self._due.add(row.nas)
            self._learn(cursor, row, outcome)
        else:
            pace.not_answered()
        if outcome.answer is Answer.ACK:
            return self._acked(row)
        step, means = Step[row.step.upper()], Means(row.means)
        cause = outcome.error_cause
        able = self._abilities(row.nas)
        following = after_failure(step, means, row.tries, row.rounds, outcome.answer, cause, able)
        if not following.wait_seconds:
            self._due.add(row.nas)
        said = self._document(row.tenant_id, row.session_id, row.sent_at, following, row.problem)
        return said | {"error_cause": cause}

    def _acked(self, row: Claimed) -> dict[str, Any]:
        """Accepted, which is not yet done; what was seen of its deeds before stays a problem."""
        given, wanted = None, grant_from(row.wanted)
        if row.means == Means.COA and wanted is not None:
            given = str(after_coa(grant_from(row.given or row.granted), wanted))
        following = Try(Means(row.means), row.tries, row.rounds, 0)
        kept = row.problem if row.problem in {Problem.NOT_DONE, Problem.REDIALS} else None
        said = self._document(row.tenant_id, row.session_id, row.sent_at, following, kept)
        return said | {"acked": True, "given": given, "wait_seconds": None}

    def _unreadable(self, row: Claimed) -> dict[str, Any]:
        slowly = Try(Means(row.means), 0, row.rounds, SLOWEST_SECONDS, Problem.UNREADABLE)
        return self._document(row.tenant_id, row.session_id, row.sent_at, slowly, None)

    def _abilities(self, nas: Key) -> Abilities:
        known = self._shared.nas.get(nas)
        return Abilities() if known is None else known.abilities(self._now())

    def _learn(self, cursor: Any, row: Claimed, outcome: Outcome) -> None:
        works = outcome.answer is Answer.ACK
        if not works and outcome.error_cause not in IN_VAIN:
            return
        said = {row.means: works}
        if self._shared.learned(row.nas, self._now(), **said):
            known = said.get(Means.COA), said.get(Means.DISCONNECT)
            cursor.execute("SELECT enforcement.learn(%s, %s, %s, %s)", (*row.nas, *known))

    def review(self, cursor: Any, *, settled: bool) -> None:
        """Once a second: what has ended, what was proved, what is due. `settled`: and tidy up."""
        cursor.execute(
            "SELECT tenant_id, connection_id, wanted, means, tries, asked_by"
            " FROM enforcement.forget_ended(%s)",
            (settled,),
        )
        for tenant_id, connection_id, wanted, means, tries, asked_by in cursor.fetchall():
            if means == Means.DISCONNECT and tries and asked_by == "decision":
                self._redials.cut((tenant_id, connection_id), wanted, self._now())
        self._prove(cursor)
        cursor.execute("SELECT enforcement.note_problems()")
        self.find_due(cursor)

    def find_due(self, cursor: Any) -> None:
        """Of which NAS devices something is due: retries, kicks, and what was left by a crash."""
        cursor.execute("SELECT tenant_id, nas_id FROM enforcement.due WHERE next_try_at <= now()")
        self._due.update(cursor.fetchall())

    def _prove(self, cursor: Any) -> None:
        cursor.execute(SPOKEN)
        proved: list[dict[str, Any]] = []
        untrue: list[dict[str, Any]] = []
        for row in cursor.fetchall():
            spoken = Spoken(*row)
            found = _proof(spoken)
            if found is Proof.NOT_DONE:
                untrue.append(self._untrue(spoken))
            else:
                proved.append(_proved(spoken, done=found is Proof.DONE))
        if proved:
            cursor.execute("SELECT enforcement.proved(%s)", (json.dumps(proved),))
        if untrue:
            self._write(cursor, untrue)

    def _untrue(self, row: Spoken) -> dict[str, Any]:
        self._log(
            f"untrue-{row.nas_id}",
            f"NAS {row.nas_id} acknowledged a {row.means} for session {row.session_id} and did not"
            " do it",
        )
        self._due.add((row.tenant_id, row.nas_id))
        step, means = Step[row.step.upper()], Means(row.means)
        able = self._abilities((row.tenant_id, row.nas_id))
        following = after_failure(step, means, row.tries, row.rounds, None, None, able)
        return self._document(row.tenant_id, row.session_id, row.sent_at, following, None)

    def _document(
        self,
        tenant_id: int,
        session_id: int,
        sent_at: datetime,
        following: Try,
        problem: str | None,
    ) -> dict[str, Any]:
        """For `enforcement.answered`. A problem stays until it is solved, or another shows."""
        return {
            "tenant_id": tenant_id,
            "session_id": session_id,
            "sent_at": sent_at.isoformat(),
            "acked": False,
            "means": following.means,
            "tries": following.tries,
            "rounds": following.rounds,
            "wait_seconds": following.wait_seconds * self._patience,
            "problem": following.problem or problem,
        }

    @staticmethod
    def _write(cursor: Any, documents: list[dict[str, Any]]) -> None:
        cursor.execute("SELECT enforcement.answered(%s)", (json.dumps(documents),))


def who(row: Claimed, nas_address: str) -> dict[str, str | int]:
    """How a request names its session: byte for byte as the NAS does, and in more ways than one.

    RouterOS wants at least two, and some builds do not find a session by its Acct-Session-Id, so
    every second try goes without. NAS-IP-Address is where RADIUS hears the NAS from.
    """
    said: dict[str, str | int] = {"User-Name": row.username}
    if names_session(row.tries - 1):
        said["Acct-Session-Id"] = row.acct_session_id
    if row.framed_ipv4 is not None:
        said["Framed-IP-Address"] = row.framed_ipv4
    said["NAS-IPv6-Address" if ":" in nas_address else "NAS-IP-Address"] = nas_address
    return said


def _proof(row: Spoken) -> Proof:
    limit = None
    if row.down_kbps is not None and row.up_kbps is not None:
        limit = row.down_kbps, row.up_kbps
    before = Record(row.proof_at, row.proof_down_bytes, row.proof_up_bytes)
    after = Record(row.heard_at, row.down_bytes, row.up_bytes)
    return proof(Means(row.means), row.acked_at, before, after, limit)


def _proved(row: Spoken, *, done: bool) -> dict[str, Any]:
    return {
        "tenant_id": row.tenant_id,
        "session_id": row.session_id,
        "sent_at": row.sent_at.isoformat(),
        "done": done,
        "heard_at": row.heard_at.isoformat(),
        "down_bytes": row.down_bytes,
        "up_bytes": row.up_bytes,
    }
