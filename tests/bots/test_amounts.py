"""Amounts of money as people type them."""

from __future__ import annotations

import pytest

from bots.amounts import read_amount


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("800", 80_000),
        ("৮০০", 80_000),
        (" ৳800 ", 80_000),
        ("800 taka", 80_000),
        ("৮০০ টাকা", 80_000),
        ("800tk.", 80_000),
        ("800/-", 80_000),
        ("1,200.50", 120_050),
        ("1,23,456", 12_345_600),
        ("0.01", 1),
        ("BDT 5", 500),
    ],
)
def test_an_amount_is_understood(typed: str, minor: int) -> None:
    assert read_amount(typed, "BDT") == minor


@pytest.mark.parametrize(
    "typed",
    ["", "0", "0.00", "-5", "five", "8.001", "1e3", "1,2", "800 karim", "9" * 13, "৮..৫", "²", "½"],
)
def test_what_is_no_amount_is_none(typed: str) -> None:
    assert read_amount(typed, "BDT") is None


def test_a_currency_without_a_smaller_unit_takes_whole_amounts_alone() -> None:
    assert read_amount("800", "JPY") == 800
    assert read_amount("800.5", "JPY") is None
