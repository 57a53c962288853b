"""`./skylink seed`: an ISP full of made-up people whose bills are in every state."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.bulk import Newcomer, add_newcomers
from billing.connections import ConnectionDetails
from billing.rows import ConnectionRow
from commands import scenes
from commands.bangladesh import somebody
from commands.demo import DEMO_SLUG, demo_isp
from commands.dsn import role_dsn
from commands.scenes import Scene, State, furnish
from commands.settings import Settings
from policy.facts import TenantId
from sql.migrate import APP
from storage.actors import Actor, operator
from storage.database import Database
from storage.secrets import KeyRing, Secret
from tenancy.errors import IspNotFound
from tenancy.isps import IspDetails, create_isp, find_isp, get_isp

BATCH = 5_000  # clients in one transaction
PLACE = "{n}"  # where the number stands in a pattern

# In a thousand clients so many are in each state; the others have paid.
THOUSAND = 1_000
STATES: tuple[tuple[int, State], ...] = (
    (80, scenes.billed),
    (20, scenes.in_grace),
    (30, scenes.overdue),
    (5, scenes.promised),
    (50, scenes.daily),
    (20, scenes.expired),
    (10, scenes.over_quota),
    (20, scenes.past_fair_use),
    (10, scenes.suspended),
    (5, scenes.inactive),
    (5, scenes.vip),
    (10, scenes.free),
    (60, scenes.learning),
    (30, scenes.bound),
)


@dataclass(frozen=True)
class Pattern:
    """Usernames and passwords of clients numbered from 1 on; both hold `{n}`."""

    username: str
    password: str

    def number_of(self, username: str) -> int:
        """The number in a username of this pattern; 0 where it is none of it."""
        before, _, after = self.username.partition(PLACE)
        number = username[len(before) : len(username) - len(after)]
        fits = number.isascii() and number.isdecimal() and not number.startswith("0")
        return int(number) if fits and self.username.replace(PLACE, number) == username else 0


@dataclass(frozen=True)
class Seeder:
    """Fills one ISP; the n-th client is the same person at each run."""

    database: Database
    tenant_id: TenantId
    keys: KeyRing
    pattern: Pattern
    actor: Actor
    all_active: bool = False

    def fill(self, clients: int, now: datetime, progress: Callable[[int], None]) -> int:
        """Add clients until number `clients` is there; returns how many were added.

        A batch is a transaction: cut short, the next run goes on where this one ended. `progress`
        is told the number of the last client there is.
        """
        with self.database.transaction(self.tenant_id) as session:
            catalogue = furnish(session, self.tenant_id, actor=self.actor)
            zone = ZoneInfo(get_isp(session, self.tenant_id).details.time_zone)
            last = self._last_number(session)
        scene = Scene(catalogue, now, now.astimezone(zone).date())
        for start in range(last + 1, clients + 1, BATCH):
            numbers = range(start, min(start + BATCH, clients + 1))
            newcomers = [self._newcomer(scene, n) for n in numbers]
            with self.database.transaction(self.tenant_id) as session:
                add_newcomers(session, self.tenant_id, newcomers, keys=self.keys, actor=self.actor)
            progress(numbers[-1])
        return max(0, clients - last)

    def _last_number(self, session: Session) -> int:
        before = self.pattern.username.partition(PLACE)[0]
        alike = ConnectionRow.username.startswith(before, autoescape=True)
        names = select(ConnectionRow.username).where(
            ConnectionRow.tenant_id == self.tenant_id, alike
        )
        return max(map(self.pattern.number_of, session.scalars(names)), default=0)

    def _newcomer(self, scene: Scene, n: int) -> Newcomer:
        chance = Random(n)  # noqa: S311 (made-up people, not secrets)
        catalogue = scene.catalogue
        home = [sold for name, sold in catalogue.packages.items() if name.startswith("Home")]
        package = chance.choice(home)
        paid = Newcomer(
            client=somebody(chance, chance.choice(list(catalogue.zones.values())).zone_id),
            connection=ConnectionDetails(
                username=self.pattern.username.replace(PLACE, str(n)),
                service=package.details.service,
                package_id=package.package_id,
                profile_id=catalogue.profiles["Monthly"].profile_id,
            ),
            password=Secret(self.pattern.password.replace(PLACE, str(n))),
        )
        return paid if self.all_active else _state(chance.randrange(THOUSAND))(scene, paid)


def _state(lot: int) -> State:
    for share, state in STATES:
        if lot < share:
            return state
        lot -= share
    return scenes.paid


def _pattern(ctx: click.Context, option: click.Parameter, given: str) -> str:
    if given.count(PLACE) != 1:
        raise click.BadParameter("it must hold {n} once, for the number of the client")
    return given


@click.command("seed")
@click.option("--clients", type=click.IntRange(1, 10_000_000), required=True)
@click.option("--isp", help="Made where there is none.  [default: SKYLINK_ISP]")
@click.option("--username", default="user{n}", callback=_pattern, show_default=True)
@click.option("--password", default="pw{n}", callback=_pattern, show_default=True)
@click.option("--all-active", is_flag=True, help="Everybody has paid and nobody is refused.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object at the end.")
def seed(
    clients: int, isp: str | None, username: str, password: str, all_active: bool, as_json: bool
) -> None:
    """Fill an ISP with made-up clients, until the one numbered CLIENTS is there.

    Those already there stay, so a second run goes on where the first ended.
    """
    settings = Settings.from_environ(os.environ)
    started = time.monotonic()
    slug = isp or settings.isp
    keys = KeyRing.load(settings.keys_file)
    actor = operator("seed")
    with closing(Database(role_dsn(settings, APP))) as database:
        tenant_id = find_or_create_isp(database, slug, keys, actor)
        # A connection keeps the plans by which it checks foreign keys, and those it made while
        # the tables were empty would read them whole for every row: go on with a fresh one.
        database.close()
        pattern = Pattern(username, password)
        seeder = Seeder(database, tenant_id, keys, pattern, actor, all_active)
        progress = partial(_show, clients)
        added = seeder.fill(clients, datetime.now(UTC), progress)
    seconds = round(time.monotonic() - started, 1)
    facts = {"isp": slug, "clients": clients, "added": added, "seconds": seconds}
    words = f"ISP {slug}: {added} clients added in {seconds} s."
    click.echo(json.dumps(facts) if as_json else words)


def find_or_create_isp(database: Database, slug: str, keys: KeyRing, actor: Actor) -> TenantId:
    """The ISP of that slug, made where there is none; the demo with its NAS and its people."""
    with database.transaction(None) as session:
        try:
            return find_isp(session, slug).tenant_id
        except IspNotFound:
            if slug != DEMO_SLUG:
                details = IspDetails(slug=slug, name=slug.replace("-", " ").title())
                return create_isp(session, details, actor=actor).tenant_id
    return demo_isp(database, keys, datetime.now(UTC)).tenant_id


def _show(clients: int, last: int) -> None:
    click.echo(f"{last} of {clients}", err=True)


COMMAND = seed
