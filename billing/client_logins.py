"""How a client proves who they are: a username or phone, with the password or a code that is sent.

A wrong proof is an outcome and not an error, so that the attempt is committed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from billing.portal_rows import LoginCodeRow
from billing.rows import ClientRow, ConnectionRow
from policy.facts import ClientId, Status, TenantId
from storage.outbox import Event, queue, to_client
from storage.rows import write
from storage.secrets import KeyRing, connection_password, sent_code
from tenancy.login_attempts import Door, SubjectKind, Trier, locked_until, note_attempt

NAME_LENGTH_MAX = 253  # of a username, in bytes: RFC 2865, 5.1
PROOF_LENGTH_MAX = 253
CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=5)
CODES_MAX = 5  # asked for, of one client or from one origin, within CODES_WITHIN
CODES_WITHIN = timedelta(minutes=15)
CODES_KEPT = timedelta(days=1)
SHARED_PHONE_MAX = 10  # clients who gave the same phone; the rest log in by username
SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}  # RFC 7914, 2: 16 MB and tens of milliseconds
MOBILE = re.compile(r"(?:\+?880|0)?(1[3-9]\d{8})")  # of Bangladesh, as people write it
BETWEEN_DIGITS = str.maketrans("", "", " -().")
LATIN_DIGITS = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")


class Proof(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"  # too many were wrong: none is looked at for now


@dataclass(frozen=True, slots=True)
class Login:
    """`client_id` where the proof is right, `until` where it is locked."""

    proof: Proof
    client_id: ClientId | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """From where somebody comes: an IP address, and what the browser says it is."""

    origin: str
    browser: str | None = None


def log_in(
    session: Session,
    tenant_id: TenantId,
    name: str,
    proof: str,
    *,
    visitor: Visitor,
    keys: KeyRing,
    now: datetime,
) -> Login:
    """Whether `proof` is the password of a connection that `name` means, or a code that was sent.

    Of clients who share a phone it is the one whose password it is. Nothing tells a name that is
    nobody's from a wrong proof. Attempts from one origin wait for one another, and so do those for
    one client, or they could not be counted.
    """
    clients = _meant(session, tenant_id, name)
    _queue_up(session, tenant_id, visitor, clients)
    triers = _triers(clients, visitor)
    ends = [locked_until(session, tenant_id, trier, now=now) for trier in triers]
    until = max((end for end in ends if end is not None), default=None)
    if until is not None:
        return Login(Proof.LOCKED, until=until)
    right = _whose_password(session, tenant_id, clients, name, proof, keys)
    right = right or _whose_code(session, tenant_id, clients, proof, now)
    who = triers[0] if right is None else Trier(*_client(right), Door.PORTAL, *_from(visitor))
    note_attempt(session, tenant_id, who, succeeded=right is not None, now=now)
    return Login(Proof.WRONG) if right is None else Login(Proof.RIGHT, right)


def send_login_code(
    session: Session,
    tenant_id: TenantId,
    name: str,
    *,
    visitor: Visitor,
    keys: KeyRing,
    now: datetime,
) -> bool:
    """Queue a code of CODE_DIGITS for the client whom `name` means, good for CODE_LIFE.

    False where CODES_MAX were asked for from there within CODES_WITHIN. What else stands against a
    code is not told: that nobody is called so, or that this client was sent CODES_MAX already. Of
    clients who share a phone the first who is active gets it.
    """
    clients = _meant(session, tenant_id, name)[:1]
    _queue_up(session, tenant_id, visitor, clients)
    since = now - CODES_WITHIN
    from_there = LoginCodeRow.origin == visitor.origin
    if _asked(session, tenant_id, since, from_there) >= CODES_MAX:
        return False
    client_id = clients[0] if clients else None
    mine = LoginCodeRow.client_id == client_id
    code, salt = None, secrets.token_bytes(16)
    if client_id is not None and _asked(session, tenant_id, since, mine) < CODES_MAX:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    row = LoginCodeRow(
        tenant_id=tenant_id,
        client_id=client_id,
        origin=visitor.origin,
        salt=salt,
        code_hash=_hash(code, salt) if code else None,
        asked_at=now,
    )
    session.add(row)
    write(session)
    if client_id is not None and code is not None:
        _send(session, tenant_id, client_id, code, row.id, keys, now)
    return True


def forget_login_codes(session: Session, tenant_id: TenantId, *, now: datetime) -> None:
    """Remove those asked for CODES_KEPT ago or earlier."""
    old = LoginCodeRow.asked_at <= now - CODES_KEPT
    session.execute(delete(LoginCodeRow).where(LoginCodeRow.tenant_id == tenant_id, old))


def _send(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    code: str,
    number: int,
    keys: KeyRing,
    now: datetime,
) -> None:
    sealed = keys.seal(code.encode(), sent_code(tenant_id, f"client:{client_id}"))
    queue(
        session,
        tenant_id,
        Event.CODE_SENT,
        f"client:{client_id}:{number}",
        to=to_client(client_id),
        now=now,
        payload={"sealed_code": base64.b64encode(sealed).decode()},
        until=now + CODE_LIFE,
    )


def _meant(session: Session, tenant_id: TenantId, name: str) -> list[ClientId]:
    """The client who has a username, in small letters too; else those who have a phone."""
    name = name.strip().replace("\0", "")[:NAME_LENGTH_MAX]
    usernames = [name, name.lower()]
    lines = (ConnectionRow.tenant_id == tenant_id, ConnectionRow.username.in_(usernames))
    by_username = select(ConnectionRow.client_id).where(*lines)
    exactly_first = (ConnectionRow.username != name, ConnectionRow.id)
    found = session.scalars(by_username.order_by(*exactly_first).limit(1)).all()
    if not found:
        theirs = (ClientRow.tenant_id == tenant_id, ClientRow.phone.in_(written_phones(name)))
        by_phone = select(ClientRow.id).where(*theirs)
        active_first = (ClientRow.status != Status.ACTIVE, ClientRow.id)
        found = session.scalars(by_phone.order_by(*active_first).limit(SHARED_PHONE_MAX)).all()
    return [ClientId(client_id) for client_id in found]


def written_phones(name: str) -> list[str]:
    """The ways in which a phone may be on record."""
    digits = name.translate(LATIN_DIGITS).translate(BETWEEN_DIGITS)
    if mobile := MOBILE.fullmatch(digits):
        return [f"{before}{mobile[1]}" for before in ("0", "+880", "880", "")]
    plain = digits.removeprefix("+")
    return [plain, f"+{plain}"] if plain.isascii() and plain.isdecimal() else []


def _queue_up(
    session: Session, tenant_id: TenantId, visitor: Visitor, clients: Sequence[ClientId]
) -> None:
    """One after another until the transaction ends: from an origin, and for each client."""
    names = [f"origin:{visitor.origin}", *(f"client:{client_id}" for client_id in sorted(clients))]
    wait = text("SELECT pg_advisory_xact_lock(CAST(:isp AS integer), hashtext(:name))")
    for name in names:
        session.execute(wait, {"isp": tenant_id, "name": f"login:{name}"})


def _triers(clients: Sequence[ClientId], visitor: Visitor) -> list[Trier]:
    """Those for whom a wrong proof counts, the first of them in name."""
    whose = [_client(client_id) for client_id in clients] or [(SubjectKind.UNKNOWN, None)]
    return [Trier(*who, Door.PORTAL, *_from(visitor)) for who in whose]


def _client(client_id: ClientId) -> tuple[SubjectKind, int | None]:
    return SubjectKind.CLIENT, client_id


def _from(visitor: Visitor) -> tuple[str, str | None]:
    return visitor.origin, visitor.browser


def _whose_password(
    session: Session,
    tenant_id: TenantId,
    clients: Sequence[ClientId],
    name: str,
    proof: str,
    keys: KeyRing,
) -> ClientId | None:
    """By username it is that connection's; by phone, any of the client's."""
    rows = session.execute(
        select(
            ConnectionRow.id,
            ConnectionRow.client_id,
            ConnectionRow.username,
            ConnectionRow.sealed_password,
        )
        .where(ConnectionRow.tenant_id == tenant_id, ConnectionRow.client_id.in_(clients))
        .order_by(ConnectionRow.id)
    ).all()
    named = [row for row in rows if row.username in {name.strip(), name.strip().lower()}]
    for row in named or rows:
        if row.sealed_password is None:
            continue
        kept = keys.open(row.sealed_password, connection_password(tenant_id, row.id))
        if hmac.compare_digest(kept, proof.encode(errors="replace")):
            return ClientId(row.client_id)
    return None


def _whose_code(
    session: Session, tenant_id: TenantId, clients: Sequence[ClientId], proof: str, now: datetime
) -> ClientId | None:
    """The last code that was sent, once."""
    code = "".join(proof.split()).translate(LATIN_DIGITS)
    if not clients or len(code) != CODE_DIGITS or not code.isascii() or not code.isdecimal():
        return None
    sent = (
        LoginCodeRow.tenant_id == tenant_id,
        LoginCodeRow.client_id.in_(clients),
        LoginCodeRow.code_hash.is_not(None),
    )
    query = select(LoginCodeRow).where(*sent).order_by(LoginCodeRow.id.desc()).limit(1)
    row = session.scalar(query)
    if row is None or row.code_hash is None or row.used_at or now >= row.asked_at + CODE_LIFE:
        return None
    if not hmac.compare_digest(row.code_hash, _hash(code, row.salt)):
        return None
    row.used_at = now
    write(session)
    return ClientId(row.client_id or 0)


def _asked(session: Session, tenant_id: TenantId, since: datetime, whose: object) -> int:
    mine = (LoginCodeRow.tenant_id == tenant_id, LoginCodeRow.asked_at > since, whose)
    return session.scalar(select(func.count()).where(*mine)) or 0  # type: ignore[arg-type]


def _hash(code: str, salt: bytes) -> bytes:
    return hashlib.scrypt(code.encode(), salt=salt, **SCRYPT)
