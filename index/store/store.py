"""The record store: what the hub holds. All the rest is derived from it."""

from collections.abc import Collection, Iterator, Sequence
from typing import Self

from sqlalchemy import select

from index.engines.protocol import Refused
from index.store import changes, index_refusals, records, refusals, runs, sources
from index.store.board import JobBoard
from index.store.database import Database, Fence
from index.store.errors import StoreError
from index.store.migrate import migrate
from index.store.model import Change, Quarantined, RecordHead, Source, StoredRecord
from index.store.run import Run, RunError
from index.store.schema import facet_labels


class Store:
    """An open record store. Safe to share between threads; reading never waits for somebody who writes.

    Every method raises StoreError when the database does not do what it should. What a harvest writes goes
    through `index.ingest`, which uses `database` for its transactions.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
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
        return Store(self.database.fenced(fence))

    def put_source(self, source: Source) -> None:
        """Add or change a source. Its clusters get new numbers when index documents show what changed."""
        with self.database.read() as connection:
            if sources.get(connection, source.id) == source:
                return
        with self.database.write() as connection:
            sources.put(connection, source)

    def source(self, source_id: str) -> Source | None:
        """One source."""
        with self.database.read() as connection:
            return sources.get(connection, source_id)

    def sources(self) -> list[Source]:
        """All sources by id."""
        with self.database.read() as connection:
            return sources.every(connection)

    def remove_source(self, source_id: str) -> int:
        """Delete a source, its records, runs and quarantine; the index drops its clusters when it follows.
        How many records went, tombstones included. Interrupted, it can be called again."""
        removed = 0
        while True:
            with self.database.write() as connection:
                went = sources.remove_some_records(connection, source_id)
                if went == 0:
                    sources.remove(connection, source_id)
                    return removed
            removed += went

    def record(self, record_id: str) -> StoredRecord | None:
        """One record, tombstones included."""
        return self.records([record_id]).get(record_id)

    def records(self, ids: Sequence[str]) -> dict[str, StoredRecord]:
        """The records of these ids, those the store does not have left out."""
        with self.database.read() as connection:
            return records.by_ids(connection, ids)

    def raw(self, record_id: str) -> bytes | None:
        """A record byte for byte as received."""
        with self.database.read() as connection:
            return records.raw(connection, record_id)

    def heads(self, source: str | None = None, limit: int | None = None) -> Iterator[RecordHead]:
        """Records in a list, by id, tombstones included; in constant memory."""
        return records.heads(self.database, source, limit)

    def live_records(self) -> Iterator[StoredRecord]:
        """Every record that is no tombstone, by id; in constant memory."""
        return records.live(self.database)

    def record_counts(self) -> dict[str, int]:
        """Live records by source; sources without any are left out."""
        with self.database.read() as connection:
            return records.counts(connection)

    def quarantined(self, source: str) -> list[Quarantined]:
        """What could not be taken from a source."""
        with self.database.read() as connection:
            return refusals.every(connection, source)

    def last_sequence(self) -> int:
        """The last number of the change sequence; 0 in a new store."""
        with self.database.read() as connection:
            return changes.last_sequence(connection)

    def changes_after(self, sequence: int, limit: int) -> list[Change]:
        """The next `limit` changed clusters after a number, in order, each with its live records as they are
        now; a cluster that changes again while others follow comes again later."""
        with self.database.read() as connection:
            found = changes.after(connection, sequence, limit)
            members = records.live_of_clusters(connection, [cluster for cluster, _ in found])
        return [Change(cluster, number, members.get(cluster, [])) for cluster, number in found]

    def note_refused(self, refused: Sequence[Refused], taken: Collection[str]) -> None:
        """Keep which clusters' documents the engine would not take; `taken` are all it was given just now,
        of which earlier refusals are forgotten."""
        if not refused and not self.refused_documents(limit=1):
            return
        with self.database.write() as connection:
            index_refusals.note(connection, refused, taken)

    def refused_documents(self, limit: int | None = None) -> list[Refused]:
        """Documents the engine would not take, by cluster, with its reasons."""
        with self.database.read() as connection:
            return index_refusals.every(connection, limit)

    def facet_labels(self) -> dict[tuple[str, str], str]:
        """What a person reads for (facet, value)."""
        with self.database.read() as connection:
            return {(row.facet, row.value): row.label for row in connection.execute(select(facet_labels))}

    def run(self, run_id: str) -> Run | None:
        """One run."""
        with self.database.read() as connection:
            return runs.get(connection, run_id)

    def runs(self, source: str | None = None, limit: int | None = None) -> list[Run]:
        """Runs, newest first."""
        with self.database.read() as connection:
            return runs.newest(connection, source, limit)

    def run_errors(self, run_id: str) -> list[RunError]:
        """Every record a run quarantined, every duplicate that lost, every page that failed."""
        with self.database.read() as connection:
            return runs.errors_of(connection, run_id)
