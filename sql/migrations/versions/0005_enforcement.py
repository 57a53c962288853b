"""Enforcement: what is to change of live sessions, what a NAS can do, what a person must see."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"

TOPICS = Path(__file__).with_suffix("")


def upgrade() -> None:
    run("10_changes")
    run("20_isolation")
    op.execute("SET LOCAL ROLE skylink_gate")
    run("30_reads")
    run("40_changing")
    run("50_problems")
    op.execute("SET LOCAL ROLE skylink_owner")


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: restore a backup instead")


def run(topic: str) -> None:
    """Run a file as it stands: no word in it is a bound parameter."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute((TOPICS / f"{topic}.sql").read_text(encoding="utf-8"))
    cursor.close()
