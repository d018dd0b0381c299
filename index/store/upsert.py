"""Write many rows at once: insert, insert or overwrite, insert where missing, update by key.

SQLite takes them one after the other out of the driver's loop, PostgreSQL in one statement. All rows of a
call have the same keys.
"""

from typing import Any

from sqlalchemy import Connection, Table, bindparam
from sqlalchemy import insert as plain_insert
from sqlalchemy import update as plain_update
from sqlalchemy.dialects.sqlite import insert

from index.store import arrays

Rows = list[dict[str, Any]]


def insert_all(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows that are not there."""
    if rows and _is_postgres(connection):
        arrays.insert(connection, table, rows)
    elif rows:
        connection.execute(plain_insert(table), rows)


def upsert(connection: Connection, table: Table, rows: Rows, *, keep: tuple[str, ...] = ()) -> None:
    """Insert rows; where the primary key is there already, overwrite all other columns given, but not `keep`.
    Of several rows with one key the last counts."""
    if not rows:
        return
    key = [column.name for column in table.primary_key]
    others = [name for name in rows[0] if name not in key and name not in keep]
    if _is_postgres(connection):
        rows = list({tuple(row[name] for name in key): row for row in rows}.values())
        settings = ", ".join(f"{name} = excluded.{name}" for name in arrays.quoted(connection, *others))
        found_by = ", ".join(arrays.quoted(connection, *key))
        arrays.insert(connection, table, rows, f"ON CONFLICT ({found_by}) DO UPDATE SET {settings}")
    else:
        statement = insert(table)
        columns = {name: statement.excluded[name] for name in others}
        connection.execute(statement.on_conflict_do_update(index_elements=key, set_=columns), rows)


def insert_missing(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows whose primary key is not there yet."""
    if rows and _is_postgres(connection):
        arrays.insert(connection, table, rows, "ON CONFLICT DO NOTHING")
    elif rows:
        connection.execute(insert(table).on_conflict_do_nothing(), rows)


def update_all(connection: Connection, table: Table, rows: Rows, *, emptied: tuple[str, ...] = ()) -> None:
    """Set columns of the rows whose primary key, one column, is the `key` of one given, and make those of
    `emptied` NULL."""
    if not rows:
        return
    if _is_postgres(connection):
        arrays.update(connection, table, rows, emptied)
        return
    (primary,) = table.primary_key
    names = [name for name in rows[0] if name != "key"]
    settings: dict[str, Any] = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    statement = (
        plain_update(table).where(primary == bindparam("key")).values(settings | dict.fromkeys(emptied))
    )
    renamed = [{f"new_{name}" if name != "key" else name: row[name] for name in row} for row in rows]
    connection.execute(statement, renamed)


def _is_postgres(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"
