"""Sessions that live and that ended, use by day and by cycle, and how the journal comes in."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"

TOPICS = Path(__file__).with_suffix("")


def upgrade() -> None:
    run("10_sessions")
    run("20_journal")
    run("30_isolation")
    op.execute("SET LOCAL ROLE skylink_gate")
    run("40_months")
    run("50_usage_marks")
    run("70_intake")
    op.execute("SET LOCAL ROLE skylink_owner")
    run("60_usage_triggers")


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: restore a backup instead")


def run(topic: str) -> None:
    """Run a file as it stands: no word in it is a bound parameter."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute((TOPICS / f"{topic}.sql").read_text(encoding="utf-8"))
    cursor.close()
