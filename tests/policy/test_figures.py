"""Numbers as people write them: lakhs, Bangla digits, minor units of each currency."""

from __future__ import annotations

import pytest

from policy import figures
from policy.money import Money
from policy.words import BANGLA, ENGLISH
from tests.policy.cases import BERLIN, DHAKA, NOW, SECOND, on


@pytest.mark.parametrize(
    ("money", "english", "bangla"),
    [
        (Money(0, "BDT"), "৳0", "৳০"),
        (Money(5, "BDT"), "৳0.05", "৳০.০৫"),
        (Money(50_000, "BDT"), "৳500", "৳৫০০"),
        (Money(99_950, "BDT"), "৳999.50", "৳৯৯৯.৫০"),
        (Money(100_000, "BDT"), "৳1,000", "৳১,০০০"),
        (Money(9_999_900, "BDT"), "৳99,999", "৳৯৯,৯৯৯"),
        (Money(10_000_000, "BDT"), "৳100,000", "৳১,০০,০০০"),
        (Money(123_456_789_01, "BDT"), "৳123,456,789.01", "৳১২,৩৪,৫৬,৭৮৯.০১"),
        (Money(-10_000_050, "BDT"), "-৳100,000.50", "-৳১,০০,০০০.৫০"),
        (Money(1_234, "JPY"), "JPY 1,234", "JPY ১,২৩৪"),
        (Money(1_234, "KWD"), "KWD 1.234", "KWD ১.২৩৪"),
        (Money(100_005, "USD"), "$1,000.05", "$১,০০০.০৫"),
    ],
)
def test_an_amount_is_grouped_and_cut_as_each_language_does(money, english, bangla):
    assert figures.amount(money, ENGLISH) == english
    assert figures.amount(money, BANGLA) == bangla


def test_a_day_and_a_moment_are_on_the_isps_clock():
    assert figures.day(on("2025-02-01"), ENGLISH) == "1 February 2025"
    assert figures.day(on("2025-02-01"), BANGLA) == "১ ফেব্রুয়ারি ২০২৫"
    assert figures.moment(NOW, DHAKA, ENGLISH) == "19 November 2025, 12:00"
    assert figures.moment(NOW, BERLIN, BANGLA) == "১৯ নভেম্বর ২০২৫, ০৭:০০"
    assert figures.moment(NOW + 5 * SECOND, DHAKA, ENGLISH) == "19 November 2025, 12:00:05"


@pytest.mark.parametrize(
    ("count", "english", "bangla"),
    [
        (0, "0 B", "০ বাইট"),
        (999, "999 B", "৯৯৯ বাইট"),
        (1_000, "1 kB", "১ কেবি"),
        (1_999_999, "1.99 MB", "১.৯৯ এমবি"),
        (50 * 10**9, "50 GB", "৫০ জিবি"),
        (2_500 * 10**9, "2.5 TB", "২.৫ টিবি"),
        (10**9 - 1, "999.99 MB", "৯৯৯.৯৯ এমবি"),
    ],
)
def test_a_volume_is_cut_off_and_never_rounded_up_to_a_limit(count, english, bangla):
    assert (figures.volume(count, ENGLISH), figures.volume(count, BANGLA)) == (english, bangla)


@pytest.mark.parametrize(
    ("kbps", "english", "bangla"),
    [
        (64, "64 kbps", "৬৪ কেবিপিএস"),
        (999, "999 kbps", "৯৯৯ কেবিপিএস"),
        (1_000, "1 Mbps", "১ এমবিপিএস"),
        (2_500, "2.5 Mbps", "২.৫ এমবিপিএস"),
        (100_000, "100 Mbps", "১০০ এমবিপিএস"),
    ],
)
def test_a_speed_is_in_the_larger_unit_that_fits(kbps, english, bangla):
    assert (figures.speed(kbps, ENGLISH), figures.speed(kbps, BANGLA)) == (english, bangla)


def test_a_device_is_written_in_pairs():
    assert figures.device("AABBCCDDEEFF") == "AA:BB:CC:DD:EE:FF"
