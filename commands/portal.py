"""`./skylink portal`: how the client portal looks and what it offers, notices, clients' wishes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import click

from billing.notices import (
    Notice,
    NoticeDetails,
    NoticeId,
    add_notice,
    list_notices,
    withdraw_notice,
)
from billing.package_requests import RequestId, decide_request, waiting_requests
from billing.packages import list_packages
from billing.zones import list_zones
from commands.caller import caller
from commands.errors import CommandError
from commands.meant import named
from commands.scope import isp_scope
from policy.figures import moment
from policy.words import ENGLISH
from tenancy.letterheads import (
    PICTURE_BYTES_MAX,
    get_letterhead,
    logo_digest,
    set_letterhead,
    set_logo,
)
from tenancy.portals import (
    Feature,
    get_portal_settings,
    portal_addresses,
    set_portal_addresses,
    set_portal_settings,
)

OF_ISP = click.option("--isp", help="The ISP of the portal.  [default: SKYLINK_ISP]")
FEATURES = click.Choice([str(feature) for feature in Feature])
DAYS_MAX = 366


class NothingSaid(CommandError):
    code = "nothing_said"

    def __init__(self) -> None:
        super().__init__("Say something: --en, --bn or both.")


@click.group("portal")
def portal() -> None:
    """Set how the client portal looks and what it offers; notices; what clients ask for."""


@portal.command("show")
@OF_ISP
def show(isp: str | None) -> None:
    """How it looks, what it offers, where it is reached, which notices are shown."""
    with isp_scope(isp) as scope:
        session, tenant_id = scope.session, scope.tenant_id
        said = get_portal_settings(session, tenant_id)
        addresses = portal_addresses(session, tenant_id)
        head, logo = get_letterhead(session, tenant_id), logo_digest(session, tenant_id)
        notices = list_notices(session, tenant_id, now=datetime.now(UTC))
    off = ", ".join(sorted(said.features_off)) or "nothing"
    lines = [
        f"Addresses  {', '.join(addresses) or 'none: while there is one ISP here, any'}",
        f"Colour     {said.colour}",
        f"Contact    {head.phone or 'no phone'}, {head.email or 'no e-mail'}",
        f"Logo       {'there' if logo else 'none'}; in Bangla: {head.name_bn or scope.isp.name}",
        f"Switched off: {off}",
        *(["Under maintenance: nothing else is shown."] if said.maintenance else []),
        *(notice_line(notice, ZoneInfo(scope.isp.time_zone)) for notice in notices),
    ]
    click.echo("\n".join(lines))


def notice_line(notice: Notice, zone: ZoneInfo) -> str:
    until = moment(notice.details.shown_until.replace(second=0, microsecond=0), zone, ENGLISH)
    return f"Notice {notice.notice_id}, until {until}: {notice.text('en')}"


@portal.command("set")
@click.option("--colour", help="As #rrggbb, in small letters.")
@click.option("--off", multiple=True, type=FEATURES, help="Switch a feature off.")
@click.option("--on", multiple=True, type=FEATURES, help="Switch a feature on.")
@click.option("--maintenance/--no-maintenance", default=None, help="Show nothing but that.")
@click.option("--maintenance-en", help="What is said then, in English; '' takes it away.")
@click.option("--maintenance-bn", help="In Bangla.")
@OF_ISP
def set_(off: tuple[str, ...], on: tuple[str, ...], isp: str | None, **said: Any) -> None:
    """Change how it looks and what it offers; what is not named stays."""
    with isp_scope(isp) as scope:
        session, tenant_id = scope.session, scope.tenant_id
        was = get_portal_settings(session, tenant_id)
        switched = (was.features_off | {Feature(name) for name in off}) - {
            Feature(name) for name in on
        }
        changes: dict[str, Any] = {
            name: value or None for name, value in said.items() if value is not None
        }
        if said["maintenance"] is not None:
            changes["maintenance"] = said["maintenance"]
        details = replace(was, features_off=frozenset(switched), **changes)
        set_portal_settings(session, tenant_id, details, actor=caller())
    click.echo("The portal looks like that from the next page on.")


@portal.command("brand")
@click.option("--name-bn", help="The ISP's name in Bangla.")
@click.option("--phone", help="Whom clients call.")
@click.option("--email", help="Whom they write to.")
@click.option("--logo", type=click.File("rb"), help="A PNG, JPEG or WebP.")
@click.option("--no-logo", is_flag=True, help="Take the logo away.")
@OF_ISP
def brand(logo: BinaryIO | None, no_logo: bool, isp: str | None, **said: str | None) -> None:
    """Set what stands at the head of pages and bills; what is not named stays, '' takes it away."""
    changes: dict[str, Any] = {
        key: value or None for key, value in said.items() if value is not None
    }
    with isp_scope(isp) as scope:
        session, tenant_id, actor = scope.session, scope.tenant_id, caller()
        details = replace(get_letterhead(session, tenant_id), **changes)
        set_letterhead(session, tenant_id, details, actor=actor)
        if logo is not None or no_logo:
            picture = logo.read(PICTURE_BYTES_MAX + 1) if logo else None
            set_logo(session, tenant_id, picture, actor=actor)
    click.echo("Pages look like that from the next one on.")


@portal.command("addresses")
@click.argument("addresses", nargs=-1, metavar="ADDRESS...")
@OF_ISP
def addresses_(addresses: tuple[str, ...], isp: str | None) -> None:
    """Reach it under ADDRESS alone, such as https://my.isp.net; links name the first."""
    with isp_scope(isp) as scope:
        set_portal_addresses(scope.session, scope.tenant_id, addresses, actor=caller())
    click.echo("It is reached there as soon as the name leads to this server.")


@portal.command("notice")
@click.option("--en", "text_en", help="In English,")
@click.option("--bn", "text_bn", help="in Bangla, or both.")
@click.option("--days", type=click.IntRange(1, DAYS_MAX), default=7, show_default=True)
@click.option("--zone", help="Only to this zone.")
@click.option("--package", help="Only to who has this package.")
@click.option("--overdue", is_flag=True, help="Only to who is overdue.")
@OF_ISP
def notice(
    text_en: str | None,
    text_bn: str | None,
    days: int,
    zone: str | None,
    package: str | None,
    overdue: bool,
    isp: str | None,
) -> None:
    """Tell clients something on their home page, for some days from now."""
    if not (text_en or text_bn):
        raise NothingSaid
    now = datetime.now(UTC)
    with isp_scope(isp) as scope:
        session, tenant_id = scope.session, scope.tenant_id
        zones = {one.name: one.zone_id for one in list_zones(session, tenant_id)}
        packages = {one.details.name: one.package_id for one in list_packages(session, tenant_id)}
        details = NoticeDetails(
            text_en=text_en or None,
            text_bn=text_bn or None,
            zone_id=named(zones, zone, "zone") if zone else None,
            package_id=named(packages, package, "package") if package else None,
            overdue_only=overdue,
            shown_from_at=now,
            shown_until=now + timedelta(days=days),
        )
        added = add_notice(session, tenant_id, details, actor=caller())
    click.echo(notice_line(added, ZoneInfo(scope.isp.time_zone)))


@portal.command("withdraw")
@click.argument("number", type=int)
@OF_ISP
def withdraw(number: int, isp: str | None) -> None:
    """Show notice NUMBER no more."""
    with isp_scope(isp) as scope:
        withdraw_notice(scope.session, scope.tenant_id, NoticeId(number), actor=caller())
    click.echo(f"Notice {number} is shown no more.")


@portal.command("requests")
@OF_ISP
def requests(isp: str | None) -> None:
    """Packages that clients ask for and nobody has decided on, the oldest first."""
    with isp_scope(isp) as scope:
        asked = waiting_requests(scope.session, scope.tenant_id)
        zone = ZoneInfo(scope.isp.time_zone)
    for one in asked:
        at = moment(one.asked_at.replace(second=0, microsecond=0), zone, ENGLISH)
        click.echo(f"{one.request_id}  {one.username} asks for {one.package_name}, since {at}")
    if not asked:
        click.echo("Nobody asks for anything.")


@portal.command("decide")
@click.argument("number", type=int)
@click.option("--approve/--refuse", required=True)
@OF_ISP
def decide(number: int, approve: bool, isp: str | None) -> None:
    """Give the package that request NUMBER asks for, or do not."""
    with isp_scope(isp) as scope:
        session, tenant_id, now = scope.session, scope.tenant_id, datetime.now(UTC)
        decided = decide_request(
            session, tenant_id, RequestId(number), approved=approve, now=now, actor=caller()
        )
    what = "gets" if approve else "does not get"
    click.echo(f"{decided.username} {what} {decided.package_name}.")


COMMAND = portal
