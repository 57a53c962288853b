"""From the commit of a payment or a suspension to the packet that tells the router.

The process `clock` runs as `up` starts it, beside a database full of clients and live sessions;
services commit changes at a steady rate; routers note when the kernel had each packet. What counts
from the commit counts from just before it, so the wait for the disk is in the figure.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random

import psycopg2
from sqlalchemy.orm import Session

from bench.figures import Bench, BenchError, Figure, Need, Sense
from bench.online import ACTOR, Online, add_routers, put_online, tenant_of, who_may
from bench.ours import WRITERS, Ours
from bench.radius import scratch_folder
from bench.routers import COA_REQUEST, DISCONNECT_REQUEST, Routers, Told, most_in_a_second
from bench.servers import RunningServer, wait_until_idle
from billing.clients import set_client_status
from billing.packages import change_package, list_packages
from billing.payments import NewPayment, PaymentMethod, take_payment
from commands.cluster import ADMIN
from network.enforcement import LOCK
from network.nas import NasDetails, NasKind
from policy.facts import Reason, Speed, Status, TenantId
from sql.migrate import APP
from storage.database import Database

Say = Callable[[str], None]

PER_ROUTER = 100  # sessions
CHANGES_PER_SECOND = 20.0  # 72,000 an hour: far more than an ISP of this size has
CHANGED_PART_MIN = 0.95  # with less, it was not that rate
PAID_MINOR = 1_000_000  # whatever is owed
START_SECONDS_MAX = 120.0
ARRIVAL_SECONDS_MAX = 60.0
POLL_SECONDS = 0.05
A_SECOND = 0.999  # two clocks, one of which is being corrected, agree no better
LIMIT = NasDetails(name="", kind=NasKind.MIKROTIK, address="").coa_packets_per_second


@dataclass(frozen=True, slots=True)
class Plan:
    clients: int
    sessions: int
    quiet_changes: int
    storm_changes: int


FULL = Plan(100_000, sessions=20_000, quiet_changes=900, storm_changes=100)
QUICK = Plan(20_000, sessions=4_000, quiet_changes=160, storm_changes=20)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that staff or a gateway does, after which the client's session must end."""

    online: Online
    is_payment: bool

    def make(self, session: Session, tenant_id: TenantId) -> None:
        client_id = self.online.client_id
        if self.is_payment:
            money = NewPayment(method=PaymentMethod.CASH, amount_minor=PAID_MINOR)
            now = datetime.now(UTC)
            take_payment(session, tenant_id, client_id, money, now=now, actor=ACTOR)
        else:
            set_client_status(session, tenant_id, client_id, Status.SUSPENDED, actor=ACTOR)


@dataclass(frozen=True, slots=True)
class Committed:
    """`at`: POSIX seconds, just before the commit."""

    change: Change
    at: float


def run(quick: bool, say: Say) -> list[Figure]:
    """All figures of the bench. Raises BenchError where something could not be measured."""
    plan = QUICK if quick else FULL
    with scratch_folder() as scratch:
        say("making a database")
        ours = Ours(scratch)
        try:
            say(f"seeding {plan.clients:,} clients")
            ours.seed(plan.clients, all_active=False)
            with closing(Database(ours.cluster.dsn(APP))) as database:
                return measure(plan, ours, database, say)
        finally:
            ours.close()


def measure(plan: Plan, ours: Ours, database: Database, say: Say) -> list[Figure]:
    """The figures, in the order in which they are measured."""
    tenant_id = tenant_of(database)
    with Routers(plan.sessions // PER_ROUTER) as routers:
        nas_ids = add_routers(ours, database, tenant_id, routers)
        say(f"{plan.sessions:,} clients go online on {len(nas_ids)} routers")
        online = put_online(ours, tenant_id, nas_ids, plan.sessions)
        changes = changes_to_make(online, plan.quiet_changes + plan.storm_changes)
        with clock(ours, say) as process:
            trial = Trial(ours, database, tenant_id, routers, say)
            quiet = trial.make(changes[: plan.quiet_changes])
            figures = trial.quiet_figures(quiet, plan)
            trial.end_sessions(quiet)
            wait_until_idle([process], ARRIVAL_SECONDS_MAX)
            figures += trial.storm(online, quiet, changes[plan.quiet_changes :])
            memory = process.resident_bytes() / 2**20
        figures.append(Figure("clock_memory", memory, "MiB"))
        if routers.strangers:
            raise BenchError(f"{routers.strangers} requests were not signed with the secret.")
    return figures


def changes_to_make(online: Sequence[Online], number: int) -> list[Change]:
    """Payments of those in the walled garden and suspensions of others, half and half, mixed.

    A VIP, or a client who owes nothing whatever happens, would not be cut.
    """
    walled = [each for each in online if each.reason is Reason.DUES]
    current = [each for each in online if each.reason is Reason.CURRENT]
    half = number // 2
    if min(len(walled), len(current)) < half:
        raise BenchError(f"too few clients to change: {len(walled)} owe, {len(current)} do not.")
    chance = Random(1)
    changes = [Change(each, is_payment=True) for each in chance.sample(walled, half)]
    changes += [Change(each, is_payment=False) for each in chance.sample(current, half)]
    chance.shuffle(changes)
    return changes


@contextmanager
def clock(ours: Ours, say: Say) -> Iterator[RunningServer]:
    """The process, alive inside `with`, once it has compared every session."""
    with ours.process("clock", ["-m", "commands.cli", "clock"]) as running:
        began = time.monotonic()
        _wait_until_it_enforces(ours, running)
        wait_until_idle([running], START_SECONDS_MAX)
        say(f"the clock has compared all of them after {time.monotonic() - began:.1f} s")
        yield running


def _wait_until_it_enforces(ours: Ours, running: RunningServer) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    with closing(psycopg2.connect(ours.cluster.dsn(ADMIN))) as admin, admin.cursor() as cursor:
        admin.autocommit = True
        while time.monotonic() < deadline and running.process.poll() is None:
            cursor.execute(
                "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted",
                (LOCK,),
            )
            if cursor.fetchone() is not None:
                return
            time.sleep(POLL_SECONDS)
    raise BenchError(f"the clock does not enforce: {running.last_words()}")


@dataclass(frozen=True, slots=True)
class Trial:
    """Changes are committed, and the routers are looked at."""

    ours: Ours
    database: Database
    tenant_id: TenantId
    routers: Routers
    say: Say

    def make(self, changes: Sequence[Change]) -> list[Committed]:
        """Commit them at CHANGES_PER_SECOND, and wait until routers have been told of all."""
        began = time.monotonic()
        with ThreadPoolExecutor(WRITERS) as writers:
            due = [began + number / CHANGES_PER_SECOND for number in range(len(changes))]
            made = list(writers.map(self._commit, changes, due))
        self._wait_for(DISCONNECT_REQUEST, {one.change.online.username for one in made})
        return made

    def _commit(self, change: Change, due: float) -> Committed:
        time.sleep(max(0.0, due - time.monotonic()))
        with self.database.transaction(self.tenant_id) as session:
            change.make(session, self.tenant_id)
            at = time.time()
        return Committed(change, at)

    def _wait_for(self, code: int, usernames: set[str]) -> set[str]:
        """Who of them was not told in time."""
        deadline = time.monotonic() + ARRIVAL_SECONDS_MAX
        while True:
            told = {each.username for each in list(self.routers.told) if each.code == code}
            if usernames <= told or time.monotonic() > deadline:
                return usernames - told
            time.sleep(POLL_SECONDS)

    def quiet_figures(self, made: Sequence[Committed], plan: Plan) -> list[Figure]:
        """What the issue promises, and that nothing was told to anybody else."""
        seconds = max(one.at for one in made) - min(one.at for one in made)
        told = self.routers.told
        waited = waits(made, told)
        payments, suspensions = (waits(made, told, is_payment=paid) for paid in (True, False))
        self.say(f"{len(made)} changes in {seconds:.1f} s")
        return [
            Figure("change_p50", percentile(waited, 50), "ms"),
            Figure(
                "change_p99", percentile(waited, 99), "ms", Need(Sense.BELOW, 500),
                f"from the commit, {plan.clients:,} clients, {plan.sessions:,} live sessions",
            ),
            Figure("payment_p99", percentile(payments, 99), "ms"),
            Figure("suspension_p99", percentile(suspensions, 99), "ms"),
            Figure("changes_lost", len(made) - len(waited), "", Need(Sense.AT_MOST, 0)),
            Figure(
                "packets_beyond_need", len(told) - len(waited), "",
                Need(Sense.AT_MOST, 0), "to sessions that nothing changed for, or twice",
            ),
            Figure(
                "changes_per_second", (len(made) - 1) / seconds, "/s",
                Need(Sense.AT_LEAST, CHANGED_PART_MIN * CHANGES_PER_SECOND),
            ),
        ]  # fmt: skip

    def end_sessions(self, made: Sequence[Committed]) -> None:
        """As intake does at their Stops."""
        usernames = [one.change.online.username for one in made]
        with closing(psycopg2.connect(self.ours.cluster.dsn(ADMIN))) as admin, admin:
            admin.cursor().execute(
                "DELETE FROM live_sessions WHERE username = ANY(%s)", (usernames,)
            )

    def storm(
        self, online: Sequence[Online], ended: Sequence[Committed], changes: Sequence[Change]
    ) -> list[Figure]:
        """All packages are sold faster at once, and some clients pay or are suspended meanwhile."""
        before = len(self.routers.told)
        gone = {one.change.online.username for one in ended}
        gone |= {change.online.username for change in changes}
        began = self._sell_faster()
        made = self.make(changes)
        now = datetime.now(UTC)
        granted = {each.username: each.granted for _, each in who_may(self.ours, now)}
        to_change = {
            each.username
            for each in online
            if each.username not in gone and granted.get(each.username) != each.granted
        }
        lost = self._wait_for(COA_REQUEST, to_change)
        told = self.routers.told[before:]
        repeated = Counter(each.username for each in told if each.code == COA_REQUEST)
        seconds = max(each.at for each in told) - began
        self.say(f"{len(to_change):,} sessions were told of their new speed in {seconds:.1f} s")
        return [
            Figure(
                "storm_seconds", seconds, "s", None,
                f"{len(to_change):,} sessions changed at once on {len(self.routers.ports)} routers",
            ),
            Figure("storm_lost", len(lost), "", Need(Sense.AT_MOST, 0)),
            Figure(
                "storm_repeated", sum(number - 1 for number in repeated.values()), "",
                Need(Sense.AT_MOST, 0),
            ),
            Figure(
                "router_packets_in_a_second", most_in_a_second(told, A_SECOND), "",
                Need(Sense.AT_MOST, LIMIT), "the most that any router was sent",
            ),
            Figure(
                "change_in_storm_p99", percentile(waits(made, told), 99), "ms", None,
                f"a router takes {LIMIT} a second: the next is urgent before all that wait",
            ),
        ]  # fmt: skip

    def _sell_faster(self) -> float:
        """All packages, in one transaction; POSIX seconds just before its commit."""
        with self.database.transaction(self.tenant_id) as session:
            for package in list_packages(session, self.tenant_id):
                speed = package.details.speed
                faster = Speed(speed.down_kbps * 2, speed.up_kbps * 2)
                details = replace(package.details, speed=faster, burst=None)
                change_package(session, self.tenant_id, package.package_id, details, actor=ACTOR)
            return time.time()


def waits(
    made: Sequence[Committed], told: Sequence[Told], *, is_payment: bool | None = None
) -> list[float]:
    """Milliseconds from each commit to the first Disconnect; of one kind where that is said."""
    first: dict[str, float] = {}
    for each in list(told):
        if each.code == DISCONNECT_REQUEST:
            first.setdefault(each.username, each.at)
    return [
        (first[one.change.online.username] - one.at) * 1000
        for one in made
        if one.change.online.username in first and is_payment in {None, one.change.is_payment}
    ]


def percentile(values: Sequence[float], part: int) -> float | None:
    """The smallest value that at least `part` in a hundred do not exceed; None of none."""
    ordered = sorted(values)
    return ordered[-(-len(ordered) * part // 100) - 1] if ordered else None


BENCH = Bench(
    "enforcement", "From a payment or a suspension to the packet that tells the router.", run
)
