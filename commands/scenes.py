"""The states a client's bill can be in, each as a change to somebody who has paid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from billing.bulk import Bill, Newcomer, Usage
from billing.packages import Package, add_package, list_packages
from billing.profiles import Profile, add_profile, list_profiles
from billing.zones import Zone, add_zone, list_zones
from commands.bangladesh import GIB, PACKAGES, PROFILES, ZONES
from policy.facts import MacMode, Status, TenantId
from storage.actors import Actor

DAY = timedelta(days=1)
DAYS_TO_PAY = 9
DAYS_OVERDUE = 30  # longer than any profile's grace
OWED_MINOR = 70_000


@dataclass(frozen=True)
class Catalogue:
    """What an ISP sells and where, by name."""

    zones: dict[str, Zone]
    packages: dict[str, Package]
    profiles: dict[str, Profile]


@dataclass(frozen=True)
class Scene:
    """An ISP's catalogue at an instant; `today` is its own date then."""

    catalogue: Catalogue
    now: datetime
    today: date

    def owing(self, somebody: Newcomer, days_overdue: int) -> Newcomer:
        """With one unpaid invoice, due so many days ago; below 0, still to come."""
        due_on = self.today - days_overdue * DAY
        issued_on = due_on - DAYS_TO_PAY * DAY
        bill = Bill(issued_on=issued_on, due_on=due_on, total_minor=OWED_MINOR)
        return replace(somebody, bill=bill)

    def billed_as(self, somebody: Newcomer, profile: str) -> Newcomer:
        profile_id = self.catalogue.profiles[profile].profile_id
        return replace(somebody, connection=replace(somebody.connection, profile_id=profile_id))

    def sold(self, somebody: Newcomer, package: str) -> Newcomer:
        found = self.catalogue.packages[package]
        line = replace(
            somebody.connection, package_id=found.package_id, service=found.details.service
        )
        return replace(somebody, connection=line)

    def used(self, somebody: Newcomer, gigabytes: int) -> Newcomer:
        """In a billing cycle that began ten days ago and ends in twenty."""
        usage = Usage(
            from_on=self.today - 10 * DAY, until=self.now + 20 * DAY, used_bytes=gigabytes * GIB
        )
        return replace(somebody, usage=usage)


State = Callable[[Scene, Newcomer], Newcomer]


def paid(scene: Scene, somebody: Newcomer) -> Newcomer:
    return somebody


def billed(scene: Scene, somebody: Newcomer) -> Newcomer:
    return scene.owing(somebody, -5)


def in_grace(scene: Scene, somebody: Newcomer) -> Newcomer:
    return scene.owing(somebody, 1)


def overdue(scene: Scene, somebody: Newcomer) -> Newcomer:
    return scene.owing(somebody, DAYS_OVERDUE)


def promised(scene: Scene, somebody: Newcomer) -> Newcomer:
    return replace(overdue(scene, somebody), promised_until=scene.now + 2 * DAY)


def daily(scene: Scene, somebody: Newcomer) -> Newcomer:
    return replace(scene.billed_as(somebody, "Daily"), expires_at=scene.now + DAY)


def expired(scene: Scene, somebody: Newcomer) -> Newcomer:
    return replace(scene.billed_as(somebody, "Daily"), expires_at=scene.now - DAY)


def over_quota(scene: Scene, somebody: Newcomer) -> Newcomer:
    return scene.used(scene.sold(somebody, "Volume 100 GB"), 101)


def past_fair_use(scene: Scene, somebody: Newcomer) -> Newcomer:
    return scene.used(scene.sold(somebody, "Fair 30 Mbps"), 400)


def suspended(scene: Scene, somebody: Newcomer) -> Newcomer:
    return replace(somebody, status=Status.SUSPENDED)


def inactive(scene: Scene, somebody: Newcomer) -> Newcomer:
    return replace(somebody, status=Status.INACTIVE)


def vip(scene: Scene, somebody: Newcomer) -> Newcomer:
    return replace(overdue(scene, somebody), vip=True)


def free(scene: Scene, somebody: Newcomer) -> Newcomer:
    return scene.billed_as(overdue(scene, somebody), "Free")


def learning(scene: Scene, somebody: Newcomer) -> Newcomer:
    return replace(somebody, connection=replace(somebody.connection, mac_mode=MacMode.LEARN))


def bound(scene: Scene, somebody: Newcomer) -> Newcomer:
    """To a device whose address ends in the client's phone number."""
    line = replace(somebody.connection, mac_mode=MacMode.ENFORCE)
    return replace(somebody, connection=line, macs=("02" + (somebody.client.phone or "")[-10:],))


def static(scene: Scene, somebody: Newcomer) -> Newcomer:
    line = replace(
        somebody.connection,
        ipv4_address="203.0.113.10",
        ipv6_prefix="2001:db8:10::/64",
        delegated_ipv6_prefix="2001:db8:1000::/56",
    )
    return replace(somebody, connection=line)


def hotspot(scene: Scene, somebody: Newcomer) -> Newcomer:
    return daily(scene, scene.sold(somebody, "Hotspot day"))


def furnish(session: Session, tenant_id: TenantId, *, actor: Actor) -> Catalogue:
    """The ISP's zones, packages and profiles, with those of ours that it lacks."""
    zones = {zone.name: zone for zone in list_zones(session, tenant_id)}
    packages = {sold.details.name: sold for sold in list_packages(session, tenant_id)}
    profiles = {billed.details.name: billed for billed in list_profiles(session, tenant_id)}
    for name in ZONES:
        if name not in zones:
            zones[name] = add_zone(session, tenant_id, name, actor=actor)
    for details in PACKAGES:
        if details.name not in packages:
            packages[details.name] = add_package(session, tenant_id, details, actor=actor)
    for terms in PROFILES:
        if terms.name not in profiles:
            profiles[terms.name] = add_profile(session, tenant_id, terms, actor=actor)
    return Catalogue(zones, packages, profiles)
