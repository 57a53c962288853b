"""What is secret about this installation, made on the first start and never shown."""

from __future__ import annotations

import os
import secrets

from commands.errors import CommandError
from commands.private_files import private_folder, write_private
from commands.settings import Settings
from storage.secrets import KeyRing, Secret

FIRST_KEY_ID = 1


class KeysMissing(CommandError):
    """The database holds sealed secrets, and the keys that open them are not here."""

    code = "keys_missing"


def operator_secret(settings: Settings) -> Secret:
    """The RADIUS secret of the operator's port, made where absent."""
    path = settings.operator_secret_file
    private_folder(settings.secrets)
    if not path.exists():
        write_private(path, secrets.token_hex(24).encode())
    return Secret(path.read_text().strip())


def ensure_keys(settings: Settings, *, database_is_new: bool) -> None:
    """Make the key ring where there is none. Raises KeysMissing where the database needs another.

    A ring that the environment gives (SKYLINK_SECRET_KEYS) is only checked.
    """
    path = settings.keys_file
    if not os.environ.get("SKYLINK_SECRET_KEYS") and not path.exists():
        if not database_is_new:
            raise KeysMissing(
                f"The keys to this database's secrets are missing: put them back in {path} "
                "from your backup, or from another node that uses this database."
            )
        private_folder(settings.secrets)
        write_private(path, KeyRing.new_line(FIRST_KEY_ID).encode())
    KeyRing.load(path)
