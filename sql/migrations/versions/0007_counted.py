"""Through which instant use is counted, for RADIUS nodes; and a way out of the quarantine."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Run as it stands: no word in it is a bound parameter."""
    cursor = op.get_bind().connection.cursor()
    op.execute("SET LOCAL ROLE skylink_gate")
    for topic in sorted(Path(__file__).with_suffix("").glob("*.sql")):
        cursor.execute(topic.read_text(encoding="utf-8"))
    op.execute("SET LOCAL ROLE skylink_owner")
    cursor.close()


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: restore a backup instead")
