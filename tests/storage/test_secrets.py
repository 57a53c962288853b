import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.secrets import (
    KeyRing,
    KeyRingUnreadable,
    KeyUnknown,
    Secret,
    SecretDamaged,
    connection_password,
    nas_secret,
)

OLD, NEW = KeyRing.new_line(1), KeyRing.new_line(2)
RING = KeyRing.from_text(OLD)
HERE = connection_password(1, 2)


@given(plain=st.binary(max_size=300), context=st.text(max_size=50))
def test_what_was_sealed_opens_to_itself(plain: bytes, context: str) -> None:
    assert RING.open(RING.seal(plain, context), context) == plain


@given(place=st.integers(0, 40), flip=st.integers(1, 255))
def test_a_changed_byte_is_noticed(place: int, flip: int) -> None:
    sealed = bytearray(RING.seal(b"pw", HERE))
    sealed[place % len(sealed)] ^= flip
    with pytest.raises((SecretDamaged, KeyUnknown)):
        RING.open(bytes(sealed), HERE)


@pytest.mark.parametrize(
    "elsewhere", [connection_password(2, 2), connection_password(1, 3), nas_secret(1, 2)]
)
def test_a_secret_moved_to_another_row_does_not_open(elsewhere: str) -> None:
    with pytest.raises(SecretDamaged):
        RING.open(RING.seal(b"pw", HERE), elsewhere)


def test_equal_passwords_do_not_look_equal() -> None:
    assert RING.seal(b"pw", HERE) != RING.seal(b"pw", HERE)


def test_a_new_key_seals_and_the_old_still_opens() -> None:
    both = KeyRing.from_text(OLD + NEW)
    old = RING.seal(b"pw", HERE)
    new = both.reseal(old, HERE)
    assert (KeyRing.key_id_of(old), KeyRing.key_id_of(new)) == (1, 2)
    assert both.open(old, HERE) == both.open(new, HERE) == b"pw"
    assert both.ids == {1, 2}
    with pytest.raises(KeyUnknown):
        RING.open(new, HERE)


@pytest.mark.parametrize(
    "text",
    ["", "# nothing\n", "1:short", "x:" + OLD[2:], "0:" + OLD[2:], "65536:" + OLD[2:], OLD[2:]],
    ids=["empty", "a comment", "short", "no number", "below", "above", "no id"],
)
def test_a_ring_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(KeyRingUnreadable):
        KeyRing.from_text(text)


def test_a_secret_does_not_show_itself() -> None:
    assert "hidden" not in repr([Secret("hidden")])
