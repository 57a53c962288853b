"""What is too large to be sealed at once: AES-256-GCM chunk by chunk, in memory that stays flat.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizar: Online Authenticated-Encryption and
its Nonce-Reuse Misuse-Resistance, 2015): the nonce of a chunk counts it and says whether it is the
last. So chunks that are changed, left out, exchanged or cut off at the end are noticed, and none
is handed on before it was. Each stream has a key of its own, derived from one of the ring.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.secrets import KeyRing, SecretDamaged

MAGIC = b"SkyLink\x01"
SALT_BYTES = 32
PREFIX_BYTES = 7  # of a nonce: prefix, four bytes that count, one that ends; 12 in all
HEADER_BYTES = len(MAGIC) + 2 + SALT_BYTES + PREFIX_BYTES
CHUNK_BYTES = 1 << 20
TAG_BYTES = 16
CHUNKS_MAX = 1 << 32  # 4 PiB


def seal_stream(source: IO[bytes], target: IO[bytes], keys: KeyRing, context: str) -> None:
    """Write all of `source` sealed to `target`, under the ring's current key."""
    key_id = keys.current_id
    header = MAGIC + key_id.to_bytes(2, "big") + os.urandom(SALT_BYTES + PREFIX_BYTES)
    cipher = _cipher(header, keys, context)
    target.write(header)
    for nonce, chunk in _chunks(source, header, CHUNK_BYTES):
        target.write(cipher.encrypt(nonce, chunk, header))


def open_stream(source: IO[bytes], keys: KeyRing, context: str) -> Iterator[bytes]:
    """The chunks that were sealed, each checked before it is given.

    Raises SecretDamaged, at once or amid the chunks: what came before is whole, but not all there
    was. Raises KeyUnknown.
    """
    header = source.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
        raise SecretDamaged("not a sealed stream")
    cipher = _cipher(header, keys, context)
    for nonce, sealed in _chunks(source, header, CHUNK_BYTES + TAG_BYTES):
        try:
            yield cipher.decrypt(nonce, sealed, header)
        except InvalidTag:
            raise SecretDamaged(
                "the stream was changed, cut off, or sealed for another use"
            ) from None


def _cipher(header: bytes, keys: KeyRing, context: str) -> AESGCM:
    key_id = int.from_bytes(header[len(MAGIC) : len(MAGIC) + 2], "big")
    salt = header[len(MAGIC) + 2 : len(MAGIC) + 2 + SALT_BYTES]
    return keys.derived(key_id, salt, context)


def _chunks(source: IO[bytes], header: bytes, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Nonce and content of each chunk; an empty source is one empty chunk."""
    prefix = header[-PREFIX_BYTES:]
    chunk = _read(source, size)
    for number in range(CHUNKS_MAX):
        following = _read(source, size) if len(chunk) == size else b""
        is_last = not following
        yield prefix + number.to_bytes(4, "big") + bytes([is_last]), chunk
        if is_last:
            return
        chunk = following
    raise OverflowError("a stream has at most 2**32 chunks")


def _read(source: IO[bytes], size: int) -> bytes:
    """`size` bytes, fewer only at the end: a pipe gives what it has."""
    parts = []
    while size > 0 and (part := source.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
