"""The chain of a decision: each rule that was asked, in order, and what it saw, as plain text.

Values are in no language: "yes", "no", "none", numbers, ISO dates, instants in UTC. The names say
what they are by their endings (`_on`, `_at`, `_until`, `_minor`, `_bytes`, `_kbps`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from policy import rules
from policy.facts import AccessRequest, Facts, MacMode, ProfileKind, Reason, RestrictionAction
from policy.speeds import SLOWEST, Source, pace_at, sane, use_at
from policy.standing import dues_at
from policy.windows import coverage, in_utc

Saw = tuple[tuple[str, str], ...]
Value = date | str | int | None  # a datetime is a date, a bool is an int


@dataclass(frozen=True, slots=True)
class Check:
    """One rule, what it saw, and whether it matched: restricted, or named why it let through."""

    rule: str
    saw: Saw
    matched: bool


def trace(facts: Facts | None, request: AccessRequest, now: datetime) -> tuple[Check, ...]:
    """Ask the rules as `decide_access` does and note each, up to the one that decided.

    For a login that is let through the last check is what set the speed, for one that is
    restricted it is what the ISP does then.
    """
    if facts is None:
        return (Check("known", _saw(username_known=False), matched=True),)
    now = in_utc(now)
    checks = [Check("known", _saw(username_known=True), matched=False)]
    throttled = False
    for rule in rules.rules_for(facts):
        finding = rule(facts, request, now)
        reason = Reason.CURRENT if finding is None else finding.reason
        matched = reason is not Reason.CURRENT
        checks.append(Check(rule.__name__, WITNESSES[rule](facts, request, now), matched))
        if finding is not None and finding.restricts:
            return (*checks, _restriction(facts, reason))
        throttled = throttled or reason is Reason.THROTTLED
    return (*checks, _speed(facts, now, throttled=throttled))


def _saw(**values: Value) -> Saw:
    return tuple((name, _text(value)) for name, value in values.items())


def _text(value: Value) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return in_utc(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _active(facts: Facts, _request: AccessRequest, _now: datetime) -> Saw:
    connection = facts.connection
    return _saw(
        connection_status=connection.connection_status, client_status=connection.client_status
    )


def _device(facts: Facts, request: AccessRequest, _now: datetime) -> Saw:
    mode = facts.connection.mac_mode
    if mode is MacMode.OFF:
        return _saw(mac_mode=mode)
    return _saw(mac_mode=mode, mac=request.mac, macs=" ".join(facts.connection.macs) or None)


def _exempt(facts: Facts, _request: AccessRequest, _now: datetime) -> Saw:
    return _saw(vip=facts.connection.vip, profile_kind=facts.profile.kind)


def _dues(facts: Facts, _request: AccessRequest, now: datetime) -> Saw:
    connection, profile = facts.connection, facts.profile
    if connection.due_on is None:
        return _saw(due_on=None)
    if not profile.auto_suspend:
        return _saw(due_on=connection.due_on, due_minor=connection.due_minor, auto_suspend=False)
    owed = dues_at(facts, now)
    return _saw(
        due_on=connection.due_on,
        due_minor=connection.due_minor,
        grace_days=profile.grace_days,
        promised_until=connection.promised_until,
        cut_at=owed.cut_at if owed else None,
    )


def _validity(facts: Facts, _request: AccessRequest, _now: datetime) -> Saw:
    if facts.profile.kind is not ProfileKind.DAILY:
        return _saw(profile_kind=facts.profile.kind)
    return _saw(expires_at=facts.connection.expires_at)


def _quota(facts: Facts, _request: AccessRequest, now: datetime) -> Saw:
    package, connection = facts.package, facts.connection
    if package.data_limit_bytes is None:
        return _saw(data_limit_bytes=None)
    free = coverage(package.uncounted_windows, facts.isp.zone, now)
    return _saw(
        used_bytes=use_at(connection, now),
        data_limit_bytes=package.data_limit_bytes,
        quota_action=package.quota_action,
        cycle_until=connection.cycle_until,
        uncounted_now=free.holds,
    )


def _session_limit(facts: Facts, request: AccessRequest, _now: datetime) -> Saw:
    return _saw(other_sessions=request.other_sessions, session_limit=rules.sessions_allowed(facts))


WITNESSES: dict[rules.Rule, Callable[[Facts, AccessRequest, datetime], Saw]] = {
    rules.active: _active,
    rules.device: _device,
    rules.exempt: _exempt,
    rules.suspended: _active,
    rules.dues: _dues,
    rules.validity: _validity,
    rules.quota: _quota,
    rules.session_limit: _session_limit,
}


def _restriction(facts: Facts, reason: Reason) -> Check:
    restriction = rules.restriction_for(facts, reason)
    if restriction is None:
        return Check("restriction", _saw(action=RestrictionAction.REJECT), matched=True)
    speed = sane(restriction.speed or SLOWEST)
    saw = _saw(action=restriction.action, down_kbps=speed.down_kbps, up_kbps=speed.up_kbps)
    return Check("restriction", saw, matched=True)


def _speed(facts: Facts, now: datetime, *, throttled: bool) -> Check:
    pace = pace_at(facts, now, throttled=throttled)
    saw = _saw(speed_source=pace.source, down_kbps=pace.speed.down_kbps, up_kbps=pace.speed.up_kbps)
    return Check("speed", saw, matched=pace.source is not Source.PACKAGE)
