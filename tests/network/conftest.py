"""Enforcement at work in a test: real routers of the sandbox, real FreeRADIUS, real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from billing.connections import Connection as Line
from commands.cluster import Cluster
from network.enforcement import Enforcement, EnforcementSettings, utc_now
from network.nas import change_nas, list_nas
from radius_modules.codec import class_parts
from sandbox.background import Background
from sandbox.nas.router import Router
from sandbox.nas.sessions import Dial, Session
from sql.migrate import ENFORCER
from storage.actors import SYSTEM
from tests.fixtures.databases import Connection
from tests.fixtures.isps import PASSWORD, World
from tests.radius.server import Radius, until

HEAR = """
    INSERT INTO live_sessions (tenant_id, connection_id, nas_id, node, acct_session_id, username,
           started_at, heard_at, mac, framed_ipv4, down_bytes, up_bytes, granted)
    SELECT nas.tenant_id, line.id, nas.id, 'test', %(session_id)s, line.username, %(started_at)s,
           %(heard_at)s, %(mac)s, %(address)s, %(down)s, %(up)s, %(granted)s
      FROM nas_devices AS nas
      JOIN connections AS line ON line.tenant_id = nas.tenant_id AND line.username = %(username)s
     WHERE nas.address = %(nas)s::inet
    ON CONFLICT (tenant_id, nas_id, acct_session_id, username) DO UPDATE
       SET heard_at = excluded.heard_at, down_bytes = excluded.down_bytes,
           up_bytes = excluded.up_bytes"""
CHANGE = """
    SELECT change.step, change.means, change.tries, change.next_try_at IS NOT NULL AS waits,
           change.acked_at IS NOT NULL AS acked, change.error_cause, change.problem, change.given,
           change.wanted, change.proof_at
      FROM session_changes AS change
      JOIN live_sessions AS live
        ON live.tenant_id = change.tenant_id AND live.id = change.session_id
     WHERE live.acct_session_id = %s AND live.tenant_id = %s"""


@dataclass
class Field:
    """One ISP, its routers, and what the database hears of their sessions."""

    isp: World
    radius: Radius
    background: Background
    admin: Connection

    def dial(self, router: Router, line: Line, **said: object) -> Session:
        """The client is online, and the database knows."""
        self.radius.caught_up()
        session = self.background.do(router.dial(self.device_of(line, **said)))
        self.hear(router, session)
        return session

    @staticmethod
    def device_of(line: Line, **said: object) -> Dial:
        return Dial(str(line.details.username), str(PASSWORD), **said)  # type: ignore[arg-type]

    def hear(
        self, router: Router, session: Session, *, later: float = 0, granted: str | None = None
    ) -> None:
        """What intake makes of the session's record, made `later` seconds from now."""
        ours = class_parts(session.class_ or b"")
        said = {
            "session_id": session.session_id,
            "started_at": datetime.fromtimestamp(session.since, UTC),
            "heard_at": utc_now() + timedelta(seconds=later),
            "mac": session.dial.mac,
            "address": session.address,
            "down": session.use.download_bytes,
            "up": session.use.upload_bytes,
            "granted": granted or (ours[2] if ours else None),
            "username": session.dial.username,
            "nas": router.setup.address,
        }
        with self.admin.cursor() as cursor:
            cursor.execute(HEAR, said)
            assert cursor.rowcount == 1

    def ends(self, session: Session) -> None:
        """What intake makes of the session's Stop."""
        with self.admin.cursor() as cursor:
            cursor.execute(
                "DELETE FROM live_sessions WHERE tenant_id = %s AND acct_session_id = %s",
                (self.isp.tenant_id, session.session_id),
            )

    def change_of(self, session: Session) -> dict[str, Any]:
        """The row of what is pending for the session; empty where nothing ever was."""
        with self.admin.cursor() as cursor:
            cursor.execute(CHANGE, (session.session_id, self.isp.tenant_id))
            row = cursor.fetchone()
            names = [column.name for column in cursor.description or ()]
        return dict(zip(names, row, strict=True)) if row else {}

    def problems(self, *, closed: bool = False) -> list[str]:
        with self.admin.cursor() as cursor:
            cursor.execute(
                "SELECT kind FROM network_problems WHERE tenant_id = %s"
                " AND (closed_at IS NOT NULL) = %s ORDER BY kind",
                (self.isp.tenant_id, closed),
            )
            return [kind for (kind,) in cursor.fetchall()]


@pytest.fixture
def field(isp: World, radius: Radius, background: Background, admin: Connection) -> Field:
    return Field(isp, radius, background, admin)


@pytest.fixture
def enforce(
    cluster: Cluster, database_name: str, radius: Radius
) -> Iterator[Callable[..., Enforcement]]:
    """Start enforcement as `clock` does, but in haste; stopped after the test."""
    started: list[Enforcement] = []
    said: list[str] = []

    def start(
        now: Callable[[], datetime] = utc_now, *, works: bool = True, **more: Any
    ) -> Enforcement:
        settings = EnforcementSettings(
            cluster.dsn(ENFORCER, database_name),
            radius.keys_file,
            source="127.0.0.1",  # what other tests left at other addresses stays unsent
            timeout_seconds=0.5,
            patience=0.02,
            review_seconds=0.1,
            **more,
        )
        made = Enforcement(settings, lambda _, line: said.append(line), now)
        made.start()
        started.append(made)
        if works:
            until(made.works.is_set, lambda: said)
        return made

    yield start
    for each in started:
        each.stop()
    assert [line for line in said if "failed" in line] == []


@pytest.fixture
def enforcement(enforce: Callable[..., Enforcement]) -> Enforcement:
    return enforce()


@pytest.fixture
def new_router(new_mikrotik: Callable[..., Router], isp: World) -> Callable[[], Router]:
    """Make a router that listens for CoA where the ISP's staff said it does."""

    def make() -> Router:
        made = new_mikrotik()
        with isp.transaction() as session:
            for nas in list_nas(session, isp.tenant_id):
                if nas.details.address == made.setup.address:
                    told = replace(nas.details, coa_port=made.coa_port)
                    change_nas(session, isp.tenant_id, nas.nas_id, told, actor=SYSTEM)
        return made

    return make


@pytest.fixture
def router(new_router: Callable[[], Router]) -> Router:
    return new_router()
