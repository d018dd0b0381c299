"""Stores of a test's own: an SQLite file, or a database of a PostgreSQL server, made from one that is
migrated already."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, make_url, text

from index.store import Store
from index.store.changes import COUNTER
from index.store.schema import change_counter, compatibility, metadata

Templates = Callable[[str], str]
"""A server's URL → the name of a migrated, empty database there."""


@contextmanager
def templates() -> Iterator[Templates]:
    """Makes a template at each server once, and drops it in the end."""
    made: dict[str, str] = {}

    def template(server: str) -> str:
        if server not in made:
            made[server] = create(server)
            Store.open(at(server, made[server])).close()
        return made[server]

    yield template
    for server, name in made.items():
        drop(server, name)


@contextmanager
def copied(server: str, template: str) -> Iterator[str]:
    """The URL of a copy of the template, dropped afterwards, whoever is still connected."""
    name = create(server, f"TEMPLATE {template}")
    yield at(server, name)
    drop(server, name)


def emptied(store: Store) -> None:
    """Take everything out of a store in PostgreSQL, as if it had just been made."""
    names = ", ".join(table.name for table in metadata.sorted_tables if table is not compatibility)
    with store.database.write() as connection:
        connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        connection.execute(change_counter.insert().values(name=COUNTER, value=0))


def create(server: str, how: str = "") -> str:
    name = f"t{secrets.token_hex(5)}"
    command(server, f"CREATE DATABASE {name} {how}")
    return name


def drop(server: str, name: str) -> None:
    command(server, f"DROP DATABASE {name} WITH (FORCE)")


def command(server: str, words: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(words))
    engine.dispose()


def at(server: str, database: str) -> str:
    return make_url(server).set(database=database).render_as_string(hide_password=False)
