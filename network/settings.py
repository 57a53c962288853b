"""What the intake of accounting needs to know, read from the environment once."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

KEEP_HOURS = 24


class IntakeSettingsMissing(Exception):
    """Names every variable that is missing or cannot be used, at once."""

    code = "intake_settings_missing"

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"set {', '.join(names)} (see docs/environment.md)")
        self.names = names


@dataclass(frozen=True, slots=True)
class IntakeSettings:
    """`dsn` is a libpq connection string of the role skylink_intake."""

    dsn: str
    journal: Path
    node: str
    keep_seconds: float  # how long a file that is committed stays

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> IntakeSettings:
        """Raises IntakeSettingsMissing."""
        wrong = [name for name in ("SKYLINK_INTAKE_DSN", "SKYLINK_HOME") if not environ.get(name)]
        hours = environ.get("SKYLINK_JOURNAL_KEEP_HOURS") or str(KEEP_HOURS)
        if not (hours.isascii() and hours.isdecimal()):
            wrong.append("SKYLINK_JOURNAL_KEEP_HOURS")
        if wrong:
            raise IntakeSettingsMissing(wrong)
        node = environ.get("SKYLINK_NODE") or socket.gethostname()
        journal = Path(environ["SKYLINK_HOME"]) / "journal"
        return cls(environ["SKYLINK_INTAKE_DSN"], journal, node, int(hours) * 3600.0)
