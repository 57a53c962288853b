"""The scope of a command that works in one ISP: its database, in one transaction."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from commands.dsn import role_dsn
from commands.settings import Settings
from policy.facts import TenantId
from sql.migrate import APP
from storage.database import Database
from tenancy.isps import IspDetails, find_isp, get_isp


@dataclass(frozen=True, slots=True)
class Scope:
    """`session` is in the ISP's own scope; what is done in it counts when the scope is left."""

    settings: Settings
    session: Session
    tenant_id: TenantId
    isp: IspDetails


@dataclass(frozen=True, slots=True)
class IspAtHand:
    """An ISP whose transactions a command opens itself: work that is done in parts."""

    database: Database
    tenant_id: TenantId
    isp: IspDetails

    def transaction(self) -> AbstractContextManager[Session]:
        """One, in the ISP's own scope."""
        return self.database.transaction(self.tenant_id)


@contextmanager
def isp_at_hand(slug: str | None) -> Iterator[IspAtHand]:
    """The ISP of `slug`, or SKYLINK_ISP. Raises IspNotFound."""
    settings = Settings.from_environ(os.environ)
    with closing(Database(role_dsn(settings, APP), connections=1)) as database:
        with database.transaction(None) as session:
            tenant_id = find_isp(session, slug or settings.isp).tenant_id
        with database.transaction(tenant_id) as session:
            isp = get_isp(session, tenant_id).details
        yield IspAtHand(database, tenant_id, isp)


@contextmanager
def isp_scope(slug: str | None) -> Iterator[Scope]:
    """The ISP of `slug`, or SKYLINK_ISP. Raises IspNotFound."""
    with isp_at_hand(slug) as at, at.transaction() as session:
        yield Scope(Settings.from_environ(os.environ), session, at.tenant_id, at.isp)
