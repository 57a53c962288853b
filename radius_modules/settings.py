"""What a RADIUS node needs to know, read from the environment once."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

JOURNAL_RESERVE_MB = 64


class SettingsMissing(Exception):
    """Names every variable that is missing, at once."""

    code = "settings_missing"

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"set {', '.join(names)} (see docs/environment.md)")
        self.names = names


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """`dsn` is a libpq connection string of the role skylink_radius."""

    dsn: str
    home: Path
    node: str
    journal_reserve_mb: int = JOURNAL_RESERVE_MB

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> NodeSettings:
        """Raises SettingsMissing."""
        needed = ("SKYLINK_RADIUS_DSN", "SKYLINK_HOME")
        if missing := [name for name in needed if not environ.get(name)]:
            raise SettingsMissing(missing)
        node = environ.get("SKYLINK_NODE") or socket.gethostname()
        reserve = int(environ.get("SKYLINK_JOURNAL_RESERVE_MB") or JOURNAL_RESERVE_MB)
        return cls(environ["SKYLINK_RADIUS_DSN"], Path(environ["SKYLINK_HOME"]), node, reserve)

    @property
    def journal(self) -> Path:
        return self.home / "journal"

    @property
    def keys_file(self) -> Path:
        return self.home / "secrets" / "keys"

    @property
    def snapshot_file(self) -> Path:
        return self.home / "radius" / "facts"
