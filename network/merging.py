"""What records of accounting make of sessions: pure, a batch at a time.

A session is known by its NAS, its Acct-Session-Id and its username, within one ISP. What "counted
once" means: a record adds what it says beyond what is known of its session (policy/counting.py), so
that the same record adds nothing when it comes again, be it from the NAS, through a second RADIUS
node, or from a journal that is read anew. Two nodes' journals may be read in any order.

A session lives from its first record. It ends by its Stop; or without a word from it: its device
dialled again (redial), the NAS restarted (nas_restart), or it missed three Interims (silence). If
it speaks again after such an end it lives again, as the same session. After a Stop nothing more is
counted, but a later session may have the same id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from network.detail import OF_DEVICES, START, STOP, Record
from policy.counting import Meter, Reading, count, is_another_session, is_older, opened

LATE_SECONDS = 600.0  # after a Stop: what comes under its id until then is a late record of it
WORDS_AT_MOST = 100

STOPPED, RESTARTED = "stop", "nas_restart"

Key = tuple[int, int, str, str]  # tenant_id, nas_id, acct_session_id, username


class Device(NamedTuple):
    """The NAS that a record came from. `swaps` where it reports input and output reversed."""

    tenant_id: int
    nas_id: int
    swaps: bool


class Line(NamedTuple):
    """The connection that a session belongs to, as far as its use needs it."""

    connection_id: int
    package_id: int
    profile_kind: str
    validity_days: int
    expires_at: float | None


@dataclass(slots=True)
class Session:
    """One session while its records are merged. `was`: new, live or ended, before this batch."""

    key: Key
    was: str
    session_id: int | None
    started_at: float
    meter: Meter
    was_ended_at: float | None = None
    ended_at: float | None = None
    ended_by: str | None = None
    terminate_cause: str | None = None
    mac: str | None = None
    framed_ipv4: str | None = None
    framed_ipv6_prefix: str | None = None
    delegated_ipv6_prefix: str | None = None
    nas_port_id: str | None = None
    granted: str | None = None
    known_connection_id: int | None = None
    line: Line | None = None
    touched: bool = False
    changed: bool = False  # more than its figures


class Use(NamedTuple):
    """What was used of a line between two records, and when the later was received."""

    tenant_id: int
    line: Line
    since: float
    at: float
    received_at: float
    down_bytes: int
    up_bytes: int


@dataclass(slots=True)
class Merge:
    """A batch being merged. `sessions` holds what was recalled, by key."""

    sessions: dict[Key, Session]
    lines: Mapping[Key, Line | None]
    use: Callable[[Use], None]
    over: list[Session] = field(default_factory=list)  # ended, and another has the key now
    restarted: dict[tuple[int, int], float] = field(default_factory=dict)
    late: int = 0
    _by_device: dict[tuple[int, int], list[Session]] = field(default_factory=dict)

    def take(self, device: Device, record: Record) -> None:
        """Merge one record."""
        if record.kind in OF_DEVICES:
            self._restart(device, record)
            return
        reading = _turned(record.reading) if device.swaps else record.reading
        key = (device.tenant_id, device.nas_id, record.session_id, record.username)
        session = self.sessions.get(key)
        if session is None:
            session = self._open(key, record, reading)
        elif session.ended_at is not None:
            if not self._speaks_again(session, record, reading):
                return
            if session.ended_by == STOPPED:
                session = self._open(key, record, reading)
            else:
                session.ended_at = session.ended_by = None
        self._hear(session, record, reading)

    def _open(self, key: Key, record: Record, reading: Reading) -> Session:
        former = self.sessions.get(key)
        if former is not None and former.touched:
            self.over.append(former)
        started_at = reading.at - (reading.seconds or 0)
        fresh = Session(key, "new", None, started_at, opened(started_at, None), changed=True)
        fresh.line = self.lines.get(key)
        self.sessions[key] = fresh
        return fresh

    def _speaks_again(self, session: Session, record: Record, reading: Reading) -> bool:
        """Whether a record of an ended session is more than a late one."""
        meter = session.meter
        if session.ended_by == STOPPED:
            news = is_another_session(meter, reading, LATE_SECONDS)
        elif record.kind == STOP:
            news = True  # the end that was missed
        elif record.kind == START:
            patience = 0.0 if session.ended_by == RESTARTED else LATE_SECONDS
            news = reading.at > meter.at + patience
        else:
            same = (reading.seconds, reading.down, reading.up)
            known = (meter.seconds, meter.down_counter, meter.up_counter)
            news = same != known and not is_older(meter, reading)
        self.late += not news
        return news

    def _hear(self, session: Session, record: Record, reading: Reading) -> None:
        before = session.meter
        if record.kind == START:
            self._begin(session, reading)
        else:
            after = session.meter = count(before, reading)
            down, up = after.down_bytes - before.down_bytes, after.up_bytes - before.up_bytes
            if session.line is not None and (down or up):
                self.use(
                    Use(
                        session.key[0],
                        session.line,
                        before.at,
                        reading.at,
                        record.received_at,
                        down,
                        up,
                    )
                )
        self._describe(session, record)
        session.touched = True
        if record.kind == STOP:
            session.changed = True
            session.ended_at = max(reading.at, session.started_at)
            session.ended_by = STOPPED
            cause = record.terminate_cause
            session.terminate_cause = cause[:WORDS_AT_MOST] if cause else None
        else:
            self._by_device.setdefault(session.key[:2], []).append(session)

    @staticmethod
    def _begin(session: Session, reading: Reading) -> None:
        """A Start counts nothing; it tells when the session began, unless an earlier one did."""
        meter = session.meter
        session.meter = meter._replace(at=max(meter.at, reading.at))
        if reading.at < session.started_at:
            session.started_at = reading.at
            session.changed = True

    @staticmethod
    def _describe(session: Session, record: Record) -> None:
        """Take over what the record tells of the session; what it leaves out stays."""
        for name in _TOLD:
            told = getattr(record, name)
            if told is not None and told != getattr(session, name):
                setattr(session, name, told)
                session.changed = True
        granted = record.login[2] if record.login is not None else None
        if granted is not None and session.granted is None:
            session.granted = granted
            session.changed = True
        connection_id = session.line.connection_id if session.line is not None else None
        if connection_id != session.known_connection_id and connection_id is not None:
            session.known_connection_id = connection_id
            session.changed = True

    def _restart(self, device: Device, record: Record) -> None:
        """Accounting-On or -Off: what ran there, and was not heard of since, is over.

        Sessions of this batch end here, the others in the database. Each is looked at once however
        many of these come.
        """
        at, said_at = record.reading.at, record.reading.said_at
        if said_at is not None and -60 < said_at - at < 0:
            at = said_at  # sent again: a session that began meanwhile is not over
        which = device.tenant_id, device.nas_id
        self.restarted[which] = max(at, self.restarted.get(which, at))
        for session in self._by_device.pop(which, ()):
            if session.ended_at is None and session.meter.at <= at:
                session.ended_at, session.ended_by = max(at, session.started_at), RESTARTED
                session.changed = True

    def results(self) -> Iterable[Session]:
        """All sessions that this batch touched, in the order in which they must be kept."""
        yield from self.over
        yield from (session for session in self.sessions.values() if session.touched)


_TOLD = ("mac", "framed_ipv4", "framed_ipv6_prefix", "delegated_ipv6_prefix", "nas_port_id")


def _turned(reading: Reading) -> Reading:
    return reading._replace(down=reading.up, up=reading.down)
