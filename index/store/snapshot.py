"""A copy of the whole store as it is at one moment, in an SQLite file, while others go on writing.

From SQLite it is made by SQLite's own online backup, from PostgreSQL row by row in one transaction that sees
one state. What was under way at that moment stands in the copy as interrupted: whoever works with the copy
later cannot wait for a process that never knew of it.
"""

import os
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Connection, and_, func, not_, select, update

from index.store import changes, runs
from index.store.database import Database
from index.store.errors import StoreError
from index.store.migrate import current_revision
from index.store.moving import move
from index.store.schema import jobs, records, sources
from index.store.schema import runs as runs_table


@dataclass(frozen=True, slots=True)
class HeldSpool:
    """A run that waits for a decision, and the spool it would land from."""

    run: str
    source: str
    spool: Path


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a copy holds. `counts` are records (live), removed (tombstones), sources, runs and held runs."""

    revision: str
    sequence: int
    counts: dict[str, int]
    held: list[HeldSpool]


def take_snapshot(database: Database, target: Path, now: datetime) -> Snapshot:
    """Copy the store into a new file, on the disk when this returns. Raises StoreError, then nothing of use
    is at `target`."""
    if database.is_postgres:
        copy = Database.connect(url_of(target))
        try:
            move(database, copy, at_work=True)
        finally:
            copy.close()
    else:
        _copy_file(database, target)
    taken = _settle(target, now)
    _make_one_file(target)
    return taken


def url_of(path: Path) -> str:
    """The URL of an SQLite file, whatever characters are in its path."""
    return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


def relocate_spools(database: Database, folder: Path) -> None:
    """The spools of held runs that are in this folder, by source, are found there from now on."""

    def work(connection: Connection) -> None:
        for one in held_spools(connection):
            moved = folder / one.source / one.spool.name
            if moved.exists():
                row = runs_table.c.id == int(one.run)
                connection.execute(update(runs_table).where(row).values(spool=str(moved)))

    database.transact(work)


def held_spools(connection: Connection) -> list[HeldSpool]:
    """Of the runs that wait for a decision, oldest first."""
    query = select(runs_table.c.id, runs_table.c.source, runs_table.c.spool)
    rows = connection.execute(query.where(_waits, runs_table.c.spool.is_not(None)).order_by(runs_table.c.id))
    return [HeldSpool(str(row.id), row.source, Path(row.spool)) for row in rows]


_waits = and_(runs_table.c.status == "held", runs_table.c.decision.is_(None))


def _copy_file(database: Database, target: Path) -> None:
    """All pages in one step, which is one read transaction: writers go on beside it in the WAL."""
    with database.read() as connection:
        source = connection.connection.driver_connection
        if not isinstance(source, sqlite3.Connection):
            raise TypeError(f"{database.name} is no SQLite database")
        copy = sqlite3.connect(target)
        try:
            source.backup(copy)
        except sqlite3.Error as error:
            raise StoreError(f"the store {database.name} cannot be copied to {target}: {error}") from error
        finally:
            copy.close()


def _settle(path: Path, now: datetime) -> Snapshot:
    database = Database.connect(url_of(path))
    try:
        return database.transact(lambda connection: _settled(connection, now))
    finally:
        database.close()


def _settled(connection: Connection, now: datetime) -> Snapshot:
    running = select(runs_table.c.id).where(runs_table.c.status == "running")
    for number in connection.execute(running).scalars().all():
        run = runs.get(connection, str(number))
        if run is not None:
            run = replace(run, status="failed", slug="interrupted", reason=runs.INTERRUPTED, finished=now)
            runs.cut_off(connection, run)
    connection.execute(update(jobs).values(owner=None, leased_at=None, lease_until=None))
    connection.execute(update(runs_table).where(not_(_waits)).values(spool=None))
    return Snapshot(
        revision=current_revision(connection) or "",
        sequence=changes.last_sequence(connection),
        counts=counts(connection),
        held=held_spools(connection),
    )


def counts(connection: Connection) -> dict[str, int]:
    """What a store holds: records (live), removed (tombstones), sources, runs, held runs."""
    asked = {
        "records": select(func.count()).select_from(records).where(records.c.deleted_at.is_(None)),
        "removed": select(func.count()).select_from(records).where(records.c.deleted_at.is_not(None)),
        "sources": select(func.count()).select_from(sources),
        "runs": select(func.count()).select_from(runs_table),
        "held": select(func.count()).select_from(runs_table).where(_waits),
    }
    return {name: int(connection.execute(query).scalar_one()) for name, query in asked.items()}


def _make_one_file(path: Path) -> None:
    """No WAL beside it, every page of it sound, and all of it on the disk. Raises StoreError."""
    try:
        connection = sqlite3.connect(path)
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
        if verdict != "ok":
            raise StoreError(f"the store is damaged ({verdict}); restore the last backup")
        with path.open("rb") as file:
            os.fsync(file.fileno())
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"the copy of the store at {path} cannot be used: {error}") from error
