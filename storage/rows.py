"""The base of all ORM models, how services read and write them, and the audit log's own.

Models name only what the code uses: `changed_at` and the history behind it are the database's
business. Rows never leave a service; it returns frozen values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from psycopg2.errors import CheckViolation
from sqlalchemy import BigInteger, DateTime, Identity, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from policy.facts import TenantId
from storage.errors import SkyLinkError, ValueRefused

V = TypeVar("V")
R = TypeVar("R", bound="NumberedRow")

NOTHING_TAKEN: Mapping[str, SkyLinkError] = MappingProxyType({})


class Row(DeclarativeBase):
    """A row of one of our tables; integers are bigint and instants timestamptz unless said."""

    type_annotation_map: ClassVar = {
        int: BigInteger,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(none_as_null=True),
    }


class NumberedRow(Row):
    """A row of a tenant's, found by an id of its own."""

    __abstract__ = True

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)


class AuditEntry(NumberedRow):
    __tablename__ = "audit_log"

    actor_kind: Mapped[str]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    origin: Mapped[str | None]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[int | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


def locked(
    session: Session, kind: type[R], tenant_id: TenantId, row_id: int, missing: SkyLinkError
) -> R:
    """The row as it is now, locked until the transaction ends; raises `missing` where none is.

    Another who would change it waits; who only points at it (a foreign key) does not.
    """
    found = session.scalar(
        select(kind)
        .where(kind.tenant_id == tenant_id, kind.id == row_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise missing
    return found


def read(
    session: Session, kind: type[R], tenant_id: TenantId, row_id: int, missing: SkyLinkError
) -> R:
    """The row, not locked: for looking only. Raises `missing` where none is."""
    found = session.scalar(select(kind).where(kind.tenant_id == tenant_id, kind.id == row_id))
    if found is None:
        raise missing
    return found


def write(session: Session, taken: Mapping[str, SkyLinkError] = NOTHING_TAKEN) -> None:
    """Send what is pending to the database, which holds the rules about values.

    Raises the error that `taken` gives for a constraint's name, ValueRefused where a value breaks
    a rule. The transaction is then of no more use.
    """
    with _refusals(taken):
        session.flush()


def insert_many(
    session: Session,
    kind: type[Row],
    rows: Sequence[Mapping[str, Any]],
    taken: Mapping[str, SkyLinkError] = NOTHING_TAKEN,
) -> None:
    """Insert rows that all name the same columns, in one statement, and so one change for RADIUS.

    (COPY would be as fast, and is refused under row-level security.) Raises as `write` does.
    """
    if not rows:
        return
    names, source = ", ".join(rows[0]), rows_given(session, kind, rows[0])
    with _refusals(taken):
        statement = f"INSERT INTO {kind.__tablename__} ({names}) SELECT {names} FROM {source}"
        session.execute(text(statement), as_arrays(rows))


def rows_given(session: Session, kind: type[Row], names: Iterable[str]) -> str:
    """What follows FROM to read rows of those columns, bound as `as_arrays` makes them.

    An array a column is read several times as fast as JSON.
    """
    types = _types(session, kind.__tablename__)
    arrays = ", ".join(f"CAST(:{name} AS {types[name]}[])" for name in names)
    return f"unnest({arrays}) AS given ({', '.join(names)})"


def as_arrays(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """By column, the values of the rows as PostgreSQL reads an array from text."""
    return {name: _as_array([row[name] for row in rows]) for name in rows[0]}


def _as_array(values: Sequence[object]) -> str:
    if set(map(type, values)) == {int}:  # most are ids and amounts
        return "{" + ",".join(map(str, values)) + "}"
    return "{" + ",".join(map(_as_element, values)) + "}"


def _as_element(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return _quoted(str(value))
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, bytes):
        return '"\\\\x' + value.hex() + '"'
    if isinstance(value, int | float):  # a fraction is refused by the column, as it should be
        return str(value)
    raise TypeError(f"not for a column: {type(value).__name__}")


@lru_cache(1_024)  # titles, kinds and states are few
def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _types(session: Session, table: str) -> Mapping[str, str]:
    """Of a table's columns, as the database has them; asked once a connection."""
    known: dict[str, Mapping[str, str]] = session.connection().info.setdefault("types", {})
    if table not in known:
        found = session.execute(text(TYPES), {"table": table}).all()
        known[table] = {row.attname: row.kind for row in found}
    return known[table]


@contextmanager
def _refusals(taken: Mapping[str, SkyLinkError]) -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        rule = error.orig.diag.constraint_name or ""  # type: ignore[union-attr]
        if rule in taken:
            raise taken[rule] from None
        if isinstance(error.orig, CheckViolation):
            raise ValueRefused(rule) from None
        raise
    except DataError:
        raise ValueRefused("out_of_range") from None
    except ValueError:  # the driver's own: NUL, or half a surrogate pair
        raise ValueRefused("not_text") from None


def columns(value: object) -> dict[str, Any]:
    """The fields of a frozen value by name, not those of the values inside it."""
    return {part.name: getattr(value, part.name) for part in fields(value)}  # type: ignore[arg-type]


def change(row: Row, value: object) -> None:
    """Give the row's columns what the fields of the same names in a frozen value say."""
    for name, said in columns(value).items():
        setattr(row, name, said)


TYPES = """
    SELECT attname, format_type(atttypid, NULL) AS kind FROM pg_attribute
     WHERE attrelid = CAST(:table AS regclass) AND attnum > 0 AND NOT attisdropped"""
