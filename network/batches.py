"""One batch of records into the database: recall, merge, keep; all in one transaction.

The database side, and what its tables mean, is sql/migrations/versions/0003_sessions/70_intake.sql.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from network.detail import OF_SESSIONS, NotUnderstood, Record, read, source_of
from network.journal import Piece, Reach
from network.merging import Device, Key, Line, Merge, Session, Use
from policy.counting import Meter, uncounted_part
from policy.cycles import Cycle, cycle_at
from policy.facts import ProfileKind, Window

QUARANTINED_TEXT_MAX = 20_000
_QUARTER_SECONDS = 900  # no zone's offset, and so no midnight, falls within a quarter of an hour
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})

Cell = str | int | float | None


class NotRead(NamedTuple):
    """A piece that was not understood, why, and whose it is, where that much can be told."""

    tenant_id: int | None
    piece: Piece
    reason: str


class Devices:
    """The NAS devices of all ISPs by address, and the free hours of packages."""

    def __init__(self, cursor: Any) -> None:
        cursor.execute(
            "SELECT address, tenant_id, nas_id, swap_directions, time_zone FROM intake.nas_devices"
        )
        self.by_source: dict[str, Device] = {}
        self.zones: dict[int, tzinfo] = {}
        for address, tenant_id, nas_id, swaps, zone in cursor.fetchall():
            self.by_source[address] = Device(tenant_id, nas_id, swaps)
            self.zones[tenant_id] = ZoneInfo(zone)
        cursor.execute(
            "SELECT tenant_id, package_id, start_minute, end_minute, weekdays::smallint[]"
            " FROM intake.uncounted_windows ORDER BY tenant_id, package_id, position"
        )
        self.free: dict[tuple[int, int], tuple[Window, ...]] = {}
        for tenant_id, package_id, start, end, weekdays in cursor.fetchall():
            window = Window(start, end, frozenset(weekdays))
            which = tenant_id, package_id
            self.free[which] = (*self.free.get(which, ()), window)


class Uses:
    """What a batch used, by line, local day and billing cycle."""

    def __init__(self, devices: Devices) -> None:
        self._devices = devices
        self.sums: dict[tuple[int, int, date, Cycle], list[float]] = {}

    def add(self, use: Use) -> None:
        tenant_id, line, at = use.tenant_id, use.line, use.at
        zone = self._devices.zones[tenant_id]
        free = self._devices.free.get((tenant_id, line.package_id))
        both = use.down_bytes + use.up_bytes
        uncounted = uncounted_part(both, free, zone, use.since, at) if free else 0
        key = (
            tenant_id,
            line.connection_id,
            _day(zone, at // _QUARTER_SECONDS),
            _cycle(line, zone, at),
        )
        sums = self.sums.get(key)
        if sums is None:
            self.sums[key] = [use.down_bytes, use.up_bytes, uncounted, use.received_at]
        else:
            sums[0] += use.down_bytes
            sums[1] += use.up_bytes
            sums[2] += uncounted
            sums[3] = max(sums[3], use.received_at)

    def rows(self) -> Iterable[str]:
        """As COPY takes them: they are many, so written without a detour."""
        for (tenant_id, connection_id, day, cycle), (down, up, free, through) in self.sums.items():
            yield (
                f"{tenant_id}\t{connection_id}\t{day}\t{cycle.from_on}\t{cycle.until}"
                f"\t{down}\t{up}\t{free}\t{through!r}\n"
            )


@lru_cache(maxsize=4_096)
def _day(zone: tzinfo, quarter: float) -> date:
    return datetime.fromtimestamp(quarter * _QUARTER_SECONDS, zone).date()


def _cycle(line: Line, zone: tzinfo, at: float) -> Cycle:
    if line.profile_kind == ProfileKind.DAILY and line.expires_at is not None:
        return cycle_at(
            ProfileKind.DAILY,
            zone,
            datetime.fromtimestamp(at, UTC),
            expires_at=datetime.fromtimestamp(line.expires_at, UTC),
            validity_days=line.validity_days,
        )
    return _month(zone, at // _QUARTER_SECONDS)


@lru_cache(maxsize=4_096)
def _month(zone: tzinfo, quarter: float) -> Cycle:
    instant = datetime.fromtimestamp(quarter * _QUARTER_SECONDS, UTC)
    return cycle_at(ProfileKind.MONTHLY, zone, instant)


class Batch:
    """The pieces of a batch, read; those that cannot be are set aside with the reason."""

    def __init__(self, pieces: Sequence[Piece], devices: Devices) -> None:
        self.records: list[tuple[Device, Record]] = []
        self.not_read: list[NotRead] = []
        for piece in pieces:
            self._read(piece, devices.by_source)
        self._devices = devices
        self.late = 0

    def _read(self, piece: Piece, by_source: dict[str, Device]) -> None:
        if piece.cut:
            self._set_aside(piece, "the file ends, or goes on, in the midst of it", by_source)
            return
        try:
            record = read(piece.text)
        except NotUnderstood as reason:
            self._set_aside(piece, str(reason), by_source)
            return
        device = by_source.get(record.source)
        if device is None:
            why = f"it came from {record.source or 'nowhere'}, which is no NAS"
            self._set_aside(piece, why, by_source)
        else:
            self.records.append((device, record))

    def _set_aside(self, piece: Piece, reason: str, by_source: dict[str, Device]) -> None:
        device = by_source.get(source_of(piece.text))
        self.not_read.append(NotRead(None if device is None else device.tenant_id, piece, reason))

    def merge(self, cursor: Any) -> None:
        """Hand over what the sessions became; `keep` then makes it so."""
        uses = Uses(self._devices)
        merge = Merge({}, {}, uses.add)
        heard = self._heard()
        if heard:
            lines: dict[Key, Line | None] = {}
            fill(cursor, "heard", heard.values())
            cursor.execute("SELECT * FROM intake.recall()")
            keys = list(heard)
            for row in cursor.fetchall():
                key = keys[row[0]]
                line = Line(*row[19:]) if row[19] is not None else None
                lines[key] = line
                if row[1] is not None:
                    merge.sessions[key] = _recalled(key, row, line)
            merge.lines = lines
            for device, record in self.records:
                merge.take(device, record)
        else:
            for device, record in self.records:
                merge.take(device, record)
        self.late = merge.late
        _hand_over(cursor, merge, uses)

    def _heard(self) -> dict[Key, tuple[Cell, ...]]:
        heard: dict[Key, tuple[Cell, ...]] = {}
        for device, record in self.records:
            if record.kind in OF_SESSIONS:
                tenant_id, nas_id, _ = device
                key = (tenant_id, nas_id, record.session_id, record.username)
                if key not in heard:
                    login = record.login
                    ours = login[1] if login is not None and login[0] == tenant_id else None
                    heard[key] = (len(heard), *key, ours, record.reading.at)
        return heard

    def keep(
        self,
        cursor: Any,
        node: str,
        reached: Iterable[Reach],
        through: datetime | None,
        said: str | None,
    ) -> None:
        """What was merged, what was not understood and the journal's position, in one.

        `through` and `said` are what the intake reports of itself; None where it is none.
        """
        fill(cursor, "read_through", reached)
        fill(
            cursor,
            "not_understood",
            [
                (lost.tenant_id, lost.piece.file, lost.piece.position, lost.reason,
                 lost.piece.text[:QUARANTINED_TEXT_MAX].replace("\0", "\\x00"))
                for lost in self.not_read
            ],
        )  # fmt: skip
        cursor.execute("SELECT intake.store(%s, %s, %s)", (node, through, said))


def _recalled(key: Key, row: Sequence[Any], line: Line | None) -> Session:
    ended_at = row[2]
    return Session(
        key=key,
        was="live" if ended_at is None else "ended",
        session_id=row[1],
        was_ended_at=ended_at,
        ended_at=ended_at,
        ended_by=row[3],
        started_at=row[4],
        meter=Meter(row[5], row[15], row[16], row[11], row[12], row[13], row[14]),
        mac=row[6],
        framed_ipv4=row[7],
        framed_ipv6_prefix=row[8],
        delegated_ipv6_prefix=row[9],
        nas_port_id=row[10],
        granted=row[17],
        known_connection_id=row[18],
        line=line,
    )


def _hand_over(cursor: Any, merge: Merge, uses: Uses) -> None:
    went_on: list[str] = []
    became: list[tuple[Cell, ...]] = []
    for session in merge.results():
        meter = session.meter
        tenant_id, nas_id, session_id, username = session.key
        if session.was == "live" and not session.changed:
            seconds = "\\N" if meter.seconds is None else meter.seconds
            said_at = "\\N" if meter.said_at is None else meter.said_at
            went_on.append(
                f"{tenant_id}\t{session.session_id}\t{meter.at!r}\t{meter.down_bytes}\t{meter.up_bytes}"
                f"\t{meter.down_counter}\t{meter.up_counter}\t{seconds}\t{said_at}\n"
            )
            continue
        became.append(
            (
                tenant_id,
                session.session_id,
                session.was,
                session.was_ended_at,
                session.known_connection_id,
                nas_id,
                session_id,
                username,
                session.started_at,
                meter.at,
                session.ended_at,
                session.ended_by,
                session.terminate_cause,
                session.mac,
                session.framed_ipv4,
                session.framed_ipv6_prefix,
                session.delegated_ipv6_prefix,
                session.nas_port_id,
                meter.down_bytes,
                meter.up_bytes,
                meter.down_counter,
                meter.up_counter,
                meter.seconds,
                meter.said_at,
                session.granted,
            )
        )
    send(cursor, "went_on", went_on)
    fill(cursor, "became", became)
    send(cursor, "used", uses.rows())
    fill(
        cursor,
        "restarted",
        [(tenant_id, nas_id, at) for (tenant_id, nas_id), at in merge.restarted.items()],
    )


def fill(cursor: Any, table: str, rows: Iterable[tuple[Cell, ...]]) -> None:
    """COPY rows into a table of the batch."""
    send(cursor, table, ["\t".join(map(_cell, row)) + "\n" for row in rows])


def send(cursor: Any, table: str, lines: Iterable[str]) -> None:
    """COPY lines that are written as COPY takes them; nothing where there are none."""
    if text := "".join(lines):
        cursor.copy_expert(f"COPY pg_temp.{table} FROM STDIN", io.StringIO(text))


def _cell(value: Cell) -> str:
    if value is None:
        return "\\N"
    if type(value) is str:
        return value.translate(_ESCAPES) if "\\" in value or not value.isprintable() else value
    return repr(value)
