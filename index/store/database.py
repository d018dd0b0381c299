"""Transactions on the store's database: short ones that read, short ones that write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from index.store import postgres, postgres_errors, sqlite
from index.store.errors import StoreAway, StoreConflict, StoreError
from index.store.retry import PATIENCE, retried

BATCH = 500
"""Rows in one write transaction, and ids in one question. At some thousandths of a second for a hundred
records, others get the write lock often."""

EXAMPLE = "sqlite:////var/lib/hubsearch/store.sqlite"

Result = TypeVar("Result")

Fence = Callable[[Connection], None]
"""Asked at the begin of a write transaction whether it may still write; raises Fenced when not."""


class Database:
    """An engine and the ways to use it. Safe to share between threads."""

    def __init__(self, engine: Engine, name: str, fence: Fence | None = None) -> None:
        self._engine = engine
        self._fence = fence
        self.name = name
        self.is_postgres = engine.dialect.name == "postgresql"
        if self.is_postgres:
            self._reading, self._writing = postgres.reading(engine), postgres.writing(engine)
        else:
            self._reading, self._writing = engine, engine.execution_options(**{sqlite.IMMEDIATE: True})

    @classmethod
    def connect(cls, url: str) -> "Database":
        """Set up, without connecting yet. Raises StoreError for a URL that names no known database."""
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError) as error:  # not chained: what it quotes may hold a password
            raise StoreError(
                f"the store's URL is none ({type(error).__name__}); "
                f"it should look like {EXAMPLE} or {postgres.EXAMPLE}"
            ) from None
        name = postgres.shown(parsed)
        try:
            return cls(_engine(parsed), name)
        except (ArgumentError, ImportError) as error:
            raise StoreError(
                f"the store {name} cannot be used ({error}); name a file: {EXAMPLE}, "
                f"or a PostgreSQL database: {postgres.EXAMPLE}"
            ) from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store and hinders nobody. Raises StoreError."""
        with self._explained(), self._reading.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes, committed at the end. Raises StoreError.

        On SQLite it holds the one write lock from the first. On PostgreSQL it sees what others commit
        meanwhile, so what it depends on has to be locked.
        """
        with self._explained(), self._writing.begin() as connection:
            if self._fence is not None:
                self._fence(connection)
            yield connection

    def reading(self, work: Callable[[Connection], Result], patience: float = PATIENCE) -> Result:
        """What `work` makes of one state of the store; asked again for so many seconds while the server is
        away. `work` must not mind that."""

        def attempt() -> Result:
            with self.read() as connection:
                return work(connection)

        return retried(attempt, patience)

    def transact(self, work: Callable[[Connection], Result], patience: float = PATIENCE) -> Result:
        """Carry out `work` in a transaction that writes, again where it was rolled back for another one's
        sake or the server was away. The answer to a commit may be lost, so `work` may find that it is done.
        """

        def attempt() -> Result:
            with self.write() as connection:
                return work(connection)

        return retried(attempt, patience)

    def fenced(self, fence: Fence) -> "Database":
        """The same database, every write transaction of which first asks `fence`, which raises where somebody
        else has taken over."""
        return Database(self._engine, self.name, fence)

    def close(self) -> None:
        """Give up every connection."""
        self._engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except PoolTimeout as error:
            raise StoreError(
                f"the store {self.name} does not work: all connections of this process are in use; "
                "it is asked for more than it can answer"
            ) from error
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None)
            advice = sqlite.explain(cause) or postgres_errors.explain(cause)
            said = str(cause or error).strip()
            message = f"the store {self.name} does not work ({said}): " + (
                advice or "see the message of the database"
            )
            raise _kind(cause)(message) from error


def _engine(url: URL) -> Engine:
    if postgres.is_meant(url):
        return postgres.create(url)
    if url.get_backend_name() != "sqlite":
        raise ArgumentError(f"{url.get_backend_name()} is none of the databases it works with")
    in_memory = url.database in {None, "", ":memory:"}
    engine = create_engine(url) if in_memory else create_engine(url, max_overflow=-1)
    sqlite.prepare(engine)
    return engine


def _kind(cause: BaseException | None) -> type[StoreError]:
    if postgres_errors.is_away(cause):
        return StoreAway
    return StoreConflict if postgres_errors.is_conflict(cause) else StoreError
