"""Secrets at rest: AES-256-GCM under a ring of keys, each value bound to the row it belongs to.

This module imports nothing of ours, so that a RADIUS node can read what the application sealed.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORMAT = b"\x01"
KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D, 5.2.1.1: 96 bits, random here
HEADER_BYTES = len(FORMAT) + 2 + NONCE_BYTES


class SecretError(Exception):
    """Base of what can be wrong with a secret at rest."""

    code = "secret_error"


class KeyUnknown(SecretError):
    """The value was sealed under a key that the ring does not hold."""

    code = "secret_key_unknown"

    def __init__(self, key_id: int) -> None:
        super().__init__(f"no key {key_id} in the key ring")
        self.key_id = key_id


class SecretDamaged(SecretError):
    """The bytes are not ours, were changed, or belong to another row."""

    code = "secret_damaged"


class KeyRingUnreadable(SecretError):
    """The text of the key ring is not lines of `id:base64 of 32 bytes`."""

    code = "key_ring_unreadable"


class Secret(str):
    """A str that does not show itself in a repr; `str()`, f-strings and slices still do."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(...)"


def connection_password(tenant_id: int, connection_id: int) -> str:
    """The context under which a connection's password is sealed."""
    return f"connection-password:{tenant_id}:{connection_id}"


def nas_secret(tenant_id: int, nas_id: int) -> str:
    """The context under which a NAS's shared secret is sealed."""
    return f"nas-secret:{tenant_id}:{nas_id}"


def staff_totp(tenant_id: int, staff_id: int) -> str:
    """The context under which the secret of a staff member's one-time passwords is sealed."""
    return f"staff-totp:{tenant_id}:{staff_id}"


def form_answer(tenant_id: int, staff_id: int, field: str) -> str:
    """The context under which a form that somebody fills in keeps a secret answer."""
    return f"form-answer:{tenant_id}:{staff_id}:{field}"


def sent_code(tenant_id: int, subject: str) -> str:
    """The context under which a one-time code waits in the outbox; `subject` as "staff:7"."""
    return f"sent-code:{tenant_id}:{subject}"


def gateway_credentials(tenant_id: int, gateway: str) -> str:
    """The context under which what is secret of an ISP's account at a gateway is sealed."""
    return f"gateway-credentials:{tenant_id}:{gateway}"


def gateway_token(tenant_id: int, gateway: str) -> str:
    """The context under which the token that a gateway granted is sealed."""
    return f"gateway-token:{tenant_id}:{gateway}"


def webhook_secret(tenant_id: int, webhook_id: int) -> str:
    """The context under which the secret that signs what an address is told is sealed."""
    return f"webhook-secret:{tenant_id}:{webhook_id}"


class KeyRing:
    """Keys by id. The highest id seals; every id opens, so a new key is a new line."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        """`keys`: id (1..65535) to 32 bytes. Raises KeyRingUnreadable where empty or misshapen."""
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise KeyRingUnreadable("a key ring needs at least one key, of 32 bytes each")
        if any(not 0 < key_id < 1 << 16 for key_id in keys):
            raise KeyRingUnreadable("key ids go from 1 to 65535")
        self._keys = dict(keys)
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self.current_id = max(keys)

    @property
    def ids(self) -> frozenset[int]:
        """Of all keys in the ring."""
        return frozenset(self._ciphers)

    @classmethod
    def from_text(cls, text: str) -> KeyRing:
        """From lines of `id:base64`; empty lines and lines starting with # are passed over."""
        keys: dict[int, bytes] = {}
        for line in text.splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            key_id, _, encoded = line.strip().partition(":")
            try:
                keys[int(key_id)] = base64.b64decode(encoded, validate=True)
            except (ValueError, binascii.Error):
                raise KeyRingUnreadable("a line of the key ring is not id:base64") from None
        return cls(keys)

    @classmethod
    def load(cls, path: Path) -> KeyRing:
        """From SKYLINK_SECRET_KEYS in the environment (commas for new lines), else from `path`."""
        given = os.environ.get("SKYLINK_SECRET_KEYS", "")
        return cls.from_text(given.replace(",", "\n") or path.read_text(encoding="ascii"))

    @staticmethod
    def new_line(key_id: int) -> str:
        """A fresh random key as a line of the ring's text."""
        return f"{key_id}:{base64.b64encode(os.urandom(KEY_BYTES)).decode('ascii')}\n"

    def seal(self, plain: bytes, context: str) -> bytes:
        """Seal `plain` for the row named by `context`: 15 bytes of header, then text and tag."""
        nonce = os.urandom(NONCE_BYTES)
        header = FORMAT + self.current_id.to_bytes(2, "big") + nonce
        return header + self._ciphers[self.current_id].encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Undo `seal`. Raises KeyUnknown, or SecretDamaged where bytes or context differ."""
        if len(sealed) < HEADER_BYTES or sealed[:1] != FORMAT:
            raise SecretDamaged("not a sealed value")
        cipher = self._ciphers.get(key_id := self.key_id_of(sealed))
        if cipher is None:
            raise KeyUnknown(key_id)
        try:
            return cipher.decrypt(sealed[3:HEADER_BYTES], sealed[HEADER_BYTES:], context.encode())
        except InvalidTag:
            raise SecretDamaged("the value was changed or belongs to another row") from None

    def derived(self, key_id: int, salt: bytes, context: str) -> AESGCM:
        """A key for one stream of many messages, from one of the ring (HKDF, RFC 5869).

        Raises KeyUnknown.
        """
        if key_id not in self._keys:
            raise KeyUnknown(key_id)
        derive = HKDF(SHA256(), length=KEY_BYTES, salt=salt, info=context.encode())
        return AESGCM(derive.derive(self._keys[key_id]))

    def reseal(self, sealed: bytes, context: str) -> bytes:
        """The same value under the current key. Raises what `open` raises."""
        return self.seal(self.open(sealed, context), context)

    @staticmethod
    def key_id_of(sealed: bytes) -> int:
        """Which key sealed it, as its header says."""
        return int.from_bytes(sealed[1:3], "big")
