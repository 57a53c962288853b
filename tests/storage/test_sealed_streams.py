import tracemalloc
from io import BytesIO, RawIOBase

import pytest

from storage.sealed_streams import (
    CHUNK_BYTES,
    HEADER_BYTES,
    TAG_BYTES,
    open_stream,
    seal_stream,
)
from storage.secrets import KeyRing, KeyUnknown, SecretDamaged

OLD = KeyRing.new_line(1)
RING = KeyRing.from_text(OLD)
SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES


def sealed(plain: bytes, ring: KeyRing = RING) -> bytes:
    target = BytesIO()
    seal_stream(BytesIO(plain), target, ring, "backup")
    return target.getvalue()


def opened(stream: bytes, ring: KeyRing = RING, context: str = "backup") -> bytes:
    return b"".join(open_stream(BytesIO(stream), ring, context))


@pytest.mark.parametrize(
    "length", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES]
)
def test_a_stream_of_any_length_opens_to_itself(length: int) -> None:
    plain = bytes(range(256)) * (length // 256) + bytes(length % 256)
    stream = sealed(plain)
    assert opened(stream) == plain
    assert plain[:40] not in stream or length < 40


def test_a_pipe_that_gives_a_little_at_a_time_is_sealed_whole() -> None:
    class Dripping(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 60_000))

    target = BytesIO()
    seal_stream(Dripping(b"x" * (CHUNK_BYTES + 7)), target, RING, "backup")
    assert opened(target.getvalue()) == b"x" * (CHUNK_BYTES + 7)


THREE = b"a" * CHUNK_BYTES + b"b" * CHUNK_BYTES + b"c" * 10


def chunks(stream: bytes) -> tuple[bytes, list[bytes]]:
    header, rest = stream[:HEADER_BYTES], stream[HEADER_BYTES:]
    return header, [rest[i : i + SEALED_CHUNK] for i in range(0, len(rest), SEALED_CHUNK)]


def test_a_stream_cut_off_anywhere_is_noticed() -> None:
    stream = sealed(THREE)
    for end in (0, 5, HEADER_BYTES, HEADER_BYTES + 9, HEADER_BYTES + SEALED_CHUNK, len(stream) - 1):
        with pytest.raises(SecretDamaged):
            opened(stream[:end])


def test_chunks_exchanged_left_out_repeated_or_added_are_noticed() -> None:
    header, [a, b, c] = chunks(sealed(THREE))
    for parts in ([b, a, c], [a, c], [a, b, b, c], [a, b, c, c], [a, b], [c]):
        with pytest.raises(SecretDamaged):
            opened(header + b"".join(parts))


def test_a_chunk_of_another_stream_is_noticed() -> None:
    (header, [a, b, c]), (_, [_, other, _]) = chunks(sealed(THREE)), chunks(sealed(THREE))
    assert opened(header + a + b + c) == THREE
    with pytest.raises(SecretDamaged):
        opened(header + a + other + c)


@pytest.mark.parametrize("place", [0, 9, 12, HEADER_BYTES - 1, HEADER_BYTES, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    stream = bytearray(sealed(b"all the clients"))
    stream[place] ^= 1
    with pytest.raises((SecretDamaged, KeyUnknown)):
        opened(bytes(stream))


def test_nothing_is_handed_on_from_a_chunk_that_is_damaged() -> None:
    stream = bytearray(sealed(THREE))
    stream[HEADER_BYTES + SEALED_CHUNK + 5] ^= 1
    reader = open_stream(BytesIO(bytes(stream)), RING, "backup")
    assert next(reader) == b"a" * CHUNK_BYTES
    with pytest.raises(SecretDamaged):
        next(reader)


def test_an_older_key_opens_and_a_key_that_is_gone_is_named() -> None:
    stream = sealed(b"old", RING)
    rotated = KeyRing.from_text(OLD + KeyRing.new_line(2))
    assert opened(stream, rotated) == b"old"
    with pytest.raises(KeyUnknown) as refusal:
        opened(stream, KeyRing.from_text(KeyRing.new_line(2)))
    assert refusal.value.key_id == 1


def test_what_was_sealed_for_another_use_does_not_open() -> None:
    with pytest.raises(SecretDamaged):
        opened(sealed(b"x"), context="another")


def test_memory_stays_flat_however_long_the_stream() -> None:
    class Endless(RawIOBase):
        """So many zero bytes, made as they are read."""

        def __init__(self, length: int) -> None:
            self.left = length

        def read(self, size: int = -1) -> bytes:
            size = min(size, self.left)
            self.left -= size
            return bytes(size)

    class Nowhere(BytesIO):
        def write(self, chunk: object) -> int:
            return 0

    def peak(length: int) -> int:
        tracemalloc.start()
        seal_stream(Endless(length), Nowhere(), RING, "backup")  # type: ignore[arg-type]
        _now, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    assert peak(64 * CHUNK_BYTES) < peak(4 * CHUNK_BYTES) + CHUNK_BYTES
