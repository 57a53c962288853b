"""The proof of the books: every figure that people see equals a sum over the ledger, or is told.

All comparisons are one statement, so that what is booked meanwhile differs from nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.ledger import Account
from billing.seals import Seal, check_seals
from policy.facts import TenantId
from storage.outbox import STAFF, Event, queue

DIFFERENCES_MAX = 100  # told of one kind


class Claim(StrEnum):
    """What must be so. Of each, `subject_id` of a difference is what is said here."""

    SEALED = "sealed"  # rows are as they were sealed; the entry (0: a seal itself)
    LINES = "lines"  # an invoice asks what its lines sum to; the invoice
    CHARGES = "charges"  # and the ledger what the invoice asks; the invoice
    PAID = "paid"  # what an invoice was paid is what credit was used for it; the invoice
    USED = "used"  # what was used of a credit is what it pays; the credit
    CREDITED = "credited"  # the ledger has what was received or granted; the credit
    RECEIVABLE = "receivable"  # the ledger has what a client still has to pay; the client
    CREDIT = "credit"  # the ledger has what is left of a client's credit; the client
    NEGATIVE = "negative"  # nobody has less than no credit; the client
    NUMBERS = "numbers"  # documents are numbered without a gap; the year


# Each gives the subject, what the books say beside the ledger, and what the ledger says.
QUERIES = MappingProxyType(
    {
        Claim.LINES: """
            SELECT invoice.id, invoice.total_minor, coalesce(line.total_minor, 0)
              FROM invoices AS invoice LEFT JOIN (
                   SELECT invoice_id, sum(amount_minor) AS total_minor FROM invoice_lines
                    WHERE tenant_id = :tenant_id GROUP BY invoice_id) AS line
                ON line.invoice_id = invoice.id
             WHERE invoice.tenant_id = :tenant_id""",
        Claim.CHARGES: """
            SELECT invoice.id,
                   CASE WHEN invoice.status NOT IN ('draft', 'void') THEN invoice.total_minor
                        ELSE 0 END, coalesce(booked.charged_minor, 0)
              FROM invoices AS invoice LEFT JOIN booked_of_invoice AS booked
                ON booked.invoice_id = invoice.id
             WHERE invoice.tenant_id = :tenant_id""",
        Claim.PAID: """
            SELECT invoice.id, invoice.paid_minor, coalesce(booked.paid_minor, 0)
              FROM invoices AS invoice LEFT JOIN booked_of_invoice AS booked
                ON booked.invoice_id = invoice.id
             WHERE invoice.tenant_id = :tenant_id""",
        Claim.USED: """
            SELECT credit.id, credit.used_minor, coalesce(used.minor, 0)
              FROM credits AS credit LEFT JOIN (
                   SELECT credit_id, sum(amount_minor) AS minor FROM allocations
                    WHERE tenant_id = :tenant_id AND released_at IS NULL
                    GROUP BY credit_id) AS used ON used.credit_id = credit.id
             WHERE credit.tenant_id = :tenant_id""",
        Claim.CREDITED: """
            SELECT credit.id,
                   CASE WHEN credit.reversed_at IS NULL THEN credit.amount_minor ELSE 0 END,
                   coalesce(booked.minor, 0)
              FROM credits AS credit LEFT JOIN (
                   SELECT credit_id, sum(CASE WHEN credit = 'client_credit' THEN amount_minor
                                              ELSE -amount_minor END) AS minor
                     FROM booked WHERE code IN ('payment', 'reversal', 'credit_note', 'opening')
                    GROUP BY credit_id) AS booked ON booked.credit_id = credit.id
             WHERE credit.tenant_id = :tenant_id""",
        Claim.RECEIVABLE: """
            SELECT coalesce(owed.client_id, client.client_id), coalesce(owed.minor, 0),
                   coalesce(client.due_minor, 0)
              FROM (SELECT client_id, sum(total_minor - paid_minor) AS minor FROM invoices
                     WHERE tenant_id = :tenant_id AND status IN ('issued', 'partial')
                     GROUP BY client_id) AS owed
              FULL JOIN booked_of_client AS client USING (client_id)""",
        Claim.CREDIT: """
            SELECT coalesce(unused.client_id, client.client_id), coalesce(unused.minor, 0),
                   coalesce(client.credit_minor, 0)
              FROM (SELECT client_id, sum(amount_minor - used_minor) AS minor FROM credits
                     WHERE tenant_id = :tenant_id AND reversed_at IS NULL
                     GROUP BY client_id) AS unused
              FULL JOIN booked_of_client AS client USING (client_id)""",
        Claim.NEGATIVE: """
            SELECT client_id, greatest(credit_minor, 0), credit_minor FROM booked_of_client""",
        Claim.NUMBERS: """
            SELECT taken.year, taken.last, taken.how_many FROM (
                SELECT coalesce(series.year, numbered.year) AS year,
                       coalesce(series.last_number, 0) AS last,
                       CASE WHEN numbered.highest = numbered.how_many THEN numbered.how_many
                            ELSE 0 END AS how_many
                  FROM (SELECT 'invoice' AS series, number_year AS year, max(number) AS highest,
                               count(*) AS how_many
                          FROM invoices WHERE tenant_id = :tenant_id AND number IS NOT NULL
                         GROUP BY number_year
                        UNION ALL
                        SELECT 'credit_note', number_year, max(number), count(*)
                          FROM credit_notes WHERE tenant_id = :tenant_id
                         GROUP BY number_year) AS numbered
                  FULL JOIN (SELECT series, year, last_number FROM number_series
                              WHERE tenant_id = :tenant_id AND series <> 'client') AS series
                 USING (series, year)) AS taken""",
    }
)

BOOKED = """
    booked AS MATERIALIZED (
        SELECT client_id, invoice_id, credit_id, debit, credit, code, amount_minor
          FROM ledger_entries WHERE tenant_id = :tenant_id),
    booked_of_client AS MATERIALIZED (
        SELECT client_id,
               sum(CASE WHEN debit = 'receivable' THEN amount_minor
                        WHEN credit = 'receivable' THEN -amount_minor ELSE 0 END) AS due_minor,
               sum(CASE WHEN credit = 'client_credit' THEN amount_minor
                        WHEN debit = 'client_credit' THEN -amount_minor ELSE 0 END) AS credit_minor
          FROM booked WHERE client_id IS NOT NULL GROUP BY client_id),
    booked_of_invoice AS MATERIALIZED (
        SELECT invoice_id,
               sum(CASE WHEN code NOT IN ('charge', 'opening', 'void') THEN 0
                        WHEN debit = 'receivable' THEN amount_minor
                        ELSE -amount_minor END) AS charged_minor,
               sum(CASE code WHEN 'allocation' THEN amount_minor
                             WHEN 'release' THEN -amount_minor ELSE 0 END) AS paid_minor
          FROM booked WHERE invoice_id IS NOT NULL GROUP BY invoice_id)"""

PROVE = text(
    f"WITH {BOOKED} "
    + " UNION ALL ".join(
        f"(SELECT '{claim}' AS claim, * FROM ({query}) AS said (subject_id, told, booked)"
        f" WHERE told <> booked ORDER BY subject_id LIMIT {DIFFERENCES_MAX})"
        for claim, query in QUERIES.items()
    )
)

BALANCES = text("""
    SELECT account, sum(amount_minor) AS balance_minor FROM (
        SELECT debit AS account, amount_minor FROM ledger_entries WHERE tenant_id = :tenant_id
        UNION ALL
        SELECT credit, -amount_minor FROM ledger_entries WHERE tenant_id = :tenant_id) AS moved
     GROUP BY account""")


@dataclass(frozen=True, slots=True)
class Difference:
    """What does not agree: `told` beside the ledger, `booked` in it (minor units, or a count)."""

    claim: Claim
    subject_id: int
    told: int
    booked: int


@dataclass(frozen=True, slots=True)
class Proof:
    """`differences` is empty where all agrees; of each claim the first DIFFERENCES_MAX.

    `last_seal` stands for every row up to it: keep its digest where the database is not.
    """

    differences: tuple[Difference, ...]
    last_seal: Seal | None
    waiting: int  # rows that the next seal will cover

    @property
    def holds(self) -> bool:
        return not self.differences


def prove(session: Session, tenant_id: TenantId) -> Proof:
    """Compare all books of an ISP with its ledger, and the ledger with its seals."""
    found = session.execute(PROVE, {"tenant_id": tenant_id})
    differences = [
        Difference(Claim(row.claim), row.subject_id, int(row.told), int(row.booked))
        for row in found
    ]
    seals = check_seals(session, tenant_id)
    if seals.broken is not None:
        differences.append(Difference(Claim.SEALED, seals.first_touched or 0, seals.broken, 0))
    if seals.slipped_in is not None:
        differences.append(Difference(Claim.SEALED, seals.slipped_in, 0, 0))
    return Proof(tuple(differences), seals.last, seals.waiting)


def prove_and_tell(session: Session, tenant_id: TenantId, *, on: date, now: datetime) -> Proof:
    """Prove, and tell staff once a day where something differs."""
    proof = prove(session, tenant_id)
    if not proof.holds:
        first = proof.differences[0]
        queue(
            session,
            tenant_id,
            Event.PROOF_FAILED,
            f"isp:{tenant_id}:{on}",
            to=STAFF,
            now=now,
            payload={
                "differences": len(proof.differences),
                "claim": first.claim.value,
                "subject_id": first.subject_id,
            },
        )
    return proof


def account_balances(session: Session, tenant_id: TenantId) -> dict[Account, int]:
    """What each account has, in minor units: above 0 where more was debited. They sum to zero."""
    rows = session.execute(BALANCES, {"tenant_id": tenant_id})
    held = {Account(row.account): int(row.balance_minor) for row in rows}
    return {account: held[account] for account in Account if account in held}
