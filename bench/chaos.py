"""Every octet once, whatever is killed: routers report known use while SkyLink's processes die.

A whole SkyLink runs as `./skylink up` runs it. A fleet of our own routers (sandbox/nas) dials,
carries traffic, repeats itself as RouterOS does and loses power, while PostgreSQL, FreeRADIUS, the
intake and the clock get SIGKILL at random moments and PostgreSQL is away for a while. In the end
what the routers counted is laid beside what the database has, session by session.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, time

from bench.database import ask
from bench.figures import Bench, Figure, Need, Sense
from bench.fleet import Fleet, Pace
from bench.radius import scratch_folder
from bench.whole import PATTERN, Whole
from commands.demo import NAS_SECRET
from sandbox.nas.router import Login, Setup
from sandbox.nas.sessions import Dial, Use

Say = Callable[[str], None]
Key = tuple[str, str, str]  # the router's address, Acct-Session-Id, username

KILLED = ("radius", "intake", "postgres", "clock", "a backend of postgres")
BACKEND = KILLED[-1]
UNANSWERED_PART_MAX = 0.01  # a FreeRADIUS that is killed takes seconds to come back
NONE = Need(Sense.AT_MOST, 0)
SESSIONS = """
    SELECT host(nas.address), s.acct_session_id, s.username, s.down_bytes, s.up_bytes, s.ended
      FROM (SELECT tenant_id, nas_id, acct_session_id, username, down_bytes, up_bytes,
                   false AS ended
              FROM live_sessions
            UNION ALL
            SELECT tenant_id, nas_id, acct_session_id, username, down_bytes, up_bytes, true
              FROM session_history) AS s
      JOIN nas_devices AS nas ON nas.tenant_id = s.tenant_id AND nas.id = s.nas_id"""
BY_DAY = "SELECT coalesce(sum(down_bytes + up_bytes), 0)::bigint FROM usage_daily"
QUARANTINED = "SELECT count(*) FROM accounting_quarantine"


@dataclass(frozen=True, slots=True)
class Plan:
    """`pause_seconds`: the mean between two kills. PostgreSQL is away once, in the middle."""

    routers: int
    clients: int
    seconds: float
    pause_seconds: float
    away_seconds: float
    kills_min: int
    pace: Pace


FULL = Plan(20, 300, 360, pause_seconds=5, away_seconds=150, kills_min=40, pace=Pace(2, 45))
QUICK = Plan(10, 100, 60, pause_seconds=3, away_seconds=15, kills_min=10, pace=Pace(1, 20))
SHORT = Plan(4, 24, 9, pause_seconds=1, away_seconds=3, kills_min=4, pace=Pace(0.5, 6))


def run(quick: bool, say: Say) -> list[Figure]:
    """Raises BenchError where SkyLink does not start, or not recover."""
    with scratch_folder() as scratch:
        return measure(QUICK if quick else FULL, scratch, say)


def measure(plan: Plan, scratch: Path, say: Say) -> list[Figure]:
    """All figures of one run of `plan` in `scratch`."""
    seed = random.SystemRandom().randrange(1 << 32)
    say(f"starting SkyLink; the seed of what happens is {seed}")
    whole = Whole(scratch)
    with whole.run():
        say(f"{plan.clients:,} clients of {plan.routers} routers")
        settings = whole.settings
        template = Setup("", NAS_SECRET, settings.radius_auth_port, settings.radius_acct_port)
        addresses = [f"127.10.{number // 200}.{number % 200 + 1}" for number in range(plan.routers)]
        routers = whole.fill(plan.clients, addresses, template)
        fleet = Fleet(routers, _dials(plan.clients), plan.pace, seed)
        storm = Storm(whole, plan, random.Random(seed), say)
        asyncio.run(_live_through(fleet, storm))
        say("all routers have ended their sessions; the journal is read to its end")
        ended = monotonic()
        whole.wait_until_well()
        whole.wait_until_committed()
        books = Books.compare(fleet, whole)
        return [
            *storm.figures(),
            *books.figures(),
            *_answers(fleet.logins, storm.away),
            Figure("seconds_to_catch_up", monotonic() - ended, "s"),
            Figure("datagrams_sent", fleet.datagrams_sent, ""),
            Figure("changes_heard_by_routers", fleet.changes_heard, ""),
        ]


def _dials(clients: int) -> list[Dial]:
    return [
        Dial(
            PATTERN.username.format(n=n),
            PATTERN.password.format(n=n),
            mac=f"AA:BB:CC:00:{n >> 8:02X}:{n & 255:02X}",
        )
        for n in range(1, clients + 1)
    ]


async def _live_through(fleet: Fleet, storm: Storm) -> None:
    await fleet.start()
    await storm.rage()
    storm.say("no more kills; the clients hang up")
    await fleet.finish()


@dataclass(slots=True)
class Storm:
    """What happens to SkyLink. `away`: from when until when PostgreSQL was, in POSIX seconds."""

    whole: Whole
    plan: Plan
    chance: random.Random
    say: Say
    kills: Counter[str] = field(default_factory=Counter)
    away: tuple[float, float] = (0.0, 0.0)

    async def rage(self) -> None:
        """For the seconds of the plan."""
        absence = asyncio.create_task(self._take_the_database_away())
        ends = monotonic() + self.plan.seconds
        victims: list[str] = []
        while monotonic() < ends:
            await asyncio.sleep(self.chance.uniform(0.5, 1.5) * self.plan.pause_seconds)
            victims = victims or self.chance.sample(KILLED, len(KILLED))
            victim = victims.pop()
            if await asyncio.to_thread(self._kill, victim):
                self.kills[victim] += 1
        await absence

    def _kill(self, victim: str) -> bool:
        if victim == BACKEND:
            return self.whole.kill_a_backend(self.chance)
        return self.whole.kill(victim)

    async def _take_the_database_away(self) -> None:
        await asyncio.sleep((self.plan.seconds - self.plan.away_seconds) / 2)
        await asyncio.to_thread(self.whole.stop_database)
        since = time()
        self.say(f"PostgreSQL is stopped for {self.plan.away_seconds:.0f} s")
        await asyncio.sleep(self.plan.away_seconds)
        self.away = since, time()
        await asyncio.to_thread(self.whole.start_database)
        self.say("PostgreSQL is back")

    def figures(self) -> list[Figure]:
        each = ", ".join(f"{name} {self.kills[name]}" for name in KILLED)
        since, until = self.away
        return [
            Figure(
                "processes_killed", self.kills.total(), "",
                Need(Sense.AT_LEAST, self.plan.kills_min), each,
            ),
            Figure("database_away", until - since, "s"),
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Books:
    """The routers' own sums beside the database's. `kept`: by session, how often and how much."""

    told: dict[Key, Use]
    kept: dict[Key, list[tuple[Use, bool]]]
    by_day: int
    quarantined: int

    @classmethod
    def compare(cls, fleet: Fleet, whole: Whole) -> Books:
        told = {
            (router.setup.address, session.session_id, session.dial.username): session.use
            for router, session in fleet.sessions
        }
        kept: dict[Key, list[tuple[Use, bool]]] = {}
        for address, session_id, username, down, up, ended in ask(whole.cluster, SESSIONS):
            kept.setdefault((address, session_id, username), []).append((Use(up, down), ended))
        [(by_day,)], [(quarantined,)] = ask(whole.cluster, BY_DAY), ask(whole.cluster, QUARANTINED)
        return cls(told, kept, by_day, quarantined)

    def figures(self) -> list[Figure]:
        differences = [
            kept - told
            for key, use in self.told.items()
            for kept, told in zip(_octets(self._sum(key)), _octets(use), strict=True)
        ]
        octets = sum(sum(_octets(use)) for use in self.told.values())
        closed_once = [self.kept.get(key, []) for key in self.told]
        return [
            Figure("sessions", len(self.told), ""),
            Figure("octets_told_by_routers", octets, "B"),
            Figure("octets_lost", -sum(min(0, each) for each in differences), "B", NONE),
            Figure("octets_counted_twice", sum(max(0, each) for each in differences), "B", NONE),
            Figure("octets_amiss_in_daily_use", abs(octets - self.by_day), "B", NONE),
            Figure("sessions_missing", len(self.told.keys() - self.kept.keys()), "", NONE),
            Figure("sessions_of_nobody", len(self.kept.keys() - self.told.keys()), "", NONE),
            Figure(
                "sessions_not_closed_once",
                sum([ended for _use, ended in rows] != [True] for rows in closed_once), "", NONE,
            ),
            Figure("records_not_understood", self.quarantined, "", NONE),
        ]  # fmt: skip

    def _sum(self, key: Key) -> Use:
        return sum((use for use, _ended in self.kept.get(key, [])), Use())


def _octets(use: Use) -> tuple[int, int]:
    return use.upload_bytes, use.download_bytes


def _answers(logins: list[Login], away: tuple[float, float]) -> list[Figure]:
    """Whether logins were answered all along: also by a node that starts without a database."""
    unanswered = [login for login in logins if login.accepted is None]
    without = [login for login in logins if away[0] <= login.at < away[1]]
    lost = sum(login.accepted is None for login in without)
    part = len(unanswered) / max(1, len(logins))
    slowest = max((login.seconds for login in logins if login.accepted is not None), default=0.0)
    return [
        Figure("logins", len(logins), ""),
        Figure(
            "logins_unanswered", 100 * part, "%", Need(Sense.AT_MOST, 100 * UNANSWERED_PART_MAX),
            "after three tries, as RouterOS does; FreeRADIUS is killed, too",
        ),
        Figure("logins_while_the_database_was_away", len(without), "", Need(Sense.AT_LEAST, 1)),
        Figure("of_these_unanswered", 100 * lost / max(1, len(without)), "%",
               Need(Sense.AT_MOST, 100 * UNANSWERED_PART_MAX)),
        Figure("slowest_answer", slowest, "s"),
    ]  # fmt: skip


BENCH = Bench("chaos", "Kill everything at random moments: no octet is lost or counted twice.", run)
