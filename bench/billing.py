"""`./skylink bench billing`: everybody's bills, beside the same rows bare, and by a loop."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import quantiles

import psycopg2
from sqlalchemy import text

from bench.figures import Bench, BenchError, Figure, Need, Sense
from bench.ours import Ours
from bench.radius import scratch_folder
from billing.bill_facts import next_clients, read_catalogue
from billing.bill_runs import BillRun, request_run, run_to_end
from billing.drafts import Draft
from billing.invoice_lines import InvoiceLine
from billing.invoices import NewInvoice, issue_invoice
from billing.proof import prove
from billing.run_previews import drafts_of
from billing.seals import seal_ledger
from billing.search import ClientsWanted, find_clients
from billing.settings import BillingSettings, change_billing_settings
from commands.cluster import ADMIN
from policy.facts import TenantId
from policy.periods import next_month
from sql.migrate import APP
from storage.actors import SYSTEM
from storage.database import Database

Say = Callable[[str], None]

LEDGER_ROWS = 1_000_000  # for which the proof's time is promised
MEGABYTE = 2**20
WARM_PARTS = 5  # of a run, before memory is looked at
RUNS_MAX = 12  # to fill the ledger with
SCALED = "scaled up by what it was measured on"
# What a run writes, and which of its rows are this one's.
WRITTEN = {
    "invoices": "bill_run_id = %(run)s",
    "invoice_lines": "invoice_id IN (SELECT id FROM public.invoices WHERE bill_run_id = %(run)s)",
    "ledger_entries": "invoice_id IN (SELECT id FROM public.invoices WHERE bill_run_id = %(run)s)",
    "allocations": "invoice_id IN (SELECT id FROM public.invoices WHERE bill_run_id = %(run)s)",
    "billed_periods": "bill_run_id = %(run)s",
    "audit_log": "subject_kind = 'invoice' AND subject_id IN"
    " (SELECT id FROM public.invoices WHERE bill_run_id = %(run)s)",
    "outbox": "event = 'invoice.issued' AND about IN"
    " (SELECT 'invoice:' || id FROM public.invoices WHERE bill_run_id = %(run)s)",
}


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    clients: int
    in_a_loop: int  # clients that the loop bills
    searches: int
    ledger_rows: int


FULL = Plan(100_000, 2_000, 600, LEDGER_ROWS)
QUICK = Plan(10_000, 300, 200, 30_000)


@dataclass
class Firm:
    """The ISP that is billed, at the first of the month after `now`."""

    plan: Plan
    ours: Ours
    database: Database
    tenant_id: TenantId
    month_on: date
    say: Say

    @property
    def now(self) -> datetime:
        """Noon, so that the date is the same wherever the ISP is."""
        return datetime(self.month_on.year, self.month_on.month, 1, 6, tzinfo=UTC)

    def request(self) -> tuple[BillRun, float]:
        """Ask for the month's run; how long that took, which previews it."""
        with timed() as seconds, self.database.transaction(self.tenant_id) as session:
            run = request_run(session, self.tenant_id, self.month_on, now=self.now, actor=SYSTEM)
        return run, seconds[0]

    def bill(self, run: BillRun) -> tuple[BillRun, float, float]:
        """The run as it ended, its seconds, and the megabytes that it grew by once it was warm."""
        resident: list[float] = []
        with timed() as seconds:
            done = run_to_end(
                lambda: self.database.transaction(self.tenant_id),
                self.tenant_id,
                run.run_id,
                now=self.now,
                actor=SYSTEM,
                progress=lambda _run: resident.append(resident_megabytes()),
            )
        warm = resident[min(WARM_PARTS, len(resident)) - 1]
        return done, seconds[0], max(resident) - warm


def run(quick: bool, say: Say) -> list[Figure]:
    """All figures of the bench."""
    plan = QUICK if quick else FULL
    with scratch_folder() as scratch:
        ours = Ours(scratch)
        try:
            with closing(Database(ours.cluster.dsn(APP))) as database:
                return measure(founded(plan, ours, database, say))
        finally:
            ours.close()


def founded(plan: Plan, ours: Ours, database: Database, say: Say) -> Firm:
    """An ISP of clients whose bills are in every state, some of whom have paid before."""
    say(f"making {plan.clients:,} clients")
    tenant_id = ours.seed(plan.clients, all_active=False)
    with database.transaction(tenant_id) as session:
        settings = BillingSettings(vat_points=500, round_to_minor=100)
        change_billing_settings(session, tenant_id, settings, actor=SYSTEM)
        for statement in GIVE_CREDIT:
            session.execute(text(statement), {"isp": tenant_id})
    ours.tidy()
    month_on = next_month(datetime.now(UTC).date().replace(day=1))
    return Firm(plan, ours, database, tenant_id, month_on, say)


def measure(firm: Firm) -> list[Figure]:
    """The figures, in the order in which they are measured."""
    firm.say("looking at the bills first")
    wanted, previewed = firm.request()
    firm.say("billing everybody")
    done, seconds, grown = firm.bill(wanted)
    if (done.billed_count, done.billed_minor) != (wanted.foreseen_count, wanted.foreseen_minor):
        raise BenchError(f"the run billed otherwise than it foresaw: {done}")
    firm.say(f"{done.billed_count:,} bills in {seconds:.1f} s; writing the same rows bare")
    bare, keyless = (bare_seconds(firm, done, keys=keys) for keys in (True, False))
    firm.month_on = next_month(firm.month_on)
    firm.say("billing in a loop")
    looped = looped_seconds(firm, done.billed_count)
    return [
        Figure("bill run", seconds, "s", None, f"{done.billed_count:,} bills"),
        Figure("the same rows bare", bare, "s", None, "INSERT ... SELECT, with keys to others"),
        Figure("run to bare", seconds / bare, "times", Need(Sense.AT_MOST, 4)),
        Figure("bare without keys", keyless, "s", None, "no foreign keys at all"),
        Figure("memory it grows by", grown, "MB", Need(Sense.AT_MOST, 32)),
        Figure("preview", previewed, "s", None, "with what differs from the month before"),
        Figure("a loop over clients", looped, "s", None, SCALED),
        Figure("loop to run", looped / seconds, "times", None, "issue_invoice, one by one"),
        proof_figure(firm),
        find_figure(firm),
    ]


def bare_seconds(firm: Firm, done: BillRun, *, keys: bool) -> float:
    """What PostgreSQL alone needs for the rows of a run: from copies that lie ready, in one
    transaction, into tables with the indexes and checks of ours, and with their foreign `keys` or
    without; no triggers, no row-level security.
    """
    ours = {"run": done.run_id}
    with closing(psycopg2.connect(firm.ours.cluster.dsn(ADMIN))) as admin, admin.cursor() as cursor:
        admin.autocommit = True
        cursor.execute("CREATE SCHEMA bare")
        for table, which in WRITTEN.items():
            ready = f"SELECT * FROM public.{table} WHERE {which}"
            cursor.execute(f"CREATE TABLE bare.{table}_ready AS {ready}", ours)
            cursor.execute(f"CREATE TABLE bare.{table} (LIKE public.{table} INCLUDING ALL)")
        if keys:
            cursor.execute(FOREIGN_KEYS, (list(WRITTEN),))
            for table, key in cursor.fetchall():
                cursor.execute("SET search_path TO bare, public")  # bare twins, where there are any
                cursor.execute(f"ALTER TABLE {table} ADD {key}")
        cursor.execute("CHECKPOINT")
        admin.autocommit = False
        with timed() as seconds:
            for table in WRITTEN:
                cursor.execute(
                    f"INSERT INTO bare.{table} OVERRIDING SYSTEM VALUE"
                    f" SELECT * FROM bare.{table}_ready"
                )
            admin.commit()
        cursor.execute("DROP SCHEMA bare CASCADE")
        admin.commit()
    return seconds[0]


def looped_seconds(firm: Firm, bills: int) -> float:
    """What `bills` bills of the next month would take, a client and a transaction at a time."""
    with firm.database.transaction(firm.tenant_id) as session:
        ids = next_clients(session, firm.tenant_id, 0, firm.plan.in_a_loop, lock=False)
        drafts = drafts_of(
            session,
            firm.tenant_id,
            ids,
            read_catalogue(session, firm.tenant_id),
            month_on=firm.month_on,
            issued_on=firm.month_on,
        )
    with timed() as seconds:
        for draft in drafts:
            with firm.database.transaction(firm.tenant_id) as session:
                issue_invoice(
                    session,
                    firm.tenant_id,
                    draft.client_id,
                    as_invoice(draft),
                    now=firm.now,
                    actor=SYSTEM,
                )
    return seconds[0] * bills / len(drafts)


def as_invoice(draft: Draft) -> NewInvoice:
    lines = tuple(
        InvoiceLine(line.kind, line.amount_minor, line.title, None, line.period, line.used_bytes)
        for line in draft.lines
    )
    return NewInvoice(draft.issued_on, draft.due_on, lines)


def proof_figure(firm: Firm) -> Figure:
    """Of a ledger that further months have filled."""
    rows = 0
    for _ in range(RUNS_MAX):
        with firm.database.transaction(firm.tenant_id) as session:
            rows = session.execute(text("SELECT count(*) FROM ledger_entries")).scalar_one()
        if rows >= firm.plan.ledger_rows:
            break
        firm.say(f"{rows:,} rows are in the ledger: billing {firm.month_on:%Y-%m}")
        firm.bill(firm.request()[0])
        firm.month_on = next_month(firm.month_on)
    with firm.database.transaction(firm.tenant_id) as session:
        seal_ledger(session, firm.tenant_id, now=firm.now)
    firm.ours.tidy()
    firm.say(f"proving {rows:,} rows")
    with timed() as seconds, firm.database.transaction(firm.tenant_id) as session:
        proof = prove(session, firm.tenant_id)
    if not proof.holds:
        raise BenchError(f"the books differ: {proof.differences[:3]}")
    scaled = seconds[0] * LEDGER_ROWS / rows
    return Figure("proof of 1,000,000 rows", scaled, "s", Need(Sense.BELOW, 30), f"on {rows:,}")


def find_figure(firm: Firm) -> Figure:
    """By names in both scripts with a letter gone, by phones and usernames, of random clients."""
    with firm.database.transaction(firm.tenant_id) as session:
        people = session.execute(text(PEOPLE), {"many": firm.plan.searches}).all()
    chance, words = random.Random(7), []
    for person in people:
        asked = [misspelt(person.name, chance), person.phone, person.username]
        words.append(chance.choice([*asked, misspelt(person.name_bn or person.name, chance)]))
    taken = []
    for said in words:
        with firm.database.transaction(firm.tenant_id) as session, timed() as seconds:
            find_clients(session, firm.tenant_id, ClientsWanted(words=said), now=firm.now)
        taken.append(1_000 * seconds[0])
    p95 = quantiles(taken, n=20)[-1]
    remark = f"{len(taken)} searches among {firm.plan.clients:,}"
    return Figure("find, p95", p95, "ms", Need(Sense.BELOW, 50), remark)


def misspelt(name: str, chance: random.Random) -> str:
    """Without one letter."""
    gone = chance.randrange(len(name))
    return name[:gone] + name[gone + 1 :]


@contextmanager
def timed() -> Iterator[list[float]]:
    """A list of one number after the end: the seconds that passed."""
    seconds: list[float] = []
    began = time.monotonic()
    yield seconds
    seconds.append(time.monotonic() - began)


def resident_megabytes() -> float:
    """What this process has in memory now."""
    status = Path("/proc/self/statm").read_text(encoding="ascii")
    return int(status.split()[1]) * PAGE_BYTES / MEGABYTE


PAGE_BYTES = 4_096
FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
     WHERE contype = 'f' AND connamespace = 'public'::regnamespace
       AND conrelid::regclass::text = ANY (%s)"""
PEOPLE = """
    SELECT client.name, client.name_bn, client.phone, line.username
      FROM clients AS client JOIN connections AS line
        ON line.tenant_id = client.tenant_id AND line.client_id = client.id
     WHERE client.phone IS NOT NULL ORDER BY md5(client.id::text) LIMIT :many"""
# Every eighth client who owes nothing has paid something ahead: less than a bill, or more.
GIVE_CREDIT = (
    """INSERT INTO credits (tenant_id, client_id, source, currency, amount_minor, given_at)
       SELECT :isp, id, 'payment', 'BDT', 10000 + id % 20 * 10000, now() FROM clients
        WHERE tenant_id = :isp AND id % 8 = 0 AND NOT EXISTS (
              SELECT FROM invoices AS bill
               WHERE bill.tenant_id = clients.tenant_id AND bill.client_id = clients.id)""",
    """INSERT INTO payments (tenant_id, id, method, actor_kind, actor_name)
       SELECT :isp, id, 'cash', 'system', 'bench' FROM credits WHERE tenant_id = :isp""",
    """INSERT INTO ledger_entries (tenant_id, booked_on, debit, credit, client_id, amount_minor,
                                   code, credit_id, actor_kind, actor_name)
       SELECT :isp, CURRENT_DATE, 'cash', 'client_credit', client_id, amount_minor, 'payment', id,
              'system', 'bench' FROM credits WHERE tenant_id = :isp""",
)

BENCH = Bench("billing", "Everybody's bills, their proof, and finding one of them.", run)
