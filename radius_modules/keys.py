"""The node's key ring: read again when something is sealed under a key that is not in it yet."""

from __future__ import annotations

import time
from pathlib import Path

from storage.secrets import KeyRing, KeyRingUnreadable, KeyUnknown

READ_AGAIN_SECONDS = 1.0


class NodeKeys:
    """Opens and seals as `KeyRing` does. After a rotation the file has a line more."""

    def __init__(self, path: Path) -> None:
        """Raises OSError or KeyRingUnreadable."""
        self._path = path
        self._ring = KeyRing.load(path)
        self._read_at = time.monotonic()

    def seal(self, plain: bytes, context: str) -> bytes:
        return self._ring.seal(plain, context)

    def open(self, sealed: bytes, context: str) -> bytes:
        """Raises SecretError."""
        try:
            return self._ring.open(sealed, context)
        except KeyUnknown:
            if not self._read_again():
                raise
            return self._ring.open(sealed, context)

    def _read_again(self) -> bool:
        """Whether the ring was read anew; not more than once a second, on the way of a login."""
        if time.monotonic() - self._read_at < READ_AGAIN_SECONDS:
            return False
        self._read_at = time.monotonic()
        try:
            self._ring = KeyRing.load(self._path)
        except (OSError, KeyRingUnreadable):
            return False
        return True
