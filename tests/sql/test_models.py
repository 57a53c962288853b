"""The application's picture of the tables against the tables themselves."""

from typing import Any

import pytest
from sqlalchemy import ARRAY
from sqlalchemy.types import TypeEngine

import billing.bill_rows
import billing.gateways.rows
import billing.portal_rows
import billing.rows
import bots.rows
import messaging.rows
import network.rows
import storage.rows
import tenancy.rows
from storage.rows import Row
from tests.fixtures.databases import Connection

ROOMS = (
    *(billing.bill_rows, billing.gateways.rows, billing.portal_rows, billing.rows),
    *(bots.rows, messaging.rows),
    *(network.rows, storage.rows, tenancy.rows),
)
KINDS = {
    "BigInteger": "int8",
    "Integer": "int4",
    "SmallInteger": "int2",
    "String": "text",
    "Text": "text",
    "Boolean": "bool",
    "Date": "date",
    "DateTime": "timestamptz",
    "LargeBinary": "bytea",
    "JSONB": "jsonb",
    "INET": "inet",
    "CIDR": "cidr",
}
COLUMN = """
    SELECT attname, attnotnull, coalesce(base.typname, own.typname)
      FROM pg_attribute
      JOIN pg_type AS own ON own.oid = atttypid
      LEFT JOIN pg_type AS base ON base.oid = own.typbasetype
     WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"""


def kind_of(drawn: TypeEngine[Any]) -> str:
    if isinstance(drawn, ARRAY):
        return f"_{kind_of(drawn.item_type)}"
    return KINDS[type(drawn).__name__]


@pytest.mark.parametrize("table", sorted(Row.metadata.tables))
def test_a_model_names_columns_that_exist_with_their_types(table: str, admin: Connection) -> None:
    with admin.cursor() as cursor:
        cursor.execute(COLUMN, (table,))
        real = {name: (kind, required) for name, required, kind in cursor.fetchall()}
    drawn = {
        column.name: (kind_of(column.type), not column.nullable)
        for column in Row.metadata.tables[table].columns
    }
    assert drawn == {name: real.get(name) for name in drawn}


def test_all_rooms_models_are_looked_at() -> None:
    assert len(ROOMS) == 9
    assert {"tenants", "connections", "nas_devices", "audit_log"} <= set(Row.metadata.tables)
