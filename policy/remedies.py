"""What would bring back access: cures that are proved by deciding again with each applied."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from policy.access import decide_access
from policy.decision import Decision, Verdict
from policy.facts import AccessRequest, Facts, MacMode, Reason, Status
from policy.windows import LAST_INSTANT

CURED_FOR = timedelta(days=1)


def remedies(decision: Decision) -> tuple[Decision, ...]:
    """The decisions to overcome, one after another, until access is granted.

    The first is `decision` itself; each next one is what would stand in the way once the one
    before it is cured. Empty where access is granted. An unknown username has only itself.
    """
    ways: list[Decision] = []
    while decision.verdict is not Verdict.ACCEPT:
        ways.append(decision)
        if decision.facts is None or len(ways) >= len(Reason):
            break
        facts, request = _cured(decision.facts, decision.request, decision.reason, decision.now)
        decision = decide_access(facts, request, decision.now)
    return tuple(ways)


def _cured(
    facts: Facts, request: AccessRequest, reason: Reason, now: datetime
) -> tuple[Facts, AccessRequest]:
    """The same case with what `reason` found put right, and nothing else."""
    connection = facts.connection
    match reason:
        case Reason.INACTIVE:
            connection = replace(
                connection,
                connection_status=_lifted(connection.connection_status, Status.INACTIVE),
                client_status=_lifted(connection.client_status, Status.INACTIVE),
            )
        case Reason.SUSPENDED:
            connection = replace(
                connection,
                connection_status=_lifted(connection.connection_status, Status.SUSPENDED),
                client_status=_lifted(connection.client_status, Status.SUSPENDED),
            )
        case Reason.WRONG_DEVICE:
            known = connection.macs if request.mac is None else (*connection.macs, request.mac)
            unseen = request.mac is None
            mode = MacMode.OFF if unseen else connection.mac_mode
            connection = replace(connection, mac_mode=mode, macs=known)
        case Reason.DUES:
            connection = replace(connection, due_on=None, due_minor=0)
        case Reason.EXPIRED:
            until = now + CURED_FOR if now < LAST_INSTANT - CURED_FOR else LAST_INSTANT
            connection = replace(connection, expires_at=until)
        case Reason.QUOTA:
            package = replace(facts.package, data_limit_bytes=None)
            return replace(facts, package=package), request
        case Reason.SESSION_LIMIT:
            connection = replace(connection, session_limit=max(1, request.other_sessions + 1))
    return replace(facts, connection=connection), request


def _lifted(status: Status, lifted: Status) -> Status:
    return Status.ACTIVE if status is lifted else status
