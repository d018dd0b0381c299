"""Copy a whole store into an empty one, of the same or of the other database.

All of it is one transaction there: whoever kills it in the middle finds the place empty again, and what was
copied is read back and compared before it is committed. Memory is that of a batch of rows.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, select, update

from index.store.database import Database
from index.store.errors import StoreError
from index.store.migrate import migrate
from index.store.run_numbers import last_run_number, set_last_run_number
from index.store.schema import REVISION, change_counter, compatibility, metadata, runs
from index.store.table_rows import Digest, batches, changed_for, put

Progress = Callable[[str, int], None]
"""Called with a table's name and how many of its rows are copied so far."""


@dataclass(frozen=True, slots=True)
class Copied:
    """How many rows a table had, and their digest, which does not depend on their order."""

    rows: int
    digest: str


def move(
    source: Database,
    target: Database,
    progress: Progress | None = None,
    *,
    at_work: bool = False,
    replacing: bool = False,
) -> dict[str, Copied]:
    """Copy every table; what each held. The source stays as it is.

    `at_work`: the source may be written to meanwhile; the copy is of the one moment at which it was begun,
    runs that are under way included. `replacing`: what the target holds goes in the same transaction.
    Raises StoreError when the target holds something, a run is under way, the source changes meanwhile, or
    what was written is not what was read. The target is then what it was before.
    """
    if source.name == target.name:
        raise StoreError(f"{source.name} is this hub's store already; name another one")
    _same_revision(source)
    _same_revision(target)
    with source.read() as reading:
        _take_time(reading)
        if not at_work:
            _at_rest(reading, source.name)
        with target.write() as writing:
            _take_time(writing)
            if replacing:
                _empty(writing)
            _claim(writing, target.name)
            copied = {
                table.name: _copy(reading, writing, table, progress) for table in metadata.sorted_tables
            }
            set_last_run_number(writing, last_run_number(reading))
            if not at_work:
                _unchanged(source, reading)
            if target.is_postgres:  # or it plans its first questions as for empty tables
                writing.exec_driver_sql(f"ANALYZE {', '.join(copied)}")
    return copied


def _same_revision(database: Database) -> None:
    found = migrate(database).revision
    if found != REVISION:
        raise StoreError(
            f"the store {database.name} has tables of a newer version ({found}; this one knows {REVISION}); "
            "copy it with that version"
        )


def _take_time(connection: Connection) -> None:
    """Each side waits for the other, and one statement may be about every row of a table."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = '10min'")
        connection.exec_driver_sql("SET LOCAL statement_timeout = '1h'")


def _empty(connection: Connection) -> None:
    """Delete every row: whoever reads meanwhile sees what was there until all of the new is."""
    for table in reversed(metadata.sorted_tables):
        connection.execute(table.delete())


def _at_rest(connection: Connection, name: str) -> None:
    running = connection.execute(select(runs.c.id, runs.c.source).where(runs.c.status == "running")).all()
    if running:
        named = ", ".join(f"run {row.id} of {row.source}" for row in running)
        raise StoreError(
            f"in {name} a harvest is under way ({named}); wait for its end, then copy. One whose process was "
            "killed ends when its source is harvested again"
        )


def _claim(connection: Connection, name: str) -> None:
    """Lock the counter, so that of two copies one finds what the other wrote; look whether it is empty."""
    connection.execute(update(change_counter).values(value=change_counter.c.value))
    for table in metadata.sorted_tables:
        if table is compatibility:
            continue
        rows = select(func.count()).select_from(table)
        if table is change_counter:
            rows = rows.where(table.c.value > 0)
        if connection.execute(rows).scalar():
            raise StoreError(f"the store {name} holds something already ({table.name}); name an empty one")
    for table in (change_counter, compatibility):  # a new store has rows in these
        connection.execute(table.delete())


def _copy(reading: Connection, writing: Connection, table: Table, progress: Progress | None) -> Copied:
    read, written = Digest(), Digest()
    for rows in batches(reading, table):
        fit = [changed_for(writing.dialect, table, row) for row in rows]
        put(writing, table, fit)
        read.add(fit)
        if progress is not None:
            progress(table.name, read.rows)
    for rows in batches(writing, table):
        written.add(rows)
    if read != written:
        raise StoreError(
            f"of the table {table.name} {written.rows:,} rows were written for {read.rows:,} that were read, "
            "or other ones; nothing was copied. Please report it"
        )
    return Copied(read.rows, read.hexadecimal)


def _unchanged(source: Database, reading: Connection) -> None:
    """Whether the source is still what was read from it."""
    with source.read() as now:
        for column in (change_counter.c.value, runs.c.id):
            newest = select(func.max(column))
            if now.execute(newest).scalar() != reading.execute(newest).scalar():
                raise StoreError(
                    f"{source.name} was written to while it was copied; nothing was copied. "
                    "Stop what harvests, then begin again"
                )
