"""The working table of a plan: a private SQLite database that is gone when it is closed.

Comparing a feed with the store needs every identifier and digest of both. In Python objects that is 300 bytes
a record and more; here it is a temporary file behind a cache of a few megabytes, whatever the feed's size.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16000;
CREATE TABLE seen (
    ordinal INTEGER PRIMARY KEY, identifier TEXT, schema TEXT, digest TEXT, version TEXT,
    views INTEGER, downloads INTEGER, slug TEXT, message TEXT
);
CREATE TABLE stored (
    identifier TEXT PRIMARY KEY, id TEXT, schema TEXT, digest TEXT,
    views INTEGER, downloads INTEGER, state INTEGER, rules TEXT
) WITHOUT ROWID;
CREATE TABLE refused_before (
    identifier TEXT, digest TEXT, slug TEXT, message TEXT, still INTEGER,
    PRIMARY KEY (identifier, digest, slug)
) WITHOUT ROWID;
CREATE TABLE filtered (ordinal INTEGER PRIMARY KEY, rule TEXT);
CREATE TABLE anew (ordinal INTEGER PRIMARY KEY);
CREATE TABLE same (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE filtered_late (ordinal INTEGER PRIMARY KEY);
CREATE TABLE refused (ordinal INTEGER PRIMARY KEY, slug TEXT, message TEXT);
CREATE TABLE doubtful (ordinal INTEGER PRIMARY KEY);
CREATE TABLE renamed (id TEXT PRIMARY KEY, identifier TEXT, former TEXT, displaced INTEGER) WITHOUT ROWID;
"""


class Scratch:
    """The database and the few verbs a plan needs. For one thread."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.executescript(_SCHEMA)
        self._connection.execute("BEGIN")

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()

    def fill(self, table: str, rows: Iterable[tuple[Any, ...]], width: int) -> None:
        """Insert rows of `width` values, streaming."""
        marks = ", ".join("?" * width)
        self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 (our own names)

    def run(self, statement: str, **values: Any) -> None:
        """Execute a statement that answers nothing."""
        self._connection.execute(statement, values)

    def run_many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Execute a statement for each row of values."""
        self._connection.executemany(statement, rows)

    def rows(self, query: str, *values: Any, **named: Any) -> Iterator[tuple[Any, ...]]:
        """The answer of a query, streaming."""
        return self._connection.execute(query, named or values)

    def numbers(self, query: str, **values: Any) -> tuple[int, ...]:
        """The only row of a query that counts."""
        return tuple(map(int, self._connection.execute(query, values).fetchone()))

    def number(self, query: str) -> int:
        """The only value of a query that counts."""
        return self.numbers(query)[0]
