"""An ISP that lives through months in seconds: its clock runs as it does, at instants of a test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from billing.access import ANY_DEVICE, facts_of
from billing.connections import Connection
from clock.contents import JOBS
from clock.jobs import Lane, Place, Server
from clock.passes import run_pass
from clock.schedules import instant_of
from policy.access import Verdict, decide_access
from policy.facts import ClientId
from tests.fixtures.isps import World

DAY = timedelta(days=1)
MORNING, NOON = time(9), time(12)  # when the clock looks, and people act

Deed = Callable[[datetime], object]


@dataclass(frozen=True)
class Heard:
    """`at` is on the ISP's own clock; `client_id` of None: told to staff."""

    client_id: ClientId | None
    event: str
    at: datetime


@dataclass
class Life:
    """Days pass in `live_through`; on each the clock looks at nine, unless it is down.

    `deeds` are what people do on a day, at noon, after which it looks once more. `cut` is on which
    days, at nine, a client was kept from the network.
    """

    isp: World
    zone: ZoneInfo
    deeds: defaultdict[date, list[Deed]] = field(default_factory=lambda: defaultdict(list))
    down: frozenset[date] = frozenset()
    lines: list[Connection] = field(default_factory=list)
    cut: defaultdict[ClientId, list[date]] = field(default_factory=lambda: defaultdict(list))
    heard: list[Heard] = field(default_factory=list)
    last_heard: int = 0

    @property
    def place(self) -> Place:
        server = Server(self.isp.database, self.zone, lambda _now: None, lambda: self.isp.keys)
        return Place(server, self.isp.tenant_id, self.zone, self.isp.slug)

    def at(self, on: date, at: time) -> datetime:
        """That time of the ISP's own clock, in UTC."""
        return instant_of(on, at, self.zone)

    def live_through(self, first_on: date, until_on: date) -> None:
        """Each day from `first_on` until `until_on` (exclusive)."""
        for on in days(first_on, until_on):
            self.look(on, MORNING)
            self.see(on)
            if deeds := self.deeds[on]:
                for deed in deeds:
                    deed(self.at(on, NOON))
                self.look(on, NOON)
            self.listen()

    def look(self, on: date, at: time) -> None:
        """A pass over each lane, as the clock's timer starts them."""
        if on in self.down:
            return
        now = self.at(on, at)
        for lane in Lane:
            run_pass(self.place, lane, JOBS, lambda: now)

    def see(self, on: date) -> None:
        """Note whom a login would keep from the network now."""
        now = self.at(on, MORNING)
        whose = {line.connection_id: line.client_id for line in self.lines}
        with self.isp.transaction() as session:
            for facts in facts_of(session, self.isp.tenant_id, list(whose)):
                if decide_access(facts, ANY_DEVICE, now).verdict is not Verdict.ACCEPT:
                    self.cut[whose[facts.connection.connection_id]].append(on)

    def listen(self) -> None:
        """Note what was queued since, as a sender does: the outbox forgets in time."""
        with self.isp.transaction() as session:
            fresh = text("SELECT * FROM outbox WHERE id > :last ORDER BY id")
            for row in session.execute(fresh, {"last": self.last_heard}):
                whom = None if row.recipient_id is None else ClientId(row.recipient_id)
                self.heard.append(Heard(whom, row.event, row.queued_at.astimezone(self.zone)))
                self.last_heard = row.id

    def told(self, client_id: ClientId | None) -> dict[date, list[str]]:
        """What a client (None: staff) was told, by the ISP's own days, in its order."""
        said: defaultdict[date, list[str]] = defaultdict(list)
        for heard in self.heard:
            if heard.client_id == client_id:
                said[heard.at.date()].append(heard.event)
        return dict(said)


def days(first_on: date, until_on: date) -> Iterator[date]:
    """Each day of a span."""
    while first_on < until_on:
        yield first_on
        first_on += DAY
