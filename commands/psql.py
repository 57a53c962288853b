"""`./skylink psql`: the database as one of its roles sees it, inside the walls of one ISP."""

from __future__ import annotations

import os
from contextlib import closing

import click

from commands.dsn import admin_dsn, private_cluster, role_dsn
from commands.errors import NotRunning
from commands.postgres_programs import connection_for
from commands.settings import Settings
from policy.facts import TenantId
from sql.migrate import APP, RADIUS
from storage.database import Database
from tenancy.isps import find_isp

ROLES = {"app": APP, "radius": RADIUS}


@click.command("psql", context_settings={"ignore_unknown_options": True})
@click.option("--role", type=click.Choice(["app", "radius", "admin"]), default="app")
@click.option("--isp", help="The ISP whose rows role app sees.  [default: SKYLINK_ISP]")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(role: str, isp: str | None, arguments: tuple[str, ...]) -> None:
    """Open the database. ARGUMENTS go to psql: ./skylink psql -c 'SELECT * FROM clients'"""
    settings = Settings.from_environ(os.environ)
    cluster = private_cluster(settings)
    if cluster is not None and not cluster.running():
        raise NotRunning
    dsn = admin_dsn(settings) if role == "admin" else role_dsn(settings, ROLES[role])
    where, environ = connection_for(dsn)
    if role == "app":
        tenant_id = tenant_of(settings, isp or settings.isp)
        environ["PGOPTIONS"] = f"-c skylink.tenant_id={tenant_id}"
    executable = str(cluster.program("psql")) if cluster else "psql"
    command = [executable, where, *arguments]
    os.execvpe(executable, command, environ)  # noqa: S606 (no shell is wanted)


def tenant_of(settings: Settings, slug: str) -> TenantId:
    """The ISP of that slug. Raises IspNotFound."""
    with (
        closing(Database(role_dsn(settings, APP))) as database,
        database.transaction(None) as session,
    ):
        return find_isp(session, slug).tenant_id


COMMAND = psql
