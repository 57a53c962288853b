"""What a job is: when it is due, where it runs, and what it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from clock.schedules import Schedule
from policy.facts import TenantId
from storage.database import Database
from storage.secrets import KeyRing
from tenancy.isps import get_isp, list_isps


class Lane(StrEnum):
    """Jobs of one lane run one after the other at each ISP, in the order of their times.

    Lanes do not wait for each other: a long backup keeps no ledger from being sealed.
    """

    MONEY = "money"
    UPKEEP = "upkeep"
    MINUTE = "minute"
    GATEWAYS = "gateways"  # they answer when they like
    WEBHOOKS = "webhooks"  # and so do servers of others


PASS_SECONDS: Mapping[Lane, int] = MappingProxyType(
    {Lane.MONEY: 20, Lane.UPKEEP: 60, Lane.MINUTE: 10, Lane.GATEWAYS: 5, Lane.WEBHOOKS: 5}
)


@dataclass(frozen=True, slots=True)
class Server:
    """What jobs work with: the database, and what is the whole server's."""

    database: Database
    zone: ZoneInfo  # of jobs that are of no ISP
    back_up: Callable[[datetime], object]
    keys: Callable[[], KeyRing]  # read when they are needed
    private_webhooks: bool = False  # whether one may be on this machine or in a private network


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job runs: at one ISP, or, where `tenant_id` is None, for the whole server."""

    server: Server
    tenant_id: TenantId | None
    zone: ZoneInfo
    name: str  # the ISP's slug, or "server"

    @property
    def isp(self) -> TenantId:
        """The ISP, to a job that is not of the server."""
        assert self.tenant_id is not None, "a job of the server has no ISP"
        return self.tenant_id

    def transaction(self) -> AbstractContextManager[Session]:
        """A transaction in the ISP's scope."""
        return self.server.database.transaction(self.tenant_id)


@dataclass(frozen=True, slots=True)
class Moment:
    """The occurrence that a job does: instants aware UTC, dates in the zone of the place.

    After downtime `now` is later than `scheduled_at`, and `today` than `on`.
    """

    scheduled_at: datetime
    on: date
    now: datetime
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A thing to be done again and again; `run` may be repeated, and cut short anywhere.

    `run` opens its own transactions at the place. An occurrence counts as done when it returns.
    """

    name: str  # in `job_runs`; a job that is renamed forgets how far it was
    what: str  # for people, as a predicate: "seals what was posted"
    lane: Lane
    schedule: Schedule
    run: Callable[[Place, Moment], None]
    of_server: bool = False
    each_missed: bool = False  # after downtime: each occurrence in turn, or the last one only


def places(server: Server) -> Iterator[Place]:
    """The server itself, then each ISP of it as it is when its turn comes."""
    yield Place(server, None, server.zone, "server")
    with server.database.transaction(None) as session:
        entries = list_isps(session)
    for entry in entries:
        with server.database.transaction(entry.tenant_id) as session:
            zone = ZoneInfo(get_isp(session, entry.tenant_id).details.time_zone)
        yield Place(server, entry.tenant_id, zone, entry.slug)


def in_one_transaction(
    work: Callable[[Session, TenantId, Moment], object],
) -> Callable[[Place, Moment], None]:
    """A job that is one piece of work at an ISP."""

    def run(place: Place, moment: Moment) -> None:
        with place.transaction() as session:
            work(session, place.isp, moment)

    return run
