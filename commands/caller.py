"""Who runs a command on the server, for the audit log."""

from __future__ import annotations

import getpass
import os

from storage.actors import Actor, operator


def caller() -> Actor:
    """The person at the terminal: the launcher tells who it was before it stepped down."""
    return operator(os.environ.get("SKYLINK_CALLER") or getpass.getuser())
