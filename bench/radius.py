"""Logins a second: FreeRADIUS alone, with stock rlm_sql, and with SkyLink, one after the other.

All servers run for the whole of the comparison, and only the one that is asked has anything
to do: before each load a server is waited for until it is idle. The PostgreSQL is one, untuned but
for what SkyLink sets for itself. Figures of ours are medians over the rounds.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.figures import Bench, BenchError, Figure, Need, Sense
from bench.load import Load, Radload, attribute_numbers
from bench.ours import Ours
from bench.rivals import PASSWORD, Limits, fill_rlm_sql, make_bare, make_files, make_rlm_sql
from bench.servers import RadiusServer, RunningServer, free_port, wait_until_idle
from commands.cluster import ADMIN
from commands.settings import Settings

Say = Callable[[str], None]

WARMUP_SECONDS = 1.0  # of radload
WINDOW = 64  # logins in flight: enough that no server waits, too few to measure queues
IDLE_SECONDS_MAX = 60.0
LOAD_SECONDS_MAX = 120.0
ASK_SECONDS = 0.1
CHANGES_PER_SECOND = 100_000 / 10 / 60  # a tenth of 100,000 facts a minute
CHANGED_PART_MIN = 0.95  # with less, it was not that many facts that changed
RIVAL_DATABASE = "rlm_sql"
RIVALS = ("files", "bare", "rlm_sql")
COMMITS_NOT_AWAITED = {"PGOPTIONS": "-c synchronous_commit=off"}


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. Seconds are of one load, without its second of warming up."""

    clients: int
    rounds: int
    closed_seconds: float
    open_rounds: int
    open_seconds: float
    storm_seconds_max: float


FULL = Plan(100_000, 7, closed_seconds=4, open_rounds=3, open_seconds=8, storm_seconds_max=120)
QUICK = Plan(10_000, 3, closed_seconds=2, open_rounds=1, open_seconds=4, storm_seconds_max=8)


@dataclass(slots=True)
class Rounds:
    """Loads of one server, one a round."""

    loads: list[Load] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return median(load.per_second for load in self.loads)

    @property
    def p50_ms(self) -> float:
        return median(load.p50_ms for load in self.loads)

    @property
    def p99_ms(self) -> float:
        return median(load.p99_ms for load in self.loads)

    def beside(self, rival: Rounds) -> float:
        """How many times as fast as `rival`: the median over the rounds, each beside its own.

        What else the machine does changes from minute to minute, and much less within a round.
        """
        pairs = zip(self.loads, rival.loads, strict=True)
        return median(ours.per_second / theirs.per_second for ours, theirs in pairs)


def run(quick: bool, say: Say) -> list[Figure]:
    """All figures of the bench. Raises BenchError where something could not be measured."""
    plan = QUICK if quick else FULL
    with scratch_folder() as scratch:
        say("building the load generator")
        radload = Radload(scratch)
        say("making a database")
        ours = Ours(scratch)
        try:
            return measure(plan, scratch, ours, radload, say)
        finally:
            ours.close()


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder under SkyLink's home, gone afterwards."""
    base = Settings.from_environ(os.environ).home / "scratch"
    base.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def measure(plan: Plan, scratch: Path, ours: Ours, radload: Radload, say: Say) -> list[Figure]:
    """The figures, in the order in which they are measured."""
    figures, load_seconds = measure_loading(plan, ours, radload, say)
    rivals = make_rivals(plan, scratch, ours, say)
    with ExitStack() as stack:
        servers = {"ours": stack.enter_context(ours.server().run())}
        servers |= {name: stack.enter_context(rival.run()) for name, rival in rivals.items()}
        contest = Contest(plan, servers, radload, say)
        figures += contest.most_logins()
        figures += contest.half_load(ours, load_seconds)
        figures += contest.storms()
        figures.append(contest.noise())
    figures += commits_not_awaited(plan, rivals["rlm_sql"], radload, say)
    return figures


def measure_loading(
    plan: Plan, ours: Ours, radload: Radload, say: Say
) -> tuple[list[Figure], float]:
    """Memory a client, and the seconds that an empty node takes to know all of them."""
    say("ours without clients")
    with ours.server().run() as node:
        wait_until_idle([node], IDLE_SECONDS_MAX)
        empty_bytes = node.resident_bytes()
    say(f"seeding {plan.clients:,} clients")
    ours.seed(plan.clients)
    ours.forget_snapshot()
    say("ours loads their facts")
    began = time.monotonic()
    with ours.server().run() as node:
        wait_for_login(radload, node, began + LOAD_SECONDS_MAX)
        seconds = time.monotonic() - began
        wait_until_idle([node], IDLE_SECONDS_MAX)
        per_client = (node.resident_bytes() - empty_bytes) / plan.clients
    figures = [
        Figure("memory_per_client", per_client, "B", Need(Sense.AT_MOST, 1024)),
        Figure(
            "load_seconds", seconds, "s", Need(Sense.BELOW, 10),
            f"{plan.clients:,} clients, from the start of the process",
        ),
    ]  # fmt: skip
    return figures, seconds


def wait_for_login(radload: Radload, server: RunningServer, deadline: float) -> None:
    """Until the first login is answered, which takes all facts. Raises BenchError."""
    once = {"users": 1, "count": 1, "warmup": 0, "sockets": 1, "timeout_ms": 1000 * ASK_SECONDS}
    while time.monotonic() < deadline:
        load = radload.closed(server.port, window=1, seconds=ASK_SECONDS, **once)
        if load.said["accepts"]:
            return
    raise BenchError(f"{server.name} lets nobody in. Its log ends: {server.last_words()}")


def make_rivals(plan: Plan, scratch: Path, ours: Ours, say: Say) -> dict[str, RadiusServer]:
    """`files`, `bare` and `rlm_sql`, the first and last with as many users as ours has."""
    limits = Limits.of_ours()
    servers = {
        name: RadiusServer(name, scratch / name, free_port(), scratch / f"{name}.log", {})
        for name in RIVALS
    }
    say(f"filling stock rlm_sql's tables with {plan.clients:,} users")
    make_files(servers["files"].folder, servers["files"].port, limits, plan.clients)
    make_bare(servers["bare"].folder, servers["bare"].port, limits)
    dsn = ours.cluster.dsn(ADMIN, RIVAL_DATABASE)
    make_rlm_sql(servers["rlm_sql"].folder, servers["rlm_sql"].port, limits, dsn)
    fill_rlm_sql(ours.cluster.dsn(ADMIN), dsn, plan.clients, scratch)
    return servers


@dataclass(frozen=True, slots=True)
class Contest:
    """The servers that run, and what is asked of them."""

    plan: Plan
    servers: dict[str, RunningServer]
    radload: Radload
    say: Say
    rounds: dict[str, Rounds] = field(default_factory=dict)
    busy_parts: list[float] = field(default_factory=list)

    def most_logins(self) -> list[Figure]:
        """Logins a second with WINDOW in flight, each server in each round."""
        for number in range(1, self.plan.rounds + 1):
            for name in (*RIVALS, "ours"):
                load = self._closed(name)
                self.rounds.setdefault(name, Rounds()).loads.append(load)
                self.say(f"round {number}: {name} {load.per_second:,.0f} logins/s")
        refuse_unlike({name: rounds.loads[-1] for name, rounds in self.rounds.items()})
        figures = []
        for name, rounds in self.rounds.items():
            figures += [
                Figure(f"{name}_logins_per_second", rounds.per_second, "/s"),
                Figure(f"{name}_p50", rounds.p50_ms, "ms"),
                Figure(f"{name}_p99", rounds.p99_ms, "ms"),
            ]
        ours = self.rounds["ours"]
        return [
            *figures,
            ratio("ratio_to_files", ours.beside(self.rounds["files"]), 0.70),
            Figure(
                "ratio_to_bare", ours.beside(self.rounds["bare"]), "times", None,
                "one password for all and no user data: for information",
            ),
            ratio("ratio_to_rlm_sql", ours.beside(self.rounds["rlm_sql"]), 10),
        ]  # fmt: skip

    def half_load(self, ours: Ours, load_seconds: float) -> list[Figure]:
        """p99 at half of what ours can: in quiet, while facts change, while all are read anew."""
        rate = self.rounds["ours"].per_second / 2
        quiet, changing, written = Rounds(), Rounds(), []
        for number in range(1, self.plan.open_rounds + 1):
            server = self._idle("ours")
            quiet.loads.append(self._open(server, rate))
            self._say_p99(f"round {number}: half load, {rate:,.0f} logins/s", quiet.loads[-1])
            with ours.changing(CHANGES_PER_SECOND) as changes:
                changing.loads.append(self._open(server, rate))
            self._say_p99(f"round {number}: the same while facts change", changing.loads[-1])
            written.append(sum(changes))
        loading = self._open_while_loading(ours, rate, max(1.0, load_seconds))
        self._say_p99("while all facts are read anew", loading)
        return [
            Figure("half_load_p99", quiet.p99_ms, "ms", Need(Sense.BELOW, 10)),
            Figure("half_load_p99_while_facts_change", changing.p99_ms, "ms"),
            Figure(
                "p99_while_facts_change_to_quiet", changing.p99_ms / quiet.p99_ms, "times",
                Need(Sense.AT_MOST, 2),
            ),
            Figure(
                "changes_per_second", median(written), "/s",
                Need(Sense.AT_LEAST, CHANGED_PART_MIN * CHANGES_PER_SECOND),
            ),
            Figure("half_load_p99_while_loading", loading.p99_ms, "ms"),
        ]  # fmt: skip

    def storms(self) -> list[Figure]:
        """All clients dial at once."""
        limit = self.plan.storm_seconds_max
        theirs = self._storm("rlm_sql", limit)
        theirs_s = theirs.online_99_s
        ours = self._storm("ours", limit)
        remark = f"{theirs.online_part:.1%} online after {limit:.0f} s" if theirs_s is None else ""
        need = Need(Sense.BELOW, limit if theirs_s is None else theirs_s)
        return [
            Figure("rlm_sql_storm_99_online", theirs_s, "s", None, remark),
            Figure("ours_storm_99_online", ours.online_99_s, "s", need, "faster than rlm_sql"),
        ]

    def noise(self) -> Figure:
        """How far to believe the rest: what else the machine did while it should have been idle."""
        percent = 100 * median(self.busy_parts)
        return Figure("processors_busy_elsewhere", percent, "%", None, "0 on a quiet machine")

    def _closed(self, name: str) -> Load:
        return closed(self.radload, self._idle(name), self.plan)

    def _open(self, server: RunningServer, rate: float) -> Load:
        seconds, users = self.plan.open_seconds, self.plan.clients
        load = self.radload.open(server.port, rate=rate, seconds=seconds, users=users)
        return trusted(load, server)

    def _say_p99(self, what: str, load: Load) -> None:
        self.say(f"{what}: p99 {load.p99_ms:.2f} ms (radload itself was late by {load.lag_ms:.2f})")

    def _open_while_loading(self, ours: Ours, rate: float, seconds: float) -> Load:
        """`seconds` of logins, about as many as the reading lasts that begins with them."""
        server, users = self._idle("ours"), self.plan.clients
        running = self.radload.start("open", server.port, rate=rate, seconds=seconds, users=users)
        time.sleep(WARMUP_SECONDS)
        lasted = ours.load_anew()
        load = self.radload.finish(running)
        self.say(f"all facts were read anew in {lasted:.1f} s beside the logins")
        return trusted(load, server)

    def _storm(self, name: str, limit: float) -> Load:
        server = self._idle(name)
        self.say(f"storm of {self.plan.clients:,} on {name}")
        load = self.radload.storm(server.port, users=self.plan.clients, seconds=limit)
        self.say(f"{name}: {load.online_part:.1%} online after {load.said['seconds']:.1f} s")
        return trusted(load, server)

    def _idle(self, name: str) -> RunningServer:
        self.busy_parts.append(wait_until_idle(self.servers.values(), IDLE_SECONDS_MAX))
        return self.servers[name]


def closed(radload: Radload, server: RunningServer, plan: Plan) -> Load:
    """One load of as many logins as the server can; all are right, or BenchError."""
    one_for_all = {"password": PASSWORD} if server.name == "bare" else {}
    load = radload.closed(
        server.port, window=WINDOW, seconds=plan.closed_seconds, users=plan.clients, **one_for_all
    )
    return trusted(load, server)


def trusted(load: Load, server: RunningServer) -> Load:
    """`load`, where its answers were right. Raises BenchError with the end of the server's log."""
    try:
        load.refuse_wrong(server.name)
    except BenchError as error:
        raise BenchError(f"{error} Its log ends: {server.last_words()}") from None
    return load


def commits_not_awaited(
    plan: Plan, rlm_sql: RadiusServer, radload: Radload, say: Say
) -> list[Figure]:
    """For information: rlm_sql when its log of logins need not survive a power cut."""
    relaxed = RadiusServer(
        rlm_sql.name, rlm_sql.folder, rlm_sql.port, rlm_sql.log, COMMITS_NOT_AWAITED
    )
    with relaxed.run() as server:
        load = closed(radload, server, plan)
    say(f"rlm_sql with synchronous_commit off: {load.per_second:,.0f} logins/s")
    name = "rlm_sql_logins_per_second_commits_not_awaited"
    return [Figure(name, load.per_second, "/s", None, "synchronous_commit off")]


def ratio(name: str, value: float, at_least: float) -> Figure:
    return Figure(name, value, "times", Need(Sense.AT_LEAST, at_least))


def refuse_unlike(loads: dict[str, Load]) -> None:
    """Raise BenchError where servers answer with different attributes: no comparison then."""
    sent = {name: attribute_numbers(load.reply) for name, load in loads.items()}
    if len(set(sent.values())) > 1:
        raise BenchError(f"the servers send different attributes (bench/rivals.py, REPLY): {sent}")


BENCH = Bench("radius", "Logins a second, against FreeRADIUS alone and stock rlm_sql.", run)
