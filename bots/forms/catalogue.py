"""What is sold and where: add a package, a profile of billing, a zone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from billing.package_details import PackageDetails
from billing.packages import add_package
from billing.profiles import ProfileDetails, add_profile
from billing.zones import add_zone
from bots.callers import Caller
from bots.drafts import Answers
from bots.forms import fields
from bots.forms.form import Field, Form
from bots.screens import catalogue
from bots.screens.confirming import done
from bots.views import Answer
from policy.facts import ProfileKind, QuotaAction, Service, Speed
from storage.actors import Permission

GB = 10**9
MBPS_MAX = 100_000
SERVICES, KINDS = tuple(Service), tuple(ProfileKind)


def _mbps(value: Any, caller: Caller) -> str:
    return caller.words.speed(int(value) * 1000)


def _volume(value: Any, caller: Caller) -> str:
    return caller.words.volume(int(value) * GB)


def _save_package(session: Session, caller: Caller, answers: Mapping[str, Any]) -> Answer:
    limit = answers.get("data_limit")
    details = PackageDetails(
        name=answers["name"],
        service=SERVICES[answers["service"]],
        price_minor=answers["price"],
        speed=Speed(answers["down"] * 1000, answers["up"] * 1000),
        validity_days=answers["validity"],
        data_limit_bytes=limit * GB if limit else None,
        quota_action=QuotaAction.BLOCK,
        pool=answers.get("pool"),
        router_profile=answers.get("router_profile"),
    )
    package = add_package(session, caller.tenant_id, details, actor=caller.actor)
    note = done(session, caller, "package-added")
    return Answer(catalogue.show_package(session, caller, package.package_id, note))


def _by_month(answers: Answers) -> bool:
    kind = answers.get("kind")
    return kind is not None and KINDS[kind] in (ProfileKind.MONTHLY, ProfileKind.POSTPAID)


def _save_profile(session: Session, caller: Caller, answers: Mapping[str, Any]) -> Answer:
    details = ProfileDetails(
        name=answers["name"],
        kind=KINDS[answers["kind"]],
        payment_day=answers.get("payment_day") or 10,
        grace_days=answers.get("grace_days") or 0,
    )
    add_profile(session, caller.tenant_id, details, actor=caller.actor)
    note = done(session, caller, "profile-added")
    return Answer(catalogue.show_profiles(session, caller, note))


def _save_zone(session: Session, caller: Caller, answers: Mapping[str, Any]) -> Answer:
    add_zone(session, caller.tenant_id, answers["name"], actor=caller.actor)
    note = done(session, caller, "zone-added")
    return Answer(catalogue.show_zones(session, caller, note))


MANAGES = Permission.MANAGE_CATALOGUE
FORMS = (
    Form(
        name="package",
        needs=MANAGES,
        save=_save_package,
        fields=(
            Field(name="name", read=fields.words_of(60)),
            Field(name="service", choices=fields.one_of(Service, "service")),
            Field(name="price", read=fields.amount, show=fields.show_amount),
            Field(name="down", read=fields.whole(1, MBPS_MAX), show=_mbps),
            Field(name="up", read=fields.whole(1, MBPS_MAX), show=_mbps),
            Field(name="validity", read=fields.whole(1, 366), show=fields.show_number),
            Field(
                name="data_limit", read=fields.whole(1, 100_000), show=_volume, optional=True
            ),
            Field(name="pool", read=fields.words_of(60), optional=True),
            Field(name="router_profile", read=fields.words_of(60), optional=True),
        ),
    ),
    Form(
        name="profile",
        needs=MANAGES,
        save=_save_profile,
        fields=(
            Field(name="name", read=fields.words_of(60)),
            Field(name="kind", choices=fields.one_of(ProfileKind, "kind")),
            Field(name="payment_day", read=fields.whole(1, 28), show=fields.show_number,
                  asked=_by_month),
            Field(name="grace_days", read=fields.whole(0, 60), show=fields.show_number,
                  asked=_by_month),
        ),
    ),
    Form(
        name="zone",
        needs=MANAGES,
        save=_save_zone,
        fields=(Field(name="name", read=fields.words_of(60)),),
    ),
)  # fmt: skip
