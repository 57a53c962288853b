"""What each role may do. A role is a set of permissions and nothing else."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import NewType

from storage.actors import Permission

StaffId = NewType("StaffId", int)


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    SUPPORT_AGENT = "support_agent"
    RECHARGE_AGENT = "recharge_agent"
    RESELLER = "reseller"
    TECHNICIAN = "technician"


PERMISSIONS = MappingProxyType(
    {
        Role.OWNER: frozenset(Permission),
        Role.ADMIN: frozenset(Permission) - {Permission.MANAGE_STAFF},
        Role.SUPPORT_AGENT: frozenset({Permission.EDIT_CLIENTS, Permission.GIVE_PROMISES}),
        Role.RECHARGE_AGENT: frozenset({Permission.TAKE_PAYMENTS, Permission.VIEW_ALL_CLIENTS}),
        Role.RESELLER: frozenset({Permission.EDIT_CLIENTS, Permission.TAKE_PAYMENTS}),
        Role.TECHNICIAN: frozenset({Permission.MANAGE_NETWORK, Permission.VIEW_ALL_CLIENTS}),
    }
)
