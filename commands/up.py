"""`./skylink up`: everything from an empty folder to a server that answers routers."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial

import click
import psycopg2

from commands.certificates import ensure_certificates
from commands.checks import check_home, check_ports, check_user
from commands.cluster import OLDEST_MAJOR, Cluster
from commands.demo import demo_isp
from commands.demo_gateways import PROCESS as GATEWAYS_PROCESS
from commands.demo_gateways import are_wanted, free_port, wire_gateways
from commands.dsn import admin_dsn, private_cluster, role_dsn, role_passwords
from commands.errors import CommandError
from commands.first_owner import FirstOwner, invite_first_owner
from commands.operator import NoAnswer, ask_status
from commands.processes import (
    POSTGRES,
    Line,
    Processes,
    process_states,
    read_procfile,
    run_processes,
    stop_as_ctrl_c_does,
)
from commands.running import end_leftover, only_one
from commands.screen import first_screen
from commands.secret_files import ensure_keys, operator_secret
from commands.settings import Settings
from sql.migrate import APP, INTAKE, RADIUS, migrate
from storage.database import Database
from storage.secrets import KeyRing
from tenancy.isps import IspEntry, list_isps

POSTGRES_SECONDS_MAX = 120  # it may have to recover from a crash first
READY_SECONDS_MAX = 60
RADIUS_PROCESS = "radius"
WEB_PROCESS = "web"  # the first screen says where it is
TELEGRAM_PROCESS = "telegram"
ANSWER_SECONDS = 0.3  # a packet sent before RADIUS listens is lost, so another is sent soon


class DatabaseTooOld(CommandError):
    code = "database_too_old"


@click.command("up")
def up() -> None:
    """Run SkyLink in the foreground until Ctrl-C; the first start makes all it needs.

    Safe to repeat: what is there is kept, migrated and started.
    """
    settings = Settings.from_environ(os.environ)
    stop_as_ctrl_c_does()
    try:
        check_user()
        check_home(settings)
        with only_one(settings):
            run(settings)
    except KeyboardInterrupt:
        click.echo("Stopped.")


def run(settings: Settings) -> None:
    """Start all in order and stay until interrupted."""
    if end_leftover(settings):
        click.echo("Ended what a killed start had left behind.")
    check_ports(settings)
    ensure_certificates(settings.certificates, settings.secrets, datetime.now(UTC))
    cluster = private_cluster(settings)
    if cluster is not None:
        prepare_cluster(cluster)
    lines, sandbox_port = wanted_lines(settings, cluster), free_port()
    environ = environment(settings, cluster) | {"SKYLINK_SANDBOX_PORT": str(sandbox_port)}
    with run_processes(settings, environ, lines) as processes:
        try:
            if cluster is not None:
                processes.start(POSTGRES, cluster.running, POSTGRES_SECONDS_MAX)
            isps = prepare_database(settings, cluster)
            if are_wanted(settings):
                prepare_gateways(settings, sandbox_port)
            start_all(settings, processes)
            click.echo(first_screen(settings, isps, first_owner(settings, isps)))
            processes.watch(partial(click.echo, err=True))
        except KeyboardInterrupt:
            click.echo("\nStopping.")
            raise


def wanted_lines(settings: Settings, cluster: Cluster | None) -> list[Line]:
    """The Procfile without what is elsewhere, as the database or Telegram, or is not wanted."""
    absent = set() if cluster else {POSTGRES}
    if not settings.telegram_is_local:
        absent.add(TELEGRAM_PROCESS)
    if not are_wanted(settings):
        absent.add(GATEWAYS_PROCESS)
    lines = read_procfile(settings.root / "Procfile")
    return [line for line in lines if line.name not in absent]


def prepare_cluster(cluster: Cluster) -> None:
    """Leave a cluster that can be started; one that runs without us is from a start cut short."""
    if not cluster.data.exists():
        click.echo("Making a private PostgreSQL.")
    cluster.initialise()
    cluster.stop()


def prepare_database(settings: Settings, cluster: Cluster | None) -> tuple[IspEntry, ...]:
    """Create, migrate and fill what is not there yet; the ISPs that are there then.

    Raises DatabaseTooOld, MigrationError, KeysMissing.
    """
    if cluster is not None:
        cluster.prepare_database()
    else:
        check_server_version(settings)
        migrate(admin_dsn(settings), passwords=role_passwords(settings))
    with closing(Database(role_dsn(settings, APP))) as database:
        is_new = not all_isps(database)
        ensure_keys(settings, database_is_new=is_new)
        if is_new:
            click.echo("Making a demo ISP.")
            demo_isp(database, KeyRing.load(settings.keys_file), datetime.now(UTC))
        return all_isps(database)


def prepare_gateways(settings: Settings, port: int) -> None:
    """The demo ISP's accounts at the local gateways, which listen elsewhere at each start."""
    with closing(Database(role_dsn(settings, APP))) as database:
        wire_gateways(database, KeyRing.load(settings.keys_file), port)


def first_owner(settings: Settings, isps: tuple[IspEntry, ...]) -> FirstOwner | None:
    """The code for who runs the ISP that commands mean, while no owner has joined its chat."""
    isp = next((isp for isp in isps if isp.slug == settings.isp), None)
    if isp is None:
        return None
    with closing(Database(role_dsn(settings, APP), connections=1)) as database:
        return invite_first_owner(database, isp, datetime.now(UTC))


def all_isps(database: Database) -> tuple[IspEntry, ...]:
    """The ISPs of this server; where there is one, the database holds sealed secrets."""
    with database.transaction(None) as session:
        return list_isps(session)


def check_server_version(settings: Settings) -> None:
    """Raise DatabaseTooOld where DATABASE_URL names a server that we do not know."""
    with closing(psycopg2.connect(admin_dsn(settings))) as connection:
        major = connection.server_version // 10_000
    if major < OLDEST_MAJOR:
        raise DatabaseTooOld(
            f"DATABASE_URL names a PostgreSQL {major} and SkyLink needs {OLDEST_MAJOR} or newer: "
            "upgrade that server, or unset DATABASE_URL for a private database."
        )


def start_all(settings: Settings, processes: Processes) -> None:
    """Start what does not run yet, in the Procfile's order, each when the one before is ready.

    The last is ready when all of them have stayed up for a moment.
    """
    for name, state, _pid, _since in process_states(settings):
        if state == "STOPPED":
            processes.start(name, ready(settings, name), READY_SECONDS_MAX)
    for name, _state, _pid, _since in process_states(settings):
        processes.wait_for(name, partial(stays_up, settings, name), READY_SECONDS_MAX)


def ready(settings: Settings, name: str) -> Callable[[], bool]:
    """What must hold before the next process starts: it would ask this one."""
    waits = {RADIUS_PROCESS: radius_answers, TELEGRAM_PROCESS: telegram_listens}
    return partial(waits.get(name, started), settings)


def radius_answers(settings: Settings) -> bool:
    """Whether RADIUS has its facts and answers."""
    try:
        return bool(ask_status(settings, seconds=ANSWER_SECONDS))
    except NoAnswer:
        return False


def telegram_listens(settings: Settings) -> bool:
    """Whether the local Telegram takes a connection."""
    return takes_connections("127.0.0.1", settings.telegram_port)


def takes_connections(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port)).close()
    except OSError:
        return False
    return True


def started(_settings: Settings) -> bool:
    """Nothing waits for the other processes: that they stay up is asked of all at the end."""
    return True


def stays_up(settings: Settings, name: str) -> bool:
    """Whether it has run for a second, which supervisord calls RUNNING; `web` must listen, too."""
    states = {state.name: state.state for state in process_states(settings)}
    if name == WEB_PROCESS:
        address = "127.0.0.1" if settings.web_address == "*" else settings.web_address
        return states[name] == "RUNNING" and takes_connections(address, settings.web_port)
    return states[name] == "RUNNING"


def environment(settings: Settings, cluster: Cluster | None) -> dict[str, str]:
    """What the processes are told: docs/environment.md and, for raddb, where the database is."""
    server = {"SKYLINK_POSTGRES": str(cluster.program(POSTGRES))} if cluster else {}
    return {
        **server,
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",  # FreeRADIUS writes times and names files by it
        "SKYLINK_ROOT": str(settings.root),
        "SKYLINK_HOME": str(settings.home),
        "MPLCONFIGDIR": str(settings.home / "cache/matplotlib"),  # else in $HOME, which we lack
        "SKYLINK_RADIUS_ADDRESS": settings.radius_address,
        "SKYLINK_RADIUS_AUTH_PORT": str(settings.radius_auth_port),
        "SKYLINK_RADIUS_ACCT_PORT": str(settings.radius_acct_port),
        "SKYLINK_RADIUS_OPERATOR_PORT": str(settings.radius_operator_port),
        "SKYLINK_OPERATOR_SECRET": operator_secret(settings),
        "SKYLINK_RADIUS_DSN": role_dsn(settings, RADIUS),
        "SKYLINK_INTAKE_DSN": role_dsn(settings, INTAKE),
        "SKYLINK_JOURNAL_RESERVE_MB": str(settings.journal_reserve_mb),
        "SKYLINK_NODE": settings.node,
        "SKYLINK_TELEGRAM_PORT": str(settings.telegram_port),
    }


COMMAND = up
