"""The write transactions of one run: fenced, counted, and carried out exactly once."""

from collections.abc import Callable

from sqlalchemy import Connection

from index.store import Run, runs
from index.store.database import Database
from index.store.errors import StoreAway
from index.store.retry import PATIENCE, retried

AtEnd = Callable[[Connection, Run], None]
"""What else becomes true when a run has ended: carried out in the transaction that stores its verdict."""


class RunWrites:
    """All that writes for a run goes through here. `run` is the run as the store has it."""

    def __init__(self, database: Database, run: Run, at_end: AtEnd | None = None) -> None:
        self.database = database
        self.run = run
        self.at_end = at_end

    @classmethod
    def begin(cls, database: Database, run: Run, at_end: AtEnd | None = None) -> "RunWrites":
        """Store the run as running and give it its id. An earlier one of its source that still stands as
        running ends. Raises StoreError."""
        reserved = database.transact(runs.reserve)
        run.id = database.transact(lambda connection: runs.begin(connection, run, reserved))
        return cls(database, run, at_end)

    def write(self, work: Callable[[Connection], None], patience: float = PATIENCE) -> None:
        """Carry out `work` in one transaction.

        Where the server goes away in the middle, or with the answer to the commit, it is tried again: the
        run's step, counted in the same transaction, tells whether it is there already. Raises StoreError,
        and Fenced when another run took over.
        """
        again = False

        def attempt() -> None:
            nonlocal again
            try:
                with self.database.write() as connection:
                    if runs.take_step(connection, self.run, again=again):
                        work(connection)
            except StoreAway:
                again = True
                raise

        retried(attempt, patience)
        self.run.step += 1
