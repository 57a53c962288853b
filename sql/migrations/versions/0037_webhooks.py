"""Where an ISP's own programs are told of payments and access, and what they were told."""

from pathlib import Path

from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Run as it stands: no word in it is a bound parameter."""
    cursor = op.get_bind().connection.cursor()
    for topic in sorted(Path(__file__).with_suffix("").glob("*.sql")):
        cursor.execute(topic.read_text(encoding="utf-8"))
    cursor.close()


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: restore a backup instead")
