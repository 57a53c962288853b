"""The facts of all connections in memory, so that a login asks no database.

Hooks read while one follower thread writes. Each write is one assignment in a dict, which the
interpreter makes atomic, so a login sees a row whole, as it was or as it is. A package that cannot
be read is left out, and then its connections have no facts and get no answer: a bad package never
turns into "no limit".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any

from policy.documents import (
    BadFacts,
    connection_from_row,
    isp_from_document,
    package_from_document,
    profile_from_document,
)
from policy.facts import (
    ConnectionFacts,
    ConnectionId,
    Facts,
    IspFacts,
    MacMode,
    PackageFacts,
    PackageId,
    ProfileFacts,
    ProfileId,
    Service,
    TenantId,
)
from policy.moulds import mould
from radius_modules.keys import NodeKeys
from radius_modules.plans import Plan
from radius_modules.uses import Uses
from storage.secrets import Secret, SecretError, connection_password, nas_secret

_facts = mould(Facts)

KINDS = ("isp", "package", "profile", "nas", "connection")  # in the order in which they are loaded


class Entry:
    """One connection: its facts, and its password, sealed until it is first needed."""

    __slots__ = ("connection", "plan", "seal", "secret")

    def __init__(self, connection: ConnectionFacts, secret: bytes | Secret, seal: int) -> None:
        """`seal` is the hash of the sealed bytes, by which a changed password is known."""
        self.connection = connection
        self.secret = secret
        self.seal = seal
        self.plan: Plan | None = None

    def with_use(self, used_bytes: int, cycle_until: datetime | None) -> Entry:
        """The same connection, with so much used in the cycle that ends then."""
        facts = replace(self.connection, used_bytes=used_bytes, cycle_until=cycle_until)
        return Entry(facts, self.secret, self.seal)

    def with_device(self, mac: str) -> Entry:
        """The same connection, bound to its first device."""
        return Entry(replace(self.connection, macs=(mac,)), self.secret, self.seal)

    def password(self, ring: NodeKeys) -> Secret:
        """The password in clear; opened once; empty where none is set. Raises SecretError."""
        secret = self.secret
        if isinstance(secret, bytes):
            facts = self.connection
            context = connection_password(facts.tenant_id, facts.connection_id)
            secret = Secret(ring.open(secret, context).decode()) if secret else Secret()
            self.secret = secret
        return secret


@dataclass(frozen=True, slots=True)
class Nas:
    """A router that may ask, as the facts say. `address` is an IPv4 or IPv6 address as text."""

    nas_id: int
    tenant_id: TenantId
    address: str
    kind: str
    require_message_authenticator: bool
    secret: Secret
    swaps_directions: bool = False

    @property
    def name(self) -> str:
        """As FreeRADIUS knows it. The address is part of it: FreeRADIUS asks about an address again
        only after a while, and until then may not take it for a NAS that has moved away.
        """
        return f"nas-{self.nas_id}-at-{self.address}"


#  The door on loopback (raddb/sites-enabled/operator): no router, and of every ISP.
OPERATOR = Nas(0, TenantId(0), "127.0.0.1", "mikrotik", True, Secret())


class Isp:
    """All that belongs to one ISP, by the names under which a login looks for it."""

    __slots__ = ("by_device", "by_username", "era", "facts", "packages", "profiles")

    def __init__(self) -> None:
        self.era = 0  # ends whenever something changes that many connections share
        self.facts: IspFacts | None = None
        self.packages: dict[PackageId, PackageFacts] = {}
        self.profiles: dict[ProfileId, ProfileFacts] = {}
        self.by_username: dict[str, Entry] = {}
        self.by_device: dict[str, Entry] = {}  # MAC login: hotspot and static connections only

    def facts_of(self, connection: ConnectionFacts) -> Facts | None:
        """None where a part is missing or could not be read."""
        package = self.packages.get(connection.package_id)
        profile = self.profiles.get(connection.profile_id)
        if package is None or profile is None or self.facts is None:
            return None
        return _facts(connection, package, profile, self.facts)


def logs_in_by_device(facts: ConnectionFacts) -> bool:
    """Whether a device of this connection may stand for its password (hotspot, IPoE)."""
    return facts.service is not Service.PPPOE and facts.mac_mode is not MacMode.OFF


class Snapshot:
    """Every ISP of this server. Only the follower changes it, but for `place`."""

    def __init__(self, ring: NodeKeys, complain: Callable[[str], None]) -> None:
        """`complain` is told of each row that could not be read, without its contents."""
        self.ring = ring
        self._complain = complain
        self.isps: dict[TenantId, Isp] = {}
        self.isps_by_slug: dict[str, Isp] = {}
        self.nas_by_address: dict[str, Nas] = {}
        self.nas_by_name: dict[str, Nas] = {"operator": OPERATOR}
        self._names_of_nas: dict[int, str] = {}
        self._connections: dict[ConnectionId, Entry] = {}
        self.unreadable: set[tuple[str, int, int]] = set()
        self.loaded = False
        self.uses = Uses()
        self.lock = Lock()  # of who replaces an entry by what it was made from

    def __len__(self) -> int:
        return len(self._connections)

    def ids(self, kind: str) -> set[tuple[int, int]]:
        """(tenant_id, id) of all that is held of one kind."""
        if kind == "connection":
            facts = [entry.connection for entry in list(self._connections.values())]
            return {(each.tenant_id, each.connection_id) for each in facts}
        if kind == "nas":
            return {(nas.tenant_id, nas.nas_id) for nas in self.nas_by_address.values()}
        if kind == "isp":
            return {(tenant_id, tenant_id) for tenant_id in self.isps}
        return {
            (tenant_id, part)
            for tenant_id, isp in self.isps.items()
            for part in (isp.packages if kind == "package" else isp.profiles)
        }

    def put(self, kind: str, row: Sequence[Any]) -> tuple[int, int]:
        """Take one row of the view for `kind`; the same row again changes nothing.

        Returns (tenant_id, id). A row that cannot be read takes away what was known before.
        """
        key = (row[0], row[0] if kind == "isp" else row[1])
        try:
            getattr(self, f"_put_{kind}")(row)
        except (BadFacts, SecretError, ValueError) as error:
            self.drop(kind, *key)
            self.unreadable.add((kind, *key))
            self._complain(f"{kind} {key[1]} of ISP {key[0]} cannot be read: {error}")
        else:
            if self.unreadable:
                self.unreadable.discard((kind, *key))
        return key

    def put_all(self, kind: str, rows: Iterable[Sequence[Any]]) -> set[tuple[int, int]]:
        return {self.put(kind, row) for row in rows}

    def drop(self, kind: str, tenant_id: int, identity: int) -> None:
        """Forget one thing, if it is known."""
        if kind == "connection":
            self._drop_connection(ConnectionId(identity))
        elif kind == "nas":
            self._drop_nas(identity)
        elif (isp := self.isps.get(TenantId(tenant_id))) is None:
            return
        else:
            self._drop_shared(isp, kind, identity)

    def _drop_shared(self, isp: Isp, kind: str, identity: int) -> None:
        if kind == "package":
            isp.packages.pop(PackageId(identity), None)
        elif kind == "profile":
            isp.profiles.pop(ProfileId(identity), None)
        else:
            if isp.facts is not None:
                self.isps_by_slug.pop(isp.facts.slug, None)
            isp.facts = None
        isp.era += 1

    def end_eras(self) -> None:
        """No plan holds any more; for a clock that was set back."""
        for isp in list(self.isps.values()):
            isp.era += 1

    def isp(self, tenant_id: TenantId) -> Isp:
        isp = self.isps.get(tenant_id)
        if isp is None:
            isp = self.isps[tenant_id] = Isp()
        return isp

    def _put_isp(self, row: Sequence[Any]) -> None:
        isp, facts = self.isp(row[0]), isp_from_document({**row[1], "tenant_id": row[0]})
        if isp.facts != facts:
            if isp.facts is not None:
                self.isps_by_slug.pop(isp.facts.slug, None)
            isp.facts = facts
            self.isps_by_slug[facts.slug] = isp
            isp.era += 1

    def _put_package(self, row: Sequence[Any]) -> None:
        isp, facts = self.isp(row[0]), package_from_document({**row[2], "package_id": row[1]})
        if isp.packages.get(row[1]) != facts:
            isp.packages[row[1]] = facts
            isp.era += 1

    def _put_profile(self, row: Sequence[Any]) -> None:
        isp, facts = self.isp(row[0]), profile_from_document({**row[2], "profile_id": row[1]})
        if isp.profiles.get(row[1]) != facts:
            isp.profiles[row[1]] = facts
            isp.era += 1

    def _put_nas(self, row: Sequence[Any]) -> None:
        tenant_id, nas_id, facts, sealed = row
        secret = Secret(self.ring.open(bytes(sealed), nas_secret(tenant_id, nas_id)).decode())
        nas = Nas(
            nas_id,
            tenant_id,
            facts["address"],
            facts["kind"],
            facts["require_message_authenticator"],
            secret,
            facts["swap_directions"],
        )
        self._drop_nas(nas_id)
        self.nas_by_address[nas.address] = nas
        self._names_of_nas[nas_id] = nas.name
        self.nas_by_name[nas.name] = nas

    def _drop_nas(self, nas_id: int) -> None:
        nas = self.nas_by_name.pop(self._names_of_nas.pop(nas_id, ""), None)
        if nas is not None and self.nas_by_address.get(nas.address) is nas:
            del self.nas_by_address[nas.address]

    def _put_connection(self, row: Sequence[Any]) -> None:
        facts, sealed = connection_from_row(row[:-2]), bytes(row[-1] or b"")
        with self.lock:
            facts = self.uses.on_top(facts, row[-2])
            old = self._connections.get(facts.connection_id)
            if old is not None and old.connection == facts and old.seal == hash(sealed):
                return
            self.place(Entry(facts, sealed, hash(sealed)))

    def place(self, entry: Entry) -> None:
        """Put `entry` in the place of what was known of its connection."""
        facts = entry.connection
        isp, old = self.isp(facts.tenant_id), self._connections.get(facts.connection_id)
        self._connections[facts.connection_id] = entry
        isp.by_username[facts.username] = entry
        if logs_in_by_device(facts):
            for mac in facts.macs:
                isp.by_device[mac] = entry
        if old is not None:
            self._forget_names(old, entry)

    def _drop_connection(self, connection_id: ConnectionId) -> None:
        old = self._connections.pop(connection_id, None)
        self.uses.forget(connection_id)
        if old is not None:
            self._forget_names(old, None)

    def _forget_names(self, old: Entry, new: Entry | None) -> None:
        """Take away the names under which only `old` was found."""
        isp = self.isp(old.connection.tenant_id)
        if isp.by_username.get(old.connection.username) is old:
            del isp.by_username[old.connection.username]
        for mac in old.connection.macs:
            if isp.by_device.get(mac) is old:
                del isp.by_device[mac]

    def connection(self, tenant_id: int, connection_id: int) -> Entry | None:
        """By id, within one ISP."""
        entry = self._connections.get(ConnectionId(connection_id))
        return entry if entry is not None and entry.connection.tenant_id == tenant_id else None

    def entries(self) -> list[Entry]:
        """All connections; for warming, not for logins."""
        return list(self._connections.values())
