"""The first owner of an ISP joins by a code that `up` prints; all others are invited in chat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from commands.caller import caller
from storage.database import Database
from storage.secrets import Secret
from tenancy.isps import IspEntry
from tenancy.links import invite_staff, links_of
from tenancy.roles import Role
from tenancy.staff import add_staff, list_staff

NAME = "Owner"


@dataclass(frozen=True, slots=True)
class FirstOwner:
    """Who may join now: `code` works once, within INVITATION_LIFE of when it was made."""

    name: str
    isp_name: str
    code: Secret


def invite_first_owner(database: Database, isp: IspEntry, now: datetime) -> FirstOwner | None:
    """A code for an owner who has not joined, taken on where there is none; a former one lapses.

    None where an owner has joined.
    """
    tenant_id, who = isp.tenant_id, caller()
    with database.transaction(tenant_id) as session:
        staff = list_staff(session, tenant_id)
        owners = [one for one in staff if one.role is Role.OWNER and one.active]
        joined = {link.staff_id for link in links_of(session, tenant_id)}
        if joined.intersection(owner.staff_id for owner in owners):
            return None
        owner = (
            owners[0]
            if owners
            else add_staff(session, tenant_id, name=NAME, role=Role.OWNER, actor=who)
        )
        code = invite_staff(session, tenant_id, owner.staff_id, now=now, actor=who).code
    return FirstOwner(owner.name, isp.name, code)


def in_fours(code: Secret) -> str:
    """As people read it aloud and type it."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))
