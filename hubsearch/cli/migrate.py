"""`hubsearch migrate`, `hubsearch migrate-store`: the store's tables to this version, the store elsewhere."""

import time
from typing import TYPE_CHECKING

import click

from hubsearch.cli.output import json_option, print_json, say
from hubsearch.settings import Settings

if TYPE_CHECKING:
    from index.store.database import Database

QUIET_SECONDS = 5.0
"""Seconds between two lines about one table."""


@click.command()
@json_option
@click.pass_obj
def migrate(settings: Settings, as_json: bool) -> None:
    """Create the store's tables, or bring them to this version.

    Every command does so when it opens the store; on its own it is a step before many processes start.
    Processes of the version before may go on meanwhile.
    """
    from index.store.database import Database
    from index.store.migrate import migrate as migrate_tables

    settings.home.mkdir(parents=True, exist_ok=True)
    database = Database.connect(settings.store)
    try:
        done = migrate_tables(database)
    finally:
        database.close()
    if as_json:
        print_json({"store": database.name, "found": done.found, "revision": done.revision})
    elif done.found == done.revision:
        say(f"The tables of {database.name} are at revision {done.revision} already.")
    else:
        say(f"Brought the tables of {database.name} from {done.found or 'nothing'} to {done.revision}.")


@click.command("migrate-store")
@click.argument("url")
@json_option
@click.pass_obj
def migrate_store(settings: Settings, url: str, as_json: bool) -> None:
    """Copy this hub's store into the empty one at URL, with everything in it.

    Public ids, runs, tombstones, the change sequence and the published feed stay what they are. This hub's
    store is not changed: HUBSEARCH_STORE names the new one afterwards. A password is better given in
    PGPASSWORD or ~/.pgpass.
    """
    from index.store.database import Database
    from index.store.moving import move

    settings.home.mkdir(parents=True, exist_ok=True)
    source, target = Database.connect(settings.store), Database.connect(url)
    try:
        copied = move(source, target, _Lines())
        feed = _copy_feed(target, settings)
    finally:
        source.close()
        target.close()
    if as_json:
        tables = {name: {"rows": table.rows, "digest": table.digest} for name, table in copied.items()}
        print_json({"from": source.name, "to": target.name, "tables": tables, "feed": feed})
    else:
        rows = sum(table.rows for table in copied.values())
        say(
            f"Copied {rows:,} rows of {len(copied)} tables to {target.name} and compared them. "
            "Set HUBSEARCH_STORE to it, and keep the old store until you have seen the new one work."
        )


def _copy_feed(target: "Database", settings: Settings) -> int | None:
    """The home's feed into the new store, so that the next one has something to be compared with."""
    from hubsearch.feed_moves import feed_into_store
    from index.store.errors import StoreError

    try:
        return feed_into_store(target, settings)
    except (StoreError, OSError) as error:
        raise StoreError(
            f"the store is copied, but not the feed that is published ({error}); copy {settings.feeds} into "
            "the home of the new hub before its first harvest"
        ) from error


class _Lines:
    """A line now and then about a table that takes long."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def __call__(self, table: str, rows: int) -> None:
        if time.monotonic() - self._told >= QUIET_SECONDS:
            self._told = time.monotonic()
            say(f"{table}: {rows:,}")
