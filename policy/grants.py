"""What a session was granted, in a few characters that travel with it, and what a change takes.

A router returns at each accounting record the Class it was given at login. With the grant in it,
what a session has is known from the session itself, whoever was away meanwhile. The grant is kept
apart by what it takes to change it: CoA can set a speed and cannot move an address, and of what is
optional it can set and never take away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b
from math import ceil

from policy.decision import Decision, Reply, Verdict
from policy.facts import Service

NOTHING = "0"  # of a part: left to the router
DIGEST_BYTES = 4

_HOTSPOT, _WALLED = Service.HOTSPOT, Verdict.WALLED
_LETTERS = {Verdict.ACCEPT: "a", Verdict.WALLED: "w"}
_VERDICTS = {letter: verdict for verdict, letter in _LETTERS.items()}


class Step(IntEnum):
    """What it takes to bring a session from what it has to what it should have, least first."""

    NONE = 0
    END = 1  # CoA of the end of the session alone: the least urgent
    COA = 2
    REDIAL = 3


@dataclass(frozen=True, slots=True)
class Grant:
    """Digests of the parts of a reply, NOTHING where the router was told nothing.

    `options` begins with a hexadecimal digit that says which of them are set. `ends_at` is in
    POSIX seconds, 0 for no end; the end of a walled session is none, for it is only a reminder.
    """

    verdict: Verdict
    speed: str  # with burst and priority
    options: str  # router profile, idle timeout, number of sessions
    address_list: str
    ipv4: str  # the address, or the pool it comes from
    ipv6: str
    ends_at: int = 0

    def __str__(self) -> str:
        return (
            f"{_LETTERS[self.verdict]}.{self.speed}.{self.options}.{self.address_list}"
            f".{self.ipv4}.{self.ipv6}.{self.ends_at:x}"
        )


def grant_of(decision: Decision) -> Grant | None:
    """What a session that begins with `decision` has; None where none may begin."""
    reply = decision.reply
    if reply is None or decision.facts is None:
        return None
    ends_at = decision.ends_at
    end = 0 if decision.verdict is _WALLED or ends_at is None else ceil(ends_at.timestamp())
    return Grant(
        decision.verdict,
        _digest(reply.speed, reply.burst, reply.priority),
        _options(reply, decision.facts.connection.service),
        NOTHING if reply.address_list is None else _digest(reply.address_list),
        _ipv4(reply),
        _ipv6(reply),
        end,
    )


def grant_from(text: str | None) -> Grant | None:
    """The grant that `str` made; None where `text` is not one."""
    try:
        letter, speed, options, address_list, ipv4, ipv6, end = (text or "").split(".")
        verdict, ends_at = _VERDICTS[letter], int(end, 16)
    except (KeyError, ValueError):
        return None
    if not (speed and options and address_list and ipv4 and ipv6):
        return None
    return Grant(verdict, speed, options, address_list, ipv4, ipv6, ends_at)


def step_between(had: Grant | None, wanted: Grant | None, *, lists_by_coa: bool) -> Step:
    """What it takes from `had` to `wanted`, on a NAS that moves lists by CoA or does not.

    `had` of None is a session of which nothing is known: it is told all that CoA can say. `wanted`
    of None is no access. A walled garden that is only a list leaves the session its address.
    """
    if wanted is None:
        return Step.REDIAL
    if had is None:
        return Step.COA if wanted.verdict is Verdict.ACCEPT else Step.REDIAL
    stays = wanted.verdict is _WALLED and wanted.ipv4 == NOTHING
    if (had.ipv4 != wanted.ipv4 and not stays) or had.ipv6 != wanted.ipv6:
        return Step.REDIAL
    if had.address_list != wanted.address_list and not (
        lists_by_coa and wanted.address_list != NOTHING
    ):
        return Step.REDIAL
    if _set_options(had) & ~_set_options(wanted):
        return Step.REDIAL
    if _by_coa(had) != _by_coa(wanted):
        return Step.COA
    return Step.NONE if had.ends_at == wanted.ends_at else Step.END


def after_coa(had: Grant | None, wanted: Grant) -> Grant:
    """What a session has once it took a CoA for `wanted`: its addresses are as they were."""
    return wanted if had is None else replace(wanted, ipv4=had.ipv4, ipv6=had.ipv6)


def _by_coa(grant: Grant) -> tuple[str, str, str]:
    return grant.speed, grant.options, grant.address_list


def _set_options(grant: Grant) -> int:
    """Which options are set, by bit; all of them where that cannot be read."""
    try:
        return int(grant.options[0], 16)
    except ValueError:
        return 0xF


def _options(reply: Reply, service: Service) -> str:
    sessions = reply.session_limit if service is _HOTSPOT else None
    profile, idle_seconds = reply.router_profile, reply.idle_timeout_seconds
    which = (profile is not None) | (idle_seconds is not None) << 1 | (sessions is not None) << 2
    return f"{which:x}{_digest(profile, idle_seconds, sessions)}" if which else NOTHING


def _ipv4(reply: Reply) -> str:
    if reply.ipv4_address is not None:
        return _digest("address", reply.ipv4_address)
    return NOTHING if reply.pool is None else _digest("pool", reply.pool)


def _ipv6(reply: Reply) -> str:
    own = (reply.ipv6_prefix, reply.delegated_ipv6_prefix)
    pools = (reply.ipv6_pool, reply.delegated_ipv6_pool)
    return NOTHING if own + pools == (None,) * 4 else _digest(*own, *pools)


@lru_cache(maxsize=65_536)
def _digest(*values: object) -> str:
    return blake2b(repr(values).encode(), digest_size=DIGEST_BYTES).hexdigest()
