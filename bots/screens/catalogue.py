"""What is sold, how it is billed, and where: packages, profiles and zones."""

from __future__ import annotations

from sqlalchemy.orm import Session

from billing.packages import Package, get_package, list_packages
from billing.profiles import Profile, list_profiles
from billing.zones import Zone, list_zones
from bots.callers import Caller
from bots.listings import Column, Listing
from bots.listings import Row as Buttons
from bots.screens.screen import Screen
from bots.sheets import plain_amount
from bots.views import Button, Style, View, rows
from bots.words import Html
from policy.facts import PackageId
from storage.actors import Permission

MANAGES = Permission.MANAGE_CATALOGUE


def _packages(session: Session, caller: Caller) -> tuple[Package, ...]:
    return list_packages(session, caller.tenant_id)


def _package_button(package: Package, caller: Caller) -> Button:
    price = caller.words.amount(package.details.price_minor, caller.currency)
    return caller.to(
        "package", "package-line", package.package_id, name=package.details.name, price=price
    )


def _below_packages(_session: Session, caller: Caller) -> tuple[Buttons, ...]:
    return (
        (caller.to("add_package", "package-add", style=Style.GOOD),),
        (caller.to("profiles", "to-profiles"), caller.to("zones", "to-zones")),
        (caller.to("home", "to-home"),),
    )


PACKAGES = Listing(
    route="packages",
    title="packages",
    read=_packages,
    leads=_package_button,
    needs=MANAGES,
    below=_below_packages,
    columns=(
        Column("column-name", lambda one, _: one.details.name),
        Column("column-service", lambda one, _: one.details.service.value),
        Column(
            "column-price",
            lambda one, caller: plain_amount(one.details.price_minor, caller.currency),
        ),
        Column("column-down-kbps", lambda one, _: one.details.speed.down_kbps),
        Column("column-up-kbps", lambda one, _: one.details.speed.up_kbps),
        Column("column-days", lambda one, _: one.details.validity_days),
    ),
)


def open_package(session: Session, caller: Caller, package_id: int) -> View:
    return show_package(session, caller, PackageId(package_id))


def show_package(
    session: Session, caller: Caller, package_id: PackageId, note: Html | None = None
) -> View:
    details, words = get_package(session, caller.tenant_id, package_id).details, caller.words
    limit = details.data_limit_bytes
    text = words.say(
        "package",
        isp=caller.isp.name,
        name=details.name,
        service=words.plain(f"service-{details.service}"),
        price=words.amount(details.price_minor, caller.currency),
        down=words.speed(details.speed.down_kbps),
        up=words.speed(details.speed.up_kbps),
        days=words.number(details.validity_days),
        limit=words.volume(limit) if limit else words.plain("package-no-limit"),
        pool=details.pool or "–",
    )
    back = (caller.to("packages", "to-packages"), caller.to("home", "to-home"))
    return View(Html("\n\n".join(part for part in (note, text) if part)), rows(back))


def _profiles(session: Session, caller: Caller) -> tuple[Profile, ...]:
    return list_profiles(session, caller.tenant_id)


def _profile_line(profile: Profile, caller: Caller) -> Html:
    details, words = profile.details, caller.words
    return words.say(
        "profile-line",
        name=details.name,
        kind=words.plain(f"kind-{details.kind}"),
        day=words.number(details.payment_day),
        grace=words.number(details.grace_days),
    )


def _below_profiles(_session: Session, caller: Caller) -> tuple[Buttons, ...]:
    return (
        (caller.to("add_profile", "profile-add", style=Style.GOOD),),
        (caller.to("packages", "to-packages"), caller.to("home", "to-home")),
    )


PROFILES = Listing(
    route="profiles",
    title="profiles",
    read=_profiles,
    line=_profile_line,
    needs=MANAGES,
    below=_below_profiles,
    columns=(
        Column("column-name", lambda one, _: one.details.name),
        Column("column-kind", lambda one, _: one.details.kind.value),
        Column("column-payment-day", lambda one, _: one.details.payment_day),
        Column("column-grace-days", lambda one, _: one.details.grace_days),
    ),
)


def show_profiles(session: Session, caller: Caller, note: Html) -> View:
    return PROFILES.show(session, caller, (), 1, note)


def _zones(session: Session, caller: Caller) -> tuple[Zone, ...]:
    return list_zones(session, caller.tenant_id)


def _zone_line(zone: Zone, caller: Caller) -> Html:
    return caller.words.say("zone-line", name=zone.name)


def _below_zones(_session: Session, caller: Caller) -> tuple[Buttons, ...]:
    return (
        (caller.to("add_zone", "zone-add", style=Style.GOOD),),
        (caller.to("packages", "to-packages"), caller.to("home", "to-home")),
    )


ZONES = Listing(
    route="zones",
    title="zones",
    read=_zones,
    line=_zone_line,
    needs=MANAGES,
    below=_below_zones,
    columns=(Column("column-name", lambda one, _: one.name),),
)


def show_zones(session: Session, caller: Caller, note: Html) -> View:
    return ZONES.show(session, caller, (), 1, note)


SCREENS = (
    *PACKAGES.screens(),
    *PROFILES.screens(),
    *ZONES.screens(),
    Screen("package", open_package, MANAGES),
)
