"""What buttons send: short whatever the ids are, and nothing else is understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.codec import DATA_BYTES_MAX, NUMBER_MAX, Press, Visit, read, written
from bots.contents import SCREENS
from policy.facts import TenantId

NUMBERS = st.integers(0, NUMBER_MAX)
TOKEN = "A-_z0123456789abcdefgh"


@given(
    tenant=NUMBERS, route=st.sampled_from(sorted(SCREENS)), numbers=st.lists(NUMBERS, max_size=2)
)
def test_what_is_written_is_read_and_fits(tenant: int, route: str, numbers: list[int]) -> None:
    visit = Visit(TenantId(tenant), route, tuple(numbers))
    assert read(written(visit)) == visit
    assert len(written(visit).encode()) <= DATA_BYTES_MAX


def test_a_token_is_read_as_it_was_written() -> None:
    press = Press(TenantId(7), TOKEN)
    assert read(written(press)) == press


@given(st.text(max_size=70))
def test_anything_else_is_nothing_and_never_an_error(data: str) -> None:
    found = read(data)
    assert found is None or written(found) == data or data.lstrip("0") != data or ".0" in data


@pytest.mark.parametrize(
    "data",
    ["", ".", "v", "v.1", "v.1.HOME", "v.1.home.", "v.1.home.-1", "v.1.home.1 ", "d.1.short",
     "v.zzzzzzzzzzzzz.home", "v.1.home." + "z" * 13, "v.১.home", "x.1.home", "d.1." + "é" * 22],
)  # fmt: skip
def test_what_was_tampered_with_is_not_understood(data: str) -> None:
    assert read(data) is None
