"""What was agreed with a client about their bills: tax, and a discount until a date."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy.orm import Session

from billing.errors import ClientNotFound
from billing.rows import ClientRow
from billing.settings import BillingSettings
from policy.bills import Discount, Taxing
from policy.facts import ClientId, TenantId
from storage.actors import Actor, Permission
from storage.audit import Subject, record
from storage.rows import change, locked, read, write


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientTerms:
    """`*_points` are hundredths of a percent. None in the tax: as the ISP's settings say."""

    vat_points: int | None = None
    vat_inclusive: bool | None = None
    discount_minor: int = 0  # off the price of each cycle, never more than the price
    discount_points: int = 0
    discount_until_on: date | None = None  # exclusive; None: for good

    @property
    def discount(self) -> Discount | None:
        """As a bill takes it off; None where nothing was agreed."""
        if not (self.discount_minor or self.discount_points):
            return None
        return Discount(self.discount_minor, self.discount_points, self.discount_until_on)

    def taxing(self, settings: BillingSettings) -> Taxing:
        """How this client's bills are taxed and rounded."""
        points, inclusive = self.vat_points, self.vat_inclusive
        return Taxing(
            settings.vat_points if points is None else points,
            settings.vat_inclusive if inclusive is None else inclusive,
            settings.round_to_minor,
        )


def set_client_terms(
    session: Session,
    tenant_id: TenantId,
    client_id: ClientId,
    details: ClientTerms,
    *,
    actor: Actor,
) -> ClientTerms:
    """Replace what was agreed, for bills from now on. Locks the client.

    Raises NotPermitted, ClientNotFound, ValueRefused.
    """
    actor.require(Permission.GIVE_DISCOUNTS)
    row = locked(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id))
    before = terms_of(row)
    change(row, details)
    write(session)
    subject = Subject(tenant_id, "client", client_id)
    record(session, actor, "client.terms_set", subject, before=before, after=details)
    return details


def get_client_terms(session: Session, tenant_id: TenantId, client_id: ClientId) -> ClientTerms:
    """Raises ClientNotFound."""
    return terms_of(read(session, ClientRow, tenant_id, client_id, ClientNotFound(client_id)))


def terms_of(row: ClientRow) -> ClientTerms:
    """The row's terms as a value."""
    return ClientTerms(**{part.name: getattr(row, part.name) for part in fields(ClientTerms)})
