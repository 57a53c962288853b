"""How clients' credit pays bills that are about to be written, worked out for many at once.

The same as `billing.credits.settle_client` does for one: the oldest credit pays, and where a
profile forbids part payments a bill is paid whole or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.drafts import Draft
from policy.facts import TenantId


@dataclass(frozen=True, slots=True)
class Part:
    """So much of one credit."""

    credit_id: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CreditPlans:
    """By client. `one_by_one` have other debts as well: what is paid first is told with those."""

    parts: dict[int, tuple[Part, ...]] = field(default_factory=dict)
    one_by_one: tuple[int, ...] = ()


def credit_plans(session: Session, tenant_id: TenantId, drafts: Sequence[Draft]) -> CreditPlans:
    """What is used of whose credit, by bills that ask more than 0; clients are locked."""
    asked = {draft.client_id: draft.total_minor for draft in drafts if draft.total_minor}
    values = {"tenant_id": tenant_id, "ids": list(asked)}
    unused: defaultdict[int, list[Part]] = defaultdict(list)
    for client_id, credit_id, left in session.execute(text(UNUSED), values):
        unused[client_id].append(Part(credit_id, left))
    if not unused:
        return CreditPlans()
    values["ids"] = list(unused)
    rows = session.execute(text(STANDING), values).all()
    others = tuple(row.client_id for row in rows if row.owes)
    plans = {
        row.client_id: parts
        for row in rows
        if not row.owes
        and (parts := take(unused[row.client_id], asked[row.client_id], row.partial))
    }
    return CreditPlans(plans, others)


def take(credit: Iterable[Part], due_minor: int, partial: bool) -> tuple[Part, ...]:
    """The parts of a client's credit, oldest first, that pay `due_minor` or as much as there is.

    Nothing where it does not pay all and may not pay a part.
    """
    taken = []
    for part in credit:
        amount = min(part.amount_minor, due_minor)
        if amount > 0:
            taken.append(Part(part.credit_id, amount))
            due_minor -= amount
    return tuple(taken) if partial or due_minor == 0 else ()


UNUSED = """
    SELECT client_id, id, amount_minor - used_minor FROM credits
     WHERE tenant_id = :tenant_id AND client_id = ANY (:ids) AND reversed_at IS NULL
       AND used_minor < amount_minor
     ORDER BY client_id, given_at, id"""
# Asked by the ids alone: a subquery a client would be planned as a look through all invoices.
STANDING = """
    SELECT line.client_id, owing.client_id IS NOT NULL AS owes, line.partial
      FROM (SELECT whose.client_id, coalesce(bool_and(profile.allow_partial), true) AS partial
              FROM unnest(CAST(:ids AS bigint[])) AS whose (client_id)
              LEFT JOIN connections AS line
                ON line.tenant_id = :tenant_id AND line.client_id = whose.client_id
               AND line.status <> 'inactive'
              LEFT JOIN profiles AS profile
                ON profile.tenant_id = line.tenant_id AND profile.id = line.profile_id
             GROUP BY whose.client_id) AS line
      LEFT JOIN (SELECT DISTINCT client_id FROM invoices
                  WHERE tenant_id = :tenant_id AND client_id = ANY (:ids)
                    AND status IN ('issued', 'partial')) AS owing
        ON owing.client_id = line.client_id"""
