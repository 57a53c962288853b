"""Who does something: every change names its actor, and every service asks what the actor may."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from storage.errors import NotPermitted


class Permission(StrEnum):
    """What an actor may do; a role is a set of them (tenancy/roles.py)."""

    MANAGE_ISP = "manage_isp"  # rules of access, no-cut days, settings, keys
    MANAGE_STAFF = "manage_staff"
    MANAGE_CATALOGUE = "manage_catalogue"  # zones, packages, profiles
    VIEW_ALL_CLIENTS = "view_all_clients"  # without it: only those whose agent one is
    ASSIGN_CLIENTS = "assign_clients"  # whose client somebody is
    EDIT_CLIENTS = "edit_clients"  # clients and connections: add, change
    CONTROL_ACCESS = "control_access"  # suspend, restore, expiry, devices, VIP
    REVEAL_PASSWORDS = "reveal_passwords"
    MAKE_INVOICES = "make_invoices"
    TAKE_PAYMENTS = "take_payments"
    REVERSE_PAYMENTS = "reverse_payments"
    GIVE_CREDIT = "give_credit"  # credit notes
    GIVE_DISCOUNTS = "give_discounts"
    GIVE_PROMISES = "give_promises"
    MANAGE_NETWORK = "manage_network"
    REVEAL_NAS_SECRETS = "reveal_nas_secrets"


class ActorKind(StrEnum):
    STAFF = "staff"
    SYSTEM = "system"  # our own jobs
    OPERATOR = "operator"  # whoever may run ./skylink on the server
    RADIUS = "radius"
    CLIENT = "client"  # on their own behalf, in the portal


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` is the staff member's or the client's, else None; `origin` says from where."""

    kind: ActorKind
    name: str
    id: int | None = None
    permissions: frozenset[Permission] = frozenset()
    origin: str | None = None

    def require(self, permission: Permission) -> None:
        """Raise NotPermitted unless the actor has `permission`."""
        if permission not in self.permissions:
            raise NotPermitted(permission.value)


SYSTEM = Actor(ActorKind.SYSTEM, "system", permissions=frozenset(Permission))


def operator(name: str, origin: str = "terminal") -> Actor:
    """The person at the server's command line: may do everything, at every ISP."""
    return Actor(ActorKind.OPERATOR, name, permissions=frozenset(Permission), origin=origin)
