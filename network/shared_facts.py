"""What many sessions have in common, in memory: packages, profiles, ISPs and NAS devices."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from network.abilities import LEARNED_FOR
from network.attempts import Abilities
from network.coa import Peer
from policy.documents import (
    BadFacts,
    isp_from_document,
    package_from_document,
    profile_from_document,
)
from policy.facts import ConnectionFacts, Facts, IspFacts, PackageFacts, ProfileFacts
from radius_modules.keys import NodeKeys
from storage.secrets import Secret, SecretError, nas_secret

SELECT = {
    "isp": "SELECT tenant_id, tenant_id, facts FROM radius.isps",
    "package": "SELECT tenant_id, package_id, facts FROM radius.packages",
    "profile": "SELECT tenant_id, profile_id, facts FROM radius.profiles",
}
SELECT_NAS = """
    SELECT tenant_id, nas_id, kind, address, coa_port, coa_packets_per_second, coa_address_lists,
           coa, disconnect, learned_coa, learned_disconnect, learned_at, sealed_secret
      FROM enforcement.nas_devices"""
KINDS = (*SELECT, "nas")

Key = tuple[int, int]  # tenant_id, id


@dataclass(frozen=True, slots=True)
class NasState:
    """A NAS as enforcement knows it. `peer` of None: no key of ours opens its secret."""

    kind: str
    per_second: int
    moves_lists: bool
    said_coa: bool | None  # by a person
    said_disconnect: bool | None
    learned_coa: bool | None
    learned_disconnect: bool | None
    learned_at: datetime | None
    peer: Peer | None = field(repr=False)

    def abilities(self, now: datetime) -> Abilities:
        """What is worth trying at `now`."""
        return Abilities(
            self._works(self.said_coa, self.learned_coa, now),
            self._works(self.said_disconnect, self.learned_disconnect, now),
        )

    def _works(self, said: bool | None, learned: bool | None, now: datetime) -> bool:
        if said is not None:
            return said
        fresh = self.learned_at is not None and now < self.learned_at + LEARNED_FOR
        return learned is not False or not fresh


class SharedFacts:
    """Read at start and again when `fact_changes` names them. Of one thread."""

    def __init__(self, keys: NodeKeys, complain: Callable[[str], None]) -> None:
        self._keys, self._complain = keys, complain
        self._isps: dict[int, IspFacts] = {}
        self._packages: dict[Key, PackageFacts] = {}
        self._profiles: dict[Key, ProfileFacts] = {}
        self.nas: dict[Key, NasState] = {}

    def facts_of(self, connection: ConnectionFacts) -> Facts | None:
        """None where a part could not be read: then nothing is done about its sessions."""
        tenant_id = connection.tenant_id
        package = self._packages.get((tenant_id, connection.package_id))
        profile = self._profiles.get((tenant_id, connection.profile_id))
        isp = self._isps.get(tenant_id)
        if package is None or profile is None or isp is None:
            return None
        return Facts(connection, package, profile, isp)

    def load(self, cursor: Any, kind: str, keys: Iterable[Key] | None = None) -> None:
        """Read those of `kind` again; all of them without `keys`."""
        if kind == "nas":
            self._load_nas(cursor, keys)
            return
        wanted = None if keys is None else set(keys)
        query = SELECT[kind]
        if wanted is not None:
            query += " WHERE tenant_id = ANY(%s)"
        cursor.execute(query, None if wanted is None else ([key[0] for key in wanted],))
        found = {(row[0], row[1]): row[2] for row in cursor.fetchall()}
        for key in found if wanted is None else wanted:
            self._put(kind, key, found.get(key))

    def _put(self, kind: str, key: Key, document: dict[str, Any] | None) -> None:
        """What is gone or cannot be read is not known; its sessions stay as they are."""
        self._packages.pop(key, None) if kind == "package" else None
        self._profiles.pop(key, None) if kind == "profile" else None
        self._isps.pop(key[0], None) if kind == "isp" else None
        if document is None:
            return
        try:
            if kind == "isp":
                self._isps[key[0]] = isp_from_document({**document, "tenant_id": key[0]})
            elif kind == "package":
                said = {**document, "package_id": key[1]}
                self._packages[key] = package_from_document(said)
            else:
                said = {**document, "profile_id": key[1]}
                self._profiles[key] = profile_from_document(said)
        except BadFacts as error:
            self._complain(f"{kind} {key[1]} of ISP {key[0]} cannot be read: {error}")

    def _load_nas(self, cursor: Any, keys: Iterable[Key] | None) -> None:
        if keys is None:
            self.nas.clear()
            cursor.execute(SELECT_NAS)
        else:
            for key in keys:
                self.nas.pop(key, None)
            ids = [nas_id for _, nas_id in keys]
            cursor.execute(SELECT_NAS + " WHERE nas_id = ANY(%s)", (ids,))
        for row in cursor.fetchall():
            self.nas[row[0], row[1]] = self._nas(row)

    def _nas(self, row: tuple[Any, ...]) -> NasState:
        tenant_id, nas_id, kind, address, port, per_second, moves_lists, coa, disconnect = row[:9]
        learned_coa, learned_disconnect, learned_at, sealed = row[9:]
        try:
            context = nas_secret(tenant_id, nas_id)
            secret = Secret(self._keys.open(bytes(sealed), context).decode())
            peer = Peer(address, port, secret)
        except (SecretError, UnicodeDecodeError) as error:
            peer = None
            self._complain(f"the secret of NAS {address} cannot be opened: {error}")
        return NasState(
            kind=kind,
            per_second=per_second,
            moves_lists=moves_lists or kind != "mikrotik",  # others: Filter-Id (RFC 5176, 3)
            said_coa=SAID[coa],
            said_disconnect=SAID[disconnect],
            learned_coa=learned_coa,
            learned_disconnect=learned_disconnect,
            learned_at=learned_at,
            peer=peer,
        )

    def learned(
        self, key: Key, now: datetime, *, coa: bool | None = None, disconnect: bool | None = None
    ) -> bool:
        """Note what a NAS was seen to do or to refuse; whether that is news."""
        known = self.nas.get(key)
        if known is None:
            return False
        coa = known.learned_coa if coa is None else coa
        disconnect = known.learned_disconnect if disconnect is None else disconnect
        news = (known.learned_coa, known.learned_disconnect) != (coa, disconnect)
        if news:
            self.nas[key] = replace(
                known, learned_coa=coa, learned_disconnect=disconnect, learned_at=now
            )
        return news


SAID = {"learn": None, "yes": True, "no": False}
