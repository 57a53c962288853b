"""The one place that opens transactions: synchronous for commands, bridged for async doors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

import psycopg2
from psycopg2.extensions import make_dsn
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from policy.facts import TenantId

P = ParamSpec("P")
T = TypeVar("T")

CONNECTIONS = 10  # of one process; PostgreSQL takes 100
WAIT_SECONDS = 10  # for one of them, and for the server to answer a connect


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows a transaction sees: an ISP's; where `agent_id` is set, of that agent's clients."""

    tenant_id: TenantId
    agent_id: int | None = None


class Database:
    """Transactions on one PostgreSQL, each in the scope of one ISP."""

    def __init__(self, dsn: str, *, connections: int = CONNECTIONS) -> None:
        """`dsn`: libpq keywords or URL of the application's role. Connects when first used."""
        whole = make_dsn(dsn, connect_timeout=WAIT_SECONDS, options="-c timezone=UTC")
        self._engine = create_engine(
            "postgresql+psycopg2://",
            creator=lambda: psycopg2.connect(whole),
            pool_size=connections,
            max_overflow=0,
            pool_timeout=WAIT_SECONDS,
            pool_pre_ping=True,  # PostgreSQL may have been restarted since
        )
        self._sessions = sessionmaker(self._engine)

    @contextmanager
    def transaction(self, scope: Scope | TenantId | None) -> Iterator[Session]:
        """A session in one transaction: committed at the end, rolled back where the block raises.

        Row-level security shows it what is in `scope`, all of an ISP by its id alone; of None, no
        tenant's rows.
        """
        with self._sessions.begin() as session:
            if scope is not None:
                enter_scope(session, scope)
            yield session

    async def run(
        self,
        scope: Scope | TenantId | None,
        work: Callable[Concatenate[Session, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run `work(session, ...)` on a thread in one transaction; commit only if it returns.

        A session does not cross threads: `work` returns values, never rows.
        """

        def transact() -> T:
            with self.transaction(scope) as session:
                return work(session, *args, **kwargs)

        return await asyncio.to_thread(transact)

    def close(self) -> None:
        """Give the connections back; the next transaction would open new ones."""
        self._engine.dispose()


def enter_scope(session: Session, scope: Scope | TenantId) -> None:
    """Put the rest of the session's transaction into `scope`; what it has read is read anew."""
    session.expunge_all()
    if not isinstance(scope, Scope):
        enter_tenant(session, scope)
        return
    enter_tenant(session, scope.tenant_id)
    if scope.agent_id is not None:
        _keep_to_agent(session, scope.agent_id)


def enter_tenant(session: Session, tenant_id: TenantId) -> None:
    """Put the rest of the session's transaction into the scope of `tenant_id`."""
    scope = text("SELECT set_config('skylink.tenant_id', :tenant_id, true)")
    session.execute(scope, {"tenant_id": str(tenant_id)})


def _keep_to_agent(session: Session, agent_id: int) -> None:
    setting = text("SELECT set_config('skylink.agent_id', :agent_id, true)")
    session.execute(setting, {"agent_id": str(agent_id)})
