"""Device addresses in every way of writing, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.macs import normalise_mac


@pytest.mark.parametrize(
    ("text", "mac"),
    [
        ("AA:BB:CC:DD:EE:FF", "AABBCCDDEEFF"),
        ("aa-bb-cc-dd-ee-ff", "AABBCCDDEEFF"),
        ("aabb.ccdd.eeff", "AABBCCDDEEFF"),
        ("aabb-ccdd-eeff", "AABBCCDDEEFF"),
        ("aabbccddeeff", "AABBCCDDEEFF"),
        (" AABBCCDDEEFF\n", "AABBCCDDEEFF"),
        ("1:a:b:c:d:e:f", "0A0B0C0D0E0F"),
        ("1:aa:b:cc:d:ee:f", "AA0BCC0DEE0F"),
        ("1:aa:bb:cc:dd:ee:ff", "AABBCCDDEEFF"),
        ("00:00:00:00:00:00", "000000000000"),
    ],
)
def test_a_device_has_one_name_however_it_is_written(text, mac):
    assert normalise_mac(text) == mac


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "192.168.100.200",
        "203.0.113.7",
        "2001:db8::1",
        "2001:db8:1:2:3:4:5:6",
        "fe80::a:b:c:d",
        "2:a:b:c:d:e:f",  # a client-id of another hardware type
        "1:a:b:c:d:e",  # one whose end was cut off, or a device without zeros: no one can tell
        "a:b:c:d:e:f",
        "AA:BB:CC:DD:EE",
        "AA:BB:CC:DD:EE:FF:00",
        "AA:BB-CC:DD-EE:FF",
        "AA:BB:CC:DD:EE:GG",
        "aabb.ccdd-eeff",
        "aabbccddeef",
        "aabbccddeeff0",
        "+8801712345678",
        "ﬀﬀﬀﬀﬀﬀ",  # each of these is FF in upper case
        "AA:BB:CC:DD:EE:F\u0660",
        "AABBCCDDEE\0FF",
        "A" * 10_000,
    ],
)
def test_what_is_no_device_has_no_name(text):
    assert normalise_mac(text) is None


@given(st.text(max_size=40) | st.text("0123456789abcdefABCDEF:-. ", max_size=24))
def test_any_text_is_twelve_digits_or_nothing(text):
    mac = normalise_mac(text)
    if mac is not None:
        assert len(mac) == 12
        assert set(mac) <= set("0123456789ABCDEF")
        assert normalise_mac(mac) == mac


@given(st.integers(0, 2**48 - 1), st.sampled_from([":", "-"]), st.booleans())
def test_every_device_is_known_again(number, separator, upper):
    mac = f"{number:012X}"
    pairs = [mac[at : at + 2] for at in range(0, 12, 2)]
    text = separator.join(pairs)
    assert normalise_mac(text if upper else text.lower()) == mac
    assert normalise_mac("1:" + ":".join(f"{int(pair, 16):x}" for pair in pairs)) == mac
