"""Seals on the ledger: each covers what was posted since the one before, and its digest holds both.

Postings never wait for each other: a seal takes the rows of all transactions that had ended when it
was made, and what commits later falls to the next. Transaction numbers are a cluster's own, so in
another cluster (a backup was restored) the first seal takes all that none covers yet.

Who may do anything in the database could make all seals anew. So the last digest goes where the
database is not: each night into the clock's log, and to whoever types `./skylink proof`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.ledger import EntryId
from policy.facts import TenantId

# All of a row, whatever the time zone of who reads it.
ROW_DIGEST = """sha256(convert_to(json_build_array(entry.id, entry.xid::text,
    (extract(epoch FROM entry.posted_at) * 1000000)::bigint, entry.booked_on, entry.debit,
    entry.credit, entry.client_id, entry.amount_minor, entry.code, entry.invoice_id,
    entry.credit_id, entry.actor_kind, entry.actor_id, entry.actor_name)::text, 'UTF8'))"""

# Of the seal before, of whose and which it is, and of the rows it covers.
SEAL_DIGEST = """sha256({before} || int8send({tenant_id}) || int8send({number})
    || convert_to({entries}::text, 'UTF8') || {rows})"""
NO_SEAL = "decode(repeat('00', 32), 'hex')"

ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('ledger_seals', :tenant_id))")

HERE = """
    here AS MATERIALIZED (
        SELECT snapshot, system_identifier, NOT EXISTS (  -- nobody but us is writing
                   SELECT FROM pg_snapshot_xip(snapshot) AS open
                    WHERE open IS DISTINCT FROM pg_current_xact_id_if_assigned()) AS quiet
          FROM pg_current_snapshot() AS snapshot, pg_control_system()),
    last AS MATERIALIZED (
        SELECT seal.*, seal.system_identifier = here.system_identifier AS of_this_cluster
          FROM ledger_seals AS seal, here
         WHERE seal.tenant_id = :tenant_id ORDER BY seal.number DESC LIMIT 1)"""

SEAL = text(f"""
    WITH {HERE},
    edge AS MATERIALIZED (
        SELECT CASE WHEN last.of_this_cluster THEN last.seen_xid END AS from_xid,
               CASE WHEN last.of_this_cluster THEN last.seen_id ELSE 0 END AS after_id,
               CASE WHEN last.of_this_cluster IS NOT false THEN pg_snapshot_xmin(here.snapshot)
                    WHEN here.quiet THEN pg_snapshot_xmax(here.snapshot) END AS until_xid,
               CASE WHEN NOT last.of_this_cluster THEN (
                   SELECT range_agg(part) FROM ledger_seals, unnest(entries) AS part
                    WHERE tenant_id = :tenant_id) END AS covered
          FROM here LEFT JOIN last ON true),
    new AS (
        SELECT entry.id, {ROW_DIGEST} AS digest
          FROM ledger_entries AS entry, edge
         WHERE entry.tenant_id = :tenant_id AND entry.id > edge.after_id AND CASE
               WHEN edge.covered IS NULL
               THEN entry.xid < edge.until_xid AND entry.xid >= coalesce(edge.from_xid, '0')
               ELSE edge.until_xid IS NOT NULL AND NOT edge.covered @> entry.id END),
    taken AS (
        SELECT range_agg(int8range(id, id + 1)) AS entries, count(*) AS entry_count,
               max(id) AS last_id, sha256(string_agg(digest, '' ORDER BY id)) AS rows,
               string_agg(substr(digest, 1, 8), '' ORDER BY id) AS entry_digests
          FROM new)
    INSERT INTO ledger_seals (tenant_id, number, sealed_at, entries, entry_count, seen_xid, seen_id,
                              system_identifier, entry_digests, digest)
    SELECT :tenant_id, coalesce(last.number, 0) + 1, :now, taken.entries, taken.entry_count,
           edge.until_xid,
           CASE WHEN edge.covered IS NULL THEN edge.after_id ELSE taken.last_id END,
           here.system_identifier, taken.entry_digests,
           {
    SEAL_DIGEST.format(
        before=f"coalesce(last.digest, {NO_SEAL})",
        tenant_id=":tenant_id",
        number="coalesce(last.number, 0) + 1",
        entries="taken.entries",
        rows="taken.rows",
    )
}
      FROM taken, edge, here LEFT JOIN last ON true
     WHERE taken.entry_count > 0
    RETURNING number, entry_count, encode(digest, 'hex') AS digest""")

# The first seal that does not hold: its rows, its digests, its place in the chain.
BROKEN = text(f"""
    WITH sealed AS (
        SELECT seal.number, seal.entries, seal.digest, seal.entry_digests, seal.entry_count,
               lag(seal.digest, 1, {NO_SEAL}) OVER in_order AS before,
               row_number() OVER in_order AS place
          FROM ledger_seals AS seal WHERE seal.tenant_id = :tenant_id
        WINDOW in_order AS (ORDER BY seal.number))
    SELECT sealed.number FROM sealed CROSS JOIN LATERAL (
        SELECT count(*) AS entry_count, coalesce(string_agg(digest, '' ORDER BY id), '') AS digests,
               string_agg(substr(digest, 1, 8), '' ORDER BY id) AS entry_digests
          FROM (SELECT entry.id, {ROW_DIGEST} AS digest
                  FROM unnest(sealed.entries) AS part JOIN ledger_entries AS entry
                    ON entry.tenant_id = :tenant_id
                   AND entry.id >= lower(part) AND entry.id < upper(part)) AS found) AS now
     WHERE sealed.number <> sealed.place OR sealed.entry_count <> now.entry_count
        OR sealed.entry_digests IS DISTINCT FROM now.entry_digests
        OR sealed.digest <> {
    SEAL_DIGEST.format(
        before="sealed.before",
        tenant_id=":tenant_id",
        number="sealed.number",
        entries="sealed.entries",
        rows="sha256(now.digests)",
    )
}
     ORDER BY sealed.number LIMIT 1""")

FIRST_TOUCHED = text(f"""
    SELECT was.id FROM (
        SELECT id, substr(seal.entry_digests, (row_number() OVER (ORDER BY id) - 1)::int * 8 + 1, 8)
                   AS digest
          FROM ledger_seals AS seal, unnest(seal.entries) AS part,
               generate_series(lower(part), upper(part) - 1) AS id
         WHERE seal.tenant_id = :tenant_id AND seal.number = :number) AS was
      LEFT JOIN LATERAL (
        SELECT substr({ROW_DIGEST}, 1, 8) AS digest FROM ledger_entries AS entry
         WHERE entry.tenant_id = :tenant_id AND entry.id = was.id) AS now ON true
     WHERE now.digest IS DISTINCT FROM was.digest
     ORDER BY was.id LIMIT 1""")

# What no seal covers: it waits for the next one, unless the last seal must have seen it.
UNSEALED = text(f"""
    WITH {HERE},
    covered AS MATERIALIZED (
        SELECT coalesce(range_agg(part), '{{}}') AS ids
          FROM ledger_seals, unnest(entries) AS part WHERE tenant_id = :tenant_id)
    SELECT count(*) AS waiting, min(entry.id) FILTER (WHERE last.of_this_cluster
               AND (entry.xid < last.seen_xid OR entry.id <= last.seen_id)) AS slipped_in
      FROM covered, ledger_entries AS entry LEFT JOIN last ON true
     WHERE entry.tenant_id = :tenant_id AND NOT covered.ids @> entry.id""")

LAST = text("""
    SELECT number, encode(digest, 'hex') AS digest FROM ledger_seals
     WHERE tenant_id = :tenant_id ORDER BY number DESC LIMIT 1""")


@dataclass(frozen=True, slots=True)
class Seal:
    """`digest` (hexadecimal) stands for every row up to this seal."""

    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class SealCheck:
    """`broken` is the first seal that does not hold, `first_touched` the first row of it that was
    changed or removed (None: the seal itself was). `slipped_in` was put behind a seal.
    """

    last: Seal | None
    waiting: int  # rows for the next seal
    broken: int | None
    first_touched: EntryId | None
    slipped_in: EntryId | None


def seal_ledger(session: Session, tenant_id: TenantId, *, now: datetime) -> Seal | None:
    """Seal what is new; None where nothing is, or where it must wait for a quiet instant.

    One at a time at an ISP; postings go on meanwhile.
    """
    session.execute(ONE_AT_A_TIME, {"tenant_id": tenant_id})
    made = session.execute(SEAL, {"tenant_id": tenant_id, "now": now}).one_or_none()
    return None if made is None else Seal(made.number, made.digest)


def check_seals(session: Session, tenant_id: TenantId) -> SealCheck:
    """Read every row again, and find the first that anybody touched since it was sealed."""
    whose = {"tenant_id": tenant_id}
    broken = session.execute(BROKEN, whose).scalar_one_or_none()
    touched = None
    if broken is not None:
        touched = session.execute(FIRST_TOUCHED, {**whose, "number": broken}).scalar_one_or_none()
    unsealed = session.execute(UNSEALED, whose).one()
    last = session.execute(LAST, whose).one_or_none()
    return SealCheck(
        None if last is None else Seal(last.number, last.digest),
        unsealed.waiting,
        broken,
        touched,
        unsealed.slipped_in,
    )
