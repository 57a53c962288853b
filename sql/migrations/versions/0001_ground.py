"""The ground: tenants, catalogue, clients, invoices, devices, audit; isolation, history, RADIUS."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

TOPICS = Path(__file__).with_suffix("")


def upgrade() -> None:
    """Each topic is a file of SQL, in the order of their names."""
    run("00_defaults")
    for topic in ("10_words", "20_tenancy", "30_catalogue", "40_clients", "50_network"):
        run(topic)
    for topic in ("60_audit", "70_isolation", "80_history"):
        run(topic)
    define_facts()
    run("90_changes")
    op.execute("SET LOCAL ROLE skylink_gate")
    run("95_radius")
    op.execute("SET LOCAL ROLE skylink_owner")


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only: restore a backup instead")


def define_facts() -> None:
    """The facts of a decision twice from one text: as they are, and as they were."""
    op.execute("SET LOCAL ROLE skylink_gate")
    names = ("connections", "packages", "profiles", "isps")
    run(
        "85_facts",
        **{name: f"radius.{name}" for name in names},
        rows="public",
        invoker="false",
        secret=",\n       connection.sealed_password",  # noqa: S106 (a column)
        reader="skylink_radius",
    )
    op.execute("SET LOCAL ROLE skylink_owner")
    run(
        "85_facts",
        **{name: f"asof.{name.removesuffix('s')}_facts" for name in names},
        rows="asof",
        invoker="true",
        secret="",
        reader="skylink_app",
    )


def run(topic: str, **words: str) -> None:
    """Run a file as it stands: no word in it is a bound parameter."""
    text = (TOPICS / f"{topic}.sql").read_text(encoding="utf-8")
    cursor = op.get_bind().connection.cursor()
    cursor.execute(text.format(**words) if words else text)
    cursor.close()
