"""The record store: reached, which version, at which tables, how large; and whether it keeps its word."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, text
from sqlalchemy.engine import make_url

from hubsearch.doctor.findings import Check
from hubsearch.settings import Settings
from hubsearch.units import size
from index.store import Store
from index.store.database import Database
from index.store.errors import StoreError
from index.store.migrate import current_revision, fit_since
from index.store.schema import REVISION, records, sources

CLOCKS_APART = 5.0
"""Seconds that the database's clock and ours may differ. Leases end by the one, due times by the other."""


@contextmanager
def reached(settings: Settings, checks: list[Check]) -> Iterator[Store | None]:
    """The store, if it can be read as it is: nothing is created or migrated here. What was found goes to
    `checks`."""
    try:
        database = Database.connect(settings.store)
    except StoreError as error:
        checks.append(Check("store", "finding", str(error), "correct HUBSEARCH_STORE"))
        yield None
        return
    url = make_url(settings.store)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        says = f"there is no store {url.database} yet"
        checks.append(Check("store", "note", says, "the first harvest makes it"))
        yield None
        return
    try:
        yield Store(database) if _readable(database, checks) else None
    finally:
        database.close()


def _readable(database: Database, checks: list[Check]) -> bool:
    try:
        with database.read() as connection:
            revision = current_revision(connection)
            usable = _tables(connection, database.name, revision, checks)
            if usable:
                checks.append(_described(connection, database.name, revision))
                checks.extend(_clocks(connection))
                checks.extend(_durable(connection))
    except StoreError as error:
        checks.append(Check("store", "finding", str(error), "searches and dataset pages wait for the store"))
        return False
    return usable


def _tables(connection: Connection, name: str, revision: str | None, checks: list[Check]) -> bool:
    """Whether this version can work with the tables that are there."""
    if revision == REVISION:
        return True
    if revision is None:
        says = f"the store {name} has no tables yet"
        checks.append(Check("store", "finding", says, "make them: hubsearch migrate"))
        return False
    if revision < REVISION:
        says = f"the store {name} has an earlier version's tables ({revision}; this one needs {REVISION})"
        checks.append(Check("store", "finding", says, "bring them up to date: hubsearch migrate"))
        return False
    if fit_since(connection, revision) <= REVISION:
        says = f"the store {name} was brought to {revision} by a newer version, which lets this one go on"
        checks.append(Check("store", "note", says, "upgrade this installation when the others are done"))
        return True
    says = f"the store {name} was made by a newer version of hubsearch (its tables are at {revision})"
    checks.append(Check("store", "finding", says, "upgrade this installation"))
    return False


def _described(connection: Connection, name: str, revision: str | None) -> Check:
    kind, version, used = server(connection)
    live = select(func.count()).select_from(records).where(records.c.deleted_at.is_(None))
    facts: dict[str, Any] = {
        "kind": kind,
        "version": version,
        "revision": revision,
        "bytes": used,
        "records": connection.execute(live).scalar_one(),
        "sources": connection.execute(select(func.count()).select_from(sources)).scalar_one(),
    }
    says = (
        f"{kind} {version}, {name}: tables {revision}, {size(used)}, "
        f"{facts['records']:,} records of {facts['sources']:,} sources"
    )
    return Check("store", "ok", says, facts=facts)


def server(connection: Connection) -> tuple[str, str, int]:
    """Kind, version, bytes."""
    if connection.dialect.name == "sqlite":
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        page = connection.execute(text("PRAGMA page_size")).scalar_one()
        return "SQLite", str(connection.execute(text("SELECT sqlite_version()")).scalar_one()), pages * page
    version = connection.execute(text("SHOW server_version")).scalar_one()
    used = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    return "PostgreSQL", str(version), int(used)


def _clocks(connection: Connection) -> list[Check]:
    if connection.dialect.name == "sqlite":
        return []
    theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    apart = abs((theirs - datetime.now(UTC)).total_seconds())
    if apart <= CLOCKS_APART:
        return []
    says = f"the clock of the database and this machine's are {apart:.0f} s apart"
    advice = "let both follow the same time server; harvests start early or late otherwise"
    return [Check("clock", "finding", says, advice, {"apart": apart})]


def _durable(connection: Connection) -> list[Check]:
    """A PostgreSQL that does not wait for its disk may lose what it said it had."""
    if connection.dialect.name == "sqlite":
        return []
    loose = [
        name
        for name in ("fsync", "full_page_writes", "synchronous_commit")
        if connection.execute(text("SELECT current_setting(:name)"), {"name": name}).scalar_one() == "off"
    ]
    if not loose:
        return []
    says = f"the database is set to lose acknowledged writes at a power cut: {', '.join(loose)} = off"
    return [Check("store", "finding", says, "set them on in postgresql.conf and reload it")]
