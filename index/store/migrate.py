"""Bring a database to the tables this version works with.

The common case, a database that is there already, costs one small question; Alembic is loaded only where
there is something to do. Two processes that open an empty file at once wait for each other.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from index.store.database import Database
from index.store.errors import StoreError
from index.store.schema import REVISION

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Create or upgrade. Raises StoreError when a newer version of hubsearch has been at work."""
    with database.read() as connection:
        if current_revision(connection) == REVISION:
            return
    with database.write() as connection:
        found = current_revision(connection)
        if found != REVISION:
            _upgrade(connection, found, database.name)


def current_revision(connection: Connection) -> str | None:
    """The revision the database is at; None for one that never was ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection, found: str | None, name: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            f"the store {name} was made by a newer version of hubsearch (its tables are at {found}, "
            f"this version knows up to {REVISION}); use that version or restore an older backup"
        )
    if found is None and inspect(connection).get_table_names():
        raise StoreError(f"the store {name} holds tables of another program; name an empty database")
    command.upgrade(config, REVISION)
