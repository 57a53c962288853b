"""Use that this node heard of and the database's figure does not hold yet.

So a client over quota is refused at the next login even with the database away. Only lines whose
package has a quota or fair-use steps are counted.

**Never twice.** The database's figure comes with the instant through which it has counted
(`counted_through`, on the clock of the nodes, to the microsecond: the journal and this hook stamp a
record alike). What this node heard until that instant is in the figure and forgotten here; what it
heard since is added on top. Where records of one line reach the database through two nodes, the
later may arrive first: then the earlier is missing here until it arrives, which is late, not twice.

**Counters are cumulative**, so a session that was never heard of before (this node just started, or
another node answered its Start) is counted from what its first record says on: what was before that
may be in the figure already. A node that starts while the database is away forgets what it alone
had counted; the journal has it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from policy.counting import Meter, Reading, count, opened, uncounted_part
from policy.cycles import cycle_at
from policy.facts import ConnectionFacts, ConnectionId, Facts, PackageFacts, ProfileKind
from policy.speeds import use_at

SESSIONS_MAX = 16  # of one line: a NAS that invents session ids cannot fill the memory
PENDING_MAX = 16  # further figures join the oldest, and go with it: late, never twice

START, STOP = "Start", "Stop"
SessionKey = tuple[int, str]  # nas_id, Acct-Session-Id


class LineUse:
    """What is counted of one line on top of the database's figure."""

    __slots__ = ("base_bytes", "cycle_until", "pending", "sessions")

    def __init__(self, base_bytes: int, cycle_until: datetime | None) -> None:
        self.base_bytes, self.cycle_until = base_bytes, cycle_until
        self.sessions: dict[SessionKey, Meter] = {}
        self.pending: list[tuple[float, int]] = []  # (received, bytes), as they came


def has_limits(package: PackageFacts) -> bool:
    """Whether use decides anything."""
    return package.data_limit_bytes is not None or bool(package.fair_use)


class Uses:
    """By connection. The caller holds the snapshot's lock around `heard` and `on_top`."""

    def __init__(self) -> None:
        self._lines: dict[ConnectionId, LineUse] = {}

    def forget(self, connection_id: ConnectionId) -> None:
        """The connection is gone."""
        self._lines.pop(connection_id, None)

    def on_top(self, facts: ConnectionFacts, counted_through: datetime | None) -> ConnectionFacts:
        """Facts as the database has them, with what was heard since on top."""
        line = self._lines.get(facts.connection_id)
        if line is None:
            return facts
        if counted_through is not None:
            through = counted_through.timestamp()
            line.pending = [(at, used) for at, used in line.pending if at > through]
        line.base_bytes, line.cycle_until = facts.used_bytes, facts.cycle_until
        more = sum(used for _, used in line.pending)
        return replace(facts, used_bytes=facts.used_bytes + more) if more else facts

    def heard(
        self, facts: Facts, key: SessionKey, kind: str, reading: Reading, received_at: float
    ) -> tuple[int, datetime | None] | None:
        """Count a record; (used bytes, end of their cycle) where that now decides otherwise."""
        connection = facts.connection
        line = self._lines.get(connection.connection_id)
        if line is None:
            line = LineUse(connection.used_bytes, connection.cycle_until)
            self._lines[connection.connection_id] = line
        added = _added(line, facts, key, kind, reading)
        if added <= 0:
            return None
        line.pending.append((received_at, added))
        if len(line.pending) > PENDING_MAX:
            (oldest_at, first), (_, second) = line.pending[:2]
            line.pending[:2] = [(oldest_at, first + second)]
        return _crossed(line, facts, received_at)


def _added(line: LineUse, facts: Facts, key: SessionKey, kind: str, reading: Reading) -> int:
    """What the record says beyond what was known of its session, but for free hours."""
    meter = line.sessions.get(key)
    if kind == START:
        if meter is None:
            _remember(line, key, opened(reading.at, None))
        return 0
    if meter is None:
        if kind != STOP:
            known = (reading.at, reading.seconds, reading.said_at, 0, 0, reading.down, reading.up)
            _remember(line, key, Meter(*known))
        return 0
    after = count(meter, reading)
    if kind == STOP:
        del line.sessions[key]
    else:
        line.sessions[key] = after
    added = after.down_bytes - meter.down_bytes + after.up_bytes - meter.up_bytes
    free = facts.package.uncounted_windows
    if free and added:
        added -= uncounted_part(added, free, facts.isp.zone, meter.at, reading.at)
    return added


def _remember(line: LineUse, key: SessionKey, meter: Meter) -> None:
    if len(line.sessions) >= SESSIONS_MAX:
        line.sessions.pop(next(iter(line.sessions)))
    line.sessions[key] = meter


def _crossed(line: LineUse, facts: Facts, at: float) -> tuple[int, datetime | None] | None:
    """The use as it is now, where another number of limits is reached than the facts say."""
    now = datetime.fromtimestamp(at, UTC)
    used, cycle_until = _use_at(line, facts, now)
    known = use_at(facts.connection, now)
    if _reached(facts.package, used) == _reached(facts.package, known):
        return None
    return used, cycle_until


def _use_at(line: LineUse, facts: Facts, now: datetime) -> tuple[int, datetime | None]:
    """All use of the cycle that runs `now`, and its end.

    After the end of the cycle that the database last told of, the next month runs. The next span
    of a validity begins with a payment, of which only the database knows: until then nothing ends.
    """
    pending, ends = line.pending, line.cycle_until
    if ends is not None and now < ends:
        return line.base_bytes + sum(used for _, used in pending), ends
    if facts.profile.kind is ProfileKind.DAILY:
        since = 0.0 if ends is None else ends.timestamp()
        return sum(used for at, used in pending if at >= since), None
    cycle = cycle_at(facts.profile.kind, facts.isp.zone, now)
    since = cycle.from_at.timestamp()
    return sum(used for at, used in pending if at >= since), cycle.until


def _reached(package: PackageFacts, used: int) -> int:
    limit = package.data_limit_bytes
    steps = sum(1 for step in package.fair_use if used >= step.above_bytes)
    return steps + (limit is not None and used >= limit)
