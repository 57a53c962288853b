from pathlib import Path

from commands.cluster import ADMIN, Cluster
from sql.schema import SCHEMA_FILE, dump_schema


def test_schema_sql_is_what_the_migrations_add_up_to(
    cluster: Cluster, database_name: str, tmp_path: Path
) -> None:
    actual = dump_schema(cluster.program("pg_dump"), cluster.dsn(ADMIN, database_name))
    (tmp_path / "schema.sql").write_text(actual)
    assert actual == SCHEMA_FILE.read_text(), f"cp {tmp_path}/schema.sql {SCHEMA_FILE}"
