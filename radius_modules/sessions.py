"""Sessions that are live on this node, as far as a limit on them must be kept."""

from __future__ import annotations

from policy.facts import ConnectionId

STALE_SECONDS = 900  # three interim intervals of the default; a lost Stop must not lock anyone out
SESSIONS_PER_CONNECTION_MAX = 64  # a NAS that invents session ids cannot fill the memory

Live = tuple[str | None, int, float]  # device, NAS, monotonic seconds when last heard of


class LiveSessions:
    """By connection and Acct-Session-Id. Not shared between nodes."""

    def __init__(self) -> None:
        self.live: dict[ConnectionId, dict[str, Live]] = {}
        self._nas_restarted: dict[int, float] = {}

    def heard(
        self, connection_id: ConnectionId, session_id: str, mac: str | None, nas_id: int, at: float
    ) -> None:
        """A Start or an Interim-Update; `at` in monotonic seconds."""
        sessions = self.live.setdefault(connection_id, {})
        if session_id not in sessions and len(sessions) >= SESSIONS_PER_CONNECTION_MAX:
            sessions.pop(next(iter(sessions)))
        sessions[session_id] = (mac, nas_id, at)

    def stopped(self, connection_id: ConnectionId, session_id: str) -> None:
        sessions = self.live.get(connection_id)
        if sessions and sessions.pop(session_id, None) and not sessions:
            del self.live[connection_id]

    def nas_restarted(self, nas_id: int, at: float) -> None:
        """Accounting-On or -Off: what ran there before `at` is over (RFC 2866, 5.1)."""
        self._nas_restarted[nas_id] = at

    def others(
        self, connection_id: ConnectionId, session_id: str | None, mac: str | None, at: float
    ) -> int:
        """How many live sessions count against a login from `mac`.

        The session that asks and an older one of the same device do not: a device that dials
        again has lost its line.
        """
        sessions = self.live.get(connection_id)
        if not sessions:
            return 0
        for known, (_, nas_id, heard_at) in list(sessions.items()):
            over_at = self._nas_restarted.get(nas_id, heard_at)
            if at - heard_at > STALE_SECONDS or heard_at < over_at:
                del sessions[known]
        return sum(
            1
            for known, live in sessions.items()
            if known != session_id and (mac is None or live[0] != mac)
        )
