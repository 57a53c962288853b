"""An agent's clients apart, as the catalogue says; what agents see is tested in tests/billing."""

from tests.fixtures.databases import Connection
from tests.sql.test_isolation import TABLES, rows


def test_what_hangs_on_a_client_is_kept_to_the_clients_agent(admin: Connection) -> None:
    cursor = admin.cursor()
    of_clients = rows(
        cursor,
        f"""SELECT DISTINCT table_schema, table_name FROM information_schema.columns
             WHERE column_name IN
                   ('client_id', 'connection_id', 'agent_id', 'invoice_id', 'credit_id')
               AND (table_schema, table_name) IN (
                   SELECT nspname, relname FROM ({TABLES}) AS ours)""",
    )
    kept = rows(
        cursor,
        """SELECT schemaname, tablename FROM pg_policies
            WHERE policyname = 'clients_of_the_agent' AND permissive = 'RESTRICTIVE'""",
    )
    assert set(of_clients) <= set(kept), "see keep_to_the_agents"
