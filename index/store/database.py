"""Transactions on the store's database: short ones that read, short ones that write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from index.store import sqlite
from index.store.errors import StoreError

BATCH = 500
"""Rows in one write transaction, and ids in one question. At some thousandths of a second for a hundred
records, others get the write lock often."""

EXAMPLE = "sqlite:////var/lib/hubsearch/store.sqlite"


class Database:
    """An engine and the two ways to use it. Safe to share between threads."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._writing = engine.execution_options(**{sqlite.IMMEDIATE: True})
        self._guard: Callable[[Connection], None] | None = None
        self.name = name

    @classmethod
    def connect(cls, url: str) -> "Database":
        """Set up, without connecting yet. Raises StoreError for a URL that names no known database."""
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise StoreError(f"the store's URL is none; it should look like {EXAMPLE}") from error
        name = parsed.render_as_string(hide_password=True)
        in_memory = parsed.database in {None, "", ":memory:"}
        try:
            engine = create_engine(parsed) if in_memory else create_engine(parsed, max_overflow=-1)
        except (ArgumentError, ImportError) as error:
            raise StoreError(
                f"the store {name} cannot be used ({error}); install its driver, or name a file: {EXAMPLE}"
            ) from error
        if engine.dialect.name == "sqlite":
            sqlite.prepare(engine)
        return cls(engine, name)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store and hinders nobody. Raises StoreError."""
        with self._explained(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that holds the write lock from the first, committed at the end. Raises StoreError."""
        with self._explained(), self._writing.begin() as connection:
            if self._guard is not None:
                self._guard(connection)
            yield connection

    def guarded(self, guard: Callable[[Connection], None]) -> "Database":
        """The same database for one whose right to write may end: every write transaction asks `guard`
        first, which raises when it has ended."""
        other = copy(self)
        other._guard = guard
        return other

    def close(self) -> None:
        """Give up every connection."""
        self._engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None)
            advice = sqlite.explain(cause) or "see the message of the database"
            raise StoreError(f"the store {self.name} does not work ({cause or error}): {advice}") from error
