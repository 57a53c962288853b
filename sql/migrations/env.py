"""Alembic's entry: runs in the connection and transaction that sql.migrate hands over."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection)
context.run_migrations()
