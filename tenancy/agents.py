"""Whose client somebody is: an agent without VIEW_ALL_CLIENTS finds their own and nobody else's.

The database itself keeps to it, in transactions opened for an agent (storage.database.Scope).
"""

from __future__ import annotations

from policy.facts import TenantId
from storage.actors import Actor, Permission
from storage.database import Scope


def scope_of(tenant_id: TenantId, actor: Actor) -> Scope:
    """What transactions of the actor may see at the ISP."""
    sees_all = Permission.VIEW_ALL_CLIENTS in actor.permissions
    return Scope(tenant_id, None if sees_all else actor.id or NOBODY)


NOBODY = 0  # the id of no staff member: who is no agent and may not see all sees none
