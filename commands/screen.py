"""What `up` shows when all runs: where it listens, whom to try, what to type next."""

from __future__ import annotations

from commands.demo import DEMO_SLUG, NAS_ADDRESS, NAS_SECRET, demo_logins
from commands.first_owner import FirstOwner, in_fours
from commands.settings import Settings
from tenancy.isps import IspEntry
from tenancy.links import INVITATION_LIFE

LOGINS_SHOWN = 5
RULE = "─" * 78


def first_screen(
    settings: Settings, isps: tuple[IspEntry, ...], owner: FirstOwner | None = None
) -> str:
    """At most a screen of 80 columns and 24 lines; `isps` are all of this server.

    `owner`: who may join the chat now, where no owner has.
    """
    address = "all addresses" if settings.radius_address == "*" else settings.radius_address
    auth, acct = settings.radius_auth_port, settings.radius_acct_port
    where = "a PostgreSQL of yours" if settings.database_url else "a private PostgreSQL"
    names = ", ".join(isp.slug for isp in isps[:LOGINS_SHOWN]) + (
        f" and {len(isps) - LOGINS_SHOWN} more" if len(isps) > LOGINS_SHOWN else ""
    )
    lines = [
        RULE,
        "SkyLink runs. Ctrl-C stops it.",
        "",
        f"  RADIUS     {address}, logins on UDP {auth}, accounting on {acct}",
        f"  Portal     {portal_address(settings)}",
        *chat_lines(settings, owner),
        f"  ISPs       {names}, in {where}",
        f"  Home       {settings.home}",
    ]
    if any(isp.slug == DEMO_SLUG for isp in isps):
        lines += ["", *demo_lines()]
    lines += ["", *next_lines(), RULE]
    return "\n".join(lines)


def chat_lines(settings: Settings, owner: FirstOwner | None) -> list[str]:
    """Where staff chat with the bot, and how the first of them gets in."""
    if settings.telegram_is_local:
        where = f"{settings.local_telegram}/  a sandbox, not Telegram itself: say /start"
    else:
        where = f"{settings.telegram_api or 'Telegram'}: open your bot and say /start"
    lines = [f"  Chat       {where}"]
    if owner:
        minutes = int(INVITATION_LIFE.total_seconds() // 60)
        lines += [
            f"             and send it  {in_fours(owner.code)}  within {minutes} minutes:",
            f"             once, it makes you {owner.name} at {owner.isp_name}",
        ]
    return lines


def portal_address(settings: Settings) -> str:
    """Where a browser on this machine finds the client portal."""
    address = "127.0.0.1" if settings.web_address == "*" else settings.web_address
    host = f"[{address}]" if ":" in address else address
    return f"http://{host}:{settings.web_port}/portal/"


def demo_lines() -> list[str]:
    """The demo's router and the first of its clients."""
    logins = demo_logins()
    lines = [
        f"  Demo       a router at {NAS_ADDRESS}, secret {NAS_SECRET}; clients, also of the portal:"
    ]
    lines += [
        f"             {login.username:<8} {login.password:<11} {login.shows}"
        for login in logins[:LOGINS_SHOWN]
    ]
    lines.append("  Pay        there, as karim: the gateways are local ones, and no money moves")
    return lines


def next_lines() -> list[str]:
    """Commands worth typing first."""
    return [
        "  Next       ./skylink radtest rahim         a real login, and its reasons",
        "             ./skylink why karim             why a client is restricted",
        "             ./skylink seed --clients 1000   more clients",
        "             ./skylink status                what runs, how old the facts are",
    ]
