"""`./skylink why`: the chain of rules for a connection, now or at any past second."""

from __future__ import annotations

import json
import os
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from billing.access import RecordedDecision, recent_decisions, why
from commands.dsn import role_dsn
from commands.errors import CommandError
from commands.settings import LANGUAGES, Settings
from policy.access import Decision
from policy.explanation import explain
from sql.migrate import APP
from storage.database import Database
from tenancy.isps import find_isp, get_isp

LAST_LOGINS = {
    "en": {
        "none": "No login of it is on record.",
        "title": "Last logins:",
        "nas_gone": "a NAS that is gone",
        "no_mac": "no device told",
    },
    "bn": {
        "none": "এর কোনো লগইনের রেকর্ড নেই।",
        "title": "সর্বশেষ লগইন:",
        "nas_gone": "রাউটারটি আর নেই",
        "no_mac": "ডিভাইস জানা যায়নি",
    },
}


class NotAnInstant(CommandError):
    code = "not_an_instant"

    def __init__(self, given: str) -> None:
        super().__init__(f"{given} is no time: write it as '2026-03-10 12:00', on the ISP's clock.")


@click.command("why")
@click.argument("username")
@click.option("--at", "at_text", metavar="TIME", help="'2026-03-10 12:00' on the ISP's clock.")
@click.option("--isp", help="The ISP of the username.  [default: SKYLINK_ISP]")
@click.option("--language", type=click.Choice(LANGUAGES), help="[default: SKYLINK_LANGUAGE]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a screen.")
def why_command(
    username: str, at_text: str | None, isp: str | None, language: str | None, as_json: bool
) -> None:
    """Tell why USERNAME may, or may not, use the network, and what would change it.

    With --at: why it might then, from what was known then. No device is told of, so a connection
    that is bound to one says so.
    """
    settings = Settings.from_environ(os.environ)
    now = datetime.now(UTC)
    with closing(Database(role_dsn(settings, APP))) as database:
        with database.transaction(None) as session:
            tenant_id = find_isp(session, isp or settings.isp).tenant_id
        with database.transaction(tenant_id) as session:
            zone = ZoneInfo(get_isp(session, tenant_id).details.time_zone)
            at = instant(at_text, zone) if at_text else None
            decision = why(session, tenant_id, username, now=now, at=at)
            recorded = recent_decisions(session, tenant_id, username)
    language = language or settings.language
    words = explain(decision, language)
    if as_json:
        facts = told(decision, words, recorded)
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join([words, "", *recorded_lines(recorded, zone, language)]))


def instant(given: str, zone: ZoneInfo) -> datetime:
    """What TIME means: ISO 8601; without an offset, on the ISP's clock. Raises NotAnInstant."""
    try:
        moment = datetime.fromisoformat(given)
        at = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise NotAnInstant(given) from None


def told(decision: Decision, words: str, recorded: tuple[RecordedDecision, ...]) -> dict[str, Any]:
    """All that `--json` prints; instants are ISO 8601 in UTC."""
    changes_at = decision.changes_at
    return {
        "at": decision.now.isoformat(),
        "verdict": decision.verdict.value,
        "reason": decision.reason.value,
        "reply": asdict(decision.reply) if decision.reply else None,
        "changes_at": changes_at.isoformat() if changes_at else None,
        "chain": [
            {"rule": check.rule, "saw": dict(check.saw), "matched": check.matched}
            for check in decision.chain
        ],
        "explanation": words,
        "recorded": [
            {**asdict(said), "decided_at": said.decided_at.isoformat()} for said in recorded
        ],
    }


def recorded_lines(
    recorded: tuple[RecordedDecision, ...], zone: ZoneInfo, language: str
) -> list[str]:
    """What RADIUS nodes answered lately, on the ISP's clock."""
    words = LAST_LOGINS[language]
    if not recorded:
        return [words["none"]]
    lines = [words["title"]]
    for said in recorded:
        when = said.decided_at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
        place = f"{said.nas_name or words['nas_gone']}, {said.mac or words['no_mac']}, {said.node}"
        lines.append(f"  {when}  {said.verdict} ({said.reason})  {place}")
    return lines


COMMAND = why_command
