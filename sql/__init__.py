"""Owns the schema: migrations, roles, and `schema.sql`, which is what all of them add up to."""
