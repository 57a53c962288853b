"""Names, places and packages as an ISP in Bangladesh has them, for the demo and for seeding."""

from __future__ import annotations

from random import Random

from billing.clients import ClientDetails
from billing.package_details import PackageDetails
from billing.profiles import ProfileDetails
from billing.zones import ZoneId
from policy.due import FirstBill
from policy.facts import (
    Burst,
    FairUseStep,
    ProfileKind,
    QuotaAction,
    Service,
    Speed,
    SpeedWindow,
    Window,
)

GIB = 1024**3
MEGABIT = 1_000  # kbps
EVERY_DAY = frozenset(range(1, 8))
FRIDAY = frozenset({5})

FIRST_NAMES = (
    ("Rahim", "রহিম"), ("Karim", "করিম"), ("Salma", "সালমা"), ("Nasrin", "নাসরিন"),
    ("Jamal", "জামাল"), ("Kamal", "কামাল"), ("Farhana", "ফারহানা"), ("Shirin", "শিরিন"),
    ("Tanvir", "তানভীর"), ("Sabbir", "সাব্বির"), ("Ayesha", "আয়েশা"), ("Fatema", "ফাতেমা"),
    ("Mizanur", "মিজানুর"), ("Shafiqul", "শফিকুল"), ("Rokeya", "রোকেয়া"), ("Nusrat", "নুসরাত"),
    ("Arif", "আরিফ"), ("Hasan", "হাসান"), ("Sumaiya", "সুমাইয়া"), ("Bikash", "বিকাশ"),
)  # fmt: skip
LAST_NAMES = (
    ("Uddin", "উদ্দিন"), ("Ahmed", "আহমেদ"), ("Khatun", "খাতুন"), ("Begum", "বেগম"),
    ("Hossain", "হোসেন"), ("Islam", "ইসলাম"), ("Rahman", "রহমান"), ("Akter", "আক্তার"),
    ("Chowdhury", "চৌধুরী"), ("Sarker", "সরকার"), ("Das", "দাস"), ("Miah", "মিয়া"),
    ("Talukder", "তালুকদার"), ("Sikder", "সিকদার"), ("Bhuiyan", "ভূঁইয়া"), ("Mollah", "মোল্লা"),
)  # fmt: skip
ZONES = (
    "Mirpur 1", "Mirpur 10", "Mirpur 12", "Uttara Sector 4", "Uttara Sector 11", "Dhanmondi",
    "Mohammadpur", "Banasree", "Badda", "Khilgaon", "Jatrabari", "Tongi", "Savar", "Keraniganj",
)  # fmt: skip
PHONE_PREFIXES = ("013", "014", "015", "016", "017", "018", "019")

PROFILES = (
    ProfileDetails(name="Monthly", kind=ProfileKind.MONTHLY, payment_day=10, grace_days=3),
    ProfileDetails(
        name="Monthly, first bill by day",
        kind=ProfileKind.MONTHLY,
        first_bill=FirstBill.UNTIL_MONTH_END,
        payment_day=7,
    ),
    ProfileDetails(
        name="Postpaid office", kind=ProfileKind.POSTPAID, payment_day=28, grace_days=15
    ),
    ProfileDetails(name="Daily", kind=ProfileKind.DAILY, auto_bill=False),
    ProfileDetails(name="Free", kind=ProfileKind.FREE, auto_bill=False, auto_suspend=False),
)


def home_package(megabits: int, price_taka: int) -> PackageDetails:
    """A plain unlimited line with a short burst to half as much again."""
    kbps = megabits * MEGABIT
    return PackageDetails(
        name=f"Home {megabits} Mbps",
        service=Service.PPPOE,
        price_minor=price_taka * 100,
        speed=Speed(kbps, kbps),
        burst=Burst(kbps * 3 // 2, kbps * 3 // 2, kbps * 3 // 4, kbps * 3 // 4, seconds=16),
        pool="home",
        router_profile=f"home-{megabits}",
    )


PACKAGES = (
    home_package(5, 500),
    home_package(10, 700),
    home_package(20, 1_000),
    home_package(50, 1_800),
    home_package(100, 3_500),
    PackageDetails(
        name="Fair 30 Mbps",
        service=Service.PPPOE,
        price_minor=120_000,
        speed=Speed(30 * MEGABIT, 30 * MEGABIT),
        pool="home",
        fair_use=(
            FairUseStep(300 * GIB, Speed(15 * MEGABIT, 15 * MEGABIT)),
            FairUseStep(600 * GIB, Speed(8 * MEGABIT, 8 * MEGABIT)),
        ),
        speed_windows=(
            SpeedWindow(Window(14 * 60, 18 * 60, FRIDAY), Speed(60 * MEGABIT, 60 * MEGABIT)),
        ),
        uncounted_windows=(Window(1 * 60, 7 * 60, EVERY_DAY),),
    ),
    PackageDetails(
        name="Volume 100 GB",
        service=Service.PPPOE,
        price_minor=60_000,
        speed=Speed(20 * MEGABIT, 20 * MEGABIT),
        pool="home",
        data_limit_bytes=100 * GIB,
        quota_action=QuotaAction.BLOCK,
    ),
    PackageDetails(
        name="Hotspot day",
        service=Service.HOTSPOT,
        price_minor=2_000,
        validity_days=1,
        speed=Speed(5 * MEGABIT, 2 * MEGABIT),
        pool="hotspot",
        session_limit=1,
        idle_timeout_seconds=600,
    ),
)


def somebody(chance: Random, zone_id: ZoneId) -> ClientDetails:
    """A person of that zone."""
    (first, first_bn), (last, last_bn) = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
    return ClientDetails(
        name=f"{first} {last}",
        name_bn=f"{first_bn} {last_bn}",
        phone=chance.choice(PHONE_PREFIXES) + f"{chance.randrange(10**8):08d}",
        nid=f"{chance.randrange(10**9, 10**10)}",
        father_name=f"{chance.choice(FIRST_NAMES)[0]} {last}",
        address=f"House {chance.randrange(1, 90)}, Road {chance.randrange(1, 30)}",
        zone_id=zone_id,
    )
