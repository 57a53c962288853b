"""`schema.sql`: what all migrations add up to, for reading."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

SCHEMA_FILE = Path(__file__).parent / "schema.sql"
MONTHS = "intake.session_history_[0-9]*"  # made by the calendar, not by a migration
# Session settings, and what differs from one pg_dump to the next.
NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)$\n?", re.M)


def dump_schema(pg_dump: Path, dsn: str) -> str:
    """The schema of a database as SQL with owners and grants, without settings and comments."""
    done = subprocess.run(  # noqa: S603 (a program of PostgreSQL's, found by the caller)
        [str(pg_dump), "--schema-only", f"--exclude-table={MONTHS}", "--dbname", dsn],
        capture_output=True,
        text=True,
        check=True,
    )
    return re.sub(r"\n{3,}", "\n\n", NOISE.sub("", done.stdout)).strip() + "\n"


def main() -> None:
    """Write schema.sql from a database that was just migrated: `python -m sql.schema DSN`."""
    pg_dump = shutil.which("pg_dump")
    if pg_dump is None or len(sys.argv) != len(("sql.schema", "DSN")):
        sys.exit("usage: python -m sql.schema DSN (with pg_dump on the path)")
    SCHEMA_FILE.write_text(dump_schema(Path(pg_dump), sys.argv[1]))


if __name__ == "__main__":
    main()
