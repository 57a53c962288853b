"""The questions that staff ask of sessions, beside a year of them: who is online, who had this.

History is written as intake would have left it, by SQL; the questions are asked as the application
asks them, in its role and under row-level security, each in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from time import perf_counter

import psycopg2
from sqlalchemy.orm import Session

from bench.enforcement import percentile
from bench.figures import Bench, BenchError, Figure, Need, Sense
from bench.ours import Ours
from bench.radius import scratch_folder
from commands.cluster import ADMIN
from network.addresses import who_had
from network.sessions import list_live_sessions, session_counts
from policy.facts import TenantId
from sql.migrate import APP
from storage.database import Database

Say = Callable[[str], None]

WHO_MS = 50.0
UNCHANGED_MAX = 1.5  # of the live list beside history: the median of a few milliseconds wavers
SECOND = timedelta(seconds=1)
LIVE = """
    INSERT INTO live_sessions (tenant_id, connection_id, nas_id, node, acct_session_id, username,
           started_at, heard_at, framed_ipv4, delegated_ipv6_prefix)
    SELECT line.tenant_id, line.id, nas.id, 'bench', line.id::text, line.username,
           now() - line.id % 86400 * interval '1 second', now(), '10.0.0.0'::inet + line.id,
           ('2001:db8:' || to_hex(line.id >> 8) || ':' || to_hex((line.id & 255) << 8)
            || '::/56')::cidr
      FROM connections AS line
      JOIN LATERAL (SELECT id FROM nas_devices AS one WHERE one.tenant_id = line.tenant_id LIMIT 1)
        AS nas ON true
     WHERE line.username LIKE 'user%'"""
#  Five hours each; an IPv4 address passes from client to client, an IPv6 prefix stays with its own.
HISTORY = """
    INSERT INTO session_history (tenant_id, id, connection_id, nas_id, node, acct_session_id,
           username, started_at, ended_at, ended_by, framed_ipv4, delegated_ipv6_prefix,
           down_bytes, up_bytes, down_counter, up_counter)
    SELECT live.tenant_id, -(turn * 10000000 + live.id), live.connection_id, live.nas_id, 'bench',
           'h' || turn, live.username, ended.at - interval '5 hours', ended.at, 'stop',
           live.framed_ipv4 + turn, live.delegated_ipv6_prefix, 7, 7, 7, 7
      FROM generate_series(1, %s) AS turn
      CROSS JOIN LATERAL (SELECT now() - turn * interval '1 year' / %s AS at) AS ended
      CROSS JOIN live_sessions AS live"""


@dataclass(frozen=True, slots=True)
class Plan:
    """`turns`: sessions of each client in the year."""

    clients: int
    turns: int
    questions: int


FULL = Plan(100_000, turns=50, questions=400)
QUICK = Plan(10_000, turns=50, questions=100)


def run(quick: bool, say: Say) -> list[Figure]:
    """All figures of the bench. Raises BenchError where something could not be measured."""
    plan = QUICK if quick else FULL
    with scratch_folder() as scratch:
        say("making a database")
        ours = Ours(scratch)
        try:
            say(f"seeding {plan.clients:,} clients, all online")
            tenant_id = ours.seed(plan.clients)
            with closing(Database(ours.cluster.dsn(APP))) as database:
                return Asking(plan, ours, database, tenant_id, say).figures()
        finally:
            ours.close()


@dataclass(frozen=True, slots=True)
class Asking:
    """One ISP's staff, who ask one thing after the other."""

    plan: Plan
    ours: Ours
    database: Database
    tenant_id: TenantId
    say: Say

    def figures(self) -> list[Figure]:
        """First without history, then beside it."""
        self._write(LIVE)
        alone = self._live()
        self.say(f"writing {self.plan.clients * self.plan.turns:,} sessions of a year")
        self._write("SELECT intake.make_months(now() - interval '1 year', 14)")
        self._write(HISTORY, self.plan.turns, self.plan.turns)
        beside = self._live()
        who_ipv4, who_ipv6 = self._who("10.0.0.0"), self._who("2001:db8::")
        found = [Figure("live_sessions", self.plan.clients, "")]
        found.append(Figure("history_sessions", self.plan.clients * self.plan.turns, ""))
        for name, before in alone.items():
            times = beside[name] / before
            found.append(Figure(f"{name}_median", beside[name], "ms"))
            found.append(
                Figure(f"{name}_to_without", times, "times", Need(Sense.AT_MOST, UNCHANGED_MAX))
            )
        return [
            *found,
            Figure("who_had_ipv4_p99", who_ipv4, "ms", Need(Sense.BELOW, WHO_MS)),
            Figure("who_had_ipv6_p99", who_ipv6, "ms", Need(Sense.BELOW, WHO_MS)),
        ]

    def _write(self, statement: str, *values: object) -> None:
        with closing(psycopg2.connect(self.ours.cluster.dsn(ADMIN))) as admin, admin.cursor() as at:
            admin.autocommit = True
            at.execute(statement, values or None)
        self.ours.tidy()

    def _live(self) -> dict[str, float]:
        """Milliseconds of the middle one of each kind of question."""
        chance = Random(1)

        def one_client(session: Session) -> object:
            username = f"user{chance.randint(1, self.plan.clients)}"
            return list_live_sessions(session, self.tenant_id, username)

        return {
            "live_list": self._asked(lambda session: list_live_sessions(session, self.tenant_id)),
            "live_of_one": self._asked(one_client),
            "live_counts": self._asked(lambda session: session_counts(session, self.tenant_id)),
        }

    def _asked(self, question: Callable[[Session], object], part: int = 50) -> float:
        taken = []
        for _ in range(self.plan.questions):
            began = perf_counter()
            with self.database.transaction(self.tenant_id) as session:
                answer = question(session)
            taken.append((perf_counter() - began) * 1_000)
            if not answer:
                raise BenchError("a question had no answer: the bench asks the wrong thing.")
        return percentile(taken, part) or 0.0

    def _who(self, network: str) -> float:
        """Of seconds all over the year, 99 of 100 are answered within so many milliseconds."""
        chance, now = Random(2), datetime.now(UTC).replace(microsecond=0)
        column = "framed_ipv4" if "." in network else "delegated_ipv6_prefix"
        with closing(psycopg2.connect(self.ours.cluster.dsn(ADMIN))) as admin, admin.cursor() as at:
            at.execute(
                f"""SELECT host({column}::inet), started_at FROM session_history
                     TABLESAMPLE SYSTEM (1) ORDER BY random() LIMIT %s""",
                (self.plan.questions,),
            )
            held = at.fetchall()
        assert all(started_at < now for _, started_at in held)

        def question(session: Session) -> object:
            address, started_at = chance.choice(held)
            moment = started_at + timedelta(hours=chance.random() * 5)
            return who_had(session, self.tenant_id, address, at=moment, until=moment + SECOND)

        return self._asked(question, 99)


BENCH = Bench("sessions", "Who had an address, and who is online, beside a year of sessions.", run)
