"""Where the database is: how each role connects to the private PostgreSQL, or to DATABASE_URL."""

from __future__ import annotations

import json
import secrets

from psycopg2.extensions import make_dsn

from commands.cluster import ADMIN, Cluster
from commands.private_files import private_folder, write_private
from commands.settings import Settings
from sql.migrate import LOGINS


def private_cluster(settings: Settings) -> Cluster | None:
    """The PostgreSQL under SkyLink's home; None where DATABASE_URL names another."""
    return None if settings.database_url else Cluster(settings.home, settings.postgres_port)


def admin_dsn(settings: Settings) -> str:
    """A libpq connection string of who may migrate."""
    if settings.database_url:
        return make_dsn(settings.database_url)
    return Cluster(settings.home, settings.postgres_port).dsn(ADMIN)


def role_dsn(settings: Settings, role: str) -> str:
    """A libpq connection string of `role`, one of sql.migrate's login roles."""
    if settings.database_url:
        passwords = role_passwords(settings)
        return make_dsn(settings.database_url, user=role, password=passwords[role])
    return Cluster(settings.home, settings.postgres_port).dsn(role)


def role_passwords(settings: Settings) -> dict[str, str]:
    """By role, for a database that does not know its roles by their operating system user.

    Made once and kept among the secrets: nodes that share a database share that folder's content.
    """
    if not settings.database_url:
        return {}
    path = settings.secrets / "database_passwords"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if missing := [role for role in LOGINS if role not in kept]:
        private_folder(settings.secrets)
        kept |= {role: secrets.token_urlsafe(24) for role in missing}
        write_private(path, json.dumps(kept).encode())
    return kept
