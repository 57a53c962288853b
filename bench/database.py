"""What the superuser sees of a database under test, and what of the journal is not in it yet."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import psycopg2

from commands.cluster import ADMIN, Cluster
from commands.settings import Settings

JOURNAL_READ = "SELECT file, position FROM journal_positions"


def ask(cluster: Cluster, query: str) -> list[tuple[Any, ...]]:
    """All rows."""
    with closing(psycopg2.connect(cluster.dsn(ADMIN))) as admin, admin.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def unread_bytes(settings: Settings, cluster: Cluster) -> int:
    """Of all files of the journal; 0 when `intake` has committed what routers were told of."""
    sizes = {path.name: path.stat().st_size for path in settings.journal.iterdir()}
    known = dict(ask(cluster, JOURNAL_READ))
    return sum(size - known.get(name, 0) for name, size in sizes.items())
