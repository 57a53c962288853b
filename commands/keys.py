"""`./skylink keys`: the keys under which passwords and secrets rest in the database."""

from __future__ import annotations

import json
import os
from collections import Counter
from contextlib import closing

import click
from sqlalchemy import text

from billing.passwords import reseal_passwords
from commands.caller import caller
from commands.dsn import role_dsn
from commands.errors import CommandError
from commands.private_files import write_private
from commands.settings import Settings
from messaging.webhooks import reseal_webhook_secrets
from network.nas import reseal_nas_secrets
from policy.facts import TenantId
from sql.migrate import APP
from storage.actors import Actor
from storage.audit import Subject, record
from storage.database import Database
from storage.secrets import KeyRing
from tenancy.isps import list_isps

SEALED = """
    SELECT get_byte(sealed, 1) * 256 + get_byte(sealed, 2) AS key_id, count(*) AS sealed
      FROM (SELECT sealed_password FROM connections WHERE sealed_password IS NOT NULL
            UNION ALL SELECT sealed_secret FROM nas_devices
            UNION ALL SELECT sealed_secret FROM webhooks) AS everything (sealed)
     GROUP BY key_id"""


class KeysInEnvironment(CommandError):
    """The ring is given by SKYLINK_SECRET_KEYS, which a command cannot change."""

    code = "keys_in_environment"


@click.group("keys")
def keys() -> None:
    """The keys under which passwords and NAS secrets rest in the database."""


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a screen.")
def list_keys(as_json: bool) -> None:
    """Show each key's id and how much is sealed under it; never the key."""
    settings = Settings.from_environ(os.environ)
    ring = KeyRing.load(settings.keys_file)
    sealed: Counter[int] = Counter()
    with closing(Database(role_dsn(settings, APP))) as database:
        for tenant_id in every_isp(database):
            with database.transaction(tenant_id) as session:
                sealed.update({row.key_id: row.sealed for row in session.execute(text(SEALED))})
    facts = [
        {"id": key, "held": key in ring.ids, "seals": key == ring.current_id, "sealed": sealed[key]}
        for key in sorted({*ring.ids, *sealed})
    ]
    if as_json:
        click.echo(json.dumps({"keys": facts}))
        return
    for fact in facts:
        note = ", seals what is new" if fact["seals"] else "" if fact["held"] else ", NOT HERE"
        click.echo(f"key {fact['id']}: {fact['sealed']} values{note}")


@keys.command("rotate")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a screen.")
def rotate(as_json: bool) -> None:
    """Make a new key and bring everything under it. Cut short: go on with `keys reseal`.

    Old keys stay in the file, for backups. Other machines that use this database need the new
    file at once: what changes from now on is sealed under the new key.
    """
    settings = Settings.from_environ(os.environ)
    add_key(settings)
    reseal_everything(settings, as_json=as_json)


@keys.command("reseal")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a screen.")
def reseal(as_json: bool) -> None:
    """Bring everything under the newest key; what is there already stays."""
    reseal_everything(Settings.from_environ(os.environ), as_json=as_json)


def add_key(settings: Settings) -> None:
    """One more line in the key file, whose id is the highest. Raises KeysInEnvironment."""
    if os.environ.get("SKYLINK_SECRET_KEYS"):
        raise KeysInEnvironment(
            "The keys come from SKYLINK_SECRET_KEYS: add one there, then run keys reseal."
        )
    ring = KeyRing.load(settings.keys_file)
    former = settings.keys_file.read_text().rstrip("\n")
    whole = f"{former}\n{KeyRing.new_line(ring.current_id + 1)}"
    write_private(settings.keys_file, whole.encode())


def reseal_everything(settings: Settings, *, as_json: bool) -> None:
    """Every ISP in turn; prints how much was done."""
    ring = KeyRing.load(settings.keys_file)
    with closing(Database(role_dsn(settings, APP))) as database:
        done = {isp: reseal_isp(database, isp, ring, caller()) for isp in every_isp(database)}
    facts = {"key": ring.current_id, "isps": len(done), "resealed": sum(done.values())}
    words = f"{facts['resealed']} values of {len(done)} ISPs brought under key {ring.current_id}."
    click.echo(json.dumps(facts) if as_json else words)


def reseal_isp(database: Database, tenant_id: TenantId, ring: KeyRing, actor: Actor) -> int:
    """Batch by batch, so that nobody waits long for a row; returns how many were resealed."""
    total = 0
    while True:
        with database.transaction(tenant_id) as session:
            done = reseal_passwords(session, tenant_id, ring)
            done += reseal_nas_secrets(session, tenant_id, ring)
            done += reseal_webhook_secrets(session, tenant_id, ring)
            if done and not total:
                after = {"key_id": ring.current_id}
                record(session, actor, "keys.rotated", Subject(tenant_id, "keys"), after=after)
        if not done:
            return total
        total += done


def every_isp(database: Database) -> list[TenantId]:
    """All ISPs of this server."""
    with database.transaction(None) as session:
        return [isp.tenant_id for isp in list_isps(session)]


COMMAND = keys
