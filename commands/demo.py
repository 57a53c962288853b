"""The demo ISP: one client for each answer that a login can get."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from billing.bulk import Newcomer, add_newcomers
from billing.clients import ClientDetails
from billing.connections import ConnectionDetails
from commands import scenes
from commands.scenes import Scene, State, furnish
from network.nas import NasDetails, NasKind, add_nas
from policy.facts import Service, TenantId
from storage.actors import operator
from storage.database import Database
from storage.secrets import KeyRing, Secret
from tenancy.isps import IspDetails, create_isp

DEMO_SLUG = "demo"
NAS_ADDRESS = "127.0.0.1"
NAS_SECRET = Secret("testing123")

PEOPLE: tuple[tuple[str, str, str, State, str], ...] = (
    ("rahim", "Rahim Uddin", "রহিম উদ্দিন", scenes.paid, "has paid"),
    ("karim", "Karim Hossain", "করিম হোসেন", scenes.overdue, "overdue: walled garden"),
    ("salma", "Salma Khatun", "সালমা খাতুন", scenes.in_grace, "overdue, in the days of grace"),
    ("parvin", "Parvin Akter", "পারভীন আক্তার", scenes.promised, "overdue, promised to pay"),
    ("jamal", "Jamal Chowdhury", "জামাল চৌধুরী", scenes.vip, "overdue, but a VIP"),
    ("mosque", "Baitul Mukarram", "বায়তুল মোকাররম", scenes.free, "free of charge"),
    ("ratan", "Ratan Das", "রতন দাস", scenes.daily, "pays by the day, until tomorrow"),
    ("nadia", "Nadia Islam", "নাদিয়া ইসলাম", scenes.expired, "pays by the day, expired"),
    ("rafiq", "Rafiq Miah", "রফিক মিয়া", scenes.over_quota, "used up the data limit"),
    ("tanvir", "Tanvir Ahmed", "তানভীর আহমেদ", scenes.past_fair_use, "slowed down by fair use"),
    ("shirin", "Shirin Begum", "শিরিন বেগম", scenes.bound, "bound to one device"),
    ("bikash", "Bikash Sarker", "বিকাশ সরকার", scenes.learning, "binds the first device"),
    ("office", "Padma Garments", "পদ্মা গার্মেন্টস", scenes.static, "fixed addresses"),
    ("guest", "Tea Stall Hotspot", "চায়ের দোকান", scenes.hotspot, "hotspot, one session"),
    ("kamal", "Kamal Talukder", "কামাল তালুকদার", scenes.suspended, "suspended by hand"),
    ("hasan", "Hasan Mollah", "হাসান মোল্লা", scenes.inactive, "gone: refused"),
)


@dataclass(frozen=True)
class DemoLogin:
    """One client of the demo and what they show."""

    username: str
    password: Secret
    shows: str


@dataclass(frozen=True)
class Demo:
    """What a first screen tells: the demo ISP and its logins, the first of which works."""

    tenant_id: TenantId
    slug: str
    nas_address: str
    nas_secret: Secret
    logins: tuple[DemoLogin, ...]


def demo_isp(database: Database, keys: KeyRing, now: datetime) -> Demo:
    """Make the demo ISP, in one transaction. Raises SlugTaken where it is there already."""
    actor = operator("demo")
    with database.transaction(None) as session:
        details = IspDetails(slug=DEMO_SLUG, name="Padma Net")
        tenant_id = create_isp(session, details, actor=actor).tenant_id
        catalogue = furnish(session, tenant_id, actor=actor)
        scene = Scene(catalogue, now, now.astimezone(ZoneInfo(details.time_zone)).date())
        people = [
            state(scene, _somebody(scene, n, username, ClientDetails(name=name, name_bn=name_bn)))
            for n, (username, name, name_bn, state, _shows) in enumerate(PEOPLE, start=1)
        ]
        add_newcomers(session, tenant_id, people, keys=keys, actor=actor)
        nas = NasDetails(name="this machine", kind=NasKind.MIKROTIK, address=NAS_ADDRESS)
        add_nas(session, tenant_id, nas, secret=NAS_SECRET, keys=keys, actor=actor)
    return Demo(tenant_id, DEMO_SLUG, NAS_ADDRESS, NAS_SECRET, demo_logins())


def demo_logins() -> tuple[DemoLogin, ...]:
    """The people of the demo ISP and their passwords, which are no secrets."""
    return tuple(
        DemoLogin(username, demo_password(username), shows)
        for username, _name, _name_bn, _state, shows in PEOPLE
    )


def demo_password(username: str) -> Secret:
    """Easily typed, and the same on every machine."""
    return Secret(f"{username}123")


def _somebody(scene: Scene, n: int, username: str, client: ClientDetails) -> Newcomer:
    zone = scene.catalogue.zones["Mirpur 10"]
    return Newcomer(
        client=replace(client, phone=f"01711{n:06d}", zone_id=zone.zone_id),
        connection=ConnectionDetails(
            username=username,
            service=Service.PPPOE,
            package_id=scene.catalogue.packages["Home 20 Mbps"].package_id,
            profile_id=scene.catalogue.profiles["Monthly"].profile_id,
        ),
        password=demo_password(username),
    )
