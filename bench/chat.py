"""`./skylink bench chat`: how long staff wait for a screen while all of them work at once.

The process `bot` runs as `up` starts it, beside a local Telegram that is a process as well. Each of
the staff looks at a screen for some seconds, then taps something on it, or looks for a client. What
they wait counts from the tap until the changed message stands in their chat.
"""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import quantiles

import psycopg2
from sqlalchemy import text

from bench.billing import PEOPLE, misspelt
from bench.chatting import Chatting, Staffer, Took
from bench.figures import Bench, BenchError, Figure, Need, Sense
from bench.ours import Ours
from bench.radius import Say, scratch_folder
from bench.servers import RunningServer
from commands.cluster import ADMIN
from policy.facts import TenantId
from sql.migrate import APP
from storage.actors import SYSTEM
from storage.database import Database
from tenancy.links import invite_staff, redeem_invitation
from tenancy.roles import Role
from tenancy.staff import add_staff

FIRST_ACCOUNT = 9_000_000
PEOPLE_LOOKED_FOR = 500
LOOKS_SECONDS = (2.0, 6.0)  # at a screen, before the next tap
SEARCHES = 0.25  # of what is done
START_SECONDS_MAX = 60.0
POLL_SECONDS = 0.05
MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Plan:
    clients: int
    staff: int
    warm_seconds: float
    seconds: float


FULL = Plan(100_000, 200, warm_seconds=40, seconds=120)
QUICK = Plan(10_000, 200, warm_seconds=10, seconds=20)


def run(quick: bool, say: Say) -> list[Figure]:
    """All figures of the bench."""
    plan = QUICK if quick else FULL
    with scratch_folder() as scratch:
        ours = Ours(scratch)
        try:
            say(f"making {plan.clients:,} clients")
            tenant_id = ours.seed(plan.clients, all_active=False)
            with closing(Database(ours.cluster.dsn(APP))) as database:
                words = looked_for(database, tenant_id)
                accounts = hired(ours, database, tenant_id, plan.staff)
            ours.tidy()
            with started(ours) as (telegram, bot, address):
                say(f"{plan.staff} staff chat")
                work = Work(plan, telegram, bot, address, words, say)
                return asyncio.run(work.measure(accounts))
        finally:
            ours.close()


def looked_for(database: Database, tenant_id: TenantId) -> list[str]:
    """Names in both scripts with a letter gone, phones and usernames, of random clients."""
    with database.transaction(tenant_id) as session:
        people = session.execute(text(PEOPLE), {"many": PEOPLE_LOOKED_FOR}).all()
    chance, words = random.Random(7), []
    for person in people:
        asked = [misspelt(person.name, chance), person.phone, person.username]
        words.append(chance.choice([*asked, misspelt(person.name_bn or person.name, chance)]))
    return words


def hired(ours: Ours, database: Database, tenant_id: TenantId, many: int) -> list[int]:
    """Chat accounts of that many admins, who have all proved who they are just now."""
    accounts = [FIRST_ACCOUNT + number for number in range(many)]
    for account in accounts:
        now = datetime.now(UTC)
        with database.transaction(tenant_id) as session:
            member = add_staff(
                session, tenant_id, name=f"Staff {account}", role=Role.ADMIN, actor=SYSTEM
            )
            made = invite_staff(session, tenant_id, member.staff_id, now=now, actor=SYSTEM)
        with database.transaction(None) as session:
            redeem_invitation(session, str(made.code), account_id=account, now=now)
    with closing(psycopg2.connect(ours.cluster.dsn(ADMIN))) as admin, admin.cursor() as cursor:
        admin.autocommit = True
        cursor.execute("UPDATE staff_links SET verified_at = now()")
    return accounts


@contextmanager
def started(ours: Ours) -> Iterator[tuple[RunningServer, RunningServer, str]]:
    """The local Telegram and the bot, and where the first is."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with ExitStack() as running:
        serve = ["-m", "sandbox.telegram", "--no-floods", "--port", str(port)]
        telegram = running.enter_context(process(ours, "telegram", serve, "people: open", {}))
        says = {"SKYLINK_TELEGRAM_API": address}
        chats = ["-m", "commands.cli", "bot"]
        bot = running.enter_context(process(ours, "bot", chats, "listens", says))
        yield telegram, bot, address


@contextmanager
def process(
    ours: Ours, name: str, arguments: list[str], ready: str, more: dict[str, str]
) -> Iterator[RunningServer]:
    """Alive inside `with`, once its log says that it is ready."""
    with ours.process(name, arguments, more) as running:
        deadline = time.monotonic() + START_SECONDS_MAX
        while ready not in running.log.read_text(errors="replace"):
            if running.process.poll() is not None or time.monotonic() > deadline:
                raise BenchError(f"{name} does not start: {running.last_words()}")
            time.sleep(POLL_SECONDS)
        yield running


@dataclass(frozen=True, slots=True)
class Work:
    """A day at the office, in some minutes."""

    plan: Plan
    telegram: RunningServer
    bot: RunningServer
    address: str
    words: list[str]
    say: Say

    async def measure(self, accounts: list[int]) -> list[Figure]:
        async with Chatting(self.address) as chatting:
            staff = [await chatting.join(account) for account in accounts]
            await self._work(staff, self.plan.warm_seconds)
            before = self.bot.resident_bytes()
            used = self.bot.cpu_seconds(), self.telegram.cpu_seconds()
            took = await self._work(staff, self.plan.seconds)
            after = self.bot.resident_bytes()
            busy = (self.bot.cpu_seconds() - used[0], self.telegram.cpu_seconds() - used[1])
            self.say("all of them tap in one instant")
            burst = await asyncio.gather(*(one.taps() for one in staff))
        self.say(f"processor: bot {busy[0]:.1f} s, telegram {busy[1]:.1f} s")
        for one in [*took, *burst]:
            if one.seconds is None:
                self.say(f"nothing came for {one.what}")
        grown = (after - before) / MEGABYTE
        return [*figures(took, self.plan.seconds), *burst_figures(burst), memory_figure(grown)]

    async def _work(self, staff: list[Staffer], seconds: float) -> list[Took]:
        """What everybody did in that time, and how long each of it took."""
        until = time.monotonic() + seconds
        done = await asyncio.gather(*(self._one(one, until) for one in staff))
        return [took for each in done for took in each]

    async def _one(self, staffer: Staffer, until: float) -> list[Took]:
        chance, took = random.Random(staffer.account), []
        await asyncio.sleep(chance.uniform(0, LOOKS_SECONDS[1]))
        while time.monotonic() < until:
            if chance.random() >= SEARCHES:
                took.append(await staffer.taps())
            elif chance.random() < 0.5:
                took.append(await staffer.looks_for(chance.choice(self.words)))
            else:
                took.append(await staffer.types(chance.choice(self.words)))
            await asyncio.sleep(chance.uniform(*LOOKS_SECONDS))
        return took


def figures(took: list[Took], seconds: float) -> list[Figure]:
    """Taps and searches while people work."""
    taps, searches = ([one for one in took if one.is_search is kind] for kind in (False, True))
    lost = sum(one.seconds is None for one in took)
    rate = f"{len(took)} acts, {len(took) / seconds:.0f} a second"
    return [
        Figure("tap to screen, p50", milliseconds(taps, 50), "ms"),
        Figure("tap to screen, p95", milliseconds(taps, 95), "ms", Need(Sense.BELOW, 150), rate),
        Figure("search, p50", milliseconds(searches, 50), "ms"),
        Figure("search, p95", milliseconds(searches, 95), "ms", Need(Sense.BELOW, 200)),
        Figure("lost", lost, "acts", Need(Sense.AT_MOST, 0)),
    ]


def burst_figures(burst: list[Took]) -> list[Figure]:
    """When everybody taps in one instant: the last of them, and whether all had an answer."""
    waits = [one.seconds for one in burst if one.seconds is not None]
    lost = len(burst) - len(waits)
    slowest = 1_000 * max(waits, default=0.0)
    remark = f"{len(burst)} taps in one instant"
    return [
        Figure("burst, the last screen", slowest, "ms", None, remark),
        Figure("burst, lost", lost, "taps", Need(Sense.AT_MOST, 0)),
    ]


def memory_figure(grown: float) -> Figure:
    return Figure("memory the bot grows by", grown, "MB", Need(Sense.AT_MOST, 16))


def milliseconds(took: list[Took], part: int) -> float | None:
    """The percentile; None where too little was done."""
    waits = [1_000 * one.seconds for one in took if one.seconds is not None]
    return quantiles(waits, n=100)[part - 1] if len(waits) > 1 else None


BENCH = Bench("chat", "Staff in chat: from a tap to the changed screen, and searches.", run)
