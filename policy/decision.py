"""What a decision is: the verdict, the rule that made it, the reply, and when it may differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from policy.chain import Check, trace
from policy.facts import AccessRequest, Burst, Facts, Reason, Speed


class Verdict(StrEnum):
    """ACCEPT: as sold. WALLED: into the ISP's walled garden. REJECT: not at all."""

    ACCEPT = "accept"
    WALLED = "walled"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the router is to do, in no vendor's words. Speeds are always > 0.

    `session_seconds` counts from the decision to the end of access, rounded up, at least 1, with
    no upper bound (a protocol may have one); None is no end. A walled reply carries neither
    addresses nor prefixes nor a router profile: they would lead out of the walled garden.
    """

    speed: Speed
    burst: Burst | None
    priority: int
    pool: str | None
    ipv6_pool: str | None
    delegated_ipv6_pool: str | None
    ipv4_address: str | None
    ipv6_prefix: str | None
    delegated_ipv6_prefix: str | None
    router_profile: str | None
    address_list: str | None
    session_seconds: int | None
    idle_timeout_seconds: int | None
    interim_seconds: int
    session_limit: int | None


@dataclass(slots=True)
class Decision:
    """The answer to one request. `reply` is None exactly where the verdict is REJECT.

    From `now` until `changes_at` (exclusive; None is for ever) the clock alone does not change
    verdict, reason or reply, but for the countdown in `session_seconds`. `learn_mac` is the
    device to bind, on ACCEPT only. `ends_at` is the instant to which an accepted session may run,
    where the clock alone will end it.
    """

    verdict: Verdict
    reason: Reason
    reply: Reply | None
    changes_at: datetime | None
    learn_mac: str | None
    facts: Facts | None = field(repr=False)
    request: AccessRequest = field(repr=False)
    now: datetime = field(repr=False)
    ends_at: datetime | None = None

    @property
    def chain(self) -> tuple[Check, ...]:
        """Every rule that was asked and what it saw, in order; the last one decided.

        Worked out anew at each reading, from what the decision was made of: logins never look.
        """
        return trace(self.facts, self.request, self.now)
