"""The rules of access, in the order in which they are asked. The first that restricts decides.

A rule is a function of facts, request and `now` (aware UTC) that returns what it finds, or None
where it has nothing to say.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from policy.facts import (
    AccessRequest,
    Facts,
    MacMode,
    ProfileKind,
    QuotaAction,
    Reason,
    Restriction,
    RestrictionAction,
    Status,
)
from policy.speeds import use_at
from policy.standing import dues_at
from policy.windows import coverage, earliest, in_utc

# In Python 3.11 reading a member off an enum costs more than the comparison it is read for.
_INACTIVE, _SUSPENDED = Status.INACTIVE, Status.SUSPENDED
_MAC_OFF, _MAC_LEARN = MacMode.OFF, MacMode.LEARN
_DAILY, _FREE, _VIP = ProfileKind.DAILY, ProfileKind.FREE, ProfileKind.VIP
_THROTTLE, _DISCONNECT = QuotaAction.THROTTLE, QuotaAction.DISCONNECT
_CURRENT, _DUES, _QUOTA = Reason.CURRENT, Reason.DUES, Reason.QUOTA
_WALLED = RestrictionAction.WALLED


class Finding(NamedTuple):
    """What one rule says.

    Without `restricts`, `reason` is why the login is let through (CURRENT: nothing special), and
    `ends_at` is when this rule will restrict by clock alone. `changes_at` is the next instant at
    which the finding may differ, never after `ends_at`. None is never.
    """

    reason: Reason
    restricts: bool
    changes_at: datetime | None = None
    ends_at: datetime | None = None


Rule = Callable[[Facts, AccessRequest, datetime], Finding | None]

FOUND_INACTIVE = Finding(Reason.INACTIVE, restricts=True)
FOUND_WRONG_DEVICE = Finding(Reason.WRONG_DEVICE, restricts=True)
FOUND_SUSPENDED = Finding(Reason.SUSPENDED, restricts=True)
FOUND_DUES = Finding(Reason.DUES, restricts=True)
FOUND_EXPIRED = Finding(Reason.EXPIRED, restricts=True)
FOUND_SESSION_LIMIT = Finding(Reason.SESSION_LIMIT, restricts=True)
FOUND_VIP = Finding(Reason.VIP, restricts=False)
FOUND_FREE = Finding(Reason.FREE, restricts=False)


def active(facts: Facts, _request: AccessRequest, _now: datetime) -> Finding | None:
    """Neither the connection nor its client has been closed."""
    connection = facts.connection
    if connection.connection_status is _INACTIVE or connection.client_status is _INACTIVE:
        return FOUND_INACTIVE
    return None


def device(facts: Facts, request: AccessRequest, _now: datetime) -> Finding | None:
    """The device is one of those bound, or none is bound yet and the first is to be learnt."""
    connection = facts.connection
    if connection.mac_mode is _MAC_OFF or request.mac in connection.macs:
        return None
    if connection.mac_mode is _MAC_LEARN and not connection.macs:
        return None
    return FOUND_WRONG_DEVICE


def exempt(facts: Facts, _request: AccessRequest, _now: datetime) -> Finding | None:
    """VIP and free connections are spared the duties; the limits hold for them too."""
    kind = facts.profile.kind
    if facts.connection.vip or kind is _VIP:
        return FOUND_VIP
    return FOUND_FREE if kind is _FREE else None


def suspended(facts: Facts, _request: AccessRequest, _now: datetime) -> Finding | None:
    """Nobody has suspended the connection or its client by hand."""
    connection = facts.connection
    if connection.connection_status is _SUSPENDED or connection.client_status is _SUSPENDED:
        return FOUND_SUSPENDED
    return None


def dues(facts: Facts, _request: AccessRequest, now: datetime) -> Finding | None:
    """No invoice is unpaid past its day, grace, promise and the no-cut days after them."""
    if facts.connection.due_on is None:
        return None
    owed = dues_at(facts, now)
    if owed is None:
        return None
    if owed.phase is _DUES:
        return FOUND_DUES
    return Finding(owed.phase, False, owed.phase_until, owed.cut_at)


def validity(facts: Facts, _request: AccessRequest, now: datetime) -> Finding | None:
    """A connection billed by the day is paid for; `expires_at` itself is no longer."""
    if facts.profile.kind is not _DAILY:
        return None
    expires_at = facts.connection.expires_at
    if expires_at is None or now >= expires_at:
        return FOUND_EXPIRED
    expires_at = in_utc(expires_at)
    return Finding(_CURRENT, False, expires_at, expires_at)


def quota(facts: Facts, _request: AccessRequest, now: datetime) -> Finding | None:
    """The data limit of the cycle is not used up, or the package then throttles."""
    package, connection = facts.package, facts.connection
    limit = package.data_limit_bytes
    if limit is None:
        return None
    use = use_at(connection, now)
    if use < limit:
        return None  # the clock alone only takes use away
    throttles = package.quota_action is _THROTTLE
    renews_at = in_utc(connection.cycle_until) if connection.cycle_until and limit > 0 else None
    free = coverage(package.uncounted_windows, facts.isp.zone, now)
    changes_at = earliest(renews_at, free.until)
    if not free.holds:
        reason = Reason.THROTTLED if throttles else Reason.QUOTA
        return Finding(reason, not throttles, changes_at)
    bites_at = None if changes_at is renews_at else changes_at
    return Finding(_CURRENT, False, bites_at, None if throttles else bites_at)


def session_limit(facts: Facts, request: AccessRequest, _now: datetime) -> Finding | None:
    """Fewer other sessions of the connection live than it may have at once."""
    limit = sessions_allowed(facts)
    if limit is None or request.other_sessions < limit:
        return None
    return FOUND_SESSION_LIMIT


def sessions_allowed(facts: Facts) -> int | None:
    """The connection's own limit, else its package's; None is any number."""
    own = facts.connection.session_limit
    return facts.package.session_limit if own is None else own


def restriction_for(facts: Facts, reason: Reason) -> Restriction | None:
    """The walled garden for a login that `reason` restricts; None is refusal."""
    if reason is _QUOTA and facts.package.quota_action is _DISCONNECT:
        return None
    restriction = facts.isp.restrictions.get(reason)
    if restriction is None or restriction.action is not _WALLED:
        return None
    return restriction


BARRIERS: tuple[Rule, ...] = (active, device, exempt)
DUTIES: tuple[Rule, ...] = (suspended, dues, validity)
LIMITS: tuple[Rule, ...] = (quota, session_limit)
RULES = BARRIERS + DUTIES + LIMITS
RULES_OF_THE_EXEMPT = BARRIERS + LIMITS


def rules_for(facts: Facts) -> tuple[Rule, ...]:
    """The rules that are asked for a connection, in order."""
    kind = facts.profile.kind
    spared = facts.connection.vip or kind is _VIP or kind is _FREE
    return RULES_OF_THE_EXEMPT if spared else RULES
