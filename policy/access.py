"""The decision at login: may this connection use the network now, how fast, until when.

Pure and total. FreeRADIUS asks it thousands of times a second under one lock, so it works out
only what the facts at hand need; the chain of rules is worked out when somebody reads it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from policy.chain import Check
from policy.decision import Decision, Reply, Verdict
from policy.facts import (
    AccessRequest,
    Facts,
    MacMode,
    Reason,
    Restriction,
)
from policy.moulds import mould
from policy.rules import restriction_for, rules_for
from policy.speeds import SLOWEST, pace_at, sane
from policy.windows import earliest, in_utc

__all__ = ["Check", "Decision", "Reply", "Verdict", "decide_access"]

WORST_PRIORITY = 8

_reply = mould(Reply)
_SECOND = timedelta(seconds=1)
_ACCEPT, _WALLED, _REJECT = Verdict.ACCEPT, Verdict.WALLED, Verdict.REJECT
_CURRENT, _THROTTLED = Reason.CURRENT, Reason.THROTTLED
_LEARN = MacMode.LEARN


def decide_access(facts: Facts | None, request: AccessRequest, now: datetime) -> Decision:
    """Decide whether the connection may carry traffic at `now` (aware UTC).

    `facts` of None is a username that nobody has. The order of `policy.rules.RULES` is the rule:
    the first that restricts decides, and what happens then is the ISP's choice for that reason.
    Never raises.
    """
    if facts is None:
        return Decision(_REJECT, Reason.UNKNOWN, None, None, None, None, request, now)
    if now.tzinfo is not UTC:
        now = in_utc(now)
    reason = _CURRENT
    changes_at: datetime | None = None
    ends_at: datetime | None = None
    for rule in rules_for(facts):
        finding = rule(facts, request, now)
        if finding is None:
            continue
        if finding.restricts:
            until = earliest(ends_at, finding.changes_at)
            return _restricted(facts, request, now, finding.reason, until)
        if finding.reason is not _CURRENT:
            reason = finding.reason
        changes_at = earliest(changes_at, finding.changes_at)
        ends_at = earliest(ends_at, finding.ends_at)
    return _accepted(facts, request, now, reason=reason, changes_at=changes_at, ends_at=ends_at)


def _accepted(
    facts: Facts,
    request: AccessRequest,
    now: datetime,
    *,
    reason: Reason,
    changes_at: datetime | None,
    ends_at: datetime | None,
) -> Decision:
    connection, package = facts.connection, facts.package
    pace = pace_at(facts, now, throttled=reason is _THROTTLED)
    own_limit = connection.session_limit
    reply = _reply(
        pace.speed,
        pace.burst,
        package.priority,
        connection.pool or package.pool,
        package.ipv6_pool,
        package.delegated_ipv6_pool,
        connection.ipv4_address,
        connection.ipv6_prefix,
        connection.delegated_ipv6_prefix,
        package.router_profile,
        package.address_list,
        None if ends_at is None else _seconds_until(ends_at, now),
        package.idle_timeout_seconds,
        package.interim_seconds or facts.isp.interim_seconds,
        package.session_limit if own_limit is None else own_limit,
    )
    learns = connection.mac_mode is _LEARN and not connection.macs
    if pace.changes_at is not None:
        changes_at = earliest(changes_at, pace.changes_at)
    mac = request.mac if learns else None
    return Decision(_ACCEPT, reason, reply, changes_at, mac, facts, request, now, ends_at)


def _restricted(
    facts: Facts, request: AccessRequest, now: datetime, reason: Reason, until: datetime | None
) -> Decision:
    restriction = restriction_for(facts, reason)
    if restriction is None:
        return Decision(_REJECT, reason, None, until, None, facts, request, now)
    reply = _walled_reply(facts, restriction, until, now)
    return Decision(_WALLED, reason, reply, until, None, facts, request, now)


def _walled_reply(
    facts: Facts, restriction: Restriction, until: datetime | None, now: datetime
) -> Reply:
    seconds = max(1, restriction.session_seconds)
    if until is not None:
        seconds = min(seconds, _seconds_until(until, now))
    return Reply(
        speed=sane(restriction.speed or SLOWEST),
        burst=None,
        priority=WORST_PRIORITY,
        pool=restriction.pool,
        ipv6_pool=None,
        delegated_ipv6_pool=None,
        ipv4_address=None,
        ipv6_prefix=None,
        delegated_ipv6_prefix=None,
        router_profile=None,
        address_list=restriction.address_list,
        session_seconds=seconds,
        idle_timeout_seconds=None,
        interim_seconds=facts.package.interim_seconds or facts.isp.interim_seconds,
        session_limit=None,
    )


def _seconds_until(instant: datetime, now: datetime) -> int:
    """Whole seconds from `now` to `instant`, rounded up, at least 1."""
    return max(1, -((now - instant) // _SECOND))
