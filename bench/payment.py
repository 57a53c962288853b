"""From a gateway's confirmation to the packet for the router, while a hundred others pay.

The processes `web` and `clock` run as `up` starts them, beside local gateways. Attempts were made
before; what is measured begins where a gateway confirms: its notice, or the browser it sends back.
Every tenth is delivered twice, at once.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.request import urlopen

import aiohttp
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.enforcement import clock, percentile
from bench.figures import Bench, BenchError, Figure, Need, Sense
from bench.online import ACTOR, add_routers, put_online, tenant_of
from bench.ours import Ours
from bench.radius import scratch_folder
from bench.routers import DISCONNECT_REQUEST, Routers
from bench.servers import RunningServer, free_port, wait_until_idle
from billing.gateways.accounts import set_gateway
from billing.gateways.attempts import attempt_opened, create_attempt
from billing.gateways.words import (
    Attempt,
    Environment,
    Gateway,
    GatewayAccount,
    NewAttempt,
    Opened,
)
from policy.facts import ClientId, Reason, TenantId
from sandbox.gateways import aamarpay, sslcommerz
from sandbox.gateways.box import Order, Standing
from sandbox.gateways.server import CREDENTIALS, LocalGateways
from sql.migrate import APP
from storage.database import Database
from storage.secrets import KeyRing, Secret

Say = Callable[[str], None]

PER_ROUTER = 50  # sessions
PAID_MINOR = 1_000_000  # whatever is owed
LATER = timedelta(hours=1)  # so long the clock leaves attempts alone: what is measured is not its
SETTLED_SECONDS_MAX = 60.0
START_SECONDS_MAX = 60.0
POLL_SECONDS = 0.1
TWICE_EVERY = 10
RATE_PART_MIN = 0.95
GATEWAYS = (Gateway.SSLCOMMERZ, Gateway.AAMARPAY, Gateway.BKASH)


@dataclass(frozen=True, slots=True)
class Plan:
    """`beside` payments a second of people who are offline; `measured` of people who are walled."""

    clients: int
    beside: int
    measured: int
    seconds: int


FULL = Plan(20_000, beside=100, measured=4, seconds=60)
QUICK = Plan(10_000, beside=100, measured=5, seconds=12)


@dataclass(frozen=True, slots=True)
class Payer:
    """Who is about to be confirmed; `username` of who is online behind the wall."""

    attempt: Attempt
    username: str | None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """`at`: POSIX seconds, just before the gateway tells us; `answered`: seconds until we did."""

    payer: Payer
    at: float
    answered: float
    statuses: tuple[int, ...]


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
                return asyncio.run(measure(plan, ours, database, say))
        finally:
            ours.close()


async def measure(plan: Plan, ours: Ours, database: Database, say: Say) -> list[Figure]:
    tenant_id = tenant_of(database)
    sessions = plan.clients // 3
    with Routers(sessions // PER_ROUTER) as routers:
        nas_ids = add_routers(ours, database, tenant_id, routers)
        online = put_online(ours, tenant_id, nas_ids, sessions)
        async with LocalGateways() as gateways:
            sign_up(ours, database, tenant_id, gateways)
            say("people set out to pay")
            walled = [(one.client_id, one.username) for one in online if one.reason is Reason.DUES]
            at_home = {one.client_id for one in online}
            payers = set_out(plan, database, tenant_id, walled, at_home)
            take_orders(gateways, payers)
            ours.tidy()
            with web(ours) as (server, address), clock(ours, say) as keeper:
                wait_until_idle([server, keeper], START_SECONDS_MAX)
                say(f"{plan.beside + plan.measured} pay a second, for {plan.seconds} s")
                confirmed = await confirm_all(plan, gateways, address, payers)
                await all_settled(database, tenant_id, len(payers))
                await asyncio.sleep(1)
            return [
                *figures(plan, confirmed, routers),
                *proof(database, tenant_id, gateways, payers),
            ]


def sign_up(ours: Ours, database: Database, tenant_id: TenantId, gateways: LocalGateways) -> None:
    """The ISP has an account at each."""
    keys = KeyRing.load(ours.settings.keys_file)
    with database.transaction(tenant_id) as session:
        for gateway in GATEWAYS:
            said = {name: Secret(word) for name, word in CREDENTIALS[gateway].items()}
            address = gateways.address(gateway)
            account = GatewayAccount(gateway, Environment.SANDBOX, address, said)
            set_gateway(session, tenant_id, account, keys=keys, actor=ACTOR)


def set_out(
    plan: Plan,
    database: Database,
    tenant_id: TenantId,
    walled: Sequence[tuple[ClientId, str]],
    at_home: set[ClientId],
) -> list[Payer]:
    """Attempts by gateway in turn, in the order in which they will be confirmed."""
    need, others = plan.measured * plan.seconds, plan.beside * plan.seconds
    if len(walled) < need:
        raise BenchError(f"only {len(walled)} of those online are walled: seed more clients.")
    with database.transaction(tenant_id) as session:
        found = session.execute(text("SELECT id FROM clients ORDER BY id")).scalars()
        offline = [ClientId(number) for number in found if number not in at_home]
    chosen: list[tuple[ClientId, str | None]] = [*walled[:need]]
    chosen += [(offline[number % len(offline)], None) for number in range(others)]
    random.Random(1).shuffle(chosen)
    payers = []
    for first in range(0, len(chosen), 200):
        with database.transaction(tenant_id) as session:
            for number, (client_id, username) in enumerate(chosen[first : first + 200], first):
                gateway = GATEWAYS[number % len(GATEWAYS)]
                payers.append(Payer(set_out_one(session, tenant_id, client_id, gateway), username))
    return payers


def set_out_one(
    session: Session, tenant_id: TenantId, client_id: ClientId, gateway: Gateway
) -> Attempt:
    now = datetime.now(UTC)
    new = NewAttempt(gateway=gateway, amount_minor=PAID_MINOR)
    attempt = create_attempt(session, tenant_id, client_id, new, now=now)
    opened = Opened(f"{gateway}-{attempt.reference}", "http://127.0.0.1/")
    return attempt_opened(session, tenant_id, attempt.reference, opened, now=now + LATER)


def take_orders(gateways: LocalGateways, payers: Sequence[Payer]) -> None:
    """As if each gateway had been told of its attempts."""
    for payer in payers:
        attempt = payer.attempt
        gateways.box.add(
            Order(
                gateway=attempt.gateway,
                number=attempt.gateway_ref or "",
                reference=attempt.reference,
                amount=Decimal(attempt.amount_minor) / 100,
                currency=attempt.currency,
                said={"payerReference": "01770618575", "callbackURL": ""},
            )
        )


@contextmanager
def web(ours: Ours) -> Iterator[tuple[RunningServer, str]]:
    """The process, and where our doors are, once they answer."""
    port = free_port()
    says = {"SKYLINK_WEB_PORT": str(port), "SKYLINK_WEB_ADDRESS": "127.0.0.1"}
    with ours.process("web", ["-m", "commands.cli", "web"], says) as running:
        root, deadline = f"http://127.0.0.1:{port}", time.monotonic() + START_SECONDS_MAX
        while not answers(root):
            if time.monotonic() > deadline:
                raise BenchError(f"web does not answer: {running.last_words()}")
            time.sleep(POLL_SECONDS)
        yield running, f"{root}/portal/payment"


def answers(root: str) -> bool:
    try:
        with urlopen(f"{root}/health") as said:  # noqa: S310 (its scheme is ours)
            return bool(said.status == 200)
    except OSError:
        return False


async def confirm_all(
    plan: Plan, gateways: LocalGateways, address: str, payers: Sequence[Payer]
) -> list[Confirmed]:
    """Each when it is due, whether those before it were answered or not."""
    rate = plan.beside + plan.measured
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        began = time.monotonic()

        async def one(number: int, payer: Payer) -> Confirmed:
            await asyncio.sleep(began + number / rate - time.monotonic())
            order = gateways.box.orders[payer.attempt.gateway_ref or ""]
            times = 2 if number % TWICE_EVERY == 0 else 1
            return await confirm(http, address, payer, order, times)

        return await asyncio.gather(*(one(*each) for each in enumerate(payers)))


async def confirm(
    http: aiohttp.ClientSession, address: str, payer: Payer, order: Order, times: int
) -> Confirmed:
    """The client has paid, and the gateway says so its own way."""
    gateway, form, method = payer.attempt.gateway, dict[str, str](), "POST"
    if gateway is Gateway.BKASH:
        order.standing, method = Standing.APPROVED, "GET"
        place = f"bkash/callback?attempt={order.reference}&paymentID={order.number}&status=success"
    else:
        order.pay()
        is_ssl = gateway is Gateway.SSLCOMMERZ
        place = "ssl/ipn" if is_ssl else "aamarpay/callback"
        form = sslcommerz.signed(sslcommerz.told(order)) if is_ssl else aamarpay.told(order)

    async def once() -> int:
        async with http.request(
            method, f"{address}/{place}", data=form or None, allow_redirects=False
        ) as answer:
            return answer.status

    at, began = time.time(), time.monotonic()
    statuses = await asyncio.gather(*(once() for _ in range(times)))
    return Confirmed(payer, at, time.monotonic() - began, tuple(statuses))


async def all_settled(database: Database, tenant_id: TenantId, wanted: int) -> None:
    """Wait for the last; what does not come by then is lost, and told as that."""
    query = text("SELECT count(*) FROM payment_attempts WHERE settled_at IS NOT NULL")
    deadline = time.monotonic() + SETTLED_SECONDS_MAX
    while time.monotonic() < deadline:
        found = await database.run(tenant_id, lambda session: session.execute(query).scalar_one())
        if found >= wanted:
            return
        await asyncio.sleep(POLL_SECONDS)


def figures(plan: Plan, confirmed: Sequence[Confirmed], routers: Routers) -> list[Figure]:
    """What was waited for."""
    first: dict[str, float] = {}
    for each in list(routers.told):
        if each.code == DISCONNECT_REQUEST:
            first.setdefault(each.username, each.at)
    measured = [one for one in confirmed if one.payer.username is not None]
    waited = [
        (first[one.payer.username] - one.at) * 1000
        for one in measured
        if one.payer.username in first
    ]
    answered = [one.answered * 1000 for one in confirmed]
    seconds = max(one.at for one in confirmed) - min(one.at for one in confirmed)
    refused = sum(status not in {200, 303} for one in confirmed for status in one.statuses)
    told = Counter(each.username for each in routers.told)
    return [
        Figure("confirmation_to_router_p50", percentile(waited, 50), "ms"),
        Figure(
            "confirmation_to_router_p99", percentile(waited, 99), "ms", Need(Sense.BELOW, 1000),
            f"of {len(measured)} people behind the wall, while {plan.beside} others pay a second",
        ),
        Figure("not_let_out", len(measured) - len(waited), "", Need(Sense.AT_MOST, 0)),
        Figure(
            "packets_beyond_need", sum(told.values()) - len(waited), "", Need(Sense.AT_MOST, 0)
        ),
        Figure("answer_p99", percentile(answered, 99), "ms", None, "of our doors"),
        Figure("confirmations_refused", refused, "", Need(Sense.AT_MOST, 0)),
        Figure(
            "payments_per_second", (len(confirmed) - 1) / seconds, "/s",
            Need(Sense.AT_LEAST, RATE_PART_MIN * (plan.beside + plan.measured)),
        ),
    ]  # fmt: skip


def proof(
    database: Database, tenant_id: TenantId, gateways: LocalGateways, payers: Sequence[Payer]
) -> list[Figure]:
    """That nothing is lost and nothing twice: by the gateways' own ledger."""
    theirs = sum(int(gateways.box.kept(gateway) * 100) for gateway in GATEWAYS)
    query = """SELECT count(*), coalesce(sum(credit.amount_minor), 0)
                 FROM payments AS payment JOIN credits AS credit USING (tenant_id, id)
                WHERE payment.method IN ('bkash', 'sslcommerz', 'aamarpay')"""
    with database.transaction(tenant_id) as session:
        number, ours = session.execute(text(query)).one()
        suspended = session.execute(text("SELECT count(*) FROM suspended_money")).scalar_one()
    return [
        Figure("payments_lost", max(0, len(payers) - number), "", Need(Sense.AT_MOST, 0)),
        Figure("payments_twice", max(0, number - len(payers)), "", Need(Sense.AT_MOST, 0)),
        Figure("in_suspense", suspended, "", Need(Sense.AT_MOST, 0)),
        Figure(
            "taka_apart", abs(theirs - int(ours)) / 100, "", Need(Sense.AT_MOST, 0),
            f"of {theirs / 100:,.0f} that the gateways have",
        ),
    ]  # fmt: skip


BENCH = Bench("payment", "From a gateway's confirmation to the packet that tells the router.", run)
