"""NAS devices: routers that ask RADIUS. The address a packet comes from says whose it is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from ipaddress import ip_address

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from network.errors import BadAddress, NasAddressTaken, NasNameTaken, NasNotFound, SecretMissing
from network.rows import NasRow
from policy.facts import NasId, TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.errors import SkyLinkError
from storage.rows import change, locked, read, write
from storage.secrets import KeyRing, Secret, nas_secret


class NasKind(StrEnum):
    """Whose attributes a reply is written in."""

    MIKROTIK = "mikrotik"
    RFC = "rfc"


class Ability(StrEnum):
    """Whether a NAS does something: as it is seen to, or as somebody knows better."""

    LEARN = "learn"
    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class NasDetails:
    """`address` is one IPv4 or IPv6 address, unique over all ISPs of the server.

    `require_message_authenticator` off is for devices that cannot send it (CVE-2024-3596);
    `swap_directions` is for those that report input and output reversed. `coa` and `disconnect`:
    whether it changes and ends sessions when told to; `coa_address_lists`, whether a CoA moves a
    client to another list. It is sent at most `coa_packets_per_second` of either (1 to 1000).
    """

    name: str
    kind: NasKind
    address: str
    require_message_authenticator: bool = True
    swap_directions: bool = False
    coa_port: int = 3799
    coa: Ability = Ability.LEARN
    disconnect: Ability = Ability.LEARN
    coa_address_lists: bool = False
    coa_packets_per_second: int = 20


@dataclass(frozen=True, slots=True)
class Nas:
    nas_id: NasId
    details: NasDetails


def add_nas(
    session: Session,
    tenant_id: TenantId,
    details: NasDetails,
    *,
    secret: Secret,
    keys: KeyRing,
    actor: Actor,
) -> Nas:
    """In force within a second, without a restart.

    Raises NotPermitted, BadAddress, SecretMissing, NasNameTaken, NasAddressTaken, ValueRefused.
    """
    actor.require(Permission.MANAGE_NETWORK)
    new_id = session.execute(text("SELECT nextval('nas_devices_id_seq')")).scalar_one()
    row = NasRow(
        tenant_id=tenant_id, id=new_id, sealed_secret=_sealed(secret, keys, tenant_id, new_id)
    )
    _fill(row, details)
    session.add(row)
    write(session, _taken(details))
    nas = _frozen(row)
    record(session, actor, "nas.added", Subject(tenant_id, "nas", new_id), after=nas.details)
    return nas


def change_nas(
    session: Session, tenant_id: TenantId, nas_id: NasId, details: NasDetails, *, actor: Actor
) -> Nas:
    """Replace all but the secret. Locks the NAS.

    Raises NotPermitted, NasNotFound, BadAddress, NasNameTaken, NasAddressTaken, ValueRefused.
    """
    actor.require(Permission.MANAGE_NETWORK)
    row = locked(session, NasRow, tenant_id, nas_id, NasNotFound(nas_id))
    before = _frozen(row).details
    _fill(row, details)
    write(session, _taken(details))
    nas = _frozen(row)
    subject = Subject(tenant_id, "nas", nas_id)
    record(session, actor, "nas.changed", subject, before=before, after=nas.details)
    return nas


def change_nas_secret(
    session: Session,
    tenant_id: TenantId,
    nas_id: NasId,
    secret: Secret,
    *,
    keys: KeyRing,
    actor: Actor,
) -> None:
    """Locks the NAS. Raises NotPermitted, NasNotFound, SecretMissing."""
    actor.require(Permission.MANAGE_NETWORK)
    row = locked(session, NasRow, tenant_id, nas_id, NasNotFound(nas_id))
    row.sealed_secret = _sealed(secret, keys, tenant_id, nas_id)
    write(session)
    record(session, actor, "nas.secret_changed", Subject(tenant_id, "nas", nas_id))


def remove_nas(session: Session, tenant_id: TenantId, nas_id: NasId, *, actor: Actor) -> None:
    """From now on its packets are a stranger's. Locks the NAS. Raises NotPermitted, NasNotFound."""
    actor.require(Permission.MANAGE_NETWORK)
    row = locked(session, NasRow, tenant_id, nas_id, NasNotFound(nas_id))
    before = _frozen(row).details
    session.delete(row)
    write(session)
    record(session, actor, "nas.removed", Subject(tenant_id, "nas", nas_id), before=before)


def reveal_nas_secret(
    session: Session, tenant_id: TenantId, nas_id: NasId, *, keys: KeyRing, actor: Actor
) -> Secret:
    """The clear secret; that it was shown, and to whom, stays in the audit log.

    Raises NotPermitted, NasNotFound, and what KeyRing.open raises.
    """
    actor.require(Permission.REVEAL_NAS_SECRETS)
    row = read(session, NasRow, tenant_id, nas_id, NasNotFound(nas_id))
    clear = keys.open(row.sealed_secret, nas_secret(tenant_id, nas_id))
    record(session, actor, "nas.secret_revealed", Subject(tenant_id, "nas", nas_id))
    return Secret(clear.decode())


def get_nas(session: Session, tenant_id: TenantId, nas_id: NasId) -> Nas:
    """Raises NasNotFound."""
    return _frozen(read(session, NasRow, tenant_id, nas_id, NasNotFound(nas_id)))


def list_nas(session: Session, tenant_id: TenantId) -> tuple[Nas, ...]:
    """All of them by name: an ISP has up to some hundred."""
    mine = select(NasRow).where(NasRow.tenant_id == tenant_id).order_by(NasRow.name)
    return tuple(_frozen(row) for row in session.scalars(mine))


def reseal_nas_secrets(session: Session, tenant_id: TenantId, keys: KeyRing) -> int:
    """Bring all secrets of the ISP's NAS devices under the ring's current key; returns how many.

    Locks them. Rotation of keys is audited once for the ISP by its caller, not by row.
    """
    key_id = func.substring(NasRow.sealed_secret, 2, 2)
    stale = session.scalars(
        select(NasRow)
        .where(NasRow.tenant_id == tenant_id, key_id != keys.current_id.to_bytes(2, "big"))
        .order_by(NasRow.id)
        .with_for_update(key_share=True)
    ).all()
    for row in stale:
        context = nas_secret(tenant_id, row.id)
        row.sealed_secret = keys.reseal(row.sealed_secret, context)
    write(session)
    return len(stale)


def _sealed(secret: Secret, keys: KeyRing, tenant_id: int, nas_id: int) -> bytes:
    if not secret:
        raise SecretMissing
    return keys.seal(secret.encode(), nas_secret(tenant_id, nas_id))


def _fill(row: NasRow, details: NasDetails) -> None:
    change(row, details)
    try:
        row.address = str(ip_address(details.address))
    except ValueError:
        raise BadAddress(details.address) from None


def _frozen(row: NasRow) -> Nas:
    said = {part.name: getattr(row, part.name) for part in fields(NasDetails)}
    words = {
        "kind": NasKind(row.kind),
        "coa": Ability(row.coa),
        "disconnect": Ability(row.disconnect),
    }
    return Nas(NasId(row.id), NasDetails(**said | words))


def _taken(details: NasDetails) -> dict[str, SkyLinkError]:
    return {
        "nas_devices_tenant_id_name_key": NasNameTaken(details.name),
        "nas_devices_address_key": NasAddressTaken(details.address),
    }
