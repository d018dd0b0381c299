"""Many rows in one statement for PostgreSQL: each column goes over as an array, `unnest` makes rows of them.

Measured with 4,000 real records in batches of 500, beside the driver's own `executemany` (which pipelines):
new records 1.7 times as fast, contents 1.2 to 2.5, updates 1.8, clusters 2 to 4, with a quarter of the
client's time. COPY is somewhat faster for new records, no faster for contents, and knows no conflict.

The statements are written here because SQLAlchemy sends arrays as text, which takes 20 times as long.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, Column, Connection, Dialect, Table

from index.store.types import UtcTime

Rows = Sequence[dict[str, Any]]


def insert(connection: Connection, table: Table, rows: Rows, conflict: str = "") -> None:
    """Insert rows, in their order; `conflict` is the ON CONFLICT clause. All have the same keys, which are
    columns of the table."""
    names = list(rows[0])
    given, values = _given(connection.dialect, [(name, table.c[name]) for name in names], rows)
    columns = ", ".join(quoted(connection, *names))
    statement = f"INSERT INTO {table.name} ({columns}) SELECT * FROM {given} {conflict}"  # noqa: S608 (our names)
    connection.exec_driver_sql(statement, values)


def update(connection: Connection, table: Table, rows: Rows, fixed: Sequence[str]) -> None:
    """Set columns of the rows whose primary key is the `key` of one given; those of `fixed` become NULL."""
    (primary,) = table.primary_key
    names = [name for name in rows[0] if name != "key"]
    columns = [("key", primary), *((name, table.c[name]) for name in names)]
    given, values = _given(connection.dialect, columns, rows)
    settings = [f"{name} = given.{name}" for name in quoted(connection, *names)]
    settings += [f"{name} = NULL" for name in quoted(connection, *fixed)]
    (key,) = quoted(connection, primary.name)
    statement = (
        f"UPDATE {table.name} SET {', '.join(settings)} FROM {given} "  # noqa: S608 (our own names)
        f"WHERE {table.name}.{key} = given.key"
    )
    connection.exec_driver_sql(statement, values)


def quoted(connection: Connection, *names: str) -> list[str]:
    """Names as they stand in a statement."""
    return [connection.dialect.identifier_preparer.quote(name) for name in names]


def _given(
    dialect: Dialect, columns: Sequence[tuple[str, Column[Any]]], rows: Rows
) -> tuple[str, dict[str, list[Any]]]:
    """A table called `given` for a FROM clause, and the arrays it is made of."""
    quote = dialect.identifier_preparer.quote
    arrays = ", ".join(f"%({name})b::{column.type.compile(dialect)}[]" for name, column in columns)
    names = ", ".join(quote(name) for name, _ in columns)
    values = {name: _values(dialect, column, [row[name] for row in rows]) for name, column in columns}
    return f"unnest({arrays}) AS given({names})", values


def _values(dialect: Dialect, column: Column[Any], values: list[Any]) -> list[Any]:
    if isinstance(column.type, JSON):
        return [json.dumps(value) for value in values]
    if not isinstance(column.type, UtcTime):
        return values
    convert = column.type.bind_processor(dialect)
    return [convert(value) for value in values]
