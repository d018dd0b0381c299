"""Bring a database to the tables this version works with.

The common case, a database that is there already, costs one small question; Alembic is loaded only where
there is something to do. Of several processes that open an empty database at once one migrates, the others
wait for it.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, inspect, select, text

from index.store.database import Database
from index.store.errors import StoreError
from index.store.schema import REVISION, compatibility

MIGRATIONS = Path(__file__).parent / "migrations"

LOCK = 0x68756273
"""The advisory lock whoever migrates a PostgreSQL database holds ("hubs"). It is the database's own, so two
hubs in two databases do not wait for each other."""

LONGEST = "10min"
"""How long the others wait for it: as long as adding an index to millions of records takes."""

TABLE_LOCK = "3s"
"""How long a change of a table waits for its turn. Everybody else's questions queue behind it, so rather than
wait out a long one (a dump), it gives up and comes again a little later."""


@dataclass(frozen=True, slots=True)
class Migrated:
    """What was found and what is there now; `found` is None for an empty database."""

    found: str | None
    revision: str


def migrate(database: Database) -> Migrated:
    """Create or upgrade. Raises StoreError when a newer version of hubsearch has been at work whose tables
    this one cannot work with."""
    with database.read() as connection:
        found = current_revision(connection)
        if found is not None and found >= REVISION:
            _refuse_newer(connection, found, database.name)
            return Migrated(found, found)

    def work(connection: Connection) -> Migrated:
        if database.is_postgres:
            _take_turn(connection)
        found = current_revision(connection)
        if found is None or found < REVISION:
            _upgrade(connection, found, database.name)
        return Migrated(found, REVISION)

    return database.transact(work)


def _take_turn(connection: Connection) -> None:
    connection.execute(text(f"SET LOCAL statement_timeout = '{LONGEST}'"))
    connection.execute(text(f"SET LOCAL lock_timeout = '{LONGEST}'"))
    connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    connection.execute(text(f"SET LOCAL lock_timeout = '{TABLE_LOCK}'"))


def current_revision(connection: Connection) -> str | None:
    """The revision the database is at; None for one that never was ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def fit_since(connection: Connection, found: str) -> str:
    """The revision from which on a version may work with tables that are at `found`. Newer tables are fine
    where they say so: while a hub is upgraded, its old processes go on beside the new ones, and those that
    are restarted meanwhile come up again."""
    if found <= REVISION:
        return found
    return connection.execute(select(func.max(compatibility.c.since))).scalar() or found


def _refuse_newer(connection: Connection, found: str, name: str) -> None:
    since = fit_since(connection, found)
    if since > REVISION:
        raise StoreError(
            f"the store {name} was made by a newer version of hubsearch (its tables are at {found}, for "
            f"versions from {since} on; this one knows {REVISION}); "
            "use that version or restore an older backup"
        )


def _upgrade(connection: Connection, found: str | None, name: str) -> None:
    from alembic import command
    from alembic.config import Config

    if found is None and inspect(connection).get_table_names():
        raise StoreError(f"the store {name} holds tables of another program; name an empty database")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, REVISION)
