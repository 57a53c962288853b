"""`./skylink invite`: a code with which a staff member links their Telegram account."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime

import click

from commands.caller import caller
from commands.dsn import role_dsn
from commands.first_owner import in_fours
from commands.settings import Settings
from sql.migrate import APP
from storage.database import Database
from tenancy.isps import find_isp
from tenancy.links import INVITATION_LIFE, invite_staff
from tenancy.roles import Role
from tenancy.staff import add_staff, find_staff

ROLES = [role.value for role in Role]


@click.command("invite")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default=Role.OWNER.value, show_default=True)
@click.option("--isp", help="Where they work.  [default: SKYLINK_ISP]")
def invite(name: str, role: str, isp: str | None) -> None:
    """Print a code for NAME, who sends it to the bot. Takes NAME on where nobody is called so.

    The role is for who is taken on; whoever is there already keeps theirs.
    """
    settings = Settings.from_environ(os.environ)
    with closing(Database(role_dsn(settings, APP), connections=1)) as database:
        with database.transaction(None) as session:
            entry = find_isp(session, isp or settings.isp)
        with database.transaction(entry.tenant_id) as session:
            who, tenant_id = caller(), entry.tenant_id
            member = find_staff(session, tenant_id, name) or add_staff(
                session, tenant_id, name=name, role=Role(role), actor=who
            )
            invitation = invite_staff(
                session, tenant_id, member.staff_id, now=datetime.now(UTC), actor=who
            )
    shown = in_fours(invitation.code)
    minutes = int(INVITATION_LIFE.total_seconds() // 60)
    role_words = member.role.value.replace("_", " ")
    click.echo(
        f"{member.name}, {role_words} at {entry.name}: send this to the bot within "
        f"{minutes} minutes; it works once.\n\n  {shown}\n"
    )


COMMAND = invite
