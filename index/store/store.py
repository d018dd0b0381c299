"""The record store: what the hub holds. All the rest is derived from it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Self

from sqlalchemy import Connection, select

from index.engines.protocol import Refused
from index.store import changes, index_refusals, records, refusals, runs, sources, versions
from index.store.board import JobBoard
from index.store.database import Database, Fence, Result
from index.store.errors import StoreError
from index.store.migrate import migrate
from index.store.model import Change, Quarantined, RecordHead, Source, StoredRecord
from index.store.retry import PATIENCE
from index.store.run import Run, RunError
from index.store.schema import facet_labels
from index.store.versions import RecordVersion


class Store:
    """An open record store. Safe to share between threads; reading never waits for somebody who writes.

    Every method raises StoreError when the database does not do what it should. What a harvest writes goes
    through `index.ingest`, which uses `database` for its transactions.
    """

    def __init__(self, database: Database, patience: float = 0.0) -> None:
        self.database = database
        self._patience = patience
        self.jobs = JobBoard(database)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the store at a SQLAlchemy URL, creating or migrating it. Raises StoreError when the place
        cannot be written, holds something else, or was made by a newer version."""
        database = Database.connect(url)
        try:
            migrate(database)
        except StoreError:
            database.close()
            raise
        return cls(database)

    def close(self) -> None:
        """Give up all connections."""
        self.database.close()

    def fenced(self, fence: Fence) -> "Store":
        """The same store for one whose right to write may end: every write transaction asks `fence` first,
        which raises when it has ended."""
        return Store(self.database.fenced(fence), self._patience)

    def patient(self) -> "Store":
        """The same store for work that goes on behind the scenes: its questions wait while the server is
        away. What is written waits in any case; a visitor's question does not."""
        return Store(self.database, PATIENCE)

    def put_source(self, source: Source) -> None:
        """Add or change a source. Its clusters get new numbers when index documents show what changed."""
        if self.source(source.id) != source:
            self.database.transact(lambda connection: sources.put(connection, source))

    def source(self, source_id: str) -> Source | None:
        """One source."""
        return self._read(lambda connection: sources.get(connection, source_id))

    def sources(self) -> list[Source]:
        """All sources by id."""
        return self._read(sources.every)

    def remove_source(self, source_id: str) -> int:
        """Delete a source, its records, runs and quarantine; the index drops its clusters when it follows.
        How many records went, tombstones included. Interrupted, it can be called again."""
        removed = 0
        while went := self.database.transact(lambda connection: sources.remove_some(connection, source_id)):
            removed += went
        return removed

    def record(self, record_id: str) -> StoredRecord | None:
        """One record, tombstones included."""
        return self.records([record_id]).get(record_id)

    def records(self, ids: Sequence[str]) -> dict[str, StoredRecord]:
        """The records of these ids, those the store does not have left out."""
        return self._read(lambda connection: records.by_ids(connection, ids))

    def versions(self, ids: Sequence[str]) -> dict[str, RecordVersion]:
        """What tells the present state of each live record among these ids from others."""
        return self._read(lambda connection: versions.of_live(connection, ids))

    def raw(self, record_id: str) -> bytes | None:
        """A record byte for byte as received."""
        return self._read(lambda connection: records.raw(connection, record_id))

    def heads(self, source: str | None = None, limit: int | None = None) -> Iterator[RecordHead]:
        """Records in a list, by id, tombstones included; in constant memory."""
        return records.heads(self.database, source, limit)

    def live_records(self) -> Iterator[StoredRecord]:
        """Every record that is no tombstone, by id; in constant memory."""
        return records.live(self.database)

    def record_counts(self) -> dict[str, int]:
        """Live records by source; sources without any are left out."""
        return self._read(records.counts)

    def quarantined(self, source: str) -> list[Quarantined]:
        """What could not be taken from a source."""
        return self._read(lambda connection: refusals.every(connection, source))

    def last_sequence(self) -> int:
        """The last number of the change sequence; 0 in a new store."""
        return self._read(changes.last_sequence)

    def changes_after(self, sequence: int, limit: int) -> list[Change]:
        """The next `limit` changed clusters after a number, in order, each with its live records as they are
        now; a cluster that changes again while others follow comes again later."""

        def read(connection: Connection) -> tuple[Sequence[tuple[str, int]], dict[str, list[StoredRecord]]]:
            found = changes.after(connection, sequence, limit)
            return found, records.live_of_clusters(connection, [cluster for cluster, _ in found])

        found, members = self._read(read)
        return [Change(cluster, number, members.get(cluster, [])) for cluster, number in found]

    def note_refused(self, refused: Sequence[Refused], taken: Collection[str]) -> None:
        """Keep which clusters' documents the engine would not take; `taken` are all it was given just now,
        of which earlier refusals are forgotten."""
        if not refused and not self.refused_documents(limit=1):
            return
        self.database.transact(lambda connection: index_refusals.note(connection, refused, taken))

    def refused_documents(self, limit: int | None = None) -> list[Refused]:
        """Documents the engine would not take, by cluster, with its reasons."""
        return self._read(lambda connection: index_refusals.every(connection, limit))

    def facet_labels(self) -> dict[tuple[str, str], str]:
        """What a person reads for (facet, value)."""
        rows = self._read(lambda connection: connection.execute(select(facet_labels)).all())
        return {(row.facet, row.value): row.label for row in rows}

    def run(self, run_id: str) -> Run | None:
        """One run."""
        return self._read(lambda connection: runs.get(connection, run_id))

    def runs(self, source: str | None = None, limit: int | None = None) -> list[Run]:
        """Runs, newest first."""
        return self._read(lambda connection: runs.newest(connection, source, limit))

    def run_errors(self, run_id: str) -> list[RunError]:
        """Every record a run quarantined, every duplicate that lost, every page that failed."""
        return self._read(lambda connection: runs.errors_of(connection, run_id))

    def _read(self, work: Callable[[Connection], Result]) -> Result:
        return self.database.reading(work, self._patience)
