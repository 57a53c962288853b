"""One RADIUS node: its facts, its threads, and the questions FreeRADIUS asks besides logins."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime

from policy.facts import ConnectionFacts
from policy.macs import normalise_mac
from policy.readings import NoReading, reading_of
from radius_modules import codec, disk
from radius_modules.counters import Counters
from radius_modules.follower import Follower
from radius_modules.keys import NodeKeys
from radius_modules.logins import Attributes, Logins, session_limited
from radius_modules.lookup import Lookup
from radius_modules.reporter import Notes, Reporter
from radius_modules.room import Room
from radius_modules.sessions import LiveSessions
from radius_modules.settings import NodeSettings
from radius_modules.snapshot import Entry, Nas, Snapshot
from radius_modules.uses import has_limits
from radius_modules.voice import Log
from radius_modules.warmer import Warmer

Lists = Mapping[str, tuple[tuple[str, str], ...] | None]

JOIN_SECONDS = 10.0  # a thread may be connecting, which gives up after 3 s; machines are busy
STATUS_BYTES_MAX = 240
OF_SESSIONS = frozenset({"Start", "Interim-Update", "Stop"})


class Node:
    """All state of one FreeRADIUS process. FreeRADIUS calls it from one thread at a time."""

    def __init__(self, settings: NodeSettings, log: Log) -> None:
        """Raises OSError or KeyRingUnreadable where the keys cannot be read."""
        self._log = log
        keys = NodeKeys(settings.keys_file)
        self._snapshot = Snapshot(keys, lambda line: log(line, line))
        self._sessions = LiveSessions()
        self._counters = Counters()
        self._room = Room(settings.journal, settings.journal_reserve_mb, log)
        notes = Notes()
        file = disk.SnapshotFile(settings.snapshot_file, keys)
        lookup = Lookup(settings.dsn)
        self._logins = Logins(self._snapshot, self._sessions, lookup, notes, self._counters, log)
        warmer = Warmer(self._snapshot, self._logins.prepare)
        self._follower = Follower(settings.dsn, self._snapshot, file, warmer.wake, log)
        reporter = Reporter(settings.dsn, settings.node, notes, self.state, log)
        self._threads = (self._follower, warmer, lookup, reporter)
        if settings.snapshot_file.exists():
            self._follower.load_from_disk(settings.snapshot_file)
            warmer.wake()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the threads; FreeRADIUS must not finalise Python while one of them runs."""
        for thread in self._threads:
            thread.stop()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(JOIN_SECONDS)

    def authorize(self, lists: Lists) -> codec.Answer:
        """Decide what the request asks for: a login, or one of our own questions."""
        request = dict(lists["request"] or ())
        ask = request.get("SkyLink-Ask")
        if ask is None:
            return self._logins.answer(request, inner=False)
        if ask == "inner":
            return self._logins.answer(request, inner=True)
        if ask == "nas":
            return self._nas(request["SkyLink-NAS"])
        if ask == "ready" and not self._snapshot.loaded:
            return codec.NO_ANSWER  # whoever asks sends its logins elsewhere
        return self._status(everything=ask == "status")

    def post_auth(self, lists: Lists) -> None:
        """After the stock modules compared passwords."""
        self._logins.compared(dict(lists["request"] or ()), dict(lists["config"] or ()))

    def accounting(self, lists: Lists) -> bool:
        """Count live sessions and use; the record itself is in the journal already.

        False where the disk may not have taken it: then it must not be acknowledged.
        """
        at = time.monotonic()
        if not self._room.is_there(at):
            return False
        self._account(dict(lists["request"] or ()), at)
        return True

    def _account(self, request: Attributes, at: float) -> None:
        nas = self._snapshot.nas_by_name.get(request.get("SkyLink-NAS", ""))
        kind = request.get("Acct-Status-Type", "")
        if nas is None:
            return
        if kind in {"Accounting-On", "Accounting-Off"}:
            self._sessions.nas_restarted(nas.nas_id, at)
            return
        session_id, entry = request.get("Acct-Session-Id"), self._entry_of(nas, request)
        if entry is None or session_id is None or kind not in OF_SESSIONS:
            return
        connection = entry.connection
        package = self._snapshot.isp(nas.tenant_id).packages.get(connection.package_id)
        if package is None:
            return
        if kind == "Stop":
            self._sessions.stopped(connection.connection_id, session_id)
        elif session_limited(connection, package):
            mac = normalise_mac(request.get("Calling-Station-Id", ""))
            self._sessions.heard(connection.connection_id, session_id, mac, nas.nas_id, at)
        if has_limits(package):
            self._count(connection, nas, session_id, kind, request)

    def _count(
        self, known: ConnectionFacts, nas: Nas, session_id: str, kind: str, request: Attributes
    ) -> None:
        """Add what the record says of use; where that decides otherwise, the next login knows."""
        seconds, _, microseconds = request.get("SkyLink-Received", "").partition(" ")
        try:
            received_at = int(seconds) + int(microseconds) / 1_000_000
            reading = reading_of(request, received_at)
        except (ValueError, NoReading):
            return  # the journal has it, for whoever looks into the quarantine
        if nas.swaps_directions:
            reading = reading._replace(down=reading.up, up=reading.down)
        snapshot, key = self._snapshot, (nas.nas_id, session_id)
        with snapshot.lock:
            entry = snapshot.connection(known.tenant_id, known.connection_id)
            if entry is None:
                return
            facts = snapshot.isp(known.tenant_id).facts_of(entry.connection)
            if facts is None:
                return
            decisive = snapshot.uses.heard(facts, key, kind, reading, received_at)
            if decisive is not None:
                snapshot.place(entry.with_use(*decisive))

    def _entry_of(self, nas: Nas, request: Attributes) -> Entry | None:
        """By the name, else by the Class we gave at login; both only within the NAS's own ISP."""
        entry = self._snapshot.isp(nas.tenant_id).by_username.get(request.get("User-Name", ""))
        if entry is None and (ours := codec.connection_of(request.get("Class", ""))) is not None:
            entry = self._snapshot.connection(nas.tenant_id, ours[1])
        return entry

    def _nas(self, address: str) -> codec.Answer:
        """What FreeRADIUS needs to know of the NAS at `address`; NOTFOUND makes it ignore it."""
        nas = self._snapshot.nas_by_address.get(address)
        if nas is None:
            return (codec.NOTFOUND, {})
        attribute = "IPv6-Address" if ":" in address else "IP-Address"
        return (
            codec.OK,
            {
                "config": (
                    (f"FreeRADIUS-Client-{attribute}", ":=", nas.address),
                    ("FreeRADIUS-Client-Secret", ":=", codec.escaped(nas.secret)),
                    ("FreeRADIUS-Client-Shortname", ":=", nas.name),
                    #  Logins asks for it instead: what the server drops, nobody can show.
                    ("FreeRADIUS-Client-Require-MA", ":=", "no"),
                    ("FreeRADIUS-Client-NAS-Type", ":=", "other"),
                    ("FreeRADIUS-Client-Virtual-Server", ":=", "access"),
                )
            },
        )

    def state(self) -> tuple[datetime | None, dict[str, object]]:
        """When the facts were last known to be current, and everything that is counted."""
        return (
            self._follower.facts_at,
            {
                "facts_from": self._follower.facts_from,
                "connections": len(self._snapshot),
                "nas_devices": len(self._snapshot.nas_by_address),
                "unreadable": len(self._snapshot.unreadable),
                "snapshot_file": self._follower.file_trouble or "ok",
                **self._counters.facts(),
            },
        )

    def _status(self, *, everything: bool) -> codec.Answer:
        """Status-Server (RFC 5997): to routers how old the facts are, to the operator all."""
        facts_at, counted = self.state()
        age = (
            "none" if facts_at is None else f"{(datetime.now(UTC) - facts_at).total_seconds():.1f}"
        )
        said = {"facts_age_seconds": age, **(counted if everything else {})}
        pairs = tuple(
            ("Reply-Message", "+=", codec.escaped(f"{name}={value}")[:STATUS_BYTES_MAX])
            for name, value in said.items()
        )
        return (codec.OK, {"reply": pairs})
