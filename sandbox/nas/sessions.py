"""A client's session on a router: who, since when, how much, at what speed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.nas.wire import Packet, one

GIGAWORD = 1 << 32
PACKET_BYTES = 1_000  # of the traffic we pretend


class Service(StrEnum):
    """What the client dialled; each has attributes of its own."""

    PPPOE = "pppoe"
    HOTSPOT = "hotspot"


@dataclass(frozen=True, slots=True)
class Dial:
    """What a client's device says. `chap`: RouterOS asks hotspots so, and PPPoE where it may.

    `redial_seconds`: dials again that long after the session ended from outside, as modems do.
    """

    username: str
    password: str
    mac: str = "AA:BB:CC:00:00:01"
    service: Service = Service.PPPOE
    chap: bool = False
    redial_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """Octets since the session began; upload is what the client sent."""

    upload_bytes: int = 0
    download_bytes: int = 0

    def __add__(self, other: Use) -> Use:
        return Use(
            self.upload_bytes + other.upload_bytes, self.download_bytes + other.download_bytes
        )


@dataclass(slots=True)
class Session:
    """One session. What RADIUS said at login, and by CoA since, is what is in force now."""

    dial: Dial
    session_id: str
    port: int
    address: str
    since: float  # POSIX seconds
    class_: bytes | None = None
    rate_limit: str | None = None
    address_list: str | None = None
    group: str | None = None
    session_timeout_seconds: int | None = None
    interim_seconds: int | None = None
    use: Use = field(default_factory=Use)
    acknowledged: Use | None = None  # by the last answered record; None: not even a Start
    is_live: bool = True
    stop_acknowledged: bool = False

    def carry(self, *, upload_bytes: int = 0, download_bytes: int = 0) -> None:
        """Traffic; told to RADIUS with the next record."""
        self.use += Use(upload_bytes, download_bytes)

    @property
    def identity(self) -> dict[str, object]:
        """What every packet about the session says of it, the login included."""
        return {
            **_SERVICES[self.dial.service],
            "User-Name": self.dial.username,
            "NAS-Port": self.port,
            "Calling-Station-Id": self.dial.mac,
            "Acct-Session-Id": self.session_id,
        }

    @property
    def counters(self) -> dict[str, object]:
        """What Interim-Update and Stop say: cumulative, high words apart (RFC 2869, 5.1, 5.2)."""
        upload, download = self.use.upload_bytes, self.use.download_bytes
        return {
            "Acct-Input-Octets": upload % GIGAWORD,
            "Acct-Input-Gigawords": upload // GIGAWORD,
            "Acct-Input-Packets": upload // PACKET_BYTES % GIGAWORD,
            "Acct-Output-Octets": download % GIGAWORD,
            "Acct-Output-Gigawords": download // GIGAWORD,
            "Acct-Output-Packets": download // PACKET_BYTES % GIGAWORD,
        }

    def obey(self, packet: Packet) -> None:
        """Put in force what an Access-Accept or a CoA-Request says."""
        for name, kept_as in _IN_FORCE.items():
            if (value := one(packet, name)) is not None:
                setattr(self, kept_as, value)


_SERVICES: dict[Service, dict[str, object]] = {
    Service.PPPOE: {
        "Service-Type": 2,  # Framed-User
        "Framed-Protocol": 1,  # PPP
        "NAS-Port-Type": 15,  # Ethernet
        "NAS-Port-Id": "ether2",
        "Called-Station-Id": "home",
    },
    Service.HOTSPOT: {
        "NAS-Port-Type": 19,  # Wireless-802.11
        "NAS-Port-Id": "bridge-hotspot",
        "Called-Station-Id": "hotspot1",
    },
}
_IN_FORCE = {
    "Class": "class_",
    "Mikrotik-Rate-Limit": "rate_limit",
    "Mikrotik-Address-List": "address_list",
    "Mikrotik-Group": "group",
    "Session-Timeout": "session_timeout_seconds",
    "Acct-Interim-Interval": "interim_seconds",
}
