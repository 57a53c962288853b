"""Accounting records a second: FreeRADIUS that says yes, stock rlm_sql, SkyLink; and its intake.

Acknowledging and bringing in are measured apart, as they happen apart: the journal takes what
comes, and `intake` follows. First the servers acknowledge in turn, then intake drains what that
left behind.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg2

from bench.database import ask, unread_bytes
from bench.figures import Bench, BenchError, Figure, Need, Sense
from bench.load import Load, Radload
from bench.ours import Ours
from bench.radius import (
    IDLE_SECONDS_MAX,
    RIVAL_DATABASE,
    WINDOW,
    Rounds,
    Say,
    ratio,
    scratch_folder,
    trusted,
)
from bench.rivals import Limits, fill_rlm_sql, make_rlm_sql, make_yes
from bench.servers import RadiusServer, RunningServer, free_port, wait_until_idle
from commands.cluster import ADMIN
from commands.up import environment

RIVALS = ("yes", "rlm_sql")
CYCLE = 12  # records of a session, its Start and Stop among them
STEADY_PER_SECOND = 3_000
DRAIN_SECONDS_MAX = 600.0
POLL_SECONDS = 0.05
GROWTH_MAX = 1.10  # of memory, over all records
UNCHANGED_MIN = 0.80  # of the rate without history: machines are noisy
#  Sessions of the same connections over the year before, as intake would have left them.
HISTORY = """
    INSERT INTO session_history (tenant_id, id, connection_id, nas_id, node, acct_session_id,
           username, started_at, ended_at, ended_by, framed_ipv4, down_bytes, up_bytes,
           down_counter, up_counter)
    SELECT line.tenant_id, -(turn * 10000000 + line.id), line.id, nas.id, 'history', 'h' || turn,
           line.username, ended.at - interval '5 hours', ended.at, 'stop',
           '10.0.0.0'::inet + line.id, 7, 7, 7, 7
      FROM generate_series(1, %s) AS turn
      CROSS JOIN LATERAL (SELECT now() - turn * interval '1 year' / %s AS at) AS ended
      CROSS JOIN connections AS line
      JOIN LATERAL (SELECT id FROM nas_devices AS one WHERE one.tenant_id = line.tenant_id LIMIT 1)
        AS nas ON true
     WHERE line.username LIKE 'user%%'"""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. `turns` are sessions of each client in the history."""

    clients: int
    rounds: int
    closed_seconds: float
    steady_seconds: float
    turns: int


FULL = Plan(20_000, rounds=7, closed_seconds=6, steady_seconds=30, turns=250)
QUICK = Plan(5_000, rounds=3, closed_seconds=2, steady_seconds=5, turns=40)


@contextmanager
def intake_of(ours: Ours) -> Iterator[RunningServer]:
    """The process that follows the journal."""
    knows = environment(ours.settings, ours.cluster)
    with ours.process("intake", ["-m", "network.intake"], knows) as running:
        yield running


def wait_until_committed(ours: Ours, intake: RunningServer) -> None:
    """Until the database has all of the journal. Raises BenchError."""
    deadline = time.monotonic() + DRAIN_SECONDS_MAX
    while unread_bytes(ours.settings, ours.cluster):
        if intake.process.poll() is not None or time.monotonic() > deadline:
            raise BenchError("intake does not come to the end of the journal.")
        time.sleep(POLL_SECONDS)


def number(ours: Ours, query: str) -> float:
    [[value]] = ask(ours.cluster, query)
    return float(value)


def records(ours: Ours) -> float:
    """How many records intake has brought since it started."""
    return number(
        ours, "SELECT coalesce(max((counters->>'records')::bigint), 0) FROM journal_nodes"
    )


def run(quick: bool, say: Say) -> list[Figure]:
    """All figures of the bench. Raises BenchError where something could not be measured."""
    plan = QUICK if quick else FULL
    with scratch_folder() as scratch:
        say("building the load generator")
        radload = Radload(scratch)
        say("making a database")
        ours = Ours(scratch)
        try:
            say(f"seeding {plan.clients:,} clients")
            ours.seed(plan.clients)
            return Measuring(plan, scratch, ours, radload, say).figures()
        finally:
            ours.close()


@dataclass(slots=True)
class Measuring:
    """The servers that run, and what is asked of them."""

    plan: Plan
    scratch: Path
    ours: Ours
    radload: Radload
    say: Say
    loads: int = 0
    sent: int = 0
    rounds: dict[str, Rounds] = field(default_factory=dict)
    busy_parts: list[float] = field(default_factory=list)

    def figures(self) -> list[Figure]:
        """In the order in which they are measured."""
        rivals = self._rivals()
        with ExitStack() as stack:
            servers = {name: stack.enter_context(rival.run()) for name, rival in rivals.items()}
            ours = stack.enter_context(self.ours.server().run())
            ours = replace(ours, port=self.ours.settings.radius_acct_port)
            found = self._acknowledged({**servers, "ours": ours})
            known_bytes = ours.resident_bytes()  # it has heard of every client
            found += self._drained()
            found += self._steady(ours)
            found += self._with_history(ours)
            growth = ours.resident_bytes() / known_bytes
            found.append(
                Figure("freeradius_memory_growth", growth, "times", Need(Sense.AT_MOST, GROWTH_MAX))
            )
        busy = 100 * max(self.busy_parts)
        noise = Figure("processors_busy_elsewhere", busy, "%", None, "0 on a quiet machine")
        return [*found, Figure("records_sent_to_ours", self.sent, ""), noise]

    def _rivals(self) -> dict[str, RadiusServer]:
        limits, plan = Limits.of_ours(), self.plan
        servers = {
            name: RadiusServer(
                name, self.scratch / name, free_port(), self.scratch / f"{name}.log", {}
            )
            for name in RIVALS
        }
        make_yes(servers["yes"].folder, servers["yes"].port, limits)
        dsn = self.ours.cluster.dsn(ADMIN, RIVAL_DATABASE)
        rlm_sql = servers["rlm_sql"]
        make_rlm_sql(rlm_sql.folder, rlm_sql.port, limits, dsn, "rlm_sql_accounting.conf")
        fill_rlm_sql(self.ours.cluster.dsn(ADMIN), dsn, plan.clients, self.scratch)
        return servers

    def _acknowledged(self, servers: dict[str, RunningServer]) -> list[Figure]:
        """Records a second with WINDOW in flight, each server in each round."""
        for number_ in range(1, self.plan.rounds + 1):
            for name, server in servers.items():
                self.busy_parts.append(wait_until_idle(servers.values(), IDLE_SECONDS_MAX))
                load = self._closed(server)
                self.rounds.setdefault(name, Rounds()).loads.append(load)
                self.say(f"round {number_}: {name} {load.per_second:,.0f} records/s")
        found = [
            Figure(f"{name}_records_per_second", rounds.per_second, "/s")
            for name, rounds in self.rounds.items()
        ]
        ours = self.rounds["ours"]
        return [
            *found,
            Figure("ours_p99", ours.p99_ms, "ms"),
            ratio("ratio_to_yes", ours.beside(self.rounds["yes"]), 0.55),
            ratio("ratio_to_rlm_sql", ours.beside(self.rounds["rlm_sql"]), 4),
        ]

    def _drained(self) -> list[Figure]:
        """What was acknowledged is brought in as fast as intake can."""
        per_second, small, large = self._drain()
        return [
            Figure("drain_records_per_second", per_second, "/s", Need(Sense.AT_LEAST, 20_000)),
            Figure("intake_memory", large / 1e6, "MB"),
            Figure("intake_memory_growth", large / small, "times", Need(Sense.AT_MOST, GROWTH_MAX),
                   "from the first tenth of the records to the last"),
        ]  # fmt: skip

    def _drain(self) -> tuple[float, float, float]:
        """Records a second of a backlog; bytes of intake at its first tenth, and at its end."""
        backlog = self._unread()
        with intake_of(self.ours) as intake:
            began, early_bytes = time.monotonic(), 0
            while unread := self._unread():
                if not early_bytes and unread < 0.9 * backlog:
                    early_bytes = intake.resident_bytes()
                if time.monotonic() > began + DRAIN_SECONDS_MAX:
                    raise BenchError("intake does not come to the end of the journal.")
                time.sleep(POLL_SECONDS)
            seconds = time.monotonic() - began
            brought = records(self.ours)
            late_bytes = intake.resident_bytes()
        self.say(f"intake brought {brought:,.0f} records in {seconds:.1f} s")
        return brought / seconds, early_bytes or late_bytes, late_bytes

    def _unread(self) -> int:
        return unread_bytes(self.ours.settings, self.ours.cluster)

    def _steady(self, server: RunningServer) -> list[Figure]:
        """Lag from the acknowledgement to the commit at a rate that a large ISP has."""
        self.busy_parts.append(wait_until_idle([server], IDLE_SECONDS_MAX))
        with intake_of(self.ours) as intake:
            load = self.radload.open(
                server.port,
                rate=STEADY_PER_SECOND,
                seconds=self.plan.steady_seconds,
                users=self.plan.clients,
                records=True,
                cycle=CYCLE,
                serial=self._serial(),
            )
            trusted(load, server)
            wait_until_committed(self.ours, intake)
            lag = number(
                self.ours, "SELECT max((counters->>'lag_p99_ms')::float8) / 1000 FROM journal_nodes"
            )
        self.sent += int(load.said["sent"])
        return [
            Figure(
                "lag_p99", lag, "s", Need(Sense.BELOW, 2), f"at {STEADY_PER_SECOND:,} records/s"
            ),
            Figure("steady_p99", load.p99_ms, "ms", None, "of acknowledgements meanwhile"),
        ]

    def _with_history(self, server: RunningServer) -> list[Figure]:
        """Whether a record costs more where a year of sessions is kept."""
        self._closed(server)
        without, _, _ = self._drain()
        self.say(f"writing {self.plan.turns * self.plan.clients:,} sessions of a year")
        with closing(psycopg2.connect(self.ours.cluster.dsn(ADMIN))) as admin:
            admin.autocommit = True
            with admin.cursor() as cursor:
                cursor.execute("SELECT intake.make_months(now() - interval '1 year', 14)")
                cursor.execute(HISTORY, (self.plan.turns, self.plan.turns))
                cursor.execute("ANALYZE session_history")
                cursor.execute("CHECKPOINT")
        self.busy_parts.append(wait_until_idle([server], IDLE_SECONDS_MAX))
        self._closed(server)
        with_history, _, _ = self._drain()
        sessions = number(self.ours, "SELECT count(*) FROM session_history")
        return [
            Figure("history_sessions", sessions, ""),
            Figure(
                "drain_with_history_to_without", with_history / without, "times",
                Need(Sense.AT_LEAST, UNCHANGED_MIN),
            ),
        ]  # fmt: skip

    def _closed(self, server: RunningServer) -> Load:
        load = self.radload.closed(
            server.port,
            window=WINDOW,
            seconds=self.plan.closed_seconds,
            users=self.plan.clients,
            records=True,
            cycle=CYCLE,
            serial=self._serial(),
        )
        trusted(load, server)
        if server.name == "ours":
            self.sent += int(load.said["sent"])
        return load

    def _serial(self) -> int:
        """Sessions of one load are no other's."""
        self.loads += 1
        return self.loads * 1_000_000


BENCH = Bench("accounting", "Accounting records a second, and how fast they are brought in.", run)
