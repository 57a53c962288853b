"""Which days are billed: what a bill that is void claimed is free again, for another bill."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from policy.facts import TenantId


def free_days(session: Session, tenant_id: TenantId, invoice_ids: Sequence[int]) -> None:
    """Undo what these invoices claimed, for services that void them; their clients are locked.

    Their days and use may be billed again; what they took from waiting waits again; and what
    waits because of a change amid their days is gone with them.
    """
    values = {"tenant_id": tenant_id, "ids": list(invoice_ids)}
    for statement in (FREE_DAYS, DROP_CHANGES, WAIT_AGAIN):
        session.execute(text(statement), values)


FREE_DAYS = """
    DELETE FROM billed_periods WHERE tenant_id = :tenant_id AND invoice_id = ANY (:ids)"""
DROP_CHANGES = """
    DELETE FROM pending_lines
     WHERE tenant_id = :tenant_id AND source_invoice_id = ANY (:ids) AND invoice_id IS NULL"""
WAIT_AGAIN = """
    UPDATE pending_lines SET invoice_id = NULL
     WHERE tenant_id = :tenant_id AND invoice_id = ANY (:ids)"""
